//! A browser at our login page and a website that speaks OpenID Connect, by HTTP only: cookies are kept,
//! redirects are followed one by one, id tokens are checked against the published keys.

use crate::house::{CLIENT, CLIENT_SECRET, House, REDIRECT_URI};
use crate::visitor::{Answer, CHALLENGE, Held, VERIFIER, Visitor, send};
use cookie::Cookie;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::Url;

/// A visitor's browser, with its cookies.
pub struct SiteBrowser {
    /// Whom it belongs to, and what the website does.
    pub visitor: Visitor,
    /// What it keeps, by name.
    pub cookies: BTreeMap<String, String>,
}

/// What a website was answered.
pub type Fields = BTreeMap<String, String>;

/// The request that a library makes: PKCE, state, nonce.
pub fn usual_request() -> Vec<(&'static str, String)> {
    [
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT_URI),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "website-state"),
        ("nonce", "website-nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

/// The usual request with these in the place of its own; an empty value takes one out.
pub fn request_with(changes: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut request = usual_request();
    for (name, value) in changes {
        request.retain(|(known, _)| known != name);
        if !value.is_empty() {
            request.push((name, (*value).to_owned()));
        }
    }
    request
}

impl SiteBrowser {
    /// A browser without cookies.
    pub fn new(house: &House) -> Self {
        Self { visitor: house.visitor(), cookies: BTreeMap::new() }
    }

    /// One request, at our own address or the absolute one; nothing is followed.
    pub async fn get(&mut self, address: &str) -> Answer {
        let request = self.visitor.http.get(self.absolute(address)).header(header::ACCEPT_LANGUAGE, "en");
        self.sent(request).await
    }

    /// A form that one of our pages posts.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let own = self.visitor.saoma.clone();
        self.post_from(Some(&own), path, fields).await
    }

    /// The same from a page of this origin, or of none.
    pub async fn post_from(&mut self, origin: Option<&str>, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.visitor.http.post(self.absolute(path)).header(header::ACCEPT_LANGUAGE, "en");
        let request = match origin {
            Some(origin) => request.header(header::ORIGIN, origin),
            None => request,
        };
        self.sent(request.form(fields)).await
    }

    fn absolute(&self, address: &str) -> String {
        if address.starts_with('/') { format!("{}{address}", self.visitor.saoma) } else { address.to_owned() }
    }

    async fn sent(&mut self, request: reqwest::RequestBuilder) -> Answer {
        let kept: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = send(request.header(header::COOKIE, kept.join("; "))).await;
        for text in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = Cookie::parse(text.to_str().unwrap().to_owned()).unwrap();
            self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
        }
        answer
    }

    /// The website sends the browser to us.
    pub async fn authorize(&mut self, request: &[(&str, String)]) -> Answer {
        let address = Url::parse_with_params(&self.absolute("/oauth2/authorize"), request).unwrap();
        self.get(address.as_str()).await
    }

    /// The page that the request leads to.
    pub async fn to_login_page(&mut self, request: &[(&str, String)]) -> String {
        let answer = self.authorize(request).await;
        let to = location(&answer);
        assert!(to.starts_with("/login/azr_"), "{to}");
        to
    }

    /// The page's script begins a Login.
    pub async fn start(&mut self, page: &str, provider: &str) -> Answer {
        let request = self.visitor.http.post(self.absolute(&format!("{page}/start")));
        let request = request.header(header::ORIGIN, self.visitor.saoma.clone());
        self.sent(request.json(&json!({ "provider": provider, "locale": "en" }))).await
    }

    /// The page's script posts to our API, with the browser's cookie.
    pub async fn post_json(&mut self, path: &str, body: &Value) -> Answer {
        let request = self.visitor.http.post(self.absolute(path));
        self.sent(request.header(header::ORIGIN, self.visitor.saoma.clone()).json(body)).await
    }

    /// The page's script reads a Login; `query` may long-poll.
    pub async fn read(&mut self, held: &Held, query: &str) -> Answer {
        let request = self.visitor.http.get(self.absolute(&format!("/api/v1/logins/{}{query}", held.id)));
        self.sent(request.header(header::ORIGIN, self.visitor.saoma.clone())).await
    }

    /// This person scans what the page shows and confirms.
    pub async fn confirm_at(&mut self, page: &str, person: &str) -> Held {
        let held = Held::of(&self.start(page, "mini").await);
        let token = self.visitor.scan(&held, person).await;
        assert_eq!(self.visitor.confirm(&token).await.status, StatusCode::OK);
        held
    }

    /// A whole login by this request; gives what the website is answered.
    pub async fn log_in(&mut self, request: &[(&str, String)], person: &str) -> Fields {
        let page = self.to_login_page(request).await;
        self.confirm_at(&page, person).await;
        answered(&self.get(&page).await)
    }

    /// Whoever is logged in consents on the page.
    pub async fn consent(&mut self, page: &str, decision: &str) -> Answer {
        let shown = self.get(page).await;
        assert_eq!(shown.status, StatusCode::OK);
        let csrf = hidden(&shown, "csrf");
        self.post(page, &[("csrf", &csrf), ("decision", decision)]).await
    }
}

