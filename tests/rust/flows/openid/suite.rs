//! OP-17: the Basic and the Form Post plan of the official conformance suite, a check for each module under the
//! module's own name. A check looks at what its module looks at; where that only wants a picture, at the page.
//!
//! Each check is written once and runs as `basic::…` and, with `response_mode=form_post`, as `form_post::…`. The
//! Config plan is in `discovery.rs`, RP-Initiated Logout in `logout.rs`, Back-Channel Logout in `back_channel.rs`.

mod given;
mod parameters;
mod refusals;
mod sessions;

use reqwest::StatusCode;
use saoma_core::Clock as _;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, House, Plan};
use saoma_tests::relying_party::{Fields, Mode, SiteBrowser, checked, redeem, request_with};
use saoma_tests::visitor::Answer;
use serde_json::Value;

/// The suite's two websites, as in `tests/conformance/saoma.toml`: without PKCE, as the Basic plan sends none, and
/// with whatever a module would be skipped for the want of.
const SITES: &str = "[client.openid]\npkce = \"optional\"\nrefresh_tokens = true\nstand_in_email = true\n\
    [[client]]\nclient_id = \"second\"\nname = \"Second website\"\ntype = \"confidential\"\n\
    secrets = [\"another-client-secret-of-more-than-32-chars\"]\nredirect_uris = [\"http://localhost:9/callback\"]\n\
    providers = [\"mini\"]\n[client.openid]\npkce = \"optional\"\nrefresh_tokens = true\n";

/// Parameters that a module's request has in the place of the usual ones; an empty value takes one out.
type Changes<'a> = &'a [(&'static str, &'a str)];

/// What every module has: the house, somebody's browser, and how the website wants its answers.
struct Suite {
    house: House,
    browser: SiteBrowser,
    mode: Mode,
}

/// What the website was given for a code and found right, and what it was told of the user.
struct Given {
    reply: Answer,
    claims: Value,
    user: Value,
}

impl Suite {
    async fn open(db: &Database, mode: Mode) -> Self {
        let plan = Plan { manual_clock: true, client_toml: SITES.to_owned(), ..Plan::default() };
        let house = House::planned(db.url(), plan).await;
        Self { browser: SiteBrowser::new(&house), house, mode }
    }

    fn request(&self, changes: Changes<'_>) -> Vec<(&'static str, String)> {
        let own =
            [("code_challenge", ""), ("code_challenge_method", ""), ("response_mode", self.mode.word())];
        request_with(&[&own[..], changes].concat())
    }

    /// Somebody logs in at our page; gives what the website is answered.
    async fn log_in(&mut self, changes: Changes<'_>) -> Fields {
        let page = self.browser.to_login_page(&self.request(changes)).await;
        self.confirm_at(&page).await
    }

    /// Somebody logs in at this page of ours.
    async fn confirm_at(&mut self, page: &str) -> Fields {
        self.browser.confirm_at(page, "ann").await;
        self.mode.read(&self.browser.get(page).await)
    }

    /// What the website is answered when nobody is shown anything.
    async fn at_once(&mut self, changes: Changes<'_>) -> Fields {
        let request = self.request(changes);
        self.mode.read(&self.browser.authorize(&request).await)
    }

    /// A whole flow with a login.
    async fn flow(&mut self, changes: Changes<'_>) -> Given {
        let fields = self.log_in(changes).await;
        self.given(&fields).await
    }

    /// A whole flow in which nobody is shown anything.
    async fn silent_flow(&mut self, changes: Changes<'_>) -> Given {
        let fields = self.at_once(changes).await;
        self.given(&fields).await
    }

