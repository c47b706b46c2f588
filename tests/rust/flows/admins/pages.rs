//! ADM-09: every page and every form is visited in every role; the table in the core says who may.

use super::api_callers::{Held, enrolled, house, invited};
use super::routes::{Address, addresses, to_see, to_send};
use reqwest::{Method, StatusCode, header};
use saoma_core::admin::{Role, Rule};
use saoma_tests::admin::bootstrap;
use saoma_tests::database::Database;
use saoma_tests::every_database;

/// Whether the answer is that the role may not.
async fn is_forbidden(request: reqwest::RequestBuilder) -> bool {
    let answer = request.send().await.unwrap();
    // The stream of newest logins has no end.
    answer.status() == StatusCode::FORBIDDEN
        && answer.text().await.unwrap().contains("<code>forbidden</code>")
}

fn form(held: &Held, path: &str) -> reqwest::RequestBuilder {
    let request = held.browser.request(Method::POST, path).header(header::ORIGIN, &held.browser.base);
    if path.ends_with("/logo") {
        let part =
            format!("--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--x--\r\n", held.csrf);
        return request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x").body(part);
    }
    request.form(&[("csrf", held.csrf.as_str()), ("version", "1")])
}

async fn visit(held: &Held, role: Role, address: &Address) {
    let may = |rule: Option<&Rule>| rule.is_none_or(|rule| rule.roles.contains(&role));
    let Address { pattern, path, gets, posts } = address;
    if *gets {
        let forbidden = is_forbidden(held.browser.request(Method::GET, path)).await;
        assert_eq!(forbidden, !may(to_see(pattern)), "{role:?} looks at {pattern}");
    }
    // Nobody is logged out on the way.
    if *posts && *pattern != "/log-out" {
        let forbidden = is_forbidden(form(held, path)).await;
        assert_eq!(forbidden, !may(to_send(pattern)), "{role:?} sends to {pattern}");
    }
}

every_database! {
    async fn adm_09_every_page_and_form_in_every_role(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        for role in Role::ALL {
            let held = invited(&house, &owner, role, role.as_str()).await;
            for address in addresses() {
                visit(&held, role, &address).await;
            }
        }
        house.close().await;
    }

    async fn a_refusal_is_in_the_audit_once_a_minute(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let mut auditor = invited(&house, &owner, Role::Auditor, "aud").await;
        let rows = "SELECT target || ' ' || outcome || ' ' || actor AS line FROM audit_events WHERE action = 'admin.forbidden' ORDER BY at, target";
        for _ in 0..2 {
            assert_eq!(auditor.browser.get("/websites/new").await.status, StatusCode::FORBIDDEN);
            assert_eq!(auditor.ask(Method::POST, "/tokens", None).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(db.lines(rows).await, ["clients.create refused admin", "tokens.edit refused admin"]);
        house.clock.as_ref().unwrap().advance_seconds(61);
        assert_eq!(auditor.browser.get("/websites/new").await.status, StatusCode::FORBIDDEN);
        assert_eq!(db.lines(rows).await.len(), 3);
        house.close().await;
    }
}
