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

/// How a website wants to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// In the query of its address, as without a word.
    Query,
    /// By a form that the browser posts.
    FormPost,
}

impl Mode {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// The value of `response_mode`; empty for the one that needs none.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Query => "",
            Self::FormPost => "form_post",
        }
    }

    /// What the website reads.
    pub fn read(self, answer: &Answer) -> Fields {
        match self {
            Self::Query => answered(answer),
            Self::FormPost => posted(answer),
        }
    }
}

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
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", html(answer));
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// The value of a hidden field.
pub fn hidden(answer: &Answer, name: &str) -> String {
    hidden_fields(answer).remove(name).unwrap_or_else(|| panic!("no {name}: {}", html(answer)))
}

fn hidden_fields(answer: &Answer) -> Fields {
    let page = html(answer);
    let fields = page.split("<input type=\"hidden\" name=\"").skip(1).map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"").unwrap();
        (unescaped(name), unescaped(rest.split_once('"').unwrap().0))
    });
    fields.collect()
}

/// A page as it was sent.
pub fn html(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

/// Text of a page as its reader sees it.
pub fn unescaped(text: &str) -> String {
    let escapes = [
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("#x27", "'"),
        ("#39", "'"),
        ("#x2F", "/"),
        ("#x3D", "="),
        ("amp", "&"),
    ];
    escapes.iter().fold(text.to_owned(), |text, (name, sign)| text.replace(&format!("&{name};"), sign))
}

/// What the website reads in the query of its address.
pub fn answered(answer: &Answer) -> Fields {
    let to = location(answer);
    assert!(to.starts_with(&format!("{REDIRECT_URI}?")), "{to}");
    Url::parse(&to).unwrap().query_pairs().into_owned().collect()
}

/// What a page of ours posts to the website's address; the page is one that browsers let do so by itself.
pub fn posted(answer: &Answer) -> Fields {
    let page = html(answer);
    assert_eq!((answer.status, answer.headers.get("location")), (StatusCode::OK, None), "{page}");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(unescaped(&page).contains(&format!("<form method=\"post\" action=\"{REDIRECT_URI}\"")), "{page}");
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    let nonce = policy.split_once("script-src 'nonce-").unwrap().1.split_once('\'').unwrap().0;
    assert!(
        page.contains(&format!("<script nonce=\"{nonce}\">document.forms[0].submit();</script>")),
        "{page}"
    );
    assert!(policy.contains("form-action http://localhost:9;"), "{policy}");
    hidden_fields(answer)
}

/// Nobody is sent anywhere: a page says what is wrong.
pub fn assert_only_a_page(answer: &Answer, what: &str) {
    let page = html(answer);
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}: {page}");
    for header in ["location", "refresh"] {
        assert!(!answer.headers.contains_key(header), "{what}");
    }
    assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8", "{what}");
    for way_out in ["<form", "<script", "http-equiv"] {
        assert!(!page.contains(way_out), "{what}: {page}");
    }
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
    redeem_as(visitor, (CLIENT, CLIENT_SECRET), code, changes).await
}

/// The same by the back end of another website.
pub async fn redeem_as(
    visitor: &Visitor,
    (id, secret): (&str, &str),
    code: &str,
    changes: &[(&'static str, &str)],
) -> Answer {
    let usual = [("code", code), ("code_verifier", VERIFIER), ("redirect_uri", REDIRECT_URI)];
    let mut fields: BTreeMap<_, _> = usual.into_iter().chain(changes.iter().copied()).collect();
    fields.insert("grant_type", "authorization_code");
    fields.retain(|_, value| !value.is_empty());
    send(visitor.request(Method::POST, "/oauth2/token").basic_auth(id, Some(secret)).form(&fields)).await
}

/// What a website's back end asks for at one of our endpoints, with its secret.
pub async fn ask_as(
    visitor: &Visitor,
    (id, secret): (&str, &str),
    path: &str,
    form: &[(&str, &str)],
) -> Answer {
    send(visitor.request(Method::POST, path).basic_auth(id, Some(secret)).form(form)).await
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
