//! Signs a message and puts it into the shape of its mode: readable, encrypted, or both side by side.
//! Any part can be given from outside in place of the computed one, so that tests can forge.

use bytes::Bytes;
use serde_json::{Map, Value};
use url::Url;

use super::event::element;
use crate::crypt::{Key, signature};
use crate::model::{App, PushFormat, PushMode, PushSettings};

/// Parts that replace the computed ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forged {
    pub(crate) mode: Option<PushMode>,
    pub(crate) timestamp: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) signature: Option<String>,
    pub(crate) msg_signature: Option<String>,
    pub(crate) encrypt: Option<String>,
    pub(crate) aes_key: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) url: Option<Url>,
}

/// What is new at each signing.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    pub(crate) timestamp: String,
    pub(crate) nonce: String,
}

/// The message to seal.
pub(crate) struct Letter<'a> {
    pub(crate) app: &'a App,
    pub(crate) settings: &'a PushSettings,
    pub(crate) openid: &'a str,
    /// As it is written, readable.
    pub(crate) text: &'a str,
}

/// A push as it travels.
#[derive(Clone)]
pub(crate) struct Envelope {
    pub(crate) mode: PushMode,
    /// Without the query.
    pub(crate) url: Url,
    pub(crate) body: Bytes,
    /// What it was encrypted with.
    pub(crate) key: Option<Key>,
    pub(crate) format: PushFormat,
    token: String,
    openid: String,
    encrypt: Option<String>,
    query: Vec<(&'static str, String)>,
}

/// The mode needs a key of 43 characters and there is none.
#[derive(Debug)]
pub(crate) struct NoKey;

impl Envelope {
    pub(crate) fn seal(
        letter: &Letter<'_>,
        head: [u8; 16],
        stamp: Stamp,
        forged: &Forged,
    ) -> Result<Self, NoKey> {
        let settings = letter.settings;
        let mode = forged.mode.unwrap_or(settings.mode);
        let key = forged.aes_key.as_deref().or(settings.aes_key.as_deref()).and_then(Key::parse);
        let encrypt = match (mode, &forged.encrypt) {
            (PushMode::Plain, _) => None,
            (_, Some(given)) => Some(given.clone()),
            (_, None) => {
                let key = key.as_ref().ok_or(NoKey)?;
                Some(key.encrypt(head, letter.text, &letter.app.appid).ok_or(NoKey)?)
            }
        };
        let body = match &forged.body {
            Some(body) => body.clone(),
            None => body(mode, letter, encrypt.as_deref().unwrap_or_default()),
        };
        let mut envelope = Self {
            mode,
            url: forged.url.clone().unwrap_or_else(|| settings.url.clone()),
            body: body.into(),
            key: key.filter(|_| mode != PushMode::Plain),
            format: settings.format,
            token: settings.token.clone(),
            openid: letter.openid.to_owned(),
            encrypt,
            query: Vec::new(),
        };
        envelope.sign(stamp, forged);
        Ok(envelope)
    }

    /// Signs the same body at another time.
    pub(crate) fn sign_again(&mut self, stamp: Stamp) {
        self.sign(stamp, &Forged::default());
    }

    fn sign(&mut self, stamp: Stamp, forged: &Forged) {
        let timestamp = forged.timestamp.clone().unwrap_or(stamp.timestamp);
        let nonce = forged.nonce.clone().unwrap_or(stamp.nonce);
        let plain = || signature(&[&self.token, &timestamp, &nonce]);
        let mut query = vec![("signature", forged.signature.clone().unwrap_or_else(plain))];
        if let Some(encrypt) = &self.encrypt {
            let whole = || signature(&[&self.token, &timestamp, &nonce, encrypt]);
            let whole = forged.msg_signature.clone().unwrap_or_else(whole);
            query.extend([("encrypt_type", "aes".to_owned()), ("msg_signature", whole)]);
        }
        query.extend([("timestamp", timestamp), ("nonce", nonce), ("openid", self.openid.clone())]);
        self.query = query;
    }

    /// The body and what it is said to be.
    pub(crate) fn letter(&self) -> (Bytes, &'static str) {
        let content_type = match self.format {
            PushFormat::Xml => "text/xml",
            PushFormat::Json => "application/json",
        };
        (self.body.clone(), content_type)
    }

