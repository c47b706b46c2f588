//! Sealing: app credentials at rest, readable only with a key that is not in the database.
//!
//! XChaCha20-Poly1305; table, row, column and key id are associated data, so a sealed value
//! copied to another place, or relabelled with another key, does not open. A sealed value is
//! the text `v1.<key id>.<base64url(nonce ‖ ciphertext)>`. A key's id is made of its bytes, so a
//! damaged or borrowed line is refused before anything is sealed with it (SEC-03).

use crate::{Entropy, Secret};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use zeroize::Zeroizing;

const VERSION: &str = "v1";
const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;

/// Where a sealed value lives; it opens nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The row's key.
    pub row: &'a str,
    /// The column, with a JSON pointer after it when the column holds several values.
    pub column: &'a str,
}

impl Place<'_> {
    /// Length-prefixed, so that no two places give the same bytes.
    fn associated_data(&self, key_id: &str) -> Vec<u8> {
        let parts = [VERSION, key_id, self.table, self.row, self.column];
        parts
            .iter()
            .flat_map(|part| (part.len() as u64).to_be_bytes().into_iter().chain(part.bytes()))
            .collect()
    }
}

/// Why a value did not open, or a keyring was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The keyring's text is not `<key id> <base64url of 32 bytes>` lines.
    #[error("line {0} of the keyring is not `<key id> <43 characters of base64url>`, or was changed")]
    BadKeyring(usize),
    /// A keyring without any key.
    #[error("the keyring holds no key")]
    EmptyKeyring,
    /// The value was sealed under a key that is not in the keyring.
    #[error("the keyring has no key {0}")]
    UnknownKey(String),
    /// The value was changed, moved, or sealed under another key of the same id.
    #[error("a sealed value does not open")]
    Broken,
}

struct KeyEntry {
    id: String,
    cipher: XChaCha20Poly1305,
    mac: Hmac<Sha256>,
}

/// The keys by id; the first one seals, all of them open.
pub struct Keyring {
    active: KeyEntry,
    older: Vec<KeyEntry>,
}

impl KeyEntry {
    fn derive(&self, purpose: &str, parts: &[impl AsRef<str>]) -> Secret {
        let mut mac = self.mac.clone();
        for part in std::iter::once(purpose).chain(parts.iter().map(AsRef::as_ref)) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Secret::new(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("active", &self.active.id).finish_non_exhaustive()
    }
}

impl Keyring {
    /// The text of a new keyring with one key; write it to a file only its owner can read.
    pub fn generate(entropy: &dyn Entropy) -> Secret {
        let key = Zeroizing::new(entropy.bytes::<KEY_BYTES>());
        Secret::new(format!("{} {}\n", id_of(&key), URL_SAFE_NO_PAD.encode(key.as_slice())))
    }

    /// Reads a keyring: one key a line, the first is the active one; `#` begins a comment.
    pub fn parse(text: &Secret) -> Result<Self, SealError> {
        let lines = text.expose().lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        let mut keys = lines
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(number, line)| parse_key(line).ok_or(SealError::BadKeyring(number)))
            .collect::<Result<Vec<_>, _>>()?
            .into_iter();
        let active = keys.next().ok_or(SealError::EmptyKeyring)?;
        Ok(Self { active, older: keys.collect() })
    }

    /// Id of the key that seals.
    pub fn active_id(&self) -> &str {
        &self.active.id
    }

    /// Whether the keyring holds a key of this id.
    pub fn has(&self, key_id: &str) -> bool {
        self.entry(key_id).is_some()
    }

    /// Seals a value for one place.
    pub fn seal(&self, entropy: &dyn Entropy, place: Place<'_>, value: &[u8]) -> Result<String, SealError> {
        let nonce = entropy.bytes::<NONCE_BYTES>();
        let aad = place.associated_data(&self.active.id);
        let payload = Payload { msg: value, aad: &aad };
        let sealed =
            self.active.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Broken)?;
        let blob = [nonce.as_slice(), &sealed].concat();
        Ok(format!("{VERSION}.{}.{}", self.active.id, URL_SAFE_NO_PAD.encode(blob)))
    }

    /// A secret that only this keyring makes, and makes again from the same parts: 43 characters of
    /// base64url. `purpose` keeps the secrets of different uses apart.
    pub fn derive(&self, purpose: &str, parts: &[impl AsRef<str>]) -> Secret {
        self.active.derive(purpose, parts)
    }

    /// The same by one of the keys, which need not be the active one; none when the keyring lacks it.
    pub fn derive_by(&self, key_id: &str, purpose: &str, parts: &[impl AsRef<str>]) -> Option<Secret> {
        self.entry(key_id).map(|entry| entry.derive(purpose, parts))
    }

    /// Opens a value that was sealed for this place.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (key_id, blob) = split(sealed).ok_or(SealError::Broken)?;
        let entry = self.entry(key_id).ok_or_else(|| SealError::UnknownKey(key_id.to_owned()))?;
        let blob = URL_SAFE_NO_PAD.decode(blob).map_err(|_| SealError::Broken)?;
        let (nonce, ciphertext) = blob.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Broken)?;
        let aad = place.associated_data(key_id);
        let payload = Payload { msg: ciphertext, aad: &aad };
        let opened = entry.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Broken)?;
        Ok(Zeroizing::new(opened))
    }

    fn entry(&self, key_id: &str) -> Option<&KeyEntry> {
        std::iter::once(&self.active).chain(&self.older).find(|entry| entry.id == key_id)
    }
}

