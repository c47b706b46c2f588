//! JOSE: keys are made, opened, written as JWKs; claims are signed.
//!
//! A key's id is the thumbprint of its public part (RFC 7638), so that it is the same wherever it is computed.

use super::Algorithm;
use crate::Secret;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256};
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::{Engine as _, display::Base64Display};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, decode_header};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// A key as it was just made.
pub struct MadeKey {
    /// PKCS#8, DER.
    pub private: Zeroizing<Vec<u8>>,
    /// What others may know, as a JWK with its `kid`.
    pub public: Jwk,
}

/// JOSE refused.
#[derive(Debug, thiserror::Error)]
#[error("a signing key cannot be used: {0}")]
pub struct JoseError(Cow<'static, str>);

impl JoseError {
    /// Whoever makes keys could not.
    pub const NOT_MADE: Self = Self(Cow::Borrowed("it could not be made"));
}

impl From<jsonwebtoken::errors::Error> for JoseError {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        Self(Cow::Owned(error.to_string()))
    }
}

impl From<serde_json::Error> for JoseError {
    fn from(error: serde_json::Error) -> Self {
        Self(Cow::Owned(error.to_string()))
    }
}

impl From<aws_lc_rs::error::KeyRejected> for JoseError {
    fn from(error: aws_lc_rs::error::KeyRejected) -> Self {
        Self(Cow::Owned(error.to_string()))
    }
}

impl From<aws_lc_rs::error::Unspecified> for JoseError {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self::NOT_MADE
    }
}

impl Algorithm {
    const fn jws(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        }
    }
}

/// Makes a key from the system's randomness. One of RSA takes a tenth of a second of a whole processor: not
/// for a thread that serves requests.
pub fn make_key(algorithm: Algorithm) -> Result<MadeKey, JoseError> {
    let private = match algorithm {
        Algorithm::Rs256 => {
            let der: Pkcs8V1Der<'_> = RsaKeyPair::generate(KeySize::Rsa2048)?.as_der()?;
            Zeroizing::new(der.as_ref().to_vec())
        }
        Algorithm::Es256 => der(&EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?.to_pkcs8v1()?),
        // Version 1 of PKCS#8, without the public part, is the one that JOSE reads.
        Algorithm::EdDsa => der(&Ed25519KeyPair::generate()?.to_pkcs8v1()?),
    };
    let public = public_part(algorithm, &encoding_key(algorithm, &private)?)?;
    Ok(MadeKey { private, public })
}

fn der(key: &impl AsRef<[u8]>) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(key.as_ref().to_vec())
}

fn encoding_key(algorithm: Algorithm, private: &[u8]) -> Result<EncodingKey, JoseError> {
    match algorithm {
        Algorithm::Rs256 => Ok(EncodingKey::from_rsa_pem(pem(private).expose().as_bytes())?),
        Algorithm::Es256 => Ok(EncodingKey::from_ec_der(private)),
        Algorithm::EdDsa => Ok(EncodingKey::from_ed_der(private)),
    }
}

/// The one wrapping from which RSA keys are read as PKCS#8 (RFC 7468 section 10).
fn pem(private: &[u8]) -> Secret {
    let body = Zeroizing::new(STANDARD.encode(private));
    let mut text = Zeroizing::new("-----BEGIN PRIVATE KEY-----\n".to_owned());
    for line in body.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text.push_str("-----END PRIVATE KEY-----\n");
    Secret::new(text.as_str())
}

fn public_part(algorithm: Algorithm, key: &EncodingKey) -> Result<Jwk, JoseError> {
    let mut public = Jwk::from_encoding_key(key, algorithm.jws())?;
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    public.common.key_id = Some(public.thumbprint(ThumbprintHash::SHA256)?);
    Ok(public)
}

/// Which key a JWS of this `typ` says it was signed with, and with what; none when it is not one of ours at all.
pub(super) fn signed_with(typ: &str, token: &str) -> Option<(String, Algorithm)> {
    let header = decode_header(token).ok().filter(|header| header.typ.as_deref() == Some(typ))?;
    let algorithm = Algorithm::ALL.into_iter().find(|algorithm| algorithm.jws() == header.alg)?;
    Some((header.kid?, algorithm))
}

