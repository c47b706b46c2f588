//! What the tests of this folder do again and again: whole logins by each way.

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::phone::{Phone, Visited, WechatBrowser, link};
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use saoma_tests::wait::eventually;
use saoma_tests::ways::{CHAT, SERVICE};
use saoma_tests::website;
use serde_json::{Value, json};

/// The call that fetches a picture.
pub(super) const AVATAR: &str = "/mmopen/vi_32/{picture}";
/// The call that tells a service account of a person.
pub(super) const INFO: &str = "/cgi-bin/user/info";

/// One of the ways.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    Mini,
    Page,
    Number,
    Website,
}

impl By {
    /// A whole login; gives the user's id.
    pub(super) async fn log_in(self, visitor: &Visitor, person: &str) -> String {
        match self {
            Self::Mini => visitor.log_in(person).await,
            Self::Page => by_page(visitor, person).await,
            Self::Number => by_number(visitor, person).await,
            Self::Website => website::log_in(visitor, person).await.text("sub").to_owned(),
        }
    }
}

/// From a scan of this Login's code to our page.
async fn open_page(visitor: &Visitor, person: &str, held: &Held) -> (WechatBrowser, Visited) {
    let phone = Phone::of(visitor, person);
    phone.already_follows(&SERVICE).await;
    let page = link(&phone.scan(held.code_text()).await);
    let browser = phone.browser().await;
    let opened = browser.open(&page, &visitor.saoma).await;
    (browser, opened)
}

async fn by_page(visitor: &Visitor, person: &str) -> String {
    let held = visitor.begin_by(&SERVICE).await;
    let (browser, page) = open_page(visitor, person, &held).await;
    assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::OK);
    visitor.finish(&held).await
}

/// The code is scanned and its number sent back.
pub(super) async fn say_number(visitor: &Visitor, person: &str) -> Held {
    let phone = Phone::of(visitor, person);
    phone.already_follows(&CHAT).await;
    let begun = visitor.try_begin(&Visitor::begin_body_for("chat")).await;
    let held = Held::of(&begun);
    phone.scan(held.code_text()).await;
    phone.say(&CHAT, begun.text("number")).await;
    held
}

async fn by_number(visitor: &Visitor, person: &str) -> String {
    let held = say_number(visitor, person).await;
    reaches(visitor, &held, "confirmed").await;
    visitor.finish(&held).await
}

/// Waits until a Login stands there.
pub(super) async fn reaches(visitor: &Visitor, held: &Held, stage: &str) {
    eventually(stage, || async { (visitor.stage(held).await == stage).then_some(()) }).await;
}

/// Rows of a table.
pub(super) async fn count(db: &Database, table: &str) -> usize {
    db.lines(&format!("SELECT 'x' AS line FROM {table}")).await.len()
}

/// Somebody is called so at WeChat.
pub(super) async fn becomes(visitor: &Visitor, person: &str, who: &Value) {
    Phone::of(visitor, person).becomes(who).await;
}

/// A login by mini-program up to the consent; gives the phone's token.
pub(super) async fn consent(visitor: &Visitor, held: &Held, person: &str, nickname: Option<&str>) -> String {
    let token = visitor.scan(held, person).await;
    let mut body = json!({"companion_token": token});
    if let Some(nickname) = nickname {
        body["nickname"] = json!(nickname);
    }
    let confirmed = visitor.companion("confirm", &body).await;
    assert_eq!(confirmed.status, StatusCode::OK, "{:?}", confirmed.json);
    token
}

/// What the website is told after a login by mini-program.
pub(super) async fn info_by_mini(visitor: &Visitor, person: &str, nickname: Option<&str>) -> Answer {
    let held = visitor.begin().await;
    consent(visitor, &held, person, nickname).await;
    visitor.user_info(&visitor.access_token(&held).await).await
}

/// What the website is told once there is a picture that nobody drew for us.
pub(super) async fn pictured(visitor: &Visitor, token: &str) -> Answer {
    eventually("the picture is there", || async {
        let info = visitor.user_info(token).await;
        (info.json["picture_is_stand_in"] == false).then_some(info)
    })
    .await
}

/// The picture behind the address that a website is told.
pub(super) async fn picture(visitor: &Visitor, info: &Answer) -> Answer {
    send(visitor.http.request(Method::GET, info.text("picture"))).await
}
