//! A visitor with a browser, a phone and a website behind it, by HTTP only.
//!
//! Each step is one call and gives the whole answer, so that a test can leave the path anywhere.

use crate::house::{CLIENT, CLIENT_SECRET, ORIGIN, REDIRECT_URI};
use crate::http;
use crate::ways::Way;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// A `code_verifier`; its challenge is `CHALLENGE`.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// S256 of `VERIFIER` (RFC 7636 appendix B).
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as JSON; `null` when it is none.
    pub json: Value,
    /// The body.
    pub bytes: bytes::Bytes,
}

impl Answer {
    /// The stable code of a problem, or the `error` of OAuth.
    pub fn code(&self) -> &str {
        self.json.get("code").or(self.json.get("error")).and_then(Value::as_str).unwrap_or_default()
    }

    /// A field as text; empty when there is none.
    pub fn text(&self, name: &str) -> &str {
        self.json.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Sends a request and reads the whole answer.
pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Answer { status, headers, json, bytes }
}

/// A Login as its browser holds it.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its id.
    pub id: String,
    /// The browser's secret.
    pub secret: String,
    /// Where the picture is; empty where there is none.
    pub image_url: String,
    /// What the page shows.
    pub challenge: Value,
}

impl Held {
    /// What the answer to a begin gave.
    pub fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.json);
        Self {
            id: answer.text("login_id").to_owned(),
            secret: answer.text("browser_secret").to_owned(),
            image_url: answer.json["challenge"]["image_url"].as_str().unwrap_or_default().to_owned(),
            challenge: answer.json["challenge"].clone(),
        }
    }

    /// The content of a code that is drawn by the server.
    pub fn code_text(&self) -> &str {
        self.challenge["text"].as_str().unwrap_or_else(|| panic!("no text to draw: {}", self.challenge))
    }

    /// Where the browser is sent.
    pub fn redirect_url(&self) -> &str {
        self.challenge["url"].as_str().unwrap_or_else(|| panic!("no redirect: {}", self.challenge))
    }
}

/// Somebody at the website's page.
#[derive(Clone)]
pub struct Visitor {
    /// The HTTP client; follows no redirect.
    pub http: reqwest::Client,
    /// Saoma's public address.
    pub saoma: String,
    /// The pretend WeChat's address.
    pub sandbox: String,
}

impl Visitor {
    /// Somebody who reaches these two.
    pub fn new(saoma: &str, sandbox: &str) -> Self {
        let http = browser().build().unwrap();
        Self { http, saoma: saoma.to_owned(), sandbox: sandbox.to_owned() }
    }

    /// The same person with a browser that calls itself so.
    pub fn calling_itself(agent: &str, other: &Self) -> Self {
        Self { http: browser().user_agent(agent).build().unwrap(), ..other.clone() }
    }

