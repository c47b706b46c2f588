//! The kind as the engine sees it: settings, begin, pushes by each `confirm`, callbacks, answers, probe.

mod answers;
mod begin;
mod probe;
mod pushes;
mod settings;

use super::*;
use crate::wechat::testing::{APPID, SECRET, query};
use bytes::Bytes;
use saoma_core::provider::RawInbound;
use serde_json::{Value, json};
use std::fmt::Write as _;

pub(super) const PATH: &str = "0123456789abcdef-_AZ";

pub(super) fn config(more: &Value) -> Value {
    let mut config = json!({
        "appid": APPID, "secret": SECRET, "push_token": "AAAAA", "push_mode": "plain",
        "push_path_secret": PATH,
    });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

/// In safe mode, with a key.
pub(super) fn sealed(more: &Value) -> Value {
    let mut config = config(&json!({ "push_mode": "safe", "push_aes_key": "A".repeat(43) }));
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

pub(super) fn try_open(config: &Value) -> Result<Arc<dyn Provider>, ConfigErrors> {
    let instance = Instance { slug: "service".parse().unwrap(), trusted_bases: Vec::new() };
    kind().open(&instance, config)
}

pub(super) fn open(more: &Value) -> Arc<dyn Provider> {
    try_open(&config(more)).unwrap()
}

/// A message in plain mode, signed with the token above at 1714036504.
pub(super) fn plain_push(fields: &[(&str, &str)]) -> RawInbound {
    let mut body = "<xml>".to_owned();
    for (name, value) in fields {
        write!(body, "<{name}><![CDATA[{value}]]></{name}>").unwrap();
    }
    body.push_str("</xml>");
    let query = query(&[
        ("timestamp", "1714036504"),
        ("nonce", "1514711492"),
        ("signature", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
    ]);
    RawInbound::Push { is_post: true, query, body: Bytes::from(body) }
}

/// An event of somebody.
pub(super) fn plain_event(who: &str, name: &str, key: &str) -> RawInbound {
    plain_push(&[
        ("ToUserName", "gh_10f6c3c3ac5a"),
        ("FromUserName", who),
        ("CreateTime", "1714036503"),
        ("MsgType", "event"),
        ("Event", name),
        ("EventKey", key),
    ])
}
