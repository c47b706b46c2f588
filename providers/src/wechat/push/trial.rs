//! Messages to our own door as WeChat would send them: its check of the address, and an event that is
//! about nobody and means nothing, sealed with the present key.

use super::answer::cdata;
use super::{PushDoor, PushMode, signature};
use bytes::Bytes;
use saoma_core::provider::{Host, PushTrial, TrialOf};

/// An event that WeChat does not have.
const EVENT: &str = "saoma_doctor";
/// Somebody who does not exist, on both sides.
const NOBODY: &str = "saoma-doctor";
/// Digits of the challenge, as observed.
const ECHO_DIGITS: usize = 19;

impl PushDoor {
    /// What shows that this door is the one at our address, and that it has this key.
    pub(in crate::wechat) fn trials(&self, host: &dyn Host) -> Vec<PushTrial> {
        std::iter::once(self.echo(host)).chain(self.sealed(host)).collect()
    }

    fn echo(&self, host: &dyn Host) -> PushTrial {
        let echo = digits(host, ECHO_DIGITS);
        let mut query = self.signed(host);
        query.push(("echostr", echo.clone()));
        PushTrial { of: TrialOf::Echo, query, body: None, answer: Some(Bytes::from(echo)) }
    }

    /// In plain mode nothing is sealed.
    fn sealed(&self, host: &dyn Host) -> Option<PushTrial> {
        let key = self.keys.first().filter(|_| self.mode != PushMode::Plain)?;
        let mut query = self.signed(host);
        let value = |name: &str| query.iter().find(|(known, _)| *known == name).map(|(_, v)| v.clone());
        let (timestamp, nonce) = (value("timestamp")?, value("nonce")?);
        let message = format!(
            "<xml><ToUserName>{nobody}</ToUserName><FromUserName>{nobody}</FromUserName>\
             <CreateTime>{timestamp}</CreateTime><MsgType>{}</MsgType><Event>{}</Event></xml>",
            cdata("event"),
            cdata(EVENT),
            nobody = cdata(NOBODY),
        );
        let wrapped = key.wrap(host.entropy().bytes(), message.as_bytes(), &self.appid)?;
        let signature = signature::sign([self.token.expose(), &timestamp, &nonce, &wrapped]);
        query.extend([("encrypt_type", "aes".to_owned()), ("msg_signature", signature)]);
        let body = format!(
            "<xml><ToUserName>{}</ToUserName><Encrypt>{}</Encrypt></xml>",
            cdata(NOBODY),
            cdata(&wrapped)
        );
        Some(PushTrial { of: TrialOf::Seal, query, body: Some(Bytes::from(body)), answer: None })
    }

    fn signed(&self, host: &dyn Host) -> Vec<(&'static str, String)> {
        let timestamp = (host.now().0 / 1000).to_string();
        let nonce = digits(host, 10);
        let signature = signature::sign([self.token.expose(), &timestamp, &nonce]);
        vec![("signature", signature), ("timestamp", timestamp), ("nonce", nonce)]
    }
}

fn digits(host: &dyn Host, count: usize) -> String {
    let bytes = host.entropy().bytes::<ECHO_DIGITS>();
    bytes.iter().take(count).map(|byte| char::from(b'0' + byte % 10)).collect()
}
