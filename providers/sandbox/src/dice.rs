//! Every random value of the sandbox, in the shapes WeChat's own values have.
//! One generator seeded by the operating system; no other file draws randomness.

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use crate::clock::Moment;

const ALPHANUMERIC: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const URL_SAFE: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

/// Draws codes, tokens, keys and request ids.
pub(crate) struct Dice(Mutex<StdRng>);

impl Dice {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(rand::make_rng()))
    }

    /// An access token: a number, an underscore, 137 more characters.
    pub(crate) fn access_token(&self) -> String {
        format!("91_{}", self.text(URL_SAFE, 137))
    }

    /// What `wx.login` gives: 32 letters and digits.
    pub(crate) fn js_code(&self) -> String {
        self.text(ALPHANUMERIC, 32)
    }

    /// What the phone-number button gives: 64 hexadecimal digits.
    pub(crate) fn phone_code(&self) -> String {
        self.text(b"0123456789abcdef", 64)
    }

    /// What the OAuth pages give: 32 letters and digits.
    pub(crate) fn oauth_code(&self) -> String {
        self.text(ALPHANUMERIC, 32)
    }

    /// The id in an account's QR code: 22 characters, as they look today.
    pub(crate) fn account_code(&self) -> String {
        format!("02{}", self.text(URL_SAFE, 20))
    }

    /// Names a qrconnect page, or a question on a consent page.
    pub(crate) fn uuid(&self) -> String {
        self.text(ALPHANUMERIC, 16)
    }

    /// A number of so many digits, the first not 0.
    pub(crate) fn number(&self, digits: usize) -> String {
        format!("{}{}", self.text(b"123456789", 1), self.text(b"0123456789", digits.saturating_sub(1)))
    }

    /// Sixteen letters and digits, as the head of an encrypted message.
    pub(crate) fn head(&self) -> [u8; 16] {
        self.with(|rng| std::array::from_fn(|_| *ALPHANUMERIC.choose(rng).unwrap_or(&b'0')))
    }

    /// Two bytes that make a ticket look like no other.
    pub(crate) fn noise(&self) -> [u8; 2] {
        self.with(rand::RngExt::random)
    }

    /// Sixteen bytes in standard base64.
    pub(crate) fn session_key(&self) -> String {
        let bytes: [u8; 16] = self.with(rand::RngExt::random);
        STANDARD.encode(bytes)
    }

    /// A request id; its first group is the time, as in WeChat's own.
    pub(crate) fn rid(&self, now: Moment) -> String {
        let (middle, last): (u32, u32) = self.with(rand::RngExt::random);
        format!("{:08x}-{middle:08x}-{last:08x}", now.unix_seconds())
    }

    fn text(&self, alphabet: &[u8], length: usize) -> String {
        let pick = |rng: &mut StdRng| alphabet.get(rng.random_range(0..alphabet.len())).copied();
        self.with(|rng| (0..length).filter_map(|_| pick(rng)).map(char::from).collect())
    }

    fn with<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn values_have_the_shapes_of_the_real_ones() {
        let dice = Dice::new();
        let token = dice.access_token();
        assert_eq!((token.len(), token.starts_with("91_")), (140, true));
        assert_eq!(dice.js_code().len(), 32);
        assert_eq!(dice.session_key().len(), 24);
        let now = Clock::default().now();
        let rid = dice.rid(now);
        let groups: Vec<&str> = rid.split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [8, 8, 8]);
        assert_eq!(i64::from_str_radix(groups[0], 16).unwrap(), now.unix_seconds());
    }
}
