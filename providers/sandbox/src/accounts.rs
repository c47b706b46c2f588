//! Service accounts: their parametric QR codes, who follows whom, and what a stranger has just scanned.
//! It keeps and finds; what a call may ask for is decided in `vendor`, what a scan does in `control`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::clock::Moment;
use crate::recent::Recent;

const ADDRESS: &str = "http://weixin.qq.com/q/";
const REMEMBERED: usize = 20_000;

/// What a code carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum QrScene {
    Number(u32),
    Text(String),
}

impl QrScene {
    /// The scene as it stands in an event.
    pub(crate) fn value(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// A parametric QR code.
#[derive(Clone)]
pub(crate) struct AccountCode {
    pub(crate) appid: String,
    pub(crate) scene: QrScene,
    pub(crate) made: Moment,
    /// Permanent codes have none.
    pub(crate) life_seconds: Option<u32>,
    pub(crate) ticket: String,
}

impl AccountCode {
    pub(crate) fn lapsed(&self, now: Moment) -> bool {
        self.life_seconds.is_some_and(|life| self.made.plus_seconds(life.into()) <= now)
    }
}

/// One person's relation to one account.
#[derive(Clone)]
pub(crate) struct Follow {
    pub(crate) since: Moment,
    /// The code that led here.
    pub(crate) scene: Option<QrScene>,
}

/// All accounts' codes and followers.
pub(crate) struct Accounts {
    codes: Recent<String, AccountCode>,
    follows: BTreeMap<(String, String), Follow>,
    seen: Recent<(String, String), String>,
    permanent: BTreeMap<String, u32>,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            codes: Recent::new(REMEMBERED),
            follows: BTreeMap::new(),
            seen: Recent::new(REMEMBERED),
            permanent: BTreeMap::new(),
        }
    }
}

impl Accounts {
    pub(crate) fn remember(&mut self, id: String, code: AccountCode) {
        if code.life_seconds.is_none() {
            *self.permanent.entry(code.appid.clone()).or_default() += 1;
        }
        self.codes.insert(id, code);
    }

    /// How many permanent codes an account has made.
    pub(crate) fn permanent(&self, appid: &str) -> u32 {
        self.permanent.get(appid).copied().unwrap_or_default()
    }

    pub(crate) fn code(&self, id: &str) -> Option<&AccountCode> {
        self.codes.get(&id.to_owned())
    }

    pub(crate) fn newest_codes(&self) -> impl Iterator<Item = (&String, &AccountCode)> {
        self.codes.newest_first()
    }

    /// The address behind a ticket, if it is one of ours.
    pub(crate) fn address_of_ticket(&self, ticket: &str) -> Option<String> {
        let address = address_in_ticket(ticket)?;
        let code = self.code(id_of(&address)?)?;
        (code.ticket == ticket).then_some(address)
    }

    pub(crate) fn follow_of(&self, appid: &str, person: &str) -> Option<&Follow> {
        self.follows.get(&(appid.to_owned(), person.to_owned()))
    }

    pub(crate) fn follows(&self, appid: &str, person: &str) -> bool {
        self.follow_of(appid, person).is_some()
    }

    pub(crate) fn follow(&mut self, appid: &str, person: &str, follow: Follow) {
        self.follows.insert((appid.to_owned(), person.to_owned()), follow);
    }

    pub(crate) fn unfollow(&mut self, appid: &str, person: &str) {
        self.follows.remove(&(appid.to_owned(), person.to_owned()));
    }

    /// A stranger looks at an account's page after scanning this code.
    pub(crate) fn saw(&mut self, appid: &str, person: &str, id: String) {
        self.seen.insert((appid.to_owned(), person.to_owned()), id);
    }

    /// The code a stranger scanned, once.
    pub(crate) fn take_seen(&mut self, appid: &str, person: &str) -> Option<AccountCode> {
        let id = self.seen.remove(&(appid.to_owned(), person.to_owned()))?;
        self.codes.get(&id).cloned()
    }
}

/// The text of a code.
pub(crate) fn address(id: &str) -> String {
    format!("{ADDRESS}{id}")
}

/// The id in such a text.
pub(crate) fn id_of(address: &str) -> Option<&str> {
    address.strip_prefix(ADDRESS).or_else(|| address.strip_prefix("https://weixin.qq.com/q/"))
}

/// A ticket as observed: a head, the address, the time it was made, its life; the last two little-endian.
pub(crate) fn ticket(noise: [u8; 2], address: &str, made: Moment, life_seconds: Option<u32>) -> String {
    // The closing zero of the address counts.
    let length = u8::try_from(address.len() + 1).unwrap_or(u8::MAX);
    let made = u32::try_from(made.unix_seconds()).unwrap_or_default();
    let mut bytes = vec![0x81, 0x01];
    bytes.extend(noise);
    bytes.push(0x3c);
    bytes.extend([0; 7]);
    bytes.extend([0x01, length]);
    bytes.extend(address.as_bytes());
    bytes.extend([0x00, 0x02, 0x04]);
    bytes.extend(made.to_le_bytes());
    bytes.extend([0x03, 0x04]);
    bytes.extend(life_seconds.unwrap_or_default().to_le_bytes());
    STANDARD.encode(bytes)
}

fn address_in_ticket(ticket: &str) -> Option<String> {
    let bytes = STANDARD.decode(ticket).ok()?;
    let (length, rest) = bytes.get(13..)?.split_first()?;
    let address = rest.get(..usize::from(*length))?.strip_suffix(&[0])?;
    String::from_utf8(address.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_laid_out_like_the_captured_one() {
        let captured = "gQGJ7zwAAAAAAAAAAS5odHRwOi8vd2VpeGluLnFxLmNvbS9xLzAyaV9DRTU0WlljNEUxa0hROXh3Y1EAAgTTcUlgAwRYAgAA";
        let address = "http://weixin.qq.com/q/02i_CE54ZYc4E1kHQ9xwcQ";
        let made = Moment::from_unix_seconds(0x6049_71d3);
        assert_eq!(ticket([0x89, 0xef], address, made, Some(600)), captured);
        assert_eq!(address_in_ticket(captured).unwrap(), address);
        assert_eq!(id_of(address), Some("02i_CE54ZYc4E1kHQ9xwcQ"));
        assert_eq!(address_in_ticket("gQGJ7zwAAAAAAAAAAS5odHRw"), None);
    }

    #[test]
    fn a_code_lapses_and_a_permanent_one_does_not() {
        let made = Moment::from_unix_seconds(1000);
        let mut code = AccountCode {
            appid: "wx1".to_owned(),
            scene: QrScene::Text("a".to_owned()),
            made,
            life_seconds: Some(60),
            ticket: String::new(),
        };
        assert!(!code.lapsed(made.plus_seconds(59)) && code.lapsed(made.plus_seconds(60)));
        code.life_seconds = None;
        assert!(!code.lapsed(made.plus_seconds(99_999_999)));
    }

    #[test]
    fn what_a_stranger_saw_counts_once() {
        let mut accounts = Accounts::default();
        let made = Moment::from_unix_seconds(1000);
        let scene = QrScene::Number(7);
        let code =
            AccountCode { appid: "wx1".to_owned(), scene, made, life_seconds: None, ticket: String::new() };
        accounts.remember("id".to_owned(), code);
        accounts.saw("wx1", "ming", "id".to_owned());
        assert_eq!(accounts.take_seen("wx1", "ming").unwrap().scene.value(), "7");
        assert!(accounts.take_seen("wx1", "ming").is_none());
        assert_eq!(accounts.permanent("wx1"), 1);
    }
}
