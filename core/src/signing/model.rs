//! A signing key, and how it stands at a moment.
//!
//! Whoever checks our signatures may keep the list of public keys for a day. So a key is in the list for longer
//! than that before it signs, and stays in it when another has taken over, as long as anything it signed can be
//! shown to us.

use super::Algorithm;
use crate::Timestamp;

/// Seconds that a key is published before it signs: two days.
pub const PUBLISHED_SECONDS: i64 = 2 * 86_400;
/// Seconds that a key signs: ninety days.
pub const LIFE_SECONDS: i64 = 90 * 86_400;
/// Seconds that a key stays when the next one signs: thirty days, longer than any session, so that the hint
/// with which a website logs somebody out can still be checked.
pub const KEPT_SECONDS: i64 = 30 * 86_400;

/// A key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Thumbprint of the public part (RFC 7638).
    pub kid: String,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// The how manieth of its algorithm; two nodes cannot make the same one.
    pub serial: i64,
    /// PKCS#8, sealed.
    pub private: String,
    /// The public part, a JWK as JSON.
    pub public: String,
    /// When it was made, and published.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub signs_from: Timestamp,
}

/// How a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Published, not in use yet.
    Coming,
    /// It signs.
    Signing,
    /// Another signs; what this one signed can still be checked.
    Leaving,
}

impl KeyState {
    /// Its name in API, pages and command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Coming => "coming",
            Self::Signing => "signing",
            Self::Leaving => "leaving",
        }
    }
}

/// What is to be done about the keys of one algorithm.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// A key that signs from then on.
    Make(Timestamp),
    /// Nothing.
    Nothing,
}

/// Which key signs now: the newest of those that may.
pub(super) fn signing<'a, K: 'a>(
    keys: impl IntoIterator<Item = &'a K>,
    key_of: impl Fn(&K) -> &SigningKey,
    (algorithm, now): (Algorithm, Timestamp),
) -> Option<&'a K> {
    let may = |key: &SigningKey| key.algorithm == algorithm && key.signs_from <= now;
    let may = keys.into_iter().filter(|key| may(key_of(key)));
    may.max_by_key(|key| key_of(key).serial)
}

/// How this key of these stands.
pub(super) fn state_of(keys: &[SigningKey], key: &SigningKey, now: Timestamp) -> KeyState {
    match signing(keys, |key| key, (key.algorithm, now)) {
        Some(signing) if signing.kid == key.kid => KeyState::Signing,
        Some(signing) if signing.serial > key.serial => KeyState::Leaving,
        _ => KeyState::Coming,
    }
}

/// The first key signs at once, there being nobody who knows another; each further one is published in time.
pub(super) fn due(keys: &[SigningKey], algorithm: Algorithm, now: Timestamp) -> Due {
    let newest = keys.iter().filter(|key| key.algorithm == algorithm).max_by_key(|key| key.serial);
    let Some(newest) = newest else { return Due::Make(now) };
    let end = newest.signs_from.plus_seconds(LIFE_SECONDS);
    let publish = end.plus_seconds(-PUBLISHED_SECONDS);
    if now < publish { Due::Nothing } else { Due::Make(end.max(now.plus_seconds(PUBLISHED_SECONDS))) }
}

/// The same for who would rather not wait: nothing while a key waits for its time already.
pub(super) fn due_early(keys: &[SigningKey], algorithm: Algorithm, now: Timestamp) -> Due {
    let newest = keys.iter().filter(|key| key.algorithm == algorithm).max_by_key(|key| key.serial);
    match newest {
        None => Due::Make(now),
        Some(newest) if newest.signs_from > now => Due::Nothing,
        Some(_) => Due::Make(now.plus_seconds(PUBLISHED_SECONDS)),
    }
}

/// Keys that nothing needs any more.
pub(super) fn outlived(keys: &[SigningKey], now: Timestamp) -> Vec<&SigningKey> {
    let next_of = |key: &SigningKey| {
        let later = keys.iter().filter(|next| next.algorithm == key.algorithm && next.serial > key.serial);
        later.min_by_key(|next| next.serial).map(|next| next.signs_from)
    };
    let is_outlived =
        |key: &&SigningKey| next_of(key).is_some_and(|next| next.plus_seconds(KEPT_SECONDS) <= now);
    keys.iter().filter(is_outlived).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn key(serial: i64, created: i64, signs: i64) -> SigningKey {
        SigningKey {
            kid: format!("k{serial}"),
            algorithm: Algorithm::Es256,
            serial,
            private: String::new(),
            public: String::new(),
            created_at: day(created),
            signs_from: day(signs),
        }
    }

    fn day(day: i64) -> Timestamp {
        Timestamp(0).plus_seconds(day * DAY)
    }

    /// Lives through these days, a look every hour; gives what was made and removed, by the day.
    fn live(mut keys: Vec<SigningKey>, days: i64) -> Vec<SigningKey> {
        let mut all = keys.clone();
        for hour in 0..days * 24 {
            let now = Timestamp(0).plus_seconds(hour * 3600);
            let gone: Vec<_> = outlived(&keys, now).into_iter().map(|key| key.kid.clone()).collect();
            keys.retain(|key| !gone.contains(&key.kid));
            if let Due::Make(signs_from) = due(&keys, Algorithm::Es256, now) {
                let serial = keys.iter().map(|key| key.serial).max().unwrap_or(0) + 1;
                let made = SigningKey { created_at: now, signs_from, ..key(serial, 0, 0) };
                keys.push(made.clone());
                all.push(made);
            }
            assert!(
                signing(&keys, |key| key, (Algorithm::Es256, now)).is_some(),
                "nobody signs at hour {hour}"
            );
        }
        all
    }

    #[test]
    fn op_08_each_key_is_published_a_day_and_more_before_it_signs() {
        let all = live(Vec::new(), 400);
        assert_eq!(all.len(), 5);
        assert_eq!(all[0].signs_from, all[0].created_at, "the first one signs at once");
        for key in &all[1..] {
            assert!(key.signs_from.0 - key.created_at.0 >= DAY * 1000, "{key:?}");
        }
        for pair in all.windows(2) {
            assert_eq!(pair[1].signs_from.0 - pair[0].signs_from.0, LIFE_SECONDS * 1000);
        }
    }

    #[test]
    fn op_08_a_key_stays_until_the_last_token_dies() {
        let keys = [key(1, 0, 0), key(2, 88, 90)];
        assert!(outlived(&keys, day(119)).is_empty());
        assert_eq!(outlived(&keys, day(120)), [&keys[0]]);
        let states = |now| [&keys[0], &keys[1]].map(|key| state_of(&keys, key, day(now)));
        assert_eq!(states(89), [KeyState::Signing, KeyState::Coming]);
        assert_eq!(states(90), [KeyState::Leaving, KeyState::Signing]);
    }

    #[test]
    fn after_a_long_standstill_the_next_key_is_still_published_first() {
        let keys = [key(1, 0, 0)];
        assert_eq!(due(&keys, Algorithm::Es256, day(87)), Due::Nothing);
        assert_eq!(due(&keys, Algorithm::Es256, day(88)), Due::Make(day(90)));
        assert_eq!(due(&keys, Algorithm::Es256, day(500)), Due::Make(day(502)));
        assert_eq!(due(&keys, Algorithm::EdDsa, day(1)), Due::Make(day(1)), "each algorithm has its own");
    }
}
