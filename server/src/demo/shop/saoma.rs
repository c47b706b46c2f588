//! The shop's back end as Saoma sees it: the token request and the user request, and nothing more.
//!
//! Both have a time-out and a body cap; secrets and codes are sent, never logged.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use poem::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use poem::http::{Method, Request};
use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::ShopConfig;
use super::sessions::Attempt;

const TIME_OUT: Duration = Duration::from_secs(10);
const BODY_LIMIT: usize = 64 * 1024;

/// What Saoma tells about the person.
#[derive(Debug, Deserialize)]
pub(super) struct UserInfo {
    pub(super) sub: String,
    pub(super) name: Option<String>,
}

/// Why a sign-in could not be finished.
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
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Speaks to Saoma as the registered Client.
pub(super) struct SaomaClient {
    http: Client<HttpConnector, Full<Bytes>>,
    base: Url,
    authorization: String,
    redirect_uri: String,
}

impl SaomaClient {
    pub(super) fn new(config: &ShopConfig) -> Self {
        Self {
            http: Client::builder(TokioExecutor::new()).build_http(),
            base: config.saoma.clone(),
            authorization: basic(&config.client_id, &config.client_secret),
            redirect_uri: config.redirect_uri(),
        }
    }

    /// Redeems the code and asks who the person is.
    pub(super) async fn user(&self, code: &str, attempt: &Attempt) -> Result<UserInfo, SaomaError> {
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("code_verifier", &attempt.verifier)
            .append_pair("redirect_uri", &self.redirect_uri)
            .finish();
        let tokens: Tokens = self.ask(Method::POST, "/oauth2/token", &self.authorization, form).await?;
        let bearer = format!("Bearer {}", tokens.access_token);
        self.ask(Method::GET, "/oauth2/userinfo", &bearer, String::new()).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        authorization: &str,
        form: String,
    ) -> Result<T, SaomaError> {
        let address = self.base.join(path).map_err(|_| SaomaError::Unreachable("address"))?;
        let request = Request::builder()
            .method(method)
            .uri(address.as_str())
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(form))
            .map_err(|_| SaomaError::Unreachable("request"))?;
        tokio::time::timeout(TIME_OUT, self.send(request))
            .await
            .map_err(|_| SaomaError::Unreachable("time-out"))?
    }

    async fn send<T: DeserializeOwned>(&self, request: Request<Full<Bytes>>) -> Result<T, SaomaError> {
        let response = self.http.request(request).await.map_err(|_| SaomaError::Unreachable("connection"))?;
        let success = response.status().is_success();
        let body = Limited::new(response.into_body(), BODY_LIMIT)
            .collect()
            .await
            .map_err(|_| SaomaError::Unreachable("body"))?
            .to_bytes();
        if success {
            return serde_json::from_slice(&body).map_err(|_| SaomaError::Unreachable("content"));
        }
        let refusal: Refusal =
            serde_json::from_slice(&body).map_err(|_| SaomaError::Unreachable("error content"))?;
        Err(SaomaError::Refused(refusal.error))
    }
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
