//! What WeChat tells an app about, and the XML or JSON it tells it in.
//! Nothing here is signed or encrypted; that is `envelope`.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::clock::Moment;
use crate::model::PushFormat;

/// A scene and the ticket of its code.
#[derive(Clone, Debug)]
pub(crate) struct Scanned {
    pub(crate) scene: String,
    pub(crate) ticket: String,
}

/// The events about a person's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum PrivacyEvent {
    #[serde(rename = "user_info_modified")]
    InfoModified,
    #[serde(rename = "user_authorization_revoke")]
    Revoked,
    #[serde(rename = "user_authorization_cancellation")]
    Cancelled,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    /// With the code that led to it, if there was one.
    Subscribe(Option<Scanned>),
    Unsubscribe,
    Scan(Scanned),
    Text {
        content: String,
        msg_id: String,
    },
    Privacy(PrivacyEvent),
}

impl Happening {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Subscribe(_) => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Scan(_) => "SCAN",
            Self::Text { .. } => "text",
            Self::Privacy(PrivacyEvent::InfoModified) => "user_info_modified",
            Self::Privacy(PrivacyEvent::Revoked) => "user_authorization_revoke",
            Self::Privacy(PrivacyEvent::Cancelled) => "user_authorization_cancellation",
        }
    }

    /// Whether the chat shows what the app answers.
    pub(crate) fn is_of_the_chat(&self) -> bool {
        !matches!(self, Self::Unsubscribe | Self::Privacy(_))
    }

    pub(crate) fn is_message(&self) -> bool {
        matches!(self, Self::Text { .. })
    }

    /// The message; `appid` is named in the privacy events only.
    pub(crate) fn written(&self, parties: &Parties<'_>, appid: &str, format: PushFormat) -> String {
        let mut fields = parties.head();
        fields.extend(self.fields(parties, appid));
        write(&fields, format)
    }

    fn fields(&self, parties: &Parties<'_>, appid: &str) -> Vec<Field> {
        let scanned = |key: String, scanned: &Scanned| {
            [Field::text("EventKey", key), Field::text("Ticket", &scanned.ticket)]
        };
        match self {
            Self::Text { content, msg_id } => vec![
                Field::text("MsgType", "text"),
                Field::text("Content", content),
                Field::number("MsgId", msg_id),
            ],
            Self::Subscribe(None) | Self::Unsubscribe => self.event([Field::text("EventKey", "")]),
            Self::Subscribe(Some(code)) => self.event(scanned(format!("qrscene_{}", code.scene), code)),
            Self::Scan(code) => self.event(scanned(code.scene.clone(), code)),
            Self::Privacy(event) => {
                let told = [Field::text("OpenID", parties.from), Field::text("AppID", appid)];
                // 301: everything a website was allowed.
                let info = (*event == PrivacyEvent::Revoked).then(|| Field::text("RevokeInfo", "301"));
                self.event(told.into_iter().chain(info))
            }
        }
    }

    fn event(&self, rest: impl IntoIterator<Item = Field>) -> Vec<Field> {
        let head = [Field::text("MsgType", "event"), Field::text("Event", self.name())];
        head.into_iter().chain(rest).collect()
    }
}

/// One field of a message.
#[derive(Clone, Debug)]
struct Field {
    name: String,
    value: String,
    is_number: bool,
}

impl Field {
    fn text(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: value.into(), is_number: false }
    }

    fn number(name: &str, digits: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: digits.into(), is_number: true }
    }

    fn xml(&self) -> String {
        let Self { name, value, is_number } = self;
        if *is_number { format!("<{name}>{value}</{name}>") } else { element(name, value) }
    }

    fn json(&self) -> Value {
        let number = self.is_number.then(|| self.value.parse::<u64>().ok()).flatten();
        number.map_or_else(|| Value::from(self.value.as_str()), Value::from)
    }
}

fn write(fields: &[Field], format: PushFormat) -> String {
    match format {
        PushFormat::Xml => format!("<xml>{}</xml>", fields.iter().map(Field::xml).collect::<String>()),
        PushFormat::Json => {
            let object: Map<_, _> = fields.iter().map(|field| (field.name.clone(), field.json())).collect();
            Value::Object(object).to_string()
        }
    }
}

/// Who tells whom, and when.
pub(crate) struct Parties<'a> {
    /// The account's original id.
    pub(crate) to: &'a str,
    /// The person's openid.
    pub(crate) from: &'a str,
    pub(crate) at: Moment,
}

