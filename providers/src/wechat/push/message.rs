//! What a message says: who did what, by which key its repetitions are known, how it is answered.
//!
//! Events that are not about a login stay `Other`; a message without sender or time is none.

use super::Opened;
use super::answer::{Envelope, success};
use super::fields::Fields;
use super::query::Query;
use crate::wechat::ids::is_id;
use crate::wechat::names::Names;
use saoma_core::login::Number;
use saoma_core::provider::{Happened, Inbound, PersonChange, Profile, Push};
use saoma_core::{Secret, SecretHash};

/// An authentic message.
pub(in crate::wechat) struct Message {
    /// The same for every delivery; a digest, as it is stored and must name nobody.
    key: String,
    /// What one message only may come with, where the signature does not cover the body.
    once: Option<Secret>,
    /// The openid of who did it; none where no person is named.
    openid: Option<String>,
    /// What they did.
    pub(in crate::wechat) happened: Happened,
    /// How to answer.
    envelope: Envelope,
}

impl Message {
    pub(super) fn read(opened: &Opened, query: &Query<'_>, appid: &str) -> Option<Self> {
        let fields = &opened.fields;
        let sender = fields.get("FromUserName")?;
        let created = fields.get("CreateTime").filter(|text| is_time(text))?;
        let change = person_change(fields, appid)?.filter(|_| opened.key.is_some());
        let (person, happened) = match change {
            Some((change, person)) => (person, Happened::Changed(change)),
            None => (sender, happened(fields)?),
        };
        Some(Self {
            key: key(fields, sender, created),
            once: if opened.key.is_none() { query.signature.map(Secret::new) } else { None },
            openid: is_id(person).then(|| person.to_owned()),
            happened,
            envelope: Envelope::new(opened, query, fields.get("ToUserName")?, sender, created),
        })
    }
}

impl Message {
    /// The same for the engine; without a person there is nothing to do but to answer.
    pub(in crate::wechat) fn into_inbound(self, names: &Names) -> Inbound {
        let Some(openid) = self.openid else { return Inbound::Direct(success()) };
        Inbound::Push(Push {
            key: self.key,
            once: self.once,
            subject: names.identity(openid, None, Profile::default()),
            happened: self.happened,
            envelope: self.envelope.seal(),
        })
    }
}

fn is_time(text: &str) -> bool {
    (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Messages have an id; events are told apart by sender, time and content.
fn key(fields: &Fields, sender: &str, created: &str) -> String {
    let field = |name| fields.get(name).unwrap_or_default();
    let hash = match fields.get("MsgId") {
        Some(id) => SecretHash::of_parts(&["message", id]),
        None => SecretHash::of_parts(&[
            "event",
            sender,
            created,
            field("Event"),
            field("EventKey"),
            field("OpenID"),
        ]),
    };
    hash.as_str().to_owned()
}

fn happened(fields: &Fields) -> Option<Happened> {
    let scene = match (fields.get("MsgType")?, fields.get("Event")) {
        ("event", Some("SCAN")) => fields.get("EventKey"),
        // A scene may itself begin like this, so it is cut off once.
        ("event", Some("subscribe")) => fields.get("EventKey").and_then(|key| key.strip_prefix("qrscene_")),
        ("text", None) => return Some(said(fields.get("Content").unwrap_or_default())),
        _ => None,
    };
    Some(scene.and_then(|text| text.parse().ok()).map_or(Happened::Other, Happened::Scanned))
}

/// What people write when it was not them, as the chat told them to.
const DISOWNING: [&str; 4] = ["不是我", "不是本人", "not me", "notme"];

/// Two digits may be an answer to a login, and some words take one back. Whatever else people write is none of our
/// business.
fn said(content: &str) -> Happened {
    let words = content.trim().trim_end_matches(['。', '.', '!', '！']).to_lowercase();
    if DISOWNING.contains(&words.as_str()) {
        return Happened::Disowned;
    }
    let halfwidth = |c| match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        other => other,
    };
    let text: String = content.trim().chars().take(3).map(halfwidth).collect();
    if text.parse::<Number>().is_ok() { Happened::Said(text) } else { Happened::Other }
}

/// A duty towards a person of our app. None for a message that names another app; it is not ours.
#[expect(clippy::option_option, reason = "not ours at all, and no such duty, are different things")]
fn person_change<'a>(fields: &'a Fields, appid: &str) -> Option<Option<(PersonChange, &'a str)>> {
    let change = match fields.get("Event") {
        Some("user_info_modified") => PersonChange::Profile,
        Some("user_authorization_revoke") => PersonChange::Revoked,
        Some("user_authorization_cancellation") => PersonChange::Closed,
        _ => return Some(None),
    };
    let openid = fields.get("OpenID").filter(|id| is_id(id))?;
    (fields.get("AppID") == Some(appid)).then_some(Some((change, openid)))
}