/// Where an answer sends the browser.
pub fn location(answer: &Answer) -> String {
    let page = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}");
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// The value of a hidden field.
pub fn hidden(answer: &Answer, name: &str) -> String {
    let html = String::from_utf8_lossy(&answer.bytes).into_owned();
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{html}"));
    rest.split_once('"').unwrap().0.replace("&#x2F;", "/").replace("&#x3D;", "=").replace("&amp;", "&")
}

/// What the website reads in the query of its address.
pub fn answered(answer: &Answer) -> Fields {
    let to = location(answer);
    assert!(to.starts_with(&format!("{REDIRECT_URI}?")), "{to}");
    Url::parse(&to).unwrap().query_pairs().into_owned().collect()
}

/// The website redeems a code, and checks what it gets as a library would; gives the answer and the claims.
pub async fn tokens(visitor: &Visitor, code: &str) -> (Answer, Value) {
    let answer = redeem(visitor, code, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.json);
    let claims = checked(visitor, answer.text("id_token")).await;
    (answer, claims)
}

/// The usual redemption with these in the place of its own; an empty value takes one out.
pub async fn redeem(visitor: &Visitor, code: &str, changes: &[(&'static str, &str)]) -> Answer {
    let usual = [("code", code), ("code_verifier", VERIFIER), ("redirect_uri", REDIRECT_URI)];
    let mut fields: BTreeMap<_, _> = usual.into_iter().chain(changes.iter().copied()).collect();
    fields.insert("grant_type", "authorization_code");
    fields.retain(|_, value| !value.is_empty());
    let request = visitor.request(Method::POST, "/oauth2/token").basic_auth(CLIENT, Some(CLIENT_SECRET));
    send(request.form(&fields)).await
}

/// An id token's claims, once signature, issuer, audience and time were found right.
pub async fn checked(visitor: &Visitor, token: &str) -> Value {
    signed_for(visitor, token, CLIENT).await
}

/// The claims of any token of ours for this client, likewise.
pub async fn signed_for(visitor: &Visitor, token: &str, client: &str) -> Value {
    let keys = send(visitor.request(Method::GET, "/oauth2/jwks")).await;
    let keys: JwkSet = serde_json::from_value(keys.json).unwrap();
    let header = decode_header(token).unwrap();
    let key = keys.find(&header.kid.unwrap()).expect("the key is published");
    let mut rules = Validation::new(header.alg);
    rules.set_issuer(&[&visitor.saoma]);
    rules.set_audience(&[client]);
    rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    // The server lives in the test's time.
    rules.validate_exp = false;
    decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &rules).unwrap().claims
}
