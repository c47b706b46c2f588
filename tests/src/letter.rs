//! Pushes written by hand: by whoever holds an account's token and key, or only pretends to. Every part
//! can be another one than WeChat would write, and the answers can be read.

use crate::house::House;
use crate::visitor::{Answer, Visitor, send};
use crate::ways::{PUSH_AES_KEY, PUSH_PATH_SECRET, PUSH_TOKEN, Way};
use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use reqwest::{Method, RequestBuilder};
use saoma_core::Clock as _;
use sha1::{Digest as _, Sha1};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// The last character of a key carries bits that do not count.
const LOOSE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);
const SALT: &[u8] = b"salt of 16 bytes";
/// What an account calls itself in its messages.
const ACCOUNT: &str = "gh_0123456789ab";

/// Whoever writes in the name of an account: what they know of it.
#[derive(Clone)]
pub struct Writer {
    /// The provider written to.
    pub slug: String,
    /// The account inside of what is encrypted.
    pub appid: String,
    /// What they sign with.
    pub token: String,
    /// What they encrypt with.
    pub aes_key: String,
    /// The time they sign, in seconds.
    pub now: i64,
}

impl Writer {
    /// WeChat itself, for this way.
    pub fn of(house: &House, way: &Way) -> Self {
        Self { now: now(house), ..Self::at(way, 0) }
    }

    /// WeChat itself, for this way, at this time.
    pub fn at(way: &Way, now: i64) -> Self {
        Self {
            slug: way.slug.to_owned(),
            appid: way.appid.to_owned(),
            token: PUSH_TOKEN.to_owned(),
            aes_key: PUSH_AES_KEY.to_owned(),
            now,
        }
    }

    /// An event of this person.
    pub fn event(&self, openid: &str, name: &str, key: &str) -> String {
        let rest = format!("{}{}", element("Event", name), element("EventKey", key));
        self.message(openid, "event", &rest)
    }

    /// A scan of the code of this scene, by a follower.
    pub fn scan(&self, openid: &str, scene: &str) -> String {
        self.event(openid, "SCAN", scene)
    }

    /// What this person says in the chat.
    pub fn text(&self, openid: &str, content: &str) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(1_000_000_000_000_000_000);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        self.message(openid, "text", &format!("{}<MsgId>{id}</MsgId>", element("Content", content)))
    }

    /// A message of this type, with these elements.
    pub fn message(&self, openid: &str, kind: &str, rest: &str) -> String {
        let head = format!("{}{}", element("ToUserName", ACCOUNT), element("FromUserName", openid));
        format!("<xml>{head}<CreateTime>{}</CreateTime>{}{rest}</xml>", self.now, element("MsgType", kind))
    }

    /// This body as it is, with a signature that does not cover it.
    pub fn plain(&self, body: impl Into<Vec<u8>>) -> Letter {
        let (timestamp, nonce) = (self.now.to_string(), nonce());
        let signature = signature(&[&self.token, &timestamp, &nonce]);
        let pairs = [("signature", signature), ("timestamp", timestamp), ("nonce", nonce)];
        self.letter(pairs.map(|(name, value)| (name.to_owned(), value)).to_vec(), body.into())
    }

    /// This message encrypted, and nothing beside it.
    pub fn sealed(&self, message: impl AsRef<[u8]>) -> Letter {
        self.wrapped(&self.encrypt(message.as_ref()))
    }

    /// This message encrypted, beside another in plain.
    pub fn beside(&self, message: &str, plain: &str) -> Letter {
        let encrypt = self.encrypt(message.as_bytes());
        let inside = plain.strip_suffix("</xml>").unwrap();
        self.signed(&encrypt, format!("{inside}{}</xml>", element("Encrypt", &encrypt)))
    }

    /// Whatever stands in `Encrypt`, properly signed.
    pub fn wrapped(&self, encrypt: &str) -> Letter {
        let body = format!("<xml>{}{}</xml>", element("ToUserName", ACCOUNT), element("Encrypt", encrypt));
        self.signed(encrypt, body)
    }

    /// Any body, with the signature of this `Encrypt`.
    pub fn signed(&self, encrypt: &str, body: impl Into<Vec<u8>>) -> Letter {
        let letter = self.plain(body);
        let whole = signature(&[&self.token, letter.get("timestamp"), letter.get("nonce"), encrypt]);
        letter.with("encrypt_type", "aes").with("msg_signature", &whole)
    }

    /// The test of an address.
    pub fn echo(&self, text: &str) -> Letter {
        Letter { is_echo: true, ..self.plain(Vec::new()) }.with("echostr", text)
    }

    fn letter(&self, query: Vec<(String, String)>, body: Vec<u8>) -> Letter {
        let path = format!("/push/{}/{PUSH_PATH_SECRET}", self.slug);
        Letter { path, query, body, is_echo: false }
    }

    /// What stands in `Encrypt` for these bytes.
    pub fn encrypt(&self, message: &[u8]) -> String {
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        let mut bytes = [SALT, &length, message, self.appid.as_bytes()].concat();
        let missing = 32 - bytes.len() % 32;
        bytes.resize(bytes.len() + missing, u8::try_from(missing).unwrap());
        let (key, whole) = (self.key(), bytes.len());
        let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&key, &key[..16]).unwrap();
        STANDARD.encode(cipher.encrypt_padded::<NoPadding>(&mut bytes, whole).unwrap())
    }

    /// The message inside an answer: decrypted and its signature checked where it is encrypted.
    pub fn read(&self, answer: &Answer) -> String {
        self.open(std::str::from_utf8(&answer.bytes).unwrap())
    }

    /// The same of a body.
    pub fn open(&self, text: &str) -> String {
        let Some(encrypt) = field(text, "Encrypt") else { return text.to_owned() };
        let part = |name| field(text, name).unwrap_or_else(|| panic!("no {name}: {text}"));
        let signed = [&self.token, part("TimeStamp"), part("Nonce"), encrypt];
        assert_eq!(part("MsgSignature"), signature(&signed), "{text}");
        let mut bytes = STANDARD.decode(encrypt).unwrap();
        let key = self.key();
        let cipher = cbc::Decryptor::<Aes256>::new_from_slices(&key, &key[..16]).unwrap();
        let plain = cipher.decrypt_padded::<NoPadding>(&mut bytes).unwrap();
        let length = u32::from_be_bytes(plain[16..20].try_into().unwrap());
        let end = 20 + usize::try_from(length).unwrap();
        assert!(plain[end..].starts_with(self.appid.as_bytes()), "an answer for another account");
        String::from_utf8(plain[20..end].to_vec()).unwrap()
    }

    fn key(&self) -> Vec<u8> {
        LOOSE.decode(format!("{}=", self.aes_key)).unwrap()
    }
}