    /// Where it goes, with the query joined to whatever the address had.
    pub(crate) fn address(&self) -> Url {
        let mut address = self.url.clone();
        address.query_pairs_mut().extend_pairs(&self.query);
        address
    }
}

fn body(mode: PushMode, letter: &Letter<'_>, encrypt: &str) -> String {
    match (mode, letter.settings.format) {
        (PushMode::Plain, _) => letter.text.to_owned(),
        (_, PushFormat::Xml) => xml(mode, letter, &element("Encrypt", encrypt)),
        (_, PushFormat::Json) => {
            let readable: Value = serde_json::from_str(letter.text).unwrap_or_default();
            let mut outer = match (mode, readable) {
                (PushMode::Compatible, Value::Object(fields)) => fields,
                _ => {
                    Map::from_iter([("ToUserName".to_owned(), Value::from(letter.app.original_id.as_str()))])
                }
            };
            outer.insert("Encrypt".to_owned(), encrypt.into());
            Value::Object(outer).to_string()
        }
    }
}

fn xml(mode: PushMode, letter: &Letter<'_>, sealed: &str) -> String {
    if mode == PushMode::Compatible {
        let open = letter.text.trim_end();
        return format!("{}{sealed}</xml>", open.strip_suffix("</xml>").unwrap_or(open));
    }
    format!("<xml>{}{sealed}</xml>", element("ToUserName", &letter.app.original_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    fn sealed(mode: PushMode, forged: &Forged) -> (Vec<(String, String)>, String) {
        let app = App::service_account("wx2c2769f8efd9abc2", "s", "A");
        let settings = PushSettings {
            url: Url::parse("http://127.0.0.1:1/push?x=1").unwrap(),
            token: "spamtest".to_owned(),
            aes_key: Some(KEY.to_owned()),
            aes_key_previous: None,
            mode,
            format: PushFormat::Xml,
        };
        let letter = Letter { app: &app, settings: &settings, openid: "oX", text: "<xml><A>1</A></xml>" };
        let stamp = Stamp { timestamp: "1700000000".to_owned(), nonce: "1234567890".to_owned() };
        let envelope = Envelope::seal(&letter, [7; 16], stamp, forged).unwrap();
        let query = envelope.address().query_pairs().into_owned().collect();
        (query, String::from_utf8(envelope.body.to_vec()).unwrap())
    }

    fn names(query: &[(String, String)]) -> Vec<&str> {
        query.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn each_mode_has_its_query_and_body() {
        let (query, body) = sealed(PushMode::Plain, &Forged::default());
        assert_eq!(names(&query), ["x", "signature", "timestamp", "nonce", "openid"]);
        assert_eq!(
            (query[1].1.as_str(), body.as_str()),
            ("6923fee283910b9dc27d140b5b472a67aa0f7865", "<xml><A>1</A></xml>")
        );
        let whole = ["x", "signature", "encrypt_type", "msg_signature", "timestamp", "nonce", "openid"];
        let (query, body) = sealed(PushMode::Compatible, &Forged::default());
        assert_eq!(names(&query), whole);
        assert!(body.starts_with("<xml><A>1</A><Encrypt><![CDATA[") && body.ends_with("]]></Encrypt></xml>"));
        let (query, body) = sealed(PushMode::Safe, &Forged::default());
        assert_eq!(names(&query), whole);
        assert!(body.starts_with("<xml><ToUserName><![CDATA[gh_") && !body.contains("<A>"));
        let encrypt = body.split("<Encrypt><![CDATA[").nth(1).unwrap().split("]]>").next().unwrap();
        assert_eq!(query[3].1, signature(&["spamtest", "1700000000", "1234567890", encrypt]));
        assert_eq!(Key::parse(KEY).unwrap().decrypt(encrypt).unwrap().0, "<xml><A>1</A></xml>");
    }

    #[test]
    fn given_parts_stay_as_they_are() {
        let forged = Forged {
            mode: Some(PushMode::Safe),
            timestamp: Some("1".to_owned()),
            nonce: Some("n".to_owned()),
            signature: Some("bad".to_owned()),
            encrypt: Some("E".to_owned()),
            ..Forged::default()
        };
        let (query, body) = sealed(PushMode::Plain, &forged);
        assert_eq!(
            (query[1].1.as_str(), query[3].1.as_str()),
            ("bad", signature(&["spamtest", "1", "n", "E"]).as_str())
        );
        assert!(body.contains("<Encrypt><![CDATA[E]]></Encrypt>"));
        let (_, body) = sealed(PushMode::Safe, &Forged { body: Some("<x".to_owned()), ..Forged::default() });
        assert_eq!(body, "<x");
    }
}
