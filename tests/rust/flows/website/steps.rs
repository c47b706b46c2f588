//! What the tests of this folder do again and again.

use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::house::{House, Plan, REDIRECT_URI};
use saoma_tests::inspect::calls;
use saoma_tests::phone::parameter;
use saoma_tests::visitor::{Answer, Held, Visitor};
use saoma_tests::ways::WEBSITE;
use saoma_tests::website::{code_at_website, sent_on};

/// The call that spends a code.
pub(super) const SPENDS: &str = "/sns/oauth2/access_token";

/// A house whose time the test moves.
pub(super) async fn timed_house(db: &Database) -> House {
    House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await
}

/// How often WeChat was asked whom a code stands for.
pub(super) async fn spent(visitor: &Visitor) -> u64 {
    calls(visitor, SPENDS).await
}

/// A page of ours that says what to do, and holds nothing to log in with.
pub(super) fn assert_page(answer: &Answer, status: StatusCode) {
    let text = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status, status, "{text}");
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{text}");
    assert!(!answer.headers.contains_key("location") && !answer.headers.contains_key("set-cookie"));
    for word in ["code=", "iss=", REDIRECT_URI, "website-state"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

/// The website hears this error at its own address, with its own state and who says so, and no code.
pub(super) fn assert_told(visitor: &Visitor, answer: &Answer, error: &str) {
    let to = sent_on(answer);
    assert!(to.as_str().starts_with(REDIRECT_URI), "{to}");
    let given = |name| parameter(&to, name);
    assert_eq!(given("error").as_deref(), Some(error), "{to}");
    assert_eq!(given("state").as_deref(), Some("website-state"));
    assert_eq!(given("iss").as_deref(), Some(visitor.saoma.as_str()));
    assert_eq!(given("code"), None);
}

/// Where a Login stands, and why it ended.
pub(super) async fn stands(visitor: &Visitor, held: &Held) -> (String, String) {
    let view = visitor.read(held, "").await;
    (view.text("stage").to_owned(), view.text("reason").to_owned())
}

/// The next login of the same person works as if nothing had been.
pub(super) async fn works_again(visitor: &Visitor, person: &str) {
    let held = visitor.begin_by(&WEBSITE).await;
    let tokens = visitor.redeem(&code_at_website(visitor, &held, person).await).await;
    assert_eq!(tokens.status, StatusCode::OK, "{:?}", tokens.json);
    assert_eq!(visitor.stage(&held).await, "redeemed");
}
