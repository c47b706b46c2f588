//! Modules about what a website is given: tokens, claims, who the user is; once for a code.

use super::super::{OTHER, OWN};
use super::{Suite, assert_invalid_grant};
use reqwest::{Method, RequestBuilder, StatusCode};
use saoma::catalogue;
use saoma::config::{Config, Source};
use saoma_tests::house::{CLIENT, CLIENT_SECRET, Plan, REDIRECT_URI, configuration};
use saoma_tests::relying_party::{ask_as, checked, redeem, redeem_as};
use saoma_tests::visitor::{Answer, CHALLENGE, VERIFIER, send};
use serde_json::{Value, json};

pub(super) async fn oidcc_server(suite: &mut Suite) {
    let given = suite.flow(&[]).await;
    assert_eq!(given.reply.text("scope"), "openid profile");
    assert_eq!(given.claims["auth_time"], suite.now());
    assert_eq!(given.claims["acr"], "urn:saoma:acr:confirmed");
    assert_eq!(given.claims["amr"], json!(["wechat_mini_program"]));
    assert!(given.claims["sid"].as_str().unwrap().starts_with("uss_"));
    assert!(given.reply.json.get("refresh_token").is_none(), "none was asked for");
}

pub(super) async fn oidcc_server_client_secret_post(suite: &mut Suite) {
    let fields = suite.log_in(&[]).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", suite.code(&fields)),
        ("redirect_uri", REDIRECT_URI),
        ("client_id", CLIENT),
        ("client_secret", CLIENT_SECRET),
    ];
    let reply = send(suite.browser.visitor.request(Method::POST, "/oauth2/token").form(&form)).await;
    suite.checked(reply, Some("website-nonce")).await;
}

pub(super) async fn oidcc_idtoken_signature(suite: &mut Suite) {
    let given = suite.flow(&[]).await;
    let header = jsonwebtoken::decode_header(given.id_token()).unwrap();
    assert_eq!(header.alg, jsonwebtoken::Algorithm::RS256);
    let keys = send(suite.browser.visitor.request(Method::GET, "/oauth2/jwks")).await.json;
    let is_named = |key: &&Value| key["kid"].as_str() == header.kid.as_deref();
    let named: Vec<_> = keys["keys"].as_array().unwrap().iter().filter(is_named).collect();
    assert_eq!(named.len(), 1, "one key of this kid: {keys}");
    for (member, value) in [("kty", "RSA"), ("use", "sig"), ("alg", "RS256")] {
        assert_eq!(named[0][member], value);
    }
}

/// None is offered, so none can be had, neither by discovery nor by an admin's mistake.
pub(super) async fn oidcc_idtoken_unsigned(suite: &mut Suite) {
    let offered = suite.discovery().await["id_token_signing_alg_values_supported"].clone();
    assert!(!offered.as_array().unwrap().contains(&json!("none")), "{offered}");
    let client_toml = "[client.openid]\nid_token_alg = \"none\"\n".to_owned();
    let plan = Plan { client_toml, ..Plan::default() };
    let toml = configuration("http://127.0.0.1:1", "sqlite::memory:", "http://127.0.0.1:1", &plan);
    let folder = suite.house.folder().to_owned();
    let refused = Config::load(&Source::Text { toml, folder }, &catalogue()).err().unwrap().to_string();
    assert!(refused.contains("id_token_alg"), "{refused}");
    let unsigned = unsigned(suite.flow(&[]).await.id_token());
    let fields = suite.at_once(&[("prompt", "none"), ("id_token_hint", &unsigned)]).await;
    assert_eq!(suite.error(&fields), "invalid_request", "nor is one taken");
}

/// A token's claims under a header that names no signature.
fn unsigned(token: &str) -> String {
    format!("eyJhbGciOiJub25lIn0.{}.", token.split('.').nth(1).unwrap())
}

pub(super) async fn oidcc_userinfo_get(suite: &mut Suite) {
    userinfo_by(suite, Method::GET, |asked, token| asked.bearer_auth(token)).await;
}

pub(super) async fn oidcc_userinfo_post_header(suite: &mut Suite) {
    userinfo_by(suite, Method::POST, |asked, token| asked.bearer_auth(token)).await;
}

pub(super) async fn oidcc_userinfo_post_body(suite: &mut Suite) {
    userinfo_by(suite, Method::POST, |asked, token| asked.form(&[("access_token", token)])).await;
}