/// A push on its way.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its address.
    pub path: String,
    /// Its query, in its order.
    pub query: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
    is_echo: bool,
}

impl Letter {
    /// A part of the query; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// With this part in the place of another of its name.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// With one more part, whatever is there.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a part.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.query.retain(|(own, _)| own != name);
        self
    }

    /// With another body; the signatures stay.
    #[must_use]
    pub fn saying(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// Sent to another address.
    #[must_use]
    pub fn at(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// Sent to another provider's address.
    #[must_use]
    pub fn to(self, slug: &str) -> Self {
        Self { path: format!("/push/{slug}/{PUSH_PATH_SECRET}"), ..self }
    }

    /// As a request.
    pub fn request(&self, visitor: &Visitor) -> RequestBuilder {
        let method = if self.is_echo { Method::GET } else { Method::POST };
        let request = visitor.request(method, &self.path).query(&self.query);
        if self.is_echo {
            request
        } else {
            request.header("content-type", "text/xml").body(self.body.clone())
        }
    }

    /// The head of the request as it travels, with these headers.
    pub fn head(&self, visitor: &Visitor, headers: &str) -> String {
        let url = self.request(visitor).build().unwrap().url().clone();
        let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
        format!("POST {target} HTTP/1.1\r\nhost: x\r\ncontent-type: text/xml\r\n{headers}\r\n")
    }

    /// Sends it.
    pub async fn send(&self, visitor: &Visitor) -> Answer {
        send(self.request(visitor)).await
    }
}

/// The time in this house, in seconds.
pub fn now(house: &House) -> i64 {
    house.clock.as_ref().map_or_else(now_outside, |clock| clock.now().0 / 1000)
}

/// The system's time, in seconds.
pub fn now_outside() -> i64 {
    saoma::SystemClock.now().0 / 1000
}

/// An element with its text as WeChat writes it.
pub fn element(name: &str, text: &str) -> String {
    format!("<{name}><![CDATA[{text}]]></{name}>")
}

/// The text of an element of ours or WeChat's.
pub fn field<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let inside = xml.split_once(&format!("<{name}>"))?.1.split_once(&format!("</{name}>"))?.0;
    Some(inside.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")).unwrap_or(inside))
}

/// SHA-1 of the sorted parts.
pub fn signature(parts: &[&str]) -> String {
    let mut sorted = parts.to_vec();
    sorted.sort_unstable();
    Sha1::digest(sorted.concat()).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Never the same one twice.
fn nonce() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(100_000);
    NEXT.fetch_add(1, Ordering::Relaxed).to_string()
}
