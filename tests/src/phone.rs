//! Somebody's pretend phone, played by calls to the sandbox: scans, chats, and WeChat's own browser.
//!
//! The browser keeps cookies by their path and follows redirects one by one, so that a test can leave
//! the path anywhere.

use crate::visitor::{Answer, Visitor, send};
use crate::ways::Way;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Mutex;
use url::Url;

/// What WeChat's browser calls itself.
pub const WECHAT_AGENT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 \
    (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN";
const MOST_REDIRECTS: usize = 10;

/// A phone of this person.
pub struct Phone {
    http: reqwest::Client,
    sandbox: String,
    /// Whose it is.
    pub person: String,
}

impl Phone {
    /// The phone of this person, in the world of this visitor.
    pub fn of(visitor: &Visitor, person: &str) -> Self {
        Self { http: visitor.http.clone(), sandbox: visitor.sandbox.clone(), person: person.to_owned() }
    }

    /// Asks the sandbox's control interface.
    pub async fn control(&self, method: Method, path: &str, body: &Value) -> Answer {
        send(self.http.request(method, format!("{}/_sandbox/v1/{path}", self.sandbox)).json(body)).await
    }

    async fn act(&self, action: &str, more: Value) -> Answer {
        let mut body = json!({"person": self.person, "action": action});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.control(Method::POST, "act", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{action}: {:?}", answer.json);
        answer
    }

    /// Its owner is somebody else in WeChat from now on: nickname, picture, or raw bytes in their place.
    pub async fn becomes(&self, who: &Value) {
        let mut body = json!({"name": self.person});
        body.as_object_mut().unwrap().extend(who.as_object().unwrap().clone());
        let answer = self.control(Method::PUT, &format!("persons/{}", self.person), &body).await;
        assert!(answer.status.is_success(), "{:?}", answer.json);
    }

    /// WeChat tells this app of its owner's changed mind: `user_authorization_revoke` and the like.
    pub async fn tells(&self, appid: &str, event: &str) -> Answer {
        let body = json!({"appid": appid, "person": self.person, "event": event});
        let answer = self.control(Method::POST, "privacy", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.json);
        answer
    }

    /// Scans the code of this content; gives what the phone was told.
    pub async fn scan(&self, text: &str) -> Answer {
        self.act("scan", json!({"text": text})).await
    }

    /// Follows an account; with the code that was scanned just before, if there was one.
    pub async fn follow(&self, way: &Way) -> Answer {
        self.act("follow", json!({"appid": way.appid})).await
    }

    /// Stops following.
    pub async fn unfollow(&self, way: &Way) -> Answer {
        self.act("unfollow", json!({"appid": way.appid})).await
    }

    /// Writes into the chat.
    pub async fn say(&self, way: &Way, text: &str) -> Answer {
        self.act("say", json!({"appid": way.appid, "text": text})).await
    }

    /// Follows without a word to the account.
    pub async fn already_follows(&self, way: &Way) {
        let body = json!({"appid": way.appid, "person": self.person, "following": true});
        let answer = self.control(Method::PUT, "followers", &body).await;
        assert!(answer.status.is_success(), "{:?}", answer.json);
    }

    /// Says yes or no on the sheet of a website's login.
    pub async fn answer_website(&self, uuid: &str, yes: bool) -> Answer {
        let action = if yes { "website_confirm" } else { "website_cancel" };
        self.act(action, json!({"uuid": uuid})).await
    }

    /// Its WeChat browser, fresh.
    pub async fn browser(&self) -> WechatBrowser {
        let browser = WechatBrowser {
            http: self.http.clone(),
            sandbox: self.sandbox.clone(),
            agent: WECHAT_AGENT.to_owned(),
            languages: None,
            cookies: Mutex::default(),
        };
        let mut address: Url = format!("{}/_sandbox/v1/browser", self.sandbox).parse().unwrap();
        address.query_pairs_mut().append_pair("person", &self.person).append_pair("url", &self.sandbox);
        assert_eq!(browser.get(address.as_str()).await.status, StatusCode::SEE_OTHER);
        browser
    }
}

/// The text of the chat's answer to a scan or a message; empty when there is none.
pub fn said(answer: &Answer) -> &str {
    answer.json["push"]["reply"]["text"].as_str().unwrap_or_default()
}

/// The first link in the chat's answer.
pub fn link(answer: &Answer) -> String {
    let link = answer.json["push"]["reply"]["links"][0]["url"].as_str();
    link.unwrap_or_else(|| panic!("no link: {}", answer.json)).to_owned()
}

struct Kept {
    host: String,
    path: String,
    name: String,
    value: String,
}

/// A browser with its cookies.
pub struct WechatBrowser {
    http: reqwest::Client,
    sandbox: String,
    /// What it calls itself.
    pub agent: String,
    /// Which languages it asks for, as `Accept-Language`.
    pub languages: Option<&'static str>,
    cookies: Mutex<Vec<Kept>>,
}

/// A page, where it was found, and what led there.
pub struct Visited {
    /// The address of the last answer.
    pub url: Url,
    /// The last answer.
    pub answer: Answer,
}

impl Visited {
    /// The text of the page.
    pub fn text(&self) -> String {
        String::from_utf8(self.answer.bytes.to_vec()).unwrap()
    }

    /// The hidden value of its form.
    pub fn csrf(&self) -> String {
        let text = self.text();
        let after = text.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form: {text}")).1;
        after.split_once('"').unwrap().0.to_owned()
    }
}

impl WechatBrowser {
    /// One request, no redirect followed.
    pub async fn get(&self, address: &str) -> Answer {
        self.send(Method::GET, address, None, None).await
    }

    /// One request of any method.
    pub async fn send(
        &self,
        method: Method,
        address: &str,
        origin: Option<&str>,
        form: Option<&[(&str, &str)]>,
    ) -> Answer {
        let url: Url = address.parse().unwrap();
        let mut request = self.http.request(method, url.clone()).header("user-agent", &self.agent);
        let cookies = self.cookies_for(&url);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        if let Some(languages) = self.languages {
            request = request.header("accept-language", languages);
        }
        if let Some(form) = form {
            request = request.form(form);
        }
        let answer = send(request).await;
        self.keep(&url, &answer);
        answer
    }

    /// Opens an address and follows redirects, until there is a page or an address beyond this machine's
    /// two servers.
    pub async fn open(&self, address: &str, own: &str) -> Visited {
        let mut url: Url = address.parse().unwrap();
        for _ in 0..MOST_REDIRECTS {
            let answer = self.get(url.as_str()).await;
            let Some(next) = next_address(&url, &answer) else { return Visited { url, answer } };
            let known = [own, &self.sandbox].iter().any(|base| next.as_str().starts_with(*base));
            if !known {
                return Visited { url: next, answer };
            }
            url = next;
        }
        panic!("too many redirects: {url}")
    }

    /// Presses a button of the confirm page.
    pub async fn press(&self, page: &Visited, decision: &str) -> Answer {
        self.press_with(page, decision, &[]).await
    }

    /// The same, once these fields were filled in.
    pub async fn press_with(&self, page: &Visited, decision: &str, more: &[(&str, &str)]) -> Answer {
        let csrf = page.csrf();
        let origin = page.url.origin().ascii_serialization();
        let form = [("csrf", csrf.as_str()), ("decision", decision)];
        let form: Vec<_> = form.into_iter().chain(more.iter().copied()).collect();
        self.send(Method::POST, page.url.as_str(), Some(&origin), Some(&form)).await
    }

    fn cookies_for(&self, url: &Url) -> String {
        let host = host_of(url);
        let kept = self.cookies.lock().unwrap();
        let fits = |one: &&Kept| one.host == host && url.path().starts_with(&one.path);
        kept.iter()
            .filter(fits)
            .map(|one| format!("{}={}", one.name, one.value))
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// As browsers do: by host without the port, by path, and a cookie that has ended is gone.
    fn keep(&self, url: &Url, answer: &Answer) {
        let mut kept = self.cookies.lock().unwrap();
        for set in answer.headers.get_all("set-cookie") {
            let parsed = cookie::Cookie::parse(set.to_str().unwrap().to_owned()).unwrap();
            let path = parsed.path().unwrap_or("/").to_owned();
            let (host, name) = (host_of(url), parsed.name().to_owned());
            kept.retain(|one| one.host != host || one.path != path || one.name != name);
            if parsed.max_age().is_none_or(|age| age.is_positive()) {
                kept.push(Kept { host, path, name, value: parsed.value().to_owned() });
            }
        }
    }

    /// What it keeps for this address, name and value.
    pub fn kept(&self, address: &str) -> Vec<(String, String)> {
        let url: Url = address.parse().unwrap();
        let cookies = self.cookies_for(&url);
        let pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn next_address(from: &Url, answer: &Answer) -> Option<Url> {
    let location = answer.headers.get("location").filter(|_| answer.status.is_redirection())?;
    Some(from.join(location.to_str().unwrap()).unwrap())
}

/// A parameter of an address' query.
pub fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
