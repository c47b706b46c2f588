//! Everybody who could call the admin API: each role, just proven and not, and a token of each scope.

use reqwest::{Method, StatusCode, header};
use saoma_core::admin::{About, Role, abilities};
use saoma_tests::admin::{AdminBrowser, Answer, answer, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::house::{House, Plan};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Somebody who calls.
#[derive(Debug, Clone, Copy)]
pub(in crate::flows) enum Who {
    Nobody,
    /// With a session, just proven.
    Session(Role),
    /// With a session whose proof is some minutes old.
    Stale(Role),
    /// An owner's token of this ability alone.
    Token(&'static str),
}

/// A session as its page has it.
pub(in crate::flows) struct Held {
    pub(in crate::flows) browser: AdminBrowser,
    pub(in crate::flows) csrf: String,
}

impl Held {
    pub(in crate::flows) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.browser.call(method, path, &self.csrf);
        answer(with_body(request, body)).await
    }
}

fn with_body(request: reqwest::RequestBuilder, body: Option<&Value>) -> reqwest::RequestBuilder {
    match body {
        Some(body) => request.json(body),
        None => request,
    }
}

/// Somebody who follows a link.
pub(in crate::flows) async fn enrolled(house: &House, link: &str, name: &str) -> Held {
    let mut browser = AdminBrowser::new(house);
    browser.enrol(house, link, name).await;
    let csrf = browser.csrf().await;
    Held { browser, csrf }
}

/// Somebody whom an owner invites.
pub(in crate::flows) async fn invited(house: &House, owner: &Held, role: Role, name: &str) -> Held {
    let body = json!({ "role": role.as_str(), "clients": ["own"] });
    let invitation = owner.ask(Method::POST, "/invitations", Some(&body)).await;
    assert_eq!(invitation.status, StatusCode::CREATED, "{}", invitation.json);
    let url = invitation.json["url"].as_str().unwrap();
    enrolled(house, url.rsplit('/').next().unwrap(), name).await
}

pub(in crate::flows) async fn house(db: &Database) -> House {
    House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await
}

/// All of them.
pub(in crate::flows) struct Callers {
    house: House,
    fresh: BTreeMap<Role, Held>,
    stale: BTreeMap<Role, Held>,
    tokens: BTreeMap<&'static str, String>,
}

impl Callers {
    pub(in crate::flows) async fn new(db: &Database) -> Self {
        let house = house(db).await;
        let first = enrolled(&house, &bootstrap(&house).await, "first").await;
        let mut stale = BTreeMap::new();
        for role in Role::ALL {
            let name = format!("stale-{}", role.as_str());
            stale.insert(role, invited(&house, &first, role, &name).await);
        }
        house.clock.as_ref().unwrap().advance_millis(301_000);
        let second = enrolled(&house, &bootstrap(&house).await, "second").await;
        let mut fresh = BTreeMap::new();
        for role in Role::ALL {
            let name = format!("fresh-{}", role.as_str());
            fresh.insert(role, invited(&house, &second, role, &name).await);
        }
        let mut tokens = BTreeMap::new();
        for rule in abilities::TABLE.iter().filter(|rule| rule.about != About::Power) {
            let body = json!({ "name": rule.name, "scope": [rule.name], "days": 1 });
            let made = second.ask(Method::POST, "/tokens", Some(&body)).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
            tokens.insert(rule.name, made.json["secret"].as_str().unwrap().to_owned());
        }
        Self { house, fresh, stale, tokens }
    }

    pub(in crate::flows) fn has_token(&self, scope: &str) -> bool {
        self.tokens.contains_key(scope)
    }

    /// Asks as somebody; says status and code.
    pub(in crate::flows) async fn ask(
        &self,
        who: Who,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> (StatusCode, String) {
        let bare = AdminBrowser::new(&self.house);
        let short = path.strip_prefix("/admin/api/v1").unwrap();
        let request = match who {
            Who::Nobody => bare.request(method.clone(), path),
            Who::Session(role) => {
                let held = &self.fresh[&role];
                held.browser.call(method.clone(), short, &held.csrf)
            }
            Who::Stale(role) => {
                let held = &self.stale[&role];
                held.browser.call(method.clone(), short, &held.csrf)
            }
            Who::Token(scope) => bare.request(method.clone(), path).bearer_auth(&self.tokens[scope]),
        };
        let told = answer(with_body(request.header(header::IF_MATCH, "\"1\""), body)).await;
        (told.status, told.code().to_owned())
    }

    pub(in crate::flows) async fn close(self) {
        self.house.close().await;
    }
}
