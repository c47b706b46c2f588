//! A stand-in for Saoma in the shop's tests: it notes what it is sent and signs what it answers. Knows nothing of the
//! shop but its configuration.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{EncodingKey, Header, encode};
use poem::http::StatusCode;
use poem::web::{Data, Form, Json};
use poem::{Endpoint, EndpointExt, Request, Response, Route, get, handler, post};
use saoma_core::signing::{Algorithm, MadeKey, make_key};
use serde_json::{Value, json};

use crate::demo::shop::ShopConfig;

/// What it was sent, the oldest first.
pub(super) type Seen = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

/// What the stand-in signs with, and what anybody else would.
pub(super) struct Key {
    made: MadeKey,
    private: EncodingKey,
}

impl Key {
    pub(super) fn new() -> Self {
        let made = make_key(Algorithm::Rs256).unwrap();
        let body = STANDARD.encode(&*made.private);
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        Self { private: EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(), made }
    }

    /// Claims as a token of this `typ`, under the name of our own key.
    pub(super) fn sign(&self, typ: &str, claims: &Value) -> String {
        let kid = OWN_KEY.made.public.common.key_id.clone();
        let header = Header { typ: Some(typ.into()), kid, ..Header::new(jsonwebtoken::Algorithm::RS256) };
        encode(&header, claims, &self.private).unwrap()
    }
}

pub(super) static OWN_KEY: LazyLock<Key> = LazyLock::new(Key::new);

/// When every good token ends: in 2096.
pub(super) const LATE: u32 = 4_000_000_000;

#[handler]
fn jwks(request: &Request) -> Json<Value> {
    assert_eq!(request.header("authorization"), None, "the secret is nobody's business here");
    Json(json!({ "keys": [OWN_KEY.made.public] }))
}

#[handler]
fn token(
    request: &Request,
    Form(mut form): Form<BTreeMap<String, String>>,
    Data(seen): Data<&Seen>,
) -> Response {
    let authorization = request.header("authorization").unwrap_or_default();
    form.insert("authorization".into(), authorization.into());
    let code = form.get("code").cloned().unwrap_or_default();
    seen.lock().unwrap().push(form);
    if code == "spent" {
        return Response::builder().status(StatusCode::BAD_REQUEST).body(r#"{"error":"invalid_grant"}"#);
    }
    let issuer = format!("http://{}", request.header("host").unwrap());
    let sub = if code == "anothers" { "usr_2" } else { "usr_1" };
    let aud = if code == "of-another-website" { "books" } else { "shop" };
    let claims = json!({ "iss": issuer, "aud": aud, "sub": sub, "sid": "s1", "exp": LATE });
    let tokens = json!({ "access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": OWN_KEY.sign("JWT", &claims) });
    Response::builder().body(tokens.to_string())
}

#[handler]
fn userinfo(request: &Request) -> Json<Value> {
    assert_eq!(request.header("authorization"), Some("Bearer at"));
    Json(json!({ "sub": "usr_1", "name": "小美", "updated_at": 1 }))
}

/// Notes what a begin sends, and answers as Saoma does; a way called `closed` is refused.
#[handler]
fn begin(request: &Request, Json(body): Json<Value>, Data(seen): Data<&Seen>) -> Response {
    assert_eq!(request.header("origin"), None);
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut begun: BTreeMap<_, _> =
        ["client_id", "provider", "redirect_uri", "locale", "state", "code_challenge"]
            .map(|key| (key.to_owned(), text(&format!("/{key}"))))
            .into();
    begun.insert("user_agent".into(), text("/browser/user_agent"));
    begun.insert("authorization".into(), request.header("authorization").unwrap_or_default().into());
    seen.lock().unwrap().push(begun);
    if text("/provider") == "closed" {
        let refusal = Response::builder().status(StatusCode::SERVICE_UNAVAILABLE).header("retry-after", "7");
        return refusal.content_type("application/problem+json").body(r#"{"code":"vendor_unavailable"}"#);
    }
    let login = json!({ "login_id": "lgn_1", "browser_secret": "bs", "stage": "pending" });
    Response::builder().status(StatusCode::CREATED).content_type("application/json").body(login.to_string())
}

/// What Saoma answers at, as far as the shop asks.
pub(super) fn routes(seen: Seen) -> impl Endpoint<Output = Response> + 'static {
    Route::new()
        .at("/api/v1/logins", post(begin))
        .at("/oauth2/token", post(token))
        .at("/oauth2/jwks", get(jwks))
        .at("/oauth2/userinfo", get(userinfo))
        .data(seen)
}

/// A shop that knows this Saoma.
pub(super) fn config(saoma: url::Url) -> ShopConfig {
    ShopConfig {
        base: "http://localhost:8070".parse().unwrap(),
        saoma,
        client_id: "shop".into(),
        client_secret: "secret".into(),
        phone: None,
    }
}
