//! Messages from WeChat's servers: whether they are its own, what is in them, how they are answered.
//!
//! The order is fixed: shape of the query, time, signature, decryption, owner, content. From the
//! signature on every failure is the same one, so that nobody learns how far a forgery came.

mod answer;
mod crypt;
mod fields;
mod json;
mod message;
mod query;
mod signature;
mod trial;
mod xml;

pub(super) use answer::success;
pub(super) use crypt::AesKey;
pub(super) use message::Message;

use bytes::Bytes;
use fields::{Fields, Format};
use query::Query;
use saoma_core::provider::{Reject, Reply};
use saoma_core::{Secret, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The longest challenge of an address verification; observed are 19 digits.
const ECHO_LIMIT: usize = 64;

/// How pushes are wrapped, as declared here and in WeChat's console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PushMode {
    /// Encrypted only.
    Safe,
    /// Plain and encrypted in one; only the encrypted part counts.
    Compatible,
    /// Not encrypted. The signature does not cover the body.
    Plain,
}

/// Where one app's messages arrive.
pub(super) struct PushDoor {
    pub(super) appid: String,
    pub(super) token: Secret,
    pub(super) mode: PushMode,
    /// The present key, then the previous one.
    pub(super) keys: Vec<AesKey>,
}

/// A message as it came in.
pub(super) struct RawPush<'a> {
    pub(super) is_post: bool,
    pub(super) query: &'a BTreeMap<String, String>,
    pub(super) body: &'a [u8],
}

/// What came through the door.
pub(super) enum Delivery {
    /// A test of our address, with its answer.
    Echo(Reply),
    /// A message.
    Message(Message),
}

/// The body after its wrapping.
struct Opened {
    format: Format,
    fields: Fields,
    /// Which key fitted, when the body was encrypted.
    key: Option<usize>,
}

impl PushDoor {
    /// Whether what comes in is covered by its signature.
    pub(super) fn is_sealed(&self) -> bool {
        self.mode != PushMode::Plain
    }

    /// Lets a message in, if it is WeChat's own, fresh, and of the declared shape.
    pub(super) fn receive(&self, now: Timestamp, raw: &RawPush<'_>) -> Result<Delivery, Reject> {
        let query = Query::read(raw.query)?;
        if !query.is_fresh(now) {
            return Err(Reject::NotAuthentic);
        }
        if raw.is_post {
            let message = self.message(&query, raw.body).ok_or(Reject::NotAuthentic)?;
            return Ok(Delivery::Message(message));
        }
        let echo = raw.query.get("echostr").filter(|text| (1..=ECHO_LIMIT).contains(&text.len()));
        let echo = echo.ok_or(Reject::Malformed)?;
        if !self.is_signed(&query) {
            return Err(Reject::NotAuthentic);
        }
        let body = Bytes::copy_from_slice(echo.as_bytes());
        Ok(Delivery::Echo(Reply { media_type: "text/plain", body }))
    }

    fn message(&self, query: &Query<'_>, body: &[u8]) -> Option<Message> {
        let opened = match self.mode {
            PushMode::Plain => self.open_plain(query, body),
            PushMode::Safe | PushMode::Compatible => self.open_wrapped(query, body),
        }?;
        Message::read(&opened, query, &self.appid)
    }

    fn open_plain(&self, query: &Query<'_>, body: &[u8]) -> Option<Opened> {
        if query.encrypted || !self.is_signed(query) {
            return None;
        }
        let (format, fields) = Fields::read(body)?;
        (!fields.has("Encrypt")).then_some(Opened { format, fields, key: None })
    }

    fn open_wrapped(&self, query: &Query<'_>, body: &[u8]) -> Option<Opened> {
        // The signature covers a field of the body, so the outer body is read before it is checked.
        let signature = query.msg_signature.filter(|_| query.encrypted)?;
        let (format, outer) = Fields::read(body)?;
        let wrapped = outer.get("Encrypt")?;
        if !signature::holds(signature, [self.token.expose(), query.timestamp, query.nonce, wrapped]) {
            return None;
        }
        if self.mode == PushMode::Safe && outer.has("MsgType") {
            return None;
        }
        let unwrapped = |(index, key): (usize, &AesKey)| Some((index, key.unwrap(wrapped, &self.appid)?));
        let (key, inner) = self.keys.iter().enumerate().find_map(unwrapped)?;
        let fields = Fields::read_as(format, std::str::from_utf8(&inner).ok()?)?;
        Some(Opened { format, fields, key: Some(key) })
    }

    fn is_signed(&self, query: &Query<'_>) -> bool {
        let parts = [self.token.expose(), query.timestamp, query.nonce];
        query.signature.is_some_and(|signature| signature::holds(signature, parts))
    }
}

#[cfg(test)]
pub(super) mod tests;
