//! Modules about words of a request: scopes, and parameters that may change something or nothing, but never harm.

use super::{Changes, Given, Suite};
use saoma_tests::relying_party::{html, location};
use serde_json::json;

pub(super) async fn oidcc_scope_profile(suite: &mut Suite) {
    let given = scope(suite, "openid profile", "openid profile").await;
    for claim in ["name", "picture", "updated_at"] {
        assert!(given.user.get(claim).is_some(), "{claim}: {}", given.user);
    }
}

pub(super) async fn oidcc_scope_email(suite: &mut Suite) {
    let given = scope(suite, "openid email", "openid email").await;
    assert_has_email(&given);
    assert!(given.user.get("name").is_none(), "nobody asked: {}", given.user);
}

/// Nobody's address is known here, so none is offered; who asks all the same logs in without.
pub(super) async fn oidcc_scope_address(suite: &mut Suite) {
    not_offered(suite, "address", &["address"]).await;
}

pub(super) async fn oidcc_scope_phone(suite: &mut Suite) {
    not_offered(suite, "phone", &["phone_number", "phone_number_verified"]).await;
}

pub(super) async fn oidcc_scope_all(suite: &mut Suite) {
    let given = scope(suite, "openid profile email address phone", "openid profile email").await;
    assert_has_email(&given);
    assert!(given.user.get("name").is_some());
}

/// The scope and the request in another order.
pub(super) async fn oidcc_alternate_happy_flow(suite: &mut Suite) {
    let mut request = suite.request(&[("scope", "email profile openid")]);
    request.reverse();
    let page = suite.browser.to_login_page(&request).await;
    let fields = suite.confirm_at(&page).await;
    let given = suite.given(&fields).await;
    assert_eq!(given.reply.text("scope"), "openid profile email");
    assert_has_email(&given);
}

async fn scope(suite: &mut Suite, asked: &str, granted: &str) -> Given {
    let given = suite.flow(&[("scope", asked)]).await;
    assert_eq!(given.reply.text("scope"), granted);
    // With a code these are for userinfo (OpenID Connect Core section 5.4).
    for claim in ["name", "picture", "updated_at", "email", "address", "phone_number"] {
        assert!(given.claims.get(claim).is_none(), "{claim}: {}", given.claims);
    }
    given
}

async fn not_offered(suite: &mut Suite, word: &str, claims: &[&str]) {
    let offered = suite.discovery().await["scopes_supported"].clone();
    assert!(!offered.as_array().unwrap().contains(&json!(word)), "{offered}");
    let given = scope(suite, &format!("openid {word}"), "openid").await;
    assert!(claims.iter().all(|claim| given.user.get(claim).is_none()), "{}", given.user);
}

fn assert_has_email(given: &Given) {
    assert!(given.user["email"].as_str().is_some_and(|address| address.contains('@')), "{}", given.user);
    assert!(given.user["email_verified"].is_boolean());
}

pub(super) async fn oidcc_display_page(suite: &mut Suite) {
    changes_nothing(suite, &[("display", "page")]).await;
}

pub(super) async fn oidcc_display_popup(suite: &mut Suite) {
    changes_nothing(suite, &[("display", "popup")]).await;
}

pub(super) async fn oidcc_ensure_request_with_unknown_parameter_succeeds(suite: &mut Suite) {
    changes_nothing(suite, &[("extra", "foobar")]).await;
}

pub(super) async fn oidcc_login_hint(suite: &mut Suite) {
    changes_nothing(suite, &[("login_hint", "ann@saoma.example")]).await;
}

pub(super) async fn oidcc_claims_locales(suite: &mut Suite) {
    changes_nothing(suite, &[("claims_locales", "se")]).await;
}

/// Nobody here speaks these; the page is in the browser's own language then.
pub(super) async fn oidcc_ui_locales(suite: &mut Suite) {
    let page = suite.browser.to_login_page(&suite.request(&[("ui_locales", "se sv")])).await;
    assert!(html(&suite.browser.get(&page).await).contains("<html lang=\"en\">"));
    let fields = suite.confirm_at(&page).await;
    suite.given(&fields).await;
}

/// `acr_values` is a wish: what we do not know is passed over, and the claim says how it was.
pub(super) async fn oidcc_ensure_request_with_acr_values_succeeds(suite: &mut Suite) {
    let given = changes_nothing(suite, &[("acr_values", "1 2")]).await;
    assert_eq!(given.claims["acr"], "urn:saoma:acr:confirmed");
}

pub(super) async fn oidcc_ensure_post_request_succeeds(suite: &mut Suite) {
    let request = suite.request(&[]);
    let fields: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // Browsers send no cookies of ours with another site's form, so it goes on by a GET.
    let again =
        location(&suite.browser.post_from(Some("http://localhost:9"), "/oauth2/authorize", &fields).await);
    let page = location(&suite.browser.get(&again).await);
    let fields = suite.confirm_at(&page).await;
    suite.given(&fields).await;
}

/// Discovery says that claims cannot be asked for one by one: what the scope gives is given, and the login succeeds.
pub(super) async fn oidcc_claims_essential(suite: &mut Suite) {
    assert_eq!(suite.discovery().await["claims_parameter_supported"], false);
    let claims = r#"{"userinfo":{"name":{"essential":true}},"id_token":{"name":null}}"#;
    let given = changes_nothing(suite, &[("claims", claims)]).await;
    assert!(given.user.get("name").is_some());
    assert!(given.claims.get("name").is_none(), "{}", given.claims);
}

async fn changes_nothing(suite: &mut Suite, changes: Changes<'_>) -> Given {
    let given = suite.flow(changes).await;
    assert_eq!(given.reply.text("scope"), "openid profile");
    given
}
