//! The chats between persons and service accounts: who said what, with the links in it.
//! Bounded per chat; what an account's server answered is judged in `push`, only the outcome comes here.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::clock::Moment;

const REMEMBERED: usize = 200;
/// What the phone shows when an account's server fails.
pub(crate) const FAULT_NOTICE: &str = "该公众号提供的服务出现故障，请稍后再试";

/// Who a message is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum From {
    Account,
    Person,
    System,
}

/// A link in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Link {
    pub(crate) text: String,
    pub(crate) url: String,
}

/// One item of a picture-and-text message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Article {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) pic_url: String,
    pub(crate) url: String,
}

/// One message.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    pub(crate) from: From,
    pub(crate) at: Moment,
    pub(crate) text: String,
    pub(crate) links: Vec<Link>,
    pub(crate) news: Vec<Article>,
}

impl Message {
    pub(crate) fn plain(from: From, at: Moment, text: &str) -> Self {
        Self { from, at, text: text.to_owned(), links: Vec::new(), news: Vec::new() }
    }
}

/// All chats, by person and account.
#[derive(Default)]
pub(crate) struct Chats(BTreeMap<(String, String), VecDeque<Message>>);

impl Chats {
    pub(crate) fn add(&mut self, person: &str, appid: &str, message: Message) {
        let chat = self.0.entry((person.to_owned(), appid.to_owned())).or_default();
        chat.push_back(message);
        if chat.len() > REMEMBERED {
            chat.pop_front();
        }
    }

    pub(crate) fn of(&self, person: &str, appid: &str) -> impl Iterator<Item = &Message> {
        self.0.get(&(person.to_owned(), appid.to_owned())).into_iter().flatten()
    }
}

/// The text without its `<a>` tags, and its links; bare addresses count as links as they do on the phone.
pub(crate) fn linked(content: &str) -> (String, Vec<Link>) {
    let (mut text, mut links, mut rest) = (String::new(), Vec::new(), content);
    while let Some((before, url, label, after)) = next_anchor(rest) {
        take_bare(before, &mut links);
        text.push_str(before);
        text.push_str(label);
        links.push(Link { text: label.to_owned(), url: url.to_owned() });
        rest = after;
    }
    take_bare(rest, &mut links);
    text.push_str(rest);
    (text, links)
}

fn next_anchor(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, rest) = text.split_once("<a ")?;
    let (tag, rest) = rest.split_once('>')?;
    let (label, after) = rest.split_once("</a>")?;
    let value = tag.split_once("href=")?.1;
    let quote = value.chars().next().filter(|mark| matches!(mark, '"' | '\''))?;
    let url = value.split(quote).nth(1)?;
    Some((before, url, label, after))
}

fn take_bare(text: &str, links: &mut Vec<Link>) {
    let ends = |mark: char| mark.is_whitespace() || !mark.is_ascii() || matches!(mark, '<' | '>' | '"');
    let mut rest = text;
    while let Some(at) = ["http://", "https://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (_, from) = rest.split_at(at);
        let (address, after) = from.split_at(from.find(ends).unwrap_or(from.len()));
        links.push(Link { text: address.to_owned(), url: address.to_owned() });
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str, url: &str) -> Link {
        Link { text: text.to_owned(), url: url.to_owned() }
    }

    #[test]
    fn anchors_leave_their_words_and_addresses_stay() {
        let (text, links) = linked("点 <a href=\"http://a/?x=1&y=2\">这里</a> 或 https://b/c。完");
        assert_eq!(text, "点 这里 或 https://b/c。完");
        assert_eq!(links, [link("这里", "http://a/?x=1&y=2"), link("https://b/c", "https://b/c")]);
    }

    #[test]
    fn what_is_no_anchor_is_text() {
        for content in ["a < b", "<a href=x>y</a>", "<a name='n'>y</a>", "<a href='x'>y"] {
            assert_eq!(linked(content), (content.to_owned(), Vec::new()), "{content}");
        }
    }

    #[test]
    fn an_old_message_leaves_a_full_chat() {
        let mut chats = Chats::default();
        for number in 0..=REMEMBERED {
            let at = Moment::from_unix_seconds(0);
            chats.add("ming", "wx1", Message::plain(From::Person, at, &number.to_string()));
        }
        assert_eq!(chats.of("ming", "wx1").next().unwrap().text, "1");
        assert_eq!(chats.of("ming", "wx1").count(), REMEMBERED);
    }
}