/// The claims of the scope, each of its kind, and nothing without the token.
async fn userinfo_by(
    suite: &mut Suite,
    method: Method,
    proven: impl Fn(RequestBuilder, &str) -> RequestBuilder,
) {
    let given = suite.flow(&[]).await;
    let asked = || suite.browser.visitor.request(method.clone(), "/oauth2/userinfo");
    let told = send(proven(asked(), given.access_token())).await;
    assert_eq!((told.status, &told.json), (StatusCode::OK, &given.user));
    assert_eq!(told.json["sub"], given.claims["sub"]);
    assert!(!told.text("name").is_empty() && told.text("picture").starts_with("http"));
    assert!(told.json["updated_at"].as_i64().is_some_and(|at| at <= suite.now()));
    let strangers =
        [(asked(), "Bearer realm=\"saoma\""), (proven(asked(), "x"), "Bearer error=\"invalid_token\"")];
    for (request, challenge) in strangers {
        let stranger = send(request).await;
        assert_eq!((stranger.status, stranger.code()), (StatusCode::UNAUTHORIZED, "invalid_token"));
        assert_eq!(stranger.headers["www-authenticate"], challenge);
    }
}

pub(super) async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow(suite: &mut Suite) {
    let fields = suite.log_in(&[("nonce", "")]).await;
    suite.checked(suite.redeem(suite.code(&fields)).await, None).await;
}

pub(super) async fn oidcc_codereuse(suite: &mut Suite) {
    reused_after(suite, 0).await;
}

pub(super) async fn oidcc_codereuse_30seconds(suite: &mut Suite) {
    reused_after(suite, 30).await;
}

/// OP-02: a second use gives nothing, and ends what the first one gave.
async fn reused_after(suite: &mut Suite, seconds: i64) {
    let fields = suite.log_in(&[]).await;
    let code = suite.code(&fields);
    let given = suite.checked(suite.redeem(code).await, Some("website-nonce")).await;
    suite.wait(seconds);
    assert_invalid_grant(&suite.redeem(code).await);
    let user = suite.browser.visitor.user_info(given.access_token()).await;
    assert_eq!((user.status, user.code()), (StatusCode::UNAUTHORIZED, "invalid_token"));
}

pub(super) async fn oidcc_refresh_token(suite: &mut Suite) {
    let first = kept(suite, CLIENT, OWN).await;
    let before = checked(&suite.browser.visitor, first.text("id_token")).await;
    suite.wait(100);
    let token = first.text("refresh_token");
    let may_be_in_it = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    assert!(!token.is_empty() && token.bytes().all(may_be_in_it));
    let next = suite.checked(refreshed(suite, token).await, None).await;
    assert_ne!(next.reply.text("access_token"), first.text("access_token"));
    for same in ["iss", "sub", "aud", "auth_time", "sid"] {
        assert_eq!(before[same], next.claims[same], "{same}");
    }
    assert_eq!(next.claims["iat"].as_i64(), before["iat"].as_i64().map(|at| at + 100));
    // The one of another website is none of this one's, and is not used up by it.
    let others = kept(suite, "second", OTHER).await;
    assert_invalid_grant(&refreshed(suite, others.text("refresh_token")).await);
    let form = [("grant_type", "refresh_token"), ("refresh_token", others.text("refresh_token"))];
    assert_eq!(ask_as(&suite.browser.visitor, OTHER, "/oauth2/token", &form).await.status, StatusCode::OK);
}

/// The first website goes on with a refresh token.
async fn refreshed(suite: &Suite, token: &str) -> Answer {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    ask_as(&suite.browser.visitor, OWN, "/oauth2/token", &form).await
}

/// What a website is given when somebody consents to tokens that last.
async fn kept(suite: &mut Suite, client: &str, credentials: (&str, &str)) -> Answer {
    let lasting = [("client_id", client), ("scope", "openid offline_access"), ("prompt", "login consent")];
    let page = suite.browser.to_login_page(&suite.request(&lasting)).await;
    suite.browser.confirm_at(&page, "ann").await;
    suite.browser.consent(&page, "allow").await;
    let fields = suite.mode.read(&suite.browser.get(&page).await);
    let reply =
        redeem_as(&suite.browser.visitor, credentials, suite.code(&fields), &[("code_verifier", "")]).await;
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.json);
    reply
}

pub(super) async fn oidcc_ensure_request_with_valid_pkce_succeeds(suite: &mut Suite) {
    let challenge = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let fields = suite.log_in(&challenge).await;
    let reply = proven(suite, suite.code(&fields), VERIFIER).await;
    suite.checked(reply, Some("website-nonce")).await;
    let fields = suite.at_once(&challenge).await;
    assert_invalid_grant(&proven(suite, suite.code(&fields), &"A".repeat(43)).await);
}

async fn proven(suite: &Suite, code: &str, verifier: &str) -> Answer {
    redeem(&suite.browser.visitor, code, &[("code_verifier", verifier)]).await
}