    /// The code of an answer that is as it should be.
    fn code<'f>(&self, fields: &'f Fields) -> &'f str {
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["code", "iss", "state"]);
        self.assert_ours(fields);
        assert!(!fields["code"].is_empty());
        &fields["code"]
    }

    /// The error of an answer that is as it should be.
    fn error<'f>(&self, fields: &'f Fields) -> &'f str {
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["error", "error_description", "iss", "state"]);
        self.assert_ours(fields);
        // RFC 6749 section 4.1.2.1.
        let may_be_said = |byte: u8| (0x20..=0x7e).contains(&byte) && byte != b'"' && byte != b'\\';
        assert!(fields["error_description"].bytes().all(may_be_said));
        &fields["error"]
    }

    /// T19: the answer is of this server, and to this request.
    fn assert_ours(&self, fields: &Fields) {
        assert_eq!((fields["state"].as_str(), &fields["iss"]), ("website-state", &self.house.saoma));
    }

    /// The website redeems a code: with its secret by HTTP Basic, without a verifier.
    async fn redeem(&self, code: &str) -> Answer {
        redeem(&self.browser.visitor, code, &[("code_verifier", "")]).await
    }

    async fn given(&self, fields: &Fields) -> Given {
        self.checked(self.redeem(self.code(fields)).await, Some("website-nonce")).await
    }

    /// Takes a token reply as a website should: reply, signature, claims, and who the access token stands for.
    async fn checked(&self, reply: Answer, nonce: Option<&str>) -> Given {
        assert_token_reply(&reply);
        let id_token = reply.text("id_token");
        let header = jsonwebtoken::decode_header(id_token).unwrap();
        assert_eq!((header.alg, header.kid.is_some()), (jsonwebtoken::Algorithm::RS256, true));
        let claims = checked(&self.browser.visitor, id_token).await;
        self.assert_claims(&claims, nonce);
        let user = self.browser.visitor.user_info(reply.text("access_token")).await;
        assert_eq!(
            (user.status, &user.headers["content-type"]),
            (StatusCode::OK, &reply.headers["content-type"])
        );
        assert_eq!(user.json["sub"], claims["sub"]);
        Given { reply, claims, user: user.json }
    }

    fn assert_claims(&self, claims: &Value, nonce: Option<&str>) {
        let seconds = |name: &str| claims[name].as_i64().unwrap_or_else(|| panic!("{name}: {claims}"));
        assert_eq!(
            (claims["iss"].as_str(), claims["aud"].as_str()),
            (Some(self.house.saoma.as_str()), Some(CLIENT))
        );
        assert_eq!((seconds("iat"), seconds("exp")), (self.now(), self.now() + 600));
        assert!(seconds("auth_time") <= self.now());
        let subject = claims["sub"].as_str().unwrap();
        assert!((1..=255).contains(&subject.len()) && subject.is_ascii());
        assert_eq!(claims.get("nonce").and_then(Value::as_str), nonce);
    }

    fn now(&self) -> i64 {
        self.house.clock.as_ref().unwrap().now().0 / 1000
    }

    fn wait(&self, seconds: i64) {
        self.house.clock.as_ref().unwrap().advance_seconds(seconds);
    }

    async fn discovery(&self) -> Value {
        let address = format!("{}/.well-known/openid-configuration", self.house.saoma);
        saoma_tests::visitor::send(self.browser.visitor.http.get(address)).await.json
    }
}

impl Given {
    fn access_token(&self) -> &str {
        self.reply.text("access_token")
    }

    fn id_token(&self) -> &str {
        self.reply.text("id_token")
    }
}

/// RFC 6749 section 5.1.
fn assert_token_reply(reply: &Answer) {
    assert_eq!((reply.status, reply.text("token_type")), (StatusCode::OK, "Bearer"), "{:?}", reply.json);
    for (header, value) in [
        ("content-type", "application/json; charset=utf-8"),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
    ] {
        assert_eq!(reply.headers[header], value);
    }
    assert_eq!(reply.json["expires_in"].as_i64(), Some(600));
    let token = reply.text("access_token");
    assert!(token.len() >= 22 && token.bytes().all(|byte| byte.is_ascii_graphic()));
}

/// RFC 6749 section 5.2: what a code that is no good is answered.
fn assert_invalid_grant(reply: &Answer) {
    assert_eq!((reply.status, reply.code()), (StatusCode::BAD_REQUEST, "invalid_grant"), "{:?}", reply.json);
    assert_eq!(reply.headers["content-type"], "application/json");
    assert!(!reply.text("error_description").contains(['\r', '\n', '\t']));
    assert!(reply.json.get("access_token").is_none() && reply.json.get("id_token").is_none());
}

/// Each check in one response mode, on every database.
macro_rules! plan {
    ($plan:ident, $mode:expr, $($room:ident { $($module:ident)* })*) => {
        mod $plan {
            use super::*;

            every_database! {$($(
                async fn $module(db: &Database) {
                    let mut suite = Suite::open(db, $mode).await;
                    $room::$module(&mut suite).await;
                    suite.house.close().await;
                }
            )*)*}
        }
    };
}

macro_rules! both_plans {
    ($($rooms:tt)*) => {
        plan! { basic, Mode::Query, $($rooms)* }
        plan! { form_post, Mode::FormPost, $($rooms)* }
    };
}

both_plans! {
    given {
        oidcc_server
        oidcc_server_client_secret_post
        oidcc_idtoken_signature
        oidcc_idtoken_unsigned
        oidcc_userinfo_get
        oidcc_userinfo_post_header
        oidcc_userinfo_post_body
        oidcc_ensure_request_without_nonce_succeeds_for_code_flow
        oidcc_codereuse
        oidcc_codereuse_30seconds
        oidcc_refresh_token
        oidcc_ensure_request_with_valid_pkce_succeeds
    }
    parameters {
        oidcc_scope_profile
        oidcc_scope_email
        oidcc_scope_address
        oidcc_scope_phone
        oidcc_scope_all
        oidcc_alternate_happy_flow
        oidcc_display_page
        oidcc_display_popup
        oidcc_ensure_request_with_unknown_parameter_succeeds
        oidcc_login_hint
        oidcc_ui_locales
        oidcc_claims_locales
        oidcc_ensure_request_with_acr_values_succeeds
        oidcc_ensure_post_request_succeeds
        oidcc_claims_essential
    }
    sessions {
        oidcc_prompt_login
        oidcc_prompt_none_not_logged_in
        oidcc_prompt_none_logged_in
        oidcc_max_age_1
        oidcc_max_age_10000
        oidcc_id_token_hint
    }
    refusals {
        oidcc_response_type_missing
        oidcc_ensure_registered_redirect_uri
        oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported
        oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported
        oidcc_ensure_request_object_with_redirect_uri
    }
}
