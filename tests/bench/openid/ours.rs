//! Our side: a website and people who logged in by the real protocol, and their logins' answers many times over.
//!
//! To walk thousands of logins would take longer than all that is measured. So the rows of a few real answers are
//! copied inside the database, each copy with an id and a code of its own; nothing else of them is made up. They are
//! several people's: of one person alone each login would wait for the one before it, to count it.

use super::{CODES, Given, SCOPE, Subject};
use crate::driver::Wire;
use crate::journeys;
use crate::places::{Place, Served, Vendor};
use crate::rounds::WORKERS;
use saoma_core::SecretHash;
use saoma_tests::house::Plan;
use saoma_tests::relying_party::{SiteBrowser, answered, location, redeem, request_with};
use saoma_tests::visitor::Visitor;
use serde_json::Value;
use std::collections::BTreeMap;

const WEBSITE: &str = "[client.openid]\nid_token_alg = \"ES256\"\nrefresh_tokens = true\n";
/// Copies are good for ten minutes more than a code is.
const LONGER: &str = "600000";
/// People whose logins are copied.
const PEOPLE: usize = 16;
/// Rows that one statement writes.
const BATCH: usize = 1000;

/// A running server, and what it has given.
pub struct Ours {
    /// What it keeps everything in.
    pub place: Place,
    /// The server.
    pub served: Served,
    pub(super) given: Given,
    vendor: Vendor,
}

impl Ours {
    /// Starts one and lets its people log in.
    pub async fn start(place: Place) -> Self {
        let vendor = Vendor::start().await;
        journeys::people(&vendor.0, PEOPLE);
        let plan = Plan { client_toml: WEBSITE.to_owned(), ..Plan::default() };
        let served = Served::planned(place, &vendor, plan).await;
        let given = Given { access_token: String::new(), codes: Vec::new(), refresh_tokens: Vec::new() };
        let mut ours = Self { place, served, given, vendor };
        ours.given = ours.give().await;
        ours
    }

    async fn give(&self) -> Given {
        let lasting = format!("{SCOPE} offline_access");
        let mut refresh_tokens = Vec::new();
        for code in self.codes(&lasting, WORKERS).await {
            refresh_tokens.push(self.redeemed(&code, "refresh_token").await);
        }
        let mut codes = self.codes(SCOPE, CODES).await;
        let access_token = self.redeemed(&codes.pop().unwrap(), "access_token").await;
        Given { access_token, codes, refresh_tokens }
    }

    async fn redeemed(&self, code: &str, field: &str) -> String {
        let tokens = redeem(&self.visitor(), code, &[]).await;
        assert!(tokens.status.is_success(), "{:?}", tokens.json);
        tokens.text(field).to_owned()
    }

    fn visitor(&self) -> Visitor {
        let sandbox = self.vendor.0.base();
        Visitor::new(&format!("http://{}", self.served.public), sandbox.as_str().trim_end_matches('/'))
    }

    /// As many codes for this scope, everybody's in turn.
    async fn codes(&self, scope: &str, count: usize) -> Vec<String> {
        let mut of_each = Vec::new();
        for number in 0..PEOPLE {
            of_each.push(self.codes_of(&journeys::person(number), scope, count / PEOPLE).await);
        }
        let turn = |turn: usize| of_each.iter().map(move |codes: &Vec<String>| codes[turn].clone());
        (0..count / PEOPLE).flat_map(turn).collect()
    }

    /// The same of one person: a login that the website asked for, and copies of it.
    async fn codes_of(&self, person: &str, scope: &str, count: usize) -> Vec<String> {
        let mut browser = SiteBrowser { visitor: self.visitor(), cookies: BTreeMap::new() };
        let page = browser.to_login_page(&request_with(&[("scope", scope)])).await;
        browser.confirm_at(&page, person).await;
        if scope != SCOPE {
            assert_eq!(location(&browser.consent(&page, "allow").await), page);
        }
        let real = answered(&browser.get(&page).await)["code"].clone();
        let mut raw = self.served.database.raw().await;
        let codes: Vec<_> = (0..count).map(|number| format!("{}-{number:05}", &real[..37])).collect();
        for batch in codes.chunks(BATCH) {
            raw.execute(&copies(&real, batch)).await.unwrap();
        }
        codes
    }

    /// What userinfo tells of the person.
    pub async fn claims(&self) -> Value {
        let ask = Subject::UserInfo.ask(&self.given);
        Wire::open(&self.served.public).await.send(&ask.next().unwrap()).await.json()
    }
}

/// The answer of this code, copied for each of these.
fn copies(real: &str, codes: &[String]) -> String {
    let row = |code: &String| {
        let hash = SecretHash::of(code);
        // A hash has as many letters as the id wants, and two that an id cannot have.
        let id: String = hash.as_str().replace(['-', '_'], "0")[..22].to_owned();
        format!("('azr_{id}', '{}')", hash.as_str())
    };
    let rows: Vec<_> = codes.iter().map(row).collect();
    format!(
        "INSERT INTO authorizations (id, client_id, redirect_uri, code_challenge, request, browser_hash, user_id,
            session_id, provider, assurance, auth_time, consented_at, code_hash, code_expires_at, redeemed_at,
            created_at, expires_at)
        SELECT copy.column1, client_id, redirect_uri, code_challenge, request, browser_hash, user_id,
            session_id, provider, assurance, auth_time, consented_at, copy.column2, code_expires_at + {LONGER},
            redeemed_at, created_at, expires_at + {LONGER}
        FROM authorizations, (VALUES {}) AS copy WHERE code_hash = '{}'",
        rows.join(", "),
        SecretHash::of(real).as_str()
    )
}
