//! What an app answered to a push, as WeChat would take it: nothing, a text, picture-and-text, or a fault.
//! Strict: whatever the real chat would answer with its fault notice is a fault here, with the reason.

use roxmltree::{Document, Node};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::chat::{Article, Link, linked};
use crate::crypt::{Key, signature};
use crate::model::{PushFormat, PushMode};

const LONGEST_TEXT: usize = 2048;
const ARTICLES_TO_A_MESSAGE: usize = 1;
const ARTICLES_TO_AN_EVENT: usize = 8;

/// What the person gets to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Passive {
    None,
    Text { text: String, links: Vec<Link> },
    News { news: Vec<Article> },
    Fault { reason: &'static str },
}

/// What a good answer must fit.
pub(crate) struct Expected {
    pub(crate) mode: PushMode,
    pub(crate) format: PushFormat,
    /// The key of the push first, then others that are still good.
    pub(crate) keys: Vec<Key>,
    pub(crate) token: String,
    pub(crate) appid: String,
    pub(crate) original_id: String,
    pub(crate) openid: String,
    /// Whether it answers a message, not an event.
    pub(crate) to_a_message: bool,
}

/// An answer, read.
pub(crate) struct Judged {
    pub(crate) reply: Passive,
    /// What was inside, when it was encrypted and could be opened.
    pub(crate) opened: Option<String>,
}

impl Expected {
    /// Reads the body of an answer with status 200.
    pub(crate) fn judge(&self, body: &[u8]) -> Judged {
        let mut opened = None;
        let reply = self.read(body, &mut opened).unwrap_or_else(|reason| Passive::Fault { reason });
        Judged { reply, opened }
    }

    fn read(&self, body: &[u8], opened: &mut Option<String>) -> Result<Passive, &'static str> {
        if body.is_empty() || body == b"success" {
            return Ok(Passive::None);
        }
        let text = std::str::from_utf8(body).map_err(|_| "the answer is not UTF-8")?;
        if self.format == PushFormat::Json {
            return self.read_json(text, opened);
        }
        let outer = Document::parse(text).map_err(|_| "the answer is neither XML nor success")?;
        let root = root(&outer)?;
        match (self.mode, field(root, "Encrypt")) {
            (PushMode::Plain, Some(_)) => Err("the answer is encrypted in plain mode"),
            (PushMode::Safe, None) => Err("the answer is not encrypted in safe mode"),
            (_, None) => self.message(root),
            (_, Some(encrypt)) => {
                let message = self.unseal(|name| field(root, name), &encrypt)?;
                let inner =
                    Document::parse(opened.insert(message)).map_err(|_| "the opened answer is not XML")?;
                self.message(self::root(&inner)?)
            }
        }
    }

    /// What is inside an encrypted answer whose outer fields are found by `outer`.
    fn unseal(&self, outer: impl Fn(&str) -> Option<String>, encrypt: &str) -> Result<String, &'static str> {
        let named = |name: &str, reason| outer(name).filter(|text| !text.is_empty()).ok_or(reason);
        let timestamp = named("TimeStamp", "the answer has no TimeStamp")?;
        let nonce = named("Nonce", "the answer has no Nonce")?;
        let signed = named("MsgSignature", "the answer has no MsgSignature")?;
        if signed != signature(&[&self.token, &timestamp, &nonce, encrypt]) {
            return Err("the answer's MsgSignature is wrong");
        }
        let found = self.keys.iter().find_map(|key| key.decrypt(encrypt));
        let (message, appid) = found.ok_or("the answer cannot be decrypted")?;
        if appid == self.appid { Ok(message) } else { Err("the answer is encrypted for another appid") }
    }

    /// There is no chat behind JSON: an answer is looked at and shown to nobody.
    fn read_json(&self, text: &str, opened: &mut Option<String>) -> Result<Passive, &'static str> {
        let is_object = |text: &str| serde_json::from_str::<Map<String, Value>>(text);
        let outer = is_object(text).map_err(|_| "the answer is neither JSON nor success")?;
        let named = |name: &str| match outer.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        match (self.mode, named("Encrypt")) {
            (PushMode::Plain, Some(_)) => Err("the answer is encrypted in plain mode"),
            (PushMode::Safe, None) => Err("the answer is not encrypted in safe mode"),
            (_, None) => Ok(Passive::None),
            (_, Some(encrypt)) => {
                let message = self.unseal(named, &encrypt)?;
                is_object(opened.insert(message)).map_err(|_| "the opened answer is not JSON")?;
                Ok(Passive::None)
            }
        }
    }

    fn message(&self, root: Node<'_, '_>) -> Result<Passive, &'static str> {
        if field(root, "FromUserName").as_deref() != Some(&self.original_id) {
            return Err("FromUserName is not the account's original id");
        }
        if field(root, "ToUserName").as_deref() != Some(&self.openid) {
            return Err("ToUserName is not the person's openid");
        }
        field(root, "CreateTime")
            .and_then(|time| time.parse::<u64>().ok())
            .ok_or("CreateTime is no number")?;
        match field(root, "MsgType").as_deref() {
            Some("text") => text(root),
            Some("news") => self.news(root),
            _ => Err("MsgType is neither text nor news"),
        }
    }

    fn news(&self, root: Node<'_, '_>) -> Result<Passive, &'static str> {
        let count: usize = field(root, "ArticleCount")
            .and_then(|count| count.parse().ok())
            .ok_or("ArticleCount is no number")?;
        let ceiling = if self.to_a_message { ARTICLES_TO_A_MESSAGE } else { ARTICLES_TO_AN_EVENT };
        let articles = child(root, "Articles").ok_or("there are no Articles")?;
        let items = articles.children().filter(|node| node.has_tag_name("item"));
        // What is above the ceiling is dropped without a word.
        let news: Vec<Article> = items.take(count.min(ceiling)).map(article).collect();
        if news.is_empty() { Err("there is no item in Articles") } else { Ok(Passive::News { news }) }
    }
}

fn text(root: Node<'_, '_>) -> Result<Passive, &'static str> {
    let content = field(root, "Content").filter(|content| !content.is_empty()).ok_or("Content is empty")?;
    if content.len() > LONGEST_TEXT {
        return Err("Content is longer than 2048 bytes");
    }
    let (text, links) = linked(&content);
    Ok(Passive::Text { text, links })
}

fn article(item: Node<'_, '_>) -> Article {
    let named = |name: &str| field(item, name).unwrap_or_default();
    Article {
        title: named("Title"),
        description: named("Description"),
        pic_url: named("PicUrl"),
        url: named("Url"),
    }
}

fn root<'a, 'input>(document: &'a Document<'input>) -> Result<Node<'a, 'input>, &'static str> {
    let root = document.root_element();
    if root.has_tag_name("xml") { Ok(root) } else { Err("the answer's root is not <xml>") }
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.has_tag_name(name))
}

fn field(node: Node<'_, '_>, name: &str) -> Option<String> {
    let texts = child(node, name)?.children().filter_map(|part| part.text()).collect::<String>();
    Some(texts)
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
