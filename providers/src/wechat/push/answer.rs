//! Answers to messages: `success`, or a text to who wrote, wrapped as the message was.
//!
//! An answer carries the time of its message, so that a repetition of the message reads the same.

use super::fields::Format;
use super::query::Query;
use super::{Opened, PushDoor, signature};
use bytes::Bytes;
use saoma_core::provider::{Host, Reply};
use serde::{Deserialize, Serialize};

/// The longest text the vendor delivers, in bytes.
const TEXT_LIMIT: usize = 2048;

/// What an answer needs to know of its message.
#[derive(Serialize, Deserialize)]
pub(super) struct Envelope {
    /// Who gets the answer.
    to: String,
    /// The account it comes from: its `gh_…` id, not its AppID.
    from: String,
    created: String,
    nonce: String,
    /// Which key the message was wrapped with.
    key: Option<usize>,
    /// Whether a text can be answered; chats speak XML.
    chat: bool,
}

impl Envelope {
    pub(super) fn new(
        opened: &Opened,
        query: &Query<'_>,
        account: &str,
        sender: &str,
        created: &str,
    ) -> Self {
        Self {
            to: sender.to_owned(),
            from: account.to_owned(),
            created: created.to_owned(),
            nonce: query.nonce.to_owned(),
            key: opened.key,
            chat: opened.format == Format::Xml,
        }
    }

    /// As the engine carries it.
    pub(super) fn seal(&self) -> Bytes {
        serde_json::to_vec(self).map(Bytes::from).unwrap_or_default()
    }
}

/// The answer that says nothing; never wrapped.
pub(in crate::wechat) fn success() -> Reply {
    Reply { media_type: "text/plain", body: Bytes::from_static(b"success") }
}

impl PushDoor {
    /// A text to the sender, or `success` where there is nothing to say or no way to say it.
    pub(in crate::wechat) fn answer(&self, host: &dyn Host, envelope: &[u8], text: Option<&str>) -> Reply {
        let written = text.and_then(|text| self.write(host, envelope, text));
        written.map_or_else(success, |xml| Reply { media_type: "text/xml", body: Bytes::from(xml) })
    }

    fn write(&self, host: &dyn Host, envelope: &[u8], text: &str) -> Option<String> {
        let envelope: Envelope = serde_json::from_slice(envelope).ok()?;
        if !envelope.chat || text.len() > TEXT_LIMIT {
            return None;
        }
        let message = format!(
            "<xml><ToUserName>{}</ToUserName><FromUserName>{}</FromUserName><CreateTime>{}</CreateTime>\
             <MsgType>{}</MsgType><Content>{}</Content></xml>",
            cdata(&envelope.to),
            cdata(&envelope.from),
            envelope.created,
            cdata("text"),
            cdata(text),
        );
        match envelope.key {
            None => Some(message),
            Some(key) => self.wrap(host, key, &envelope.nonce, &message),
        }
    }

    fn wrap(&self, host: &dyn Host, key: usize, nonce: &str, message: &str) -> Option<String> {
        let salt = host.entropy().bytes();
        let wrapped = self.keys.get(key)?.wrap(salt, message.as_bytes(), &self.appid)?;
        let timestamp = (host.now().0 / 1000).to_string();
        let signature = signature::sign([self.token.expose(), &timestamp, nonce, &wrapped]);
        Some(format!(
            "<xml><Encrypt>{}</Encrypt><MsgSignature>{}</MsgSignature><TimeStamp>{timestamp}</TimeStamp>\
             <Nonce>{}</Nonce></xml>",
            cdata(&wrapped),
            cdata(&signature),
            cdata(nonce),
        ))
    }
}

/// A text that may hold anything, the end of such a section too.
pub(super) fn cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}
