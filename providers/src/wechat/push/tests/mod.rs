//! The door for pushes: published vectors, every forgery we know, hostile bodies, properties.

mod bodies;
mod forgeries;
mod properties;
mod vectors;

use super::crypt::AesKey;
use super::*;
use crate::wechat::testing::query;
use saoma_core::Secret;
use saoma_core::provider::{Happened, Inbound, Push};

pub(super) const TOKEN: &str = "spamtest";
pub(super) const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
pub(super) const OTHER_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
pub(super) const OWNER: &str = "wx2c2769f8efd9abc2";
pub(super) const NOW: &str = "1700000000";
pub(super) const NONCE: &str = "1234567890";
pub(super) const SCENE: &str = "AAAAAAAAAAAAAAAAAAAAAA";

pub(super) fn door(mode: PushMode, keys: &[&str]) -> PushDoor {
    let keys = keys.iter().map(|key| AesKey::parse(key).unwrap()).collect();
    PushDoor { appid: OWNER.to_owned(), token: Secret::new(TOKEN), mode, keys }
}

pub(super) fn safe() -> PushDoor {
    door(PushMode::Safe, &[KEY])
}

/// An event as WeChat writes it.
pub(super) fn event(name: &str, key: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><FromUserName><![CDATA[oPerson]]></FromUserName>\
         <CreateTime>{NOW}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{name}]]></Event>\
         <EventKey><![CDATA[{key}]]></EventKey></xml>"
    )
}

/// A chat message as WeChat writes it.
pub(super) fn text(content: &str, id: &str) -> String {
    format!(
        "<xml><ToUserName>gh_10f6c3c3ac5a</ToUserName><FromUserName>oPerson</FromUserName><CreateTime>{NOW}</CreateTime>\
         <MsgType>text</MsgType><Content><![CDATA[{content}]]></Content><MsgId>{id}</MsgId></xml>"
    )
}

/// A message on its way: its query and its body.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) query: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl Letter {
    /// Whatever stands in `Encrypt`, properly signed.
    pub(super) fn signed(encrypt: &str) -> Self {
        let signature = signature::sign([TOKEN, NOW, NONCE, encrypt]);
        let query = query(&[
            ("timestamp", NOW),
            ("nonce", NONCE),
            ("encrypt_type", "aes"),
            ("msg_signature", &signature),
            ("signature", &signature::sign([TOKEN, NOW, NONCE])),
            ("openid", "oPerson"),
        ]);
        let body = format!(
            "<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        );
        Self { query, body: body.into_bytes() }
    }

    /// A message in safe mode.
    pub(super) fn sealed(message: &str) -> Self {
        let key = AesKey::parse(KEY).unwrap();
        Self::signed(&key.wrap(*b"0123456789abcdef", message.as_bytes(), OWNER).unwrap())
    }

    /// A message in plain mode.
    pub(super) fn plain(body: &str) -> Self {
        let signature = signature::sign([TOKEN, NOW, NONCE]);
        let query = query(&[("timestamp", NOW), ("nonce", NONCE), ("signature", &signature)]);
        Self { query, body: body.as_bytes().to_vec() }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.query.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.query.remove(name);
        self
    }

    pub(super) fn to(&self, door: &PushDoor) -> Result<Push, Reject> {
        self.to_at(door, NOW.parse().unwrap())
    }

    pub(super) fn to_at(&self, door: &PushDoor, seconds: i64) -> Result<Push, Reject> {
        let raw = RawPush { is_post: true, query: &self.query, body: &self.body };
        match door.receive(Timestamp(seconds * 1000), &raw)? {
            Delivery::Message(message) => match message.into_inbound(&names()) {
                Inbound::Push(push) => Ok(push),
                other => panic!("{other:?}"),
            },
            Delivery::Echo(_) => panic!("a message is no address verification"),
        }
    }
}

pub(super) fn names() -> crate::wechat::names::Names {
    let base = crate::wechat::VendorBase::parse("https://api.weixin.qq.com", &[]).unwrap();
    crate::wechat::names::Names::new(&base, OWNER, None)
}

pub(super) fn scanned() -> Happened {
    Happened::Scanned(SCENE.parse().unwrap())
}

/// A message wrapped for another test with a key of 43 `A`, and its signature.
pub(in crate::wechat) fn sealed_at_sample_time(message: &str, appid: &str) -> (String, String) {
    let encrypt = AesKey::parse(OTHER_KEY).unwrap().wrap([1; 16], message.as_bytes(), appid).unwrap();
    let signature = signature::sign(["AAAAA", "1714036504", "1514711492", &encrypt]);
    (encrypt, signature)
}
