//! The vendor's wrapping of messages: AES-256-CBC with a salt, a length and the owner's AppID inside.
//!
//! Two of its ways are no standard ones: the last character of a key may carry bits that do not
//! count, and the padding fills blocks of 32 bytes, not of 16. Call `unwrap` only on what is signed.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use zeroize::Zeroizing;

const BLOCK: usize = 32;
const SALT: usize = 16;

/// For keys only.
const LOOSE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// A key of the console's `EncodingAESKey`.
pub(crate) struct AesKey {
    key: Zeroizing<[u8; 32]>,
    iv: Zeroizing<[u8; 16]>,
}

impl AesKey {
    /// Reads 43 letters and digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() != 43 || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let bytes = Zeroizing::new(LOOSE.decode(format!("{text}=")).ok()?);
        Some(Self { key: Zeroizing::new(*bytes.first_chunk()?), iv: Zeroizing::new(*bytes.first_chunk()?) })
    }

    /// The message, if it was wrapped with this key for this app.
    pub(super) fn unwrap(&self, wrapped: &str, appid: &str) -> Option<Vec<u8>> {
        let mut bytes = STANDARD.decode(wrapped).ok()?;
        if bytes.is_empty() || bytes.len() % BLOCK != 0 {
            return None;
        }
        let cipher = cbc::Decryptor::<Aes256>::new((&*self.key).into(), (&*self.iv).into());
        let plain = unpadded(cipher.decrypt_padded::<NoPadding>(&mut bytes).ok()?)?;
        let (_salt, rest) = plain.split_at_checked(SALT)?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (message, owner) = rest.split_at_checked(length)?;
        (owner == appid.as_bytes()).then(|| message.to_vec())
    }

    /// Wraps a message of ours.
    pub(super) fn wrap(&self, salt: [u8; SALT], message: &[u8], appid: &str) -> Option<String> {
        let length = u32::try_from(message.len()).ok()?;
        let mut bytes = [&salt[..], &length.to_be_bytes(), message, appid.as_bytes()].concat();
        let missing = BLOCK - bytes.len() % BLOCK;
        bytes.resize(bytes.len() + missing, u8::try_from(missing).ok()?);
        let cipher = cbc::Encryptor::<Aes256>::new((&*self.key).into(), (&*self.iv).into());
        let whole = bytes.len();
        Some(STANDARD.encode(cipher.encrypt_padded::<NoPadding>(&mut bytes, whole).ok()?))
    }
}

fn unpadded(plain: &[u8]) -> Option<&[u8]> {
    let last = *plain.last()?;
    let missing = usize::from(last);
    if !(1..=BLOCK).contains(&missing) {
        return None;
    }
    let (rest, padding) = plain.split_at_checked(plain.len().checked_sub(missing)?)?;
    padding.iter().all(|byte| *byte == last).then_some(rest)
}
