//! What WeChat tells an app about, and the XML it tells it in.
//! Nothing here is signed or encrypted; that is `envelope`.

use serde::Deserialize;

use crate::clock::Moment;

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
    pub(crate) fn xml(&self, parties: &Parties<'_>, appid: &str) -> String {
        let rest = match self {
            Self::Text { content, msg_id } => {
                element("MsgType", "text") + &element("Content", content) + &number("MsgId", msg_id)
            }
            Self::Subscribe(None) | Self::Unsubscribe => self.event() + &element("EventKey", ""),
            Self::Subscribe(Some(scanned)) => {
                let key = format!("qrscene_{}", scanned.scene);
                self.event() + &element("EventKey", &key) + &element("Ticket", &scanned.ticket)
            }
            Self::Scan(scanned) => {
                self.event() + &element("EventKey", &scanned.scene) + &element("Ticket", &scanned.ticket)
            }
            Self::Privacy(event) => {
                let told = element("OpenID", parties.from) + &element("AppID", appid);
                // 301: everything a website was allowed.
                let info = match event {
                    PrivacyEvent::Revoked => element("RevokeInfo", "301"),
                    _ => String::new(),
                };
                self.event() + &told + &info
            }
        };
        format!("<xml>{}{rest}</xml>", parties.head())
    }

    fn event(&self) -> String {
        element("MsgType", "event") + &element("Event", self.name())
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
    fn head(&self) -> String {
        let at = number("CreateTime", &self.at.unix_seconds().to_string());
        element("ToUserName", self.to) + &element("FromUserName", self.from) + &at
    }

    /// A message made of given elements; those that every message has are added where missing.
    pub(crate) fn by_hand(&self, fields: &[(String, String)]) -> String {
        let at = self.at.unix_seconds().to_string();
        let usual =
            [("ToUserName", self.to), ("FromUserName", self.from), ("CreateTime", &at), ("MsgType", "event")];
        let given = |name: &str| fields.iter().any(|(field, _)| field == name);
        let missing = usual.into_iter().filter(|(name, _)| !given(name));
        let head: String = missing.map(|(name, value)| element(name, value)).collect();
        let rest: String = fields.iter().map(|(name, value)| element(name, value)).collect();
        format!("<xml>{head}{rest}</xml>")
    }
}

/// An element with its text as CDATA.
pub(crate) fn element(name: &str, text: &str) -> String {
    // The end mark of a CDATA section cannot stand inside one.
    let text = text.replace("]]>", "]]]]><![CDATA[>");
    format!("<{name}><![CDATA[{text}]]></{name}>")
}

fn number(name: &str, digits: &str) -> String {
    format!("<{name}>{digits}</{name}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xml(happening: &Happening) -> String {
        let at = Moment::from_unix_seconds(1_700_000_000);
        happening.xml(&Parties { to: "gh_1", from: "oX", at }, "wx1")
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
