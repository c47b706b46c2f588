//! A key of somebody's and what it signs: a client's assertions, or tokens that nobody must take for ours.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{EncodingKey, Header, encode};
use saoma_core::signing::{Algorithm, make_key};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The key.
pub struct Signer {
    /// Its public part, with its `kid`.
    pub public: Jwk,
    algorithm: jsonwebtoken::Algorithm,
    key: EncodingKey,
}

impl Signer {
    /// A new key; one of RSA takes a moment.
    pub fn make(algorithm: Algorithm) -> Self {
        let made = make_key(algorithm).unwrap();
        let (algorithm, key) = match algorithm {
            Algorithm::Rs256 => {
                let body = STANDARD.encode(&*made.private);
                let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
                (jsonwebtoken::Algorithm::RS256, EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap())
            }
            Algorithm::Es256 => (jsonwebtoken::Algorithm::ES256, EncodingKey::from_ec_der(&made.private)),
            Algorithm::EdDsa => (jsonwebtoken::Algorithm::EdDSA, EncodingKey::from_ed_der(&made.private)),
        };
        Self { public: made.public, algorithm, key }
    }

    /// An RSA key that no house knows; always the same one.
    pub fn stranger() -> &'static Self {
        static STRANGER: LazyLock<Signer> = LazyLock::new(|| Signer::make(Algorithm::Rs256));
        &STRANGER
    }

    /// The header of what it signs; a test may change it.
    pub fn header(&self) -> Header {
        Header { kid: self.public.common.key_id.clone(), ..Header::new(self.algorithm) }
    }

    /// These claims, signed.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_under(&self.header(), claims)
    }

    /// These claims under another header, which must name the key's own algorithm.
    pub fn sign_under(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.key).unwrap()
    }

    /// The public parts as an admin registers them in a client's `[client.openid]`.
    pub fn jwks_toml(keys: &[&Self]) -> String {
        let keys: Vec<_> = keys.iter().map(|key| key.as_toml()).collect();
        format!("jwks = {{ keys = [{}] }}\n", keys.join(", "))
    }

    fn as_toml(&self) -> String {
        let public = serde_json::to_value(&self.public).unwrap();
        let parts = public.as_object().unwrap().iter().map(|(name, value)| format!("{name} = {value}"));
        format!("{{ {} }}", parts.collect::<Vec<_>>().join(", "))
    }
}

/// What proves this client at this server for a minute from `now` (RFC 7523 section 3); `now` in seconds.
pub fn assertion_claims(client: &str, server: &str, now: i64, jti: &str) -> Value {
    json!({ "iss": client, "sub": client, "aud": server, "jti": jti, "iat": now, "exp": now + 60 })
}
