//! WeChat's own login page of websites, as a visitor's browser sees it and a phone answers it.

use crate::phone::{Phone, parameter};
use crate::visitor::{Answer, Held, Visitor, send};
use crate::ways::WEBSITE;
use reqwest::StatusCode;
use url::Url;

const CONFIRM_ADDRESS: &str = "https://open.weixin.qq.com/connect/confirm?uuid=";

/// The page, open.
pub struct WebsitePage {
    http: reqwest::Client,
    sandbox: String,
    /// What its code shows.
    pub uuid: String,
    /// Where it returns to, with the state.
    pub back: Url,
}

impl WebsitePage {
    /// The visitor's browser goes where its Login says.
    pub async fn open(visitor: &Visitor, held: &Held) -> Self {
        let to: Url = held.redirect_url().parse().unwrap();
        let page = send(visitor.http.get(to.as_str())).await;
        let text = String::from_utf8(page.bytes.to_vec()).unwrap();
        assert_eq!(page.status, StatusCode::OK, "{text}");
        let given = |name| parameter(&to, name).unwrap();
        let mut back: Url = given("redirect_uri").parse().unwrap();
        back.query_pairs_mut().append_pair("state", &given("state"));
        let uuid = text.split_once("/connect/qrcode/").unwrap().1;
        let uuid = uuid.split_once('"').unwrap().0.to_owned();
        Self { http: visitor.http.clone(), sandbox: visitor.sandbox.clone(), uuid, back }
    }

    /// This phone scans the code.
    pub async fn scanned_by(&self, phone: &Phone) {
        phone.scan(&format!("{CONFIRM_ADDRESS}{}", self.uuid)).await;
    }

    /// This phone scans and says yes; gives the address the browser is sent back to.
    pub async fn confirmed_by(&self, phone: &Phone) -> Url {
        self.scanned_by(phone).await;
        phone.answer_website(&self.uuid, true).await;
        let poll = format!("{}/connect/l/qrconnect?uuid={}&last=404", self.sandbox, self.uuid);
        let news = send(self.http.get(poll)).await;
        let text = String::from_utf8(news.bytes.to_vec()).unwrap();
        let code = text.split_once("wx_code='").unwrap().1.split_once('\'').unwrap().0;
        assert!(!code.is_empty(), "{text}");
        self.with_code(code)
    }

    /// This phone scans and says no; gives the address the browser is sent back to, where WeChat does so.
    pub async fn declined_by(&self, phone: &Phone) -> Url {
        self.scanned_by(phone).await;
        phone.answer_website(&self.uuid, false).await;
        self.back.clone()
    }

    /// The address the browser is sent back to with this code.
    pub fn with_code(&self, code: &str) -> Url {
        let mut back = self.back.clone();
        back.query_pairs_mut().append_pair("code", code);
        back
    }
}

/// The visitor's browser comes back to us; gives the answer, no redirect followed.
pub async fn come_back(visitor: &Visitor, back: &Url) -> Answer {
    send(visitor.http.get(back.as_str())).await
}

/// Where the browser is sent on to.
pub fn sent_on(answer: &Answer) -> Url {
    let page = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}");
    answer.headers["location"].to_str().unwrap().parse().unwrap()
}

/// This person confirms at WeChat; gives the address that the browser comes back to us with.
pub async fn confirmed_at_wechat(visitor: &Visitor, held: &Held, person: &str) -> Url {
    let page = WebsitePage::open(visitor, held).await;
    page.confirmed_by(&Phone::of(visitor, person)).await
}

/// This person confirms and comes back to the website; gives the code that it gets there.
pub async fn code_at_website(visitor: &Visitor, held: &Held, person: &str) -> String {
    let back = confirmed_at_wechat(visitor, held, person).await;
    let to = sent_on(&come_back(visitor, &back).await);
    parameter(&to, "code").unwrap_or_else(|| panic!("no code: {to}"))
}

/// A whole login by this way; gives the website's access token.
pub async fn token(visitor: &Visitor, person: &str) -> String {
    let held = visitor.begin_by(&WEBSITE).await;
    let tokens = visitor.redeem(&code_at_website(visitor, &held, person).await).await;
    assert_eq!(tokens.status, StatusCode::OK, "{:?}", tokens.json);
    tokens.text("access_token").to_owned()
}

/// A whole login by this way; gives what the website is told of the user.
pub async fn log_in(visitor: &Visitor, person: &str) -> Answer {
    visitor.user_info(&token(visitor, person).await).await
}
