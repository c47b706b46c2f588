//! The query of a push: shapes first, so that nothing else ever sees odd values.
//!
//! Refuses other shapes than the vendor's own; a signature in capitals would be a second spelling
//! of the same one.

use saoma_core::Timestamp;
use saoma_core::provider::Reject;
use std::collections::BTreeMap;

/// How far the vendor's clock and ours may be apart, and how old a message may be.
const WINDOW_MS: u64 = 300_000;

/// What came with the address.
pub(super) struct Query<'a> {
    pub(super) timestamp: &'a str,
    pub(super) nonce: &'a str,
    /// Over token, timestamp and nonce; not over the body.
    pub(super) signature: Option<&'a str>,
    /// Over the encrypted body as well.
    pub(super) msg_signature: Option<&'a str>,
    /// Whether the body is said to be encrypted.
    pub(super) encrypted: bool,
}

impl<'a> Query<'a> {
    /// Reads it; other parameters (the vendor sends `openid` too) do not count.
    pub(super) fn read(query: &'a BTreeMap<String, String>) -> Result<Self, Reject> {
        let shaped = |name: &str, fits: fn(&str) -> bool| match query.get(name).map(String::as_str) {
            Some(value) if fits(value) => Ok(Some(value)),
            Some(_) => Err(Reject::Malformed),
            None => Ok(None),
        };
        Ok(Self {
            timestamp: shaped("timestamp", is_timestamp)?.ok_or(Reject::Malformed)?,
            nonce: shaped("nonce", is_nonce)?.ok_or(Reject::Malformed)?,
            signature: shaped("signature", is_signature)?,
            msg_signature: shaped("msg_signature", is_signature)?,
            encrypted: shaped("encrypt_type", |kind| kind == "aes" || kind == "raw")? == Some("aes"),
        })
    }

    /// Whether it was made about now.
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        let said = self.timestamp.parse::<i64>().map(|seconds| Timestamp(seconds.saturating_mul(1000)));
        said.is_ok_and(|said| now.0.abs_diff(said.0) <= WINDOW_MS)
    }
}

fn is_timestamp(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_nonce(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn is_signature(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