/// The claims of a JWS that this key signed, however old it is.
pub(super) fn claims_of(token: &str, algorithm: Algorithm, public: &Jwk) -> Option<Value> {
    let mut rules = Validation::new(algorithm.jws());
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let key = DecodingKey::from_jwk(public).ok()?;
    Some(decode::<Value>(token, &key, &rules).ok()?.claims)
}

/// A private key, ready to sign. It is opened once and kept so: JOSE's own `encode` opens it for each signature, and
/// for RSA that alone took 0.4 of the 2 ms that a token cost.
pub(super) struct Signer {
    header: Header,
    key: KeyPair,
}

enum KeyPair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Signer {
    /// Opens a key of this id.
    pub(super) fn open(algorithm: Algorithm, kid: &str, private: &[u8]) -> Result<Self, JoseError> {
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(algorithm.jws()) };
        Ok(Self { header, key: KeyPair::open(algorithm, private)? })
    }

    /// Claims as a JWS in the compact form (RFC 7515 section 7.1); `typ` says what they are (RFC 8725 section 3.11).
    pub(super) fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, JoseError> {
        let header = Header { typ: Some(typ.to_owned()), ..self.header.clone() };
        let (header, claims) = (serde_json::to_vec(&header)?, serde_json::to_vec(claims)?);
        let told = format!("{}.{}", base64url(&header), base64url(&claims));
        let signature = self.key.sign(told.as_bytes())?;
        Ok(format!("{told}.{}", base64url(&signature)))
    }
}

impl KeyPair {
    fn open(algorithm: Algorithm, private: &[u8]) -> Result<Self, JoseError> {
        Ok(match algorithm {
            Algorithm::Rs256 => Self::Rsa(RsaKeyPair::from_pkcs8(private)?),
            Algorithm::Es256 => {
                Self::P256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private)?)
            }
            Algorithm::EdDsa => Self::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(private)?),
        })
    }

    /// The signature as JWA writes it (RFC 7518 sections 3.3 and 3.4, RFC 8037 section 3.1).
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, JoseError> {
        Ok(match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)?;
                signature
            }
            Self::P256(key) => key.sign(&SystemRandom::new(), message)?.as_ref().to_vec(),
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
        })
    }
}

fn base64url(bytes: &[u8]) -> Base64Display<'_, 'static, base64::engine::GeneralPurpose> {
    Base64Display::new(bytes, &URL_SAFE_NO_PAD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_key_signs_its_public_part_checks_and_no_other() {
        for algorithm in Algorithm::ALL {
            let (own, other) = (make_key(algorithm).unwrap(), make_key(algorithm).unwrap());
            let kid = own.public.common.key_id.clone().unwrap();
            assert_eq!(kid.len(), 43, "{algorithm:?}");
            assert_ne!(own.public.common.key_id, other.public.common.key_id);
            let signer = Signer::open(algorithm, &kid, &own.private).unwrap();
            let token = signer.sign("JWT", &json!({ "sub": "usr_1", "exp": 4_000_000_000_u32 })).unwrap();
            let rules = Validation::new(algorithm.jws());
            let read = |key: &Jwk| decode::<Value>(&token, &DecodingKey::from_jwk(key).unwrap(), &rules);
            let good = read(&own.public).unwrap();
            assert_eq!((good.claims["sub"].as_str(), good.header.kid), (Some("usr_1"), Some(kid)));
            assert!(read(&other.public).is_err(), "{algorithm:?}");
        }
    }

    #[test]
    fn a_public_part_holds_nothing_private() {
        for algorithm in Algorithm::ALL {
            let key = make_key(algorithm).unwrap();
            let written = serde_json::to_value(&key.public).unwrap();
            let names: Vec<_> = written.as_object().unwrap().keys().map(String::as_str).collect();
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(!names.contains(&private), "{written}");
            }
            assert_eq!(
                (written["use"].as_str(), written["alg"].as_str()),
                (Some("sig"), Some(algorithm.as_str()))
            );
        }
    }
}
