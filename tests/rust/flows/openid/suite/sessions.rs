//! OP-09: modules about who is logged in already: whether they are asked again, and what the website learns of when
//! they were.

use super::{Changes, Given, Suite};

pub(super) async fn oidcc_prompt_login(suite: &mut Suite) {
    let (first, again) = logs_in_again(suite, &[("prompt", "login")]).await;
    assert_ne!(first.claims["auth_time"], again.claims["auth_time"]);
}

pub(super) async fn oidcc_prompt_none_not_logged_in(suite: &mut Suite) {
    let fields = suite.at_once(&[("prompt", "none")]).await;
    assert_eq!(suite.error(&fields), "login_required");
}

pub(super) async fn oidcc_prompt_none_logged_in(suite: &mut Suite) {
    let first = suite.flow(&[]).await;
    suite.wait(2);
    let second = suite.silent_flow(&[("prompt", "none")]).await;
    assert_same_login(&first, &second);
}

pub(super) async fn oidcc_max_age_1(suite: &mut Suite) {
    let (first, again) = logs_in_again(suite, &[("max_age", "1")]).await;
    let at = |given: &Given| given.claims["auth_time"].as_i64().unwrap();
    assert!(at(&again) > at(&first));
    assert!(suite.now() - at(&again) <= 1, "it is as young as was asked for");
}

pub(super) async fn oidcc_max_age_10000(suite: &mut Suite) {
    let first = suite.flow(&[("max_age", "15000")]).await;
    suite.wait(2);
    let second = suite.silent_flow(&[("max_age", "10000")]).await;
    assert_same_login(&first, &second);
    assert!(second.claims["auth_time"].is_i64());
}

pub(super) async fn oidcc_id_token_hint(suite: &mut Suite) {
    let first = suite.flow(&[]).await;
    suite.wait(2);
    let second = suite.silent_flow(&[("prompt", "none"), ("id_token_hint", first.id_token())]).await;
    assert_same_login(&first, &second);
}

/// Two flows, with a page and a code to scan in each; gives both.
async fn logs_in_again(suite: &mut Suite, changes: Changes<'_>) -> (Given, Given) {
    let first = suite.flow(&[]).await;
    suite.wait(2);
    // With another answer than our page this fails: nobody is let through as they are.
    let again = suite.flow(changes).await;
    assert_eq!(first.claims["sub"], again.claims["sub"]);
    assert_eq!(again.claims["auth_time"], suite.now());
    (first, again)
}

/// One login, told of twice.
fn assert_same_login(first: &Given, second: &Given) {
    for same in ["sub", "auth_time", "sid", "acr", "amr"] {
        assert_eq!(first.claims[same], second.claims[same], "{same}");
    }
    let iat = |given: &Given| given.claims["iat"].as_i64().unwrap();
    assert_eq!(iat(second), iat(first) + 2);
    assert_ne!(first.access_token(), second.access_token());
}
