//! Addresses: ids that name nothing, numbers that are none, methods and paths that are not there.

use super::{Bad, Scenery, bad};
use reqwest::Method;

const NO_IDS: [&str; 9] = [
    "lgn_",
    "x",
    "lgn_0000000000000000000000",
    "usr_0000000000000000000000",
    "%00",
    "%0A",
    "..%2F..%2Fetc",
    "%E6%89%AB",
    "lgn_0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
];

pub(super) fn cases(scenery: &Scenery) -> Vec<Bad> {
    let mut cases = ids(scenery);
    cases.extend(numbers(scenery));
    cases.extend(methods(scenery));
    cases.extend(nowhere(scenery));
    cases
}

fn ids(scenery: &Scenery) -> Vec<Bad> {
    let Scenery { visitor, held, .. } = scenery;
    let calls =
        [(Method::GET, ""), (Method::GET, "/events"), (Method::POST, "/cancel"), (Method::POST, "/complete")];
    let mut cases = Vec::new();
    for (method, call) in calls {
        for id in NO_IDS {
            let path = format!("/api/v1/logins/{id}{call}");
            let request = visitor.request(method.clone(), &path).bearer_auth(&held.secret);
            cases.push(bad(&path, request, 404, "unknown_login"));
        }
        let path = format!("/api/v1/logins/{}{call}", held.id);
        let ask = || visitor.request(method.clone(), &path);
        cases.push(bad(format!("{path} without"), ask(), 401, "credential_required"));
        cases.push(bad(
            format!("{path} basic"),
            ask().basic_auth("a", Some("b")),
            401,
            "credential_required",
        ));
        cases.push(bad(
            format!("{path} empty"),
            ask().header("authorization", "Bearer "),
            401,
            "credential_required",
        ));
        cases.push(bad(format!("{path} wrong"), ask().bearer_auth("wrong"), 404, "unknown_login"));
    }
    for id in NO_IDS {
        let client = format!("/api/v1/clients/{id}");
        let ask = |path: &str| visitor.request(Method::GET, path);
        cases.push(bad(&client, ask(&client), 404, "unknown_client"));
        let logo = format!("{client}/logo");
        cases.push(bad(&logo, ask(&logo), 404, "unknown_client"));
        let picture = format!("/api/v1/qr/{id}");
        cases.push(bad(&picture, ask(&picture), 404, "unknown_image"));
    }
    let logo = "/api/v1/clients/shop/logo";
    cases.push(bad(logo, visitor.request(Method::GET, logo), 404, "unknown_image"));
    cases
}

fn numbers(scenery: &Scenery) -> Vec<Bad> {
    let Scenery { visitor, held, .. } = scenery;
    let ask = |rest: &str| {
        let path = format!("/api/v1/logins/{}{rest}", held.id);
        visitor.request(Method::GET, &path).bearer_auth(&held.secret)
    };
    let mut cases = Vec::new();
    for (query, name) in [
        ("?after_version=x", "after_version"),
        ("?after_version=1.5", "after_version"),
        ("?after_version=99999999999999999999", "after_version"),
        ("?after_version=1%00", "after_version"),
        ("?wait=-1", "wait"),
        ("?wait=ten", "wait"),
        ("?wait=99999999999", "wait"),
        ("?wait=", "wait"),
    ] {
        cases.push(bad(query, ask(query), 400, "invalid_parameter").at(&[name]));
    }
    for id in ["x", "1e3", "99999999999999999999"] {
        let request = ask("/events").header("last-event-id", id);
        cases.push(
            bad(format!("last-event-id {id}"), request, 400, "invalid_parameter").at(&["Last-Event-ID"]),
        );
    }
    cases
}

fn methods(scenery: &Scenery) -> Vec<Bad> {
    let Scenery { visitor, held, .. } = scenery;
    let login = format!("/api/v1/logins/{}", held.id);
    let mut cases = Vec::new();
    for (path, methods) in [
        ("/api/v1/logins", vec![Method::GET, Method::PUT, Method::DELETE]),
        (&login, vec![Method::POST, Method::DELETE, Method::PATCH]),
        (&format!("{login}/cancel"), vec![Method::GET, Method::DELETE]),
        (&format!("{login}/complete"), vec![Method::GET, Method::PUT]),
        ("/api/v1/clients/shop", vec![Method::POST, Method::DELETE, Method::OPTIONS]),
        ("/api/v1/companion/scan", vec![Method::GET]),
    ] {
        for method in methods {
            let request = visitor.request(method.clone(), path).bearer_auth(&held.secret);
            cases.push(bad(format!("{method} {path}"), request, 405, "method_not_allowed"));
        }
    }
    for (method, path) in [(Method::GET, "/oauth2/token"), (Method::PUT, "/oauth2/userinfo")] {
        let request = visitor.request(method.clone(), path);
        cases.push(bad(format!("{method} {path}"), request, 405, "invalid_request"));
    }
    cases
}

fn nowhere(scenery: &Scenery) -> Vec<Bad> {
    let mut cases = Vec::new();
    for path in
        ["/api", "/api/", "/api/v1", "/api/v2/logins", "/api/v1/logins/", "/api/v1//logins", "/api/v1/admin"]
    {
        for method in [Method::GET, Method::POST] {
            let request = scenery.visitor.request(method, path);
            cases.push(bad(path, request, 404, "not_found"));
        }
    }
    for path in ["/oauth2/nothing", "/oauth2/"] {
        let request = scenery.visitor.request(Method::GET, path);
        cases.push(bad(path, request, 404, "invalid_request"));
    }
    cases
}
