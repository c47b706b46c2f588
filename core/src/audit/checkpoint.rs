//! Checkpoints: where a chain stood, signed, so that whoever keeps one elsewhere can show later that the
//! chain was cut off or written anew; and cuts, the checkpoints up to which retention deleted.
//!
//! Signed with Ed25519 under a key made of the keyring's: who holds the public key can check a
//! checkpoint without being able to make one. A cut is signed as one, so that no checkpoint passes for it.

use super::chain::Mark;
use crate::Timestamp;
use crate::seal::Keyring;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};

const PURPOSE: &str = "audit checkpoint key";
/// What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410).
const SPKI_HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// What is said about a place in a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    /// The chain went through here.
    Stood,
    /// Retention deleted everything up to here; the chain begins after it.
    Cut,
}

impl Statement {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Stood => "saoma-audit-checkpoint-v1",
            Self::Cut => "saoma-audit-cut-v1",
        }
    }
}

/// A signed place in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The stream.
    pub stream: String,
    /// The place.
    pub mark: Mark,
    /// When it was signed: every row up to the place is older.
    pub at: Timestamp,
    /// `<key id>.<86 characters>`.
    pub signature: String,
}

/// The text is not a checkpoint's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a checkpoint as it was printed")]
pub struct NotACheckpoint;

impl Checkpoint {
    /// Signs a place.
    pub fn sign(
        keyring: &Keyring,
        says: Statement,
        stream: &str,
        mark: &Mark,
        at: Timestamp,
    ) -> Option<Self> {
        let key_id = keyring.active_id();
        let signature = key_pair(keyring, key_id)?.sign(text(says, stream, mark, at).as_bytes());
        let signature = format!("{key_id}.{}", URL_SAFE_NO_PAD.encode(signature));
        Some(Self { stream: stream.to_owned(), mark: mark.clone(), at, signature })
    }

    /// Whether a key of the keyring has signed exactly this.
    pub fn is_signed(&self, keyring: &Keyring, says: Statement) -> bool {
        self.check(keyring, says).is_some()
    }

    fn check(&self, keyring: &Keyring, says: Statement) -> Option<()> {
        let (key_id, signature) = self.signature.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let pair = key_pair(keyring, key_id)?;
        let key = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref());
        key.verify(text(says, &self.stream, &self.mark, self.at).as_bytes(), &signature).ok()
    }

    /// The line to keep elsewhere: what is signed, a space, the signature.
    pub fn line(&self) -> String {
        format!("{} {}", text(Statement::Stood, &self.stream, &self.mark, self.at), self.signature)
    }

    /// Reads a line that was kept.
    pub fn parse(line: &str) -> Result<Self, NotACheckpoint> {
        let mut parts = line.split(' ');
        let mut next = || parts.next().ok_or(NotACheckpoint);
        if next()? != Statement::Stood.as_str() {
            return Err(NotACheckpoint);
        }
        let (stream, seq, until) = (next()?, next()?, next()?);
        let (at, mac, signature) = (next()?, next()?, next()?);
        let number = |text: &str| text.parse().map_err(|_| NotACheckpoint);
        let mark = Mark { seq: number(seq)?, mac: mac.to_owned(), until: Timestamp(number(until)?) };
        let (stream, signature) = (stream.to_owned(), signature.to_owned());
        let read = Self { stream, mark, at: Timestamp(number(at)?), signature };
        if parts.next().is_some() { Err(NotACheckpoint) } else { Ok(read) }
    }
}

/// What is signed. No part holds a space.
fn text(says: Statement, stream: &str, mark: &Mark, at: Timestamp) -> String {
    format!("{} {stream} {} {} {} {}", says.as_str(), mark.seq, mark.until.0, at.0, mark.mac)
}

fn key_pair(keyring: &Keyring, key_id: &str) -> Option<Ed25519KeyPair> {
    let seed = keyring.derive_by(key_id, PURPOSE, &["ed25519"])?;
    let seed = zeroize::Zeroizing::new(URL_SAFE_NO_PAD.decode(seed.expose()).ok()?);
    Ed25519KeyPair::from_seed_unchecked(&seed).ok()
}

/// The public key of the active key, as PEM: what `openssl pkeyutl -verify -rawin` takes.
pub fn public_key_pem(keyring: &Keyring) -> Option<String> {
    let pair = key_pair(keyring, keyring.active_id())?;
    let key = [SPKI_HEAD.as_slice(), pair.public_key().as_ref()].concat();
    Some(format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    fn ring(seed: u64) -> Keyring {
        Keyring::parse(&Keyring::generate(&SeededEntropy::new(seed))).unwrap()
    }

    fn mark() -> Mark {
        Mark { seq: 12, mac: "k0.abc".to_owned(), until: Timestamp(7) }
    }

    fn signed(keyring: &Keyring, says: Statement) -> Checkpoint {
        Checkpoint::sign(keyring, says, "admin", &mark(), Timestamp(99)).unwrap()
    }

    #[test]
    fn aud_04_a_checkpoint_holds_for_its_key_and_for_nothing_else() {
        let own = ring(1);
        let good = signed(&own, Statement::Stood);
        assert!(good.is_signed(&own, Statement::Stood));
        assert!(!good.is_signed(&own, Statement::Cut), "a checkpoint is no cut");
        assert!(!signed(&own, Statement::Cut).is_signed(&own, Statement::Stood));
        assert!(!good.is_signed(&ring(2), Statement::Stood));
        let changes: [fn(&mut Checkpoint); 6] = [
            |it| it.stream.push('x'),
            |it| it.mark.seq += 1,
            |it| it.mark.until.0 += 1,
            |it| it.mark.mac.push('x'),
            |it| it.at.0 += 1,
            |it| {
                it.signature
                    .replace_range(20..21, if it.signature.as_bytes()[20] == b'A' { "B" } else { "A" });
            },
        ];
        for change in changes {
            let mut other = good.clone();
            change(&mut other);
            assert!(!other.is_signed(&own, Statement::Stood), "{other:?}");
        }
    }

    #[test]
    fn aud_04_a_line_is_read_as_it_was_printed() {
        let good = signed(&ring(1), Statement::Stood);
        assert_eq!(Checkpoint::parse(&good.line()), Ok(good.clone()));
        let line = good.line();
        let cut = signed(&ring(1), Statement::Cut);
        let as_cut = line.replace("checkpoint", "cut");
        for bad in ["", "x", &line[5..], &format!("{line} x"), &as_cut, &line.replace(" 12 ", " 1x ")] {
            assert_eq!(Checkpoint::parse(bad), Err(NotACheckpoint), "{bad}");
        }
        assert_ne!(cut.signature, good.signature);
    }

    /// Somebody with the printed key and another library.
    #[test]
    fn aud_04_the_public_key_is_of_the_usual_form() {
        let pem = public_key_pem(&ring(1)).unwrap();
        let body = pem.lines().nth(1).unwrap();
        let bytes = STANDARD.decode(body).unwrap();
        assert_eq!((bytes.len(), &bytes[..12]), (44, SPKI_HEAD.as_slice()));
        assert_ne!(pem, public_key_pem(&ring(2)).unwrap());
    }
}