fn split(sealed: &str) -> Option<(&str, &str)> {
    sealed.strip_prefix(VERSION)?.strip_prefix('.')?.split_once('.')
}

fn parse_key(line: &str) -> Option<KeyEntry> {
    let (id, key) = line.split_once(char::is_whitespace)?;
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(key.trim()).ok()?);
    let key: &[u8; KEY_BYTES] = bytes.as_slice().try_into().ok()?;
    if id != id_of(key) {
        return None;
    }
    // Its own key, so that the cipher's is used for nothing else.
    let mac_key = Sha256::new().chain_update(b"saoma derivation key\0").chain_update(key).finalize();
    let mac = Hmac::new_from_slice(&mac_key).ok()?;
    Some(KeyEntry { id: id.to_owned(), cipher: XChaCha20Poly1305::new(&Key::from(*key)), mac })
}

/// The id of a key: 64 bits of its hash, which tell nothing about 256 random bits.
fn id_of(key: &[u8; KEY_BYTES]) -> String {
    let digest = Sha256::new().chain_update(b"saoma key id\0").chain_update(key).finalize();
    digest.iter().take(8).fold("k".to_owned(), |mut id, byte| {
        // Writing to a String cannot fail.
        let _written = write!(id, "{byte:02x}");
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    const PLACE: Place<'static> = Place { table: "providers", row: "prv_1", column: "secrets/secret" };

    fn ring(seed: u64) -> Keyring {
        Keyring::parse(&Keyring::generate(&SeededEntropy::new(seed))).unwrap()
    }

    #[test]
    fn a_value_opens_in_its_place_and_in_no_other() {
        let own = ring(1);
        let sealed = own.seal(&SeededEntropy::new(2), PLACE, b"app secret").unwrap();
        assert_eq!(own.open(PLACE, &sealed).unwrap().as_slice(), b"app secret");
        for elsewhere in [
            Place { table: "clients", ..PLACE },
            Place { row: "prv_2", ..PLACE },
            Place { column: "secrets/push_token", ..PLACE },
        ] {
            assert_eq!(own.open(elsewhere, &sealed), Err(SealError::Broken));
        }
    }

    #[test]
    fn a_flipped_byte_a_foreign_key_and_rubbish_are_told() {
        let own = ring(1);
        let sealed = own.seal(&SeededEntropy::new(2), PLACE, b"x").unwrap();
        let flipped =
            format!("{}{}", &sealed[..sealed.len() - 2], if sealed.ends_with("AA") { "BB" } else { "AA" });
        assert_eq!(own.open(PLACE, &flipped), Err(SealError::Broken));
        assert!(matches!(ring(9).open(PLACE, &sealed), Err(SealError::UnknownKey(_))));
        for rubbish in ["", "v1", "v1.", "v1.k.", "v2.k.AAAA"] {
            assert!(own.open(PLACE, rubbish).is_err(), "{rubbish}");
        }
    }

    #[test]
    fn an_older_key_still_opens_and_the_first_one_seals() {
        let old_text = Keyring::generate(&SeededEntropy::new(1));
        let sealed = Keyring::parse(&old_text).unwrap().seal(&SeededEntropy::new(2), PLACE, b"x").unwrap();
        let new_text = Keyring::generate(&SeededEntropy::new(3));
        let both = Keyring::parse(&Secret::new(format!(
            "# newest first\n{}{}",
            new_text.expose(),
            old_text.expose()
        )));
        let both = both.unwrap();
        assert_eq!(both.open(PLACE, &sealed).unwrap().as_slice(), b"x");
        assert!(new_text.expose().starts_with(both.active_id()));
    }

    #[test]
    fn derived_secrets_come_again_and_only_from_the_same_key_purpose_and_parts() {
        let own = ring(1);
        let secret = own.derive("link", &["a", "bc"]);
        assert!(secret.same_as(own.derive("link", &["a", "bc"]).expose()));
        assert_eq!(secret.expose().len(), 43);
        for other in [
            own.derive("other", &["a", "bc"]),
            own.derive("link", &["ab", "c"]),
            ring(2).derive("link", &["a", "bc"]),
        ] {
            assert!(!secret.same_as(other.expose()));
        }
    }

    #[test]
    fn bad_keyrings_name_the_line() {
        assert_eq!(Keyring::parse(&Secret::new("")).unwrap_err(), SealError::EmptyKeyring);
        assert_eq!(Keyring::parse(&Secret::new("# c\nk1 short")).unwrap_err(), SealError::BadKeyring(2));
    }

    #[test]
    fn a_key_under_a_borrowed_id_is_no_key() {
        let [own, other] = [1, 2].map(|seed| Keyring::generate(&SeededEntropy::new(seed)));
        let (id, _) = own.expose().split_once(' ').unwrap();
        let (_, key) = other.expose().split_once(' ').unwrap();
        let forged = Secret::new(format!("{id} {key}"));
        assert_eq!(Keyring::parse(&forged).unwrap_err(), SealError::BadKeyring(1));
    }
}