impl Parties<'_> {
    fn head(&self) -> Vec<Field> {
        vec![
            Field::text("ToUserName", self.to),
            Field::text("FromUserName", self.from),
            Field::number("CreateTime", self.at.unix_seconds().to_string()),
        ]
    }

    /// A message made of given fields; those that every message has are added where missing.
    pub(crate) fn by_hand(&self, given: &[(String, String)], format: PushFormat) -> String {
        let at = self.at.unix_seconds().to_string();
        let usual =
            [("ToUserName", self.to), ("FromUserName", self.from), ("CreateTime", &at), ("MsgType", "event")];
        let is_given = |name: &str| given.iter().any(|(field, _)| field == name);
        let missing = usual.into_iter().filter(|(name, _)| !is_given(name));
        let mut fields: Vec<Field> = missing.map(|(name, value)| Field::text(name, value)).collect();
        fields.extend(given.iter().map(|(name, value)| Field::text(name, value)));
        write(&fields, format)
    }
}

/// An element with its text as CDATA.
pub(crate) fn element(name: &str, text: &str) -> String {
    // The end mark of a CDATA section cannot stand inside one.
    let text = text.replace("]]>", "]]]]><![CDATA[>");
    format!("<{name}><![CDATA[{text}]]></{name}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xml(happening: &Happening) -> String {
        let at = Moment::from_unix_seconds(1_700_000_000);
        happening.written(&Parties { to: "gh_1", from: "oX", at }, "wx1", PushFormat::Xml)
    }

    const HEAD: &str = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oX]]></FromUserName>\
                        <CreateTime>1700000000</CreateTime>";

    #[test]
    fn events_look_as_published() {
        let scanned = Scanned { scene: "qrscene_a".to_owned(), ticket: "T".to_owned() };
        let event = "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[";
        for (happening, rest) in [
            (
                Happening::Subscribe(Some(scanned.clone())),
                "subscribe]]></Event><EventKey><![CDATA[qrscene_qrscene_a]]></EventKey><Ticket><![CDATA[T]]></Ticket>",
            ),
            (Happening::Subscribe(None), "subscribe]]></Event><EventKey><![CDATA[]]></EventKey>"),
            (
                Happening::Scan(scanned),
                "SCAN]]></Event><EventKey><![CDATA[qrscene_a]]></EventKey><Ticket><![CDATA[T]]></Ticket>",
            ),
            (Happening::Unsubscribe, "unsubscribe]]></Event><EventKey><![CDATA[]]></EventKey>"),
            (
                Happening::Privacy(PrivacyEvent::Revoked),
                "user_authorization_revoke]]></Event><OpenID><![CDATA[oX]]></OpenID><AppID><![CDATA[wx1]]></AppID>\
                 <RevokeInfo><![CDATA[301]]></RevokeInfo>",
            ),
        ] {
            assert_eq!(xml(&happening), format!("{HEAD}{event}{rest}</xml>"));
        }
    }

    #[test]
    fn the_same_as_json() {
        let at = Moment::from_unix_seconds(1_700_000_000);
        let parties = Parties { to: "gh_1", from: "oX", at };
        let told = Happening::Privacy(PrivacyEvent::Revoked).written(&parties, "wx1", PushFormat::Json);
        let told: Value = serde_json::from_str(&told).unwrap();
        let expected = serde_json::json!({"ToUserName": "gh_1", "FromUserName": "oX", "CreateTime": 1_700_000_000,
            "MsgType": "event", "Event": "user_authorization_revoke", "OpenID": "oX", "AppID": "wx1", "RevokeInfo": "301"});
        assert_eq!(told, expected);
    }

    #[test]
    fn a_text_has_a_number_and_cannot_leave_its_section() {
        let text = Happening::Text { content: "a]]>b".to_owned(), msg_id: "77".to_owned() };
        let rest = "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[a]]]]><![CDATA[>b]]></Content><MsgId>77</MsgId>";
        assert_eq!(xml(&text), format!("{HEAD}{rest}</xml>"));
        let document = xml(&text);
        let read = roxmltree::Document::parse(&document).unwrap();
        let content = read.descendants().find(|node| node.has_tag_name("Content")).unwrap();
        assert_eq!(content.children().filter_map(|node| node.text()).collect::<String>(), "a]]>b");
    }
}
