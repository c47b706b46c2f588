//! An admin at a browser, by HTTP only: forms are filled from the pages they come with, cookies are
//! kept, and the authenticator app is a reckoning of its own.

use crate::house::House;
use crate::http;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cookie::Cookie;
use hmac::{Hmac, KeyInit as _, Mac as _};
use regex::Regex;
use reqwest::{Method, StatusCode, header};
use saoma_core::{Clock as _, Timestamp};
use serde_json::Value;
use sha1::Sha1;
use std::collections::BTreeMap;

/// A password that is accepted.
pub const PASSWORD: &str = "correct-horse-battery-staple";

/// A page as it came.
#[derive(Debug, Clone)]
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: header::HeaderMap,
    /// The HTML.
    pub html: String,
}

impl Page {
    /// Where it sends the browser; empty when it does not.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap())
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let field = Regex::new(&format!("name=\"{name}\" value=\"([^\"]*)\"")).unwrap();
        let found = field.captures(&self.html).unwrap_or_else(|| panic!("no {name} in {}", self.html));
        found[1].replace("&#x3D;", "=").replace("&#x2F;", "/")
    }
}

/// How an admin proves who they are.
#[derive(Debug, Clone)]
pub struct Proofs {
    /// The name.
    pub name: String,
    /// The key of the app.
    key: Vec<u8>,
    /// Codes for when the app is lost.
    pub recovery_codes: Vec<String>,
}

impl Proofs {
    /// What the app shows at this moment (RFC 6238, six digits, steps of 30 seconds).
    pub fn code_at(&self, now: Timestamp) -> String {
        let step = u64::try_from(now.0 / 30_000).unwrap();
        let mac = Hmac::<Sha1>::new_from_slice(&self.key).unwrap().chain_update(step.to_be_bytes());
        let mac = mac.finalize().into_bytes();
        let start = usize::from(mac[19] & 15);
        let word = u32::from_be_bytes(mac[start..start + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", word % 1_000_000)
    }
}

/// RFC 4648 section 6.
fn base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = if letter.is_ascii_digit() { letter - b'2' + 26 } else { letter - b'A' };
        held = (held << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).unwrap());
        }
    }
    bytes
}

/// A browser on the admin's address.
pub struct AdminBrowser {
    http: reqwest::Client,
    /// The address, without a trailing slash.
    pub base: String,
    /// What it keeps.
    pub cookies: BTreeMap<String, String>,
}

impl AdminBrowser {
    /// A browser that has never been here.
    pub fn new(house: &House) -> Self {
        Self::at(&house.admin)
    }

    /// The same, at this address.
    pub fn at(base: &str) -> Self {
        Self { http: http::client(), base: base.to_owned(), cookies: BTreeMap::new() }
    }