    /// A request to Saoma.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.saoma))
    }

    /// What begins a Login.
    pub fn begin_body() -> Value {
        json!({
            "client_id": CLIENT, "provider": "mini", "redirect_uri": REDIRECT_URI,
            "code_challenge": CHALLENGE, "code_challenge_method": "S256", "state": "website-state"
        })
    }

    /// What begins a Login by this way.
    pub fn begin_body_for(provider: &str) -> Value {
        let mut body = Self::begin_body();
        body["provider"] = json!(provider);
        body
    }

    /// Begins with this body, from the website's page.
    pub async fn try_begin(&self, body: &Value) -> Answer {
        send(self.request(Method::POST, "/api/v1/logins").header("origin", ORIGIN).json(body)).await
    }

    /// Begins.
    pub async fn begin(&self) -> Held {
        Held::of(&self.try_begin(&Self::begin_body()).await)
    }

    /// Begins by this way.
    pub async fn begin_by(&self, way: &Way) -> Held {
        Held::of(&self.try_begin(&Self::begin_body_for(way.slug)).await)
    }

    /// Begins by this way in a browser that calls itself so.
    pub async fn begin_as(&self, way: &Way, agent: &str) -> Held {
        let request = self.request(Method::POST, "/api/v1/logins").header("origin", ORIGIN);
        let body = Self::begin_body_for(way.slug);
        Held::of(&send(request.header("user-agent", agent).json(&body)).await)
    }

    /// Reads a Login; `query` may long-poll.
    pub async fn read(&self, held: &Held, query: &str) -> Answer {
        let path = format!("/api/v1/logins/{}{query}", held.id);
        send(self.request(Method::GET, &path).bearer_auth(&held.secret)).await
    }

    /// The stage a Login is at.
    pub async fn stage(&self, held: &Held) -> String {
        self.read(held, "").await.text("stage").to_owned()
    }

    /// Posts to `…/{what}` of a Login: `cancel`, `complete`.
    pub async fn post(&self, held: &Held, what: &str) -> Answer {
        let path = format!("/api/v1/logins/{}/{what}", held.id);
        send(self.request(Method::POST, &path).bearer_auth(&held.secret)).await
    }

    /// The scene inside the picture, read from its pixels as a phone would.
    pub async fn scene(&self, held: &Held) -> String {
        let picture = send(self.http.get(&held.image_url)).await;
        assert_eq!(picture.status, StatusCode::OK);
        scene_in(&picture.bytes)
    }

    /// What `wx.login` gives this person.
    pub async fn js_code(&self, person: &str) -> String {
        self.js_code_in(crate::house::APPID, person).await
    }

    /// What `wx.login` gives this person in another app.
    pub async fn js_code_in(&self, appid: &str, person: &str) -> String {
        let body = json!({"person": person, "appid": appid});
        let answer = send(self.http.post(format!("{}/_sandbox/v1/js_codes", self.sandbox)).json(&body)).await;
        answer.text("js_code").to_owned()
    }

    /// The companion page was opened on this scene.
    pub async fn try_scan(&self, scene: &str, js_code: &str) -> Answer {
        self.companion("scan", &json!({"scene": scene, "js_code": js_code})).await
    }

    /// This person scans the picture; gives the companion token.
    pub async fn scan(&self, held: &Held, person: &str) -> String {
        let answer = self.try_scan(&self.scene(held).await, &self.js_code(person).await).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.json);
        answer.text("companion_token").to_owned()
    }

    /// Confirms.
    pub async fn confirm(&self, companion_token: &str) -> Answer {
        self.companion("confirm", &json!({"companion_token": companion_token})).await
    }

    /// Calls the companion API.
    pub async fn companion(&self, what: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, &format!("/api/v1/companion/{what}")).json(body)).await
    }

    /// The website redeems a code, with what it should send.
    pub async fn redeem(&self, code: &str) -> Answer {
        self.try_redeem(&[("code", code), ("code_verifier", VERIFIER), ("redirect_uri", REDIRECT_URI)]).await
    }

    /// The website redeems with these fields.
    pub async fn try_redeem(&self, fields: &[(&str, &str)]) -> Answer {
        let mut form = vec![("grant_type", "authorization_code")];
        form.extend_from_slice(fields);
        let request = self.request(Method::POST, "/oauth2/token").basic_auth(CLIENT, Some(CLIENT_SECRET));
        send(request.form(&form)).await
    }

    /// Asks who the token stands for.
    pub async fn user_info(&self, access_token: &str) -> Answer {
        send(self.request(Method::GET, "/oauth2/userinfo").bearer_auth(access_token)).await
    }

    /// A confirmed Login of this person.
    pub async fn confirmed(&self, person: &str) -> Held {
        let held = self.begin().await;
        let token = self.scan(&held, person).await;
        assert_eq!(self.confirm(&token).await.status, StatusCode::OK);
        held
    }

    /// A whole login; gives the user's id.
    pub async fn log_in(&self, person: &str) -> String {
        let held = self.confirmed(person).await;
        self.finish(&held).await
    }

    /// From a confirmed Login to the user's id.
    pub async fn finish(&self, held: &Held) -> String {
        self.user_info(&self.access_token(held).await).await.text("sub").to_owned()
    }

    /// From a confirmed Login to an access token.
    pub async fn access_token(&self, held: &Held) -> String {
        let completed = self.post(held, "complete").await;
        let tokens = self.redeem(completed.text("code")).await;
        assert_eq!(tokens.status, StatusCode::OK, "{:?}", tokens.json);
        tokens.text("access_token").to_owned()
    }
}

fn browser() -> reqwest::ClientBuilder {
    http::builder().pool_max_idle_per_host(256)
}

/// The scene inside a picture of a code: the pretend WeChat writes it after the question mark.
pub fn scene_in(picture: &[u8]) -> String {
    let grey = image::load_from_memory(picture).unwrap().to_luma8();
    // Every other pixel of every other row is plenty, and unoptimised code takes a quarter of the time for it.
    let at = |x: usize, y: usize| grey.get_pixel(2 * x as u32, 2 * y as u32).0[0];
    let (width, height) = (grey.width() as usize / 2, grey.height() as usize / 2);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, at);
    let text = prepared.detect_grids().first().unwrap().decode().unwrap().1;
    text.split_once('?').unwrap().1.to_owned()
}
