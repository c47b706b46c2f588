//! The vendor's message encryption (WXBizMsgCrypt), as this sandbox reads it: AES-256-CBC, blocks of 32 for padding, SHA-1.
//! Composed here a second time on purpose: the providers have their own, and each checks the other.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest as _, Sha1};

const KEY_CHARACTERS: usize = 43;
const PAD: usize = 32;
/// Random bytes and the length stand before the message.
const HEAD: usize = 20;

/// 43 characters hold 258 bits: the last two mean nothing and need not be zero.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// Lowercase hexadecimal SHA-1 of the parts, sorted by bytes and joined.
pub(crate) fn signature(parts: &[&str]) -> String {
    let mut sorted = parts.to_vec();
    sorted.sort_unstable();
    hex(&Sha1::digest(sorted.concat()))
}

/// Lowercase hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}

/// An EncodingAESKey.
#[derive(Clone)]
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() != KEY_CHARACTERS {
            return None;
        }
        FORGIVING.decode(format!("{text}=")).ok()?.try_into().ok().map(Self)
    }

    fn iv(&self) -> [u8; 16] {
        let mut iv = [0; 16];
        iv.copy_from_slice(self.0.split_at(16).0);
        iv
    }

    /// The value of an `Encrypt` element; `None` for a message longer than 4 GiB.
    pub(crate) fn encrypt(&self, random: [u8; 16], message: &str, appid: &str) -> Option<String> {
        let length = u32::try_from(message.len()).ok()?;
        let mut text =
            [&random, length.to_be_bytes().as_slice(), message.as_bytes(), appid.as_bytes()].concat();
        // A text that fills its blocks gets one more block of padding.
        let pad = PAD - text.len() % PAD;
        text.extend(std::iter::repeat_n(u8::try_from(pad).ok()?, pad));
        let whole = text.len();
        let sealer = cbc::Encryptor::<Aes256>::new(&self.0.into(), &self.iv().into());
        sealer.encrypt_padded::<NoPadding>(&mut text, whole).ok()?;
        Some(STANDARD.encode(text))
    }

    /// Message and appid; `None` for whatever does not fit.
    pub(crate) fn decrypt(&self, encrypted: &str) -> Option<(String, String)> {
        let mut text = STANDARD.decode(encrypted.trim()).ok()?;
        if text.len() % PAD != 0 {
            return None;
        }
        let opener = cbc::Decryptor::<Aes256>::new(&self.0.into(), &self.iv().into());
        let whole = opener.decrypt_padded::<NoPadding>(&mut text).ok()?;
        let pad = usize::from(*whole.last()?);
        let (text, padding) = whole.split_at_checked(whole.len().checked_sub(pad)?)?;
        let padded = (1..=PAD).contains(&pad) && padding.iter().all(|byte| usize::from(*byte) == pad);
        let (head, rest) = text.split_at_checked(HEAD).filter(|_| padded)?;
        let length = u32::from_be_bytes(head.last_chunk().copied()?);
        let (message, appid) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        Some((String::from_utf8(message.to_vec()).ok()?, String::from_utf8(appid.to_vec()).ok()?))
    }
}

#[cfg(test)]
#[path = "crypt_tests.rs"]
mod tests;
