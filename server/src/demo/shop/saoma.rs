//! The shop's back end as Saoma sees it: beginning a login, the token request, the user request.
//!
//! All have a time-out and a body cap; secrets and codes are sent, never logged.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jsonwebtoken::jwk::JwkSet;
use poem::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use poem::http::{HeaderValue, Method, Request, StatusCode};
use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::form_urlencoded::{Serializer, byte_serialize};

use super::ShopConfig;
use super::sessions::Attempt;
use super::tokens::{Subject, id_token};

const TIME_OUT: Duration = Duration::from_secs(10);
const BODY_LIMIT: usize = 64 * 1024;

/// What Saoma tells about the person.
#[derive(Debug, Deserialize)]
pub(super) struct UserInfo {
    sub: String,
    pub(super) name: Option<String>,
}

/// Why a login could not be finished.
#[derive(Debug, thiserror::Error)]
pub(super) enum SaomaError {
    /// Saoma said no, with an RFC 6749 error code.
    #[error("refused: {0}")]
    Refused(String),
    /// No answer in time, or none that can be understood.
    #[error("no usable answer: {0}")]
    Unreachable(&'static str),
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    id_token: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// The visitor's browser, which Saoma cannot see when a back end begins.
#[derive(Serialize)]
pub(super) struct BrowserSeen {
    pub(super) ip: Option<String>,
    pub(super) user_agent: Option<String>,
}

/// What a begin takes from the visitor and from the attempt.
pub(super) struct BeginLogin<'a> {
    pub(super) provider: &'a str,
    pub(super) locale: Option<&'a str>,
    pub(super) state: &'a str,
    pub(super) code_challenge: String,
    pub(super) browser: BrowserSeen,
}

/// An answer of Saoma, whatever it says.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) content_type: Option<HeaderValue>,
    pub(super) retry_after: Option<HeaderValue>,
    pub(super) body: Bytes,
}

/// What is sent.
struct Call<'a> {
    method: Method,
    path: &'a str,
    authorization: Option<&'a str>,
    content_type: &'static str,
    body: String,
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Speaks to Saoma as the registered Client.
pub(super) struct SaomaClient {
    http: Client<HttpConnector, Full<Bytes>>,
    config: ShopConfig,
    authorization: String,
}

impl SaomaClient {
    pub(super) fn new(config: &ShopConfig) -> Self {
        Self {
            // Kept connections would be closed by the server while a call is written to one of them.
            http: Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http(),
            authorization: basic(&config.client_id, &config.client_secret),
            config: config.clone(),
        }
    }

    /// Begins a login for the visitor; the answer is meant for their browser, a refusal too.
    pub(super) async fn begin(&self, asked: &BeginLogin<'_>) -> Result<Answer, SaomaError> {
        let mut body = json!({
            "client_id": self.config.client_id,
            "provider": asked.provider,
            "redirect_uri": self.config.redirect_uri(),
            "state": asked.state,
            "code_challenge": asked.code_challenge,
            "code_challenge_method": "S256",
            "browser": asked.browser,
        });
        if let (Some(locale), Some(body)) = (asked.locale, body.as_object_mut()) {
            body.insert("locale".to_owned(), json!(locale));
        }
        self.exchange(Call {
            method: Method::POST,
            path: "/api/v1/logins",
            authorization: Some(&self.authorization),
            content_type: JSON,
            body: body.to_string(),
        })
        .await
    }

    /// Redeems the code: whose login it is, and what they let the shop know.
    pub(super) async fn user(
        &self,
        code: &str,
        attempt: &Attempt,
    ) -> Result<(Subject, UserInfo), SaomaError> {
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("code_verifier", &attempt.verifier)
            .append_pair("redirect_uri", &self.config.redirect_uri())
            .finish();
        let tokens: Tokens =
            read(&self.ask(Method::POST, "/oauth2/token", Some(&self.authorization), form).await?)?;
        let subject = id_token(&self.config, &self.keys().await?, &tokens.id_token);
        let subject = subject.ok_or(SaomaError::Unreachable("id token"))?;
        let bearer = format!("Bearer {}", tokens.access_token);
        let info = self.ask(Method::GET, "/oauth2/userinfo", Some(&bearer), String::new()).await?;
        let info: UserInfo = read(&info)?;
        // Another's (OpenID Connect Core section 5.3.2).
        if info.sub != subject.sub {
            return Err(SaomaError::Unreachable("user"));
        }
        Ok((subject, info))
    }

    /// The keys that Saoma signs with now. Asked for each time: they change, and a shop like this has few logins.
    pub(super) async fn keys(&self) -> Result<JwkSet, SaomaError> {
        read(&self.ask(Method::GET, "/oauth2/jwks", None, String::new()).await?)
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        authorization: Option<&str>,
        form: String,
    ) -> Result<Answer, SaomaError> {
        self.exchange(Call { method, path, authorization, content_type: FORM, body: form }).await
    }

    async fn exchange(&self, call: Call<'_>) -> Result<Answer, SaomaError> {
        let address = self.config.saoma.join(call.path).map_err(|_| SaomaError::Unreachable("address"))?;
        let mut request = Request::builder().method(call.method).uri(address.as_str());
        if let Some(authorization) = call.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let request = request
            .header(ACCEPT, JSON)
            .header(CONTENT_TYPE, call.content_type)
            .body(Full::from(call.body))
            .map_err(|_| SaomaError::Unreachable("request"))?;
        tokio::time::timeout(TIME_OUT, self.send(request))
            .await
            .map_err(|_| SaomaError::Unreachable("time-out"))?
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, SaomaError> {
        let response = self.http.request(request).await.map_err(|_| SaomaError::Unreachable("connection"))?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, BODY_LIMIT).collect().await;
        let body = body.map_err(|_| SaomaError::Unreachable("body"))?.to_bytes();
        let header = |name| parts.headers.get(name).cloned();
        let (content_type, retry_after) = (header(CONTENT_TYPE), header(RETRY_AFTER));
        Ok(Answer { status: parts.status, content_type, retry_after, body })
    }
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, SaomaError> {
    if answer.status.is_success() {
        return serde_json::from_slice(&answer.body).map_err(|_| SaomaError::Unreachable("content"));
    }
    let refusal: Refusal =
        serde_json::from_slice(&answer.body).map_err(|_| SaomaError::Unreachable("error content"))?;
    Err(SaomaError::Refused(refusal.error))
}

/// HTTP Basic credentials; id and secret are form-encoded first (RFC 6749, 2.3.1).
fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(id), encode(secret))))
}

/// A value nobody can guess: 32 random bytes.
pub(super) fn random() -> Result<String, SysError> {
    let mut bytes = [0; 32];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(base64url(&bytes))
}

/// The S256 challenge of a PKCE verifier (RFC 7636, 4.2).
pub(super) fn challenge(verifier: &str) -> String {
    base64url(&Sha256::digest(verifier))
}

pub(super) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenge_matches_the_example_of_rfc_7636() {
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn basic_credentials_are_form_encoded_first() {
        let encoded = STANDARD.encode("shop:a%3Ab%25+%C3%A9");
        assert_eq!(basic("shop", "a:b% é"), format!("Basic {encoded}"));
    }

    #[test]
    fn random_values_are_long_and_differ() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
    }
}