    /// A request as this browser would send it, to be changed by tests of what is refused.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.request(method, format!("{}{path}", self.base));
        if cookies.is_empty() { request } else { request.header(header::COOKIE, cookies.join("; ")) }
    }

    /// Sends it and keeps the cookies that come back.
    pub async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for set in headers.get_all(header::SET_COOKIE) {
            let cookie = Cookie::parse(set.to_str().unwrap().to_owned()).unwrap();
            if cookie.max_age().is_some_and(|age| age.is_zero()) {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        Page { status, headers, html: response.text().await.unwrap() }
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Sends a form of our own page, and looks at what is shown once for it.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.request(Method::POST, path).header(header::ORIGIN, &self.base).form(fields);
        let answer = self.send(request).await;
        let to = answer.location().to_owned();
        if to.starts_with("/shown/") { self.get(&to).await } else { answer }
    }

    /// A call of the admin API as our own pages make it, with the csrf value of this page.
    pub fn call(&self, method: Method, path: &str, csrf: &str) -> reqwest::RequestBuilder {
        let request = self.request(method, &format!("/admin/api/v1{path}"));
        request.header(header::ORIGIN, &self.base).header("x-csrf-token", csrf)
    }

    /// The csrf value of this session.
    pub async fn csrf(&mut self) -> String {
        self.get("/account").await.hidden("csrf")
    }

    /// Follows a link to the end: a name, the usual password, the app.
    pub async fn enrol(&mut self, house: &House, link: &str, name: &str) -> Proofs {
        self.enrol_at(now(house), link, name).await
    }

    /// The same, when the app shows the code of this moment.
    pub async fn enrol_at(&mut self, now: Timestamp, link: &str, name: &str) -> Proofs {
        let path = format!("/enrol/{link}");
        let form = self.get(&path).await;
        assert_eq!(form.status, StatusCode::OK, "{}", form.html);
        let mut proofs = proofs_on(&form, name);
        let done = self.post(&path, &enrolment_at(&form, &proofs, now, PASSWORD).as_fields()).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.html);
        let code = Regex::new("<li><code>([^<]+)</code></li>").unwrap();
        proofs.recovery_codes = code.captures_iter(&done.html).map(|found| found[1].to_owned()).collect();
        proofs
    }

    /// Logs in with the usual password and what the app shows.
    pub async fn log_in(&mut self, house: &House, proofs: &Proofs) -> Page {
        let code = proofs.code_at(now(house));
        self.try_log_in(&proofs.name, PASSWORD, &code).await
    }

    /// Tries to log in.
    pub async fn try_log_in(&mut self, name: &str, password: &str, code: &str) -> Page {
        let fields = [("name", name), ("password", password), ("code", code), ("next", "/websites")];
        self.post("/log-in", &fields).await
    }
}

/// An answer of the admin API.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// `ETag`; empty when there is none.
    pub etag: String,
    /// The JSON; null when there is none.
    pub json: Value,
}

impl Answer {
    /// The code of a problem; empty when it is none.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

/// Sends a call of the admin API.
pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status();
    let etag = response.headers().get(header::ETAG).map_or("", |etag| etag.to_str().unwrap()).to_owned();
    // A stream has no end to wait for.
    let is_stream =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    let text = if is_stream { String::new() } else { response.text().await.unwrap() };
    Answer { status, etag, json: serde_json::from_str(&text).unwrap_or_default() }
}

/// The fields of an enrolment.
pub struct Enrolment([(&'static str, String); 4]);

impl Enrolment {
    /// As a form takes them.
    pub fn as_fields(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

/// What the form of this page needs; the app shows the code of the house's time.
pub fn enrolment(form: &Page, proofs: &Proofs, house: &House, password: &str) -> Enrolment {
    enrolment_at(form, proofs, now(house), password)
}

fn enrolment_at(form: &Page, proofs: &Proofs, now: Timestamp, password: &str) -> Enrolment {
    Enrolment([
        ("name", proofs.name.clone()),
        ("password", password.to_owned()),
        ("code", proofs.code_at(now)),
        ("sealed_key", form.hidden("sealed_key")),
    ])
}

/// An app that has been set up from this page.
pub fn proofs_on(form: &Page, name: &str) -> Proofs {
    let key = Regex::new("class=\"key\">([A-Z2-7 ]+)<").unwrap();
    let key = base32(&key.captures(&form.html).expect("no key on the page")[1]);
    let image = Regex::new("data:image/svg\\+xml;base64,([A-Za-z0-9+/=]+)").unwrap();
    let html = form.html.replace("&#x2F;", "/").replace("&#x3D;", "=");
    let image = image.captures(&html).expect("no code on the page");
    assert!(STANDARD.decode(&image[1]).unwrap().starts_with(b"<svg"));
    Proofs { name: name.to_owned(), key, recovery_codes: Vec::new() }
}

/// The house's time.
pub fn now(house: &House) -> Timestamp {
    match &house.clock {
        Some(clock) => clock.now(),
        None => saoma::SystemClock.now(),
    }
}

/// A link as the command line would print it, for somebody new who becomes an owner.
pub async fn bootstrap(house: &House) -> String {
    let link = house.server().parts().admins().bootstrap(None).await.unwrap().unwrap();
    link.expose().to_owned()
}
