//! WeChat's own login page of websites, as a visitor's browser sees it and a phone answers it.

use crate::phone::Phone;
use crate::visitor::{Held, Visitor, send};
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
        let given = |name| crate::phone::parameter(&to, name).unwrap();
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

    /// The address the browser is sent back to with this code.
    pub fn with_code(&self, code: &str) -> Url {
        let mut back = self.back.clone();
        back.query_pairs_mut().append_pair("code", code);
        back
    }
}
