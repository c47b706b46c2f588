//! The two OAuth endpoints: every mistake in the standard's own words.

use super::{Bad, Scenery, bad};
use reqwest::{Method, RequestBuilder};
use saoma_tests::house::{CLIENT, CLIENT_SECRET};
use saoma_tests::visitor::{VERIFIER, Visitor};

pub(super) fn cases(scenery: &Scenery) -> Vec<Bad> {
    let mut cases = token(&scenery.visitor);
    cases.extend(user_info(&scenery.visitor));
    cases
}

fn anonymous(visitor: &Visitor, body: impl Into<reqwest::Body>) -> RequestBuilder {
    let request = visitor.request(Method::POST, "/oauth2/token");
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

fn token(visitor: &Visitor) -> Vec<Bad> {
    let form = |body: &str| anonymous(visitor, body.to_owned()).basic_auth(CLIENT, Some(CLIENT_SECRET));
    let rest = format!("code=unknown&code_verifier={VERIFIER}");
    let grant = "grant_type=authorization_code";
    let mut cases = Vec::new();
    for (what, body) in [
        ("nothing", String::new()),
        ("no grant type", rest.clone()),
        ("empty grant type", format!("grant_type=&{rest}")),
        ("no code", format!("{grant}&code_verifier={VERIFIER}")),
        ("no verifier", format!("{grant}&code=x")),
        ("code twice", format!("{grant}&code=a&{rest}")),
        ("grant type twice", format!("{grant}&{grant}&{rest}")),
        ("broken UTF-8", format!("{grant}&{rest}&redirect_uri=%FF%FE")),
        ("NUL", format!("{grant}&{rest}&redirect_uri=%00")),
        ("two ways to say who", format!("{grant}&{rest}&client_secret={CLIENT_SECRET}")),
        ("two clients", format!("{grant}&{rest}&client_id=other")),
    ] {
        cases.push(bad(what, form(&body), 400, "invalid_request"));
    }
    for other in ["password", "client_credentials", "AUTHORIZATION_CODE", "%F0%9F%94%91"] {
        let body = format!("grant_type={other}&{rest}");
        cases.push(bad(other, form(&body), 400, "unsupported_grant_type"));
    }
    let whole = format!("{grant}&{rest}");
    cases.push(bad("unknown code", form(&whole), 400, "invalid_grant"));
    let long = format!("{grant}&code={}&code_verifier={VERIFIER}", "c".repeat(30_000));
    cases.push(bad("long code", form(&long), 400, "invalid_grant"));
    cases.push(bad("nobody", anonymous(visitor, whole.clone()), 401, "invalid_client"));
    for (id, secret) in [(CLIENT, "wrong"), ("nobody", CLIENT_SECRET), ("", ""), ("other", CLIENT_SECRET)] {
        let request = anonymous(visitor, whole.clone()).basic_auth(id, Some(secret));
        cases.push(bad(format!("as {id}"), request, 401, "invalid_client"));
    }
    let said = anonymous(visitor, format!("{whole}&client_id={CLIENT}"));
    cases.push(bad("confidential without a secret", said, 401, "invalid_client"));
    for header in ["Basic", "Basic !!!", "Basic c2hvcA==", "Digest x", "Bearer x"] {
        let request = anonymous(visitor, whole.clone()).header("authorization", header);
        cases.push(bad(header, request, 401, "invalid_client"));
    }
    let json =
        visitor.request(Method::POST, "/oauth2/token").header("content-type", "application/json").body("{}");
    cases.push(bad("JSON", json, 415, "invalid_request"));
    cases.push(bad(
        "no type",
        visitor.request(Method::POST, "/oauth2/token").body("x"),
        415,
        "invalid_request",
    ));
    cases.push(bad("large", form(&"x".repeat(70_000)), 413, "invalid_request"));
    cases
}

fn user_info(visitor: &Visitor) -> Vec<Bad> {
    let ask = || visitor.request(Method::GET, "/oauth2/userinfo");
    let long = "t".repeat(4000);
    let mut cases = vec![bad("no token", ask(), 401, "invalid_token")];
    for token in ["x", "", "a b", &long] {
        cases.push(bad(format!("token {token:.9}"), ask().bearer_auth(token), 401, "invalid_token"));
    }
    cases.push(bad("basic", ask().basic_auth(CLIENT, Some(CLIENT_SECRET)), 401, "invalid_token"));
    cases
}
