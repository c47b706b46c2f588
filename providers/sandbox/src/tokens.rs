//! Access tokens: two slots per app that know nothing of each other, overlap, expiry, forced refresh, revocation.
//! It decides what a token is worth; who may ask for one is decided in `vendor::token`.

use std::collections::HashMap;

use serde::Deserialize;

use crate::clock::Moment;
use crate::recent::Recent;

/// How long a token lives.
pub(crate) const LIFE_SECONDS: i64 = 7200;
/// How long an old token goes on beside its successor; also when the stable call renews.
const OVERLAP_SECONDS: i64 = 300;
/// Forced refreshes closer together than this refresh nothing.
const FORCE_PAUSE_SECONDS: i64 = 30;
/// After a revocation one refresh is needed; more within this time are waste.
const REFRESH_WATCH_SECONDS: i64 = 60;
const REMEMBERED: usize = 20_000;

/// Which of the two calls a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Slot {
    Token,
    Stable,
}

/// What a presented token turns out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Good { appid: String },
    Expired { appid: String },
    NotLatest { appid: String },
    Unknown,
    Malformed,
}

/// What a token call hands out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Handed {
    pub(crate) token: String,
    pub(crate) expires_in: i64,
    /// More than one call after a revocation, which a careful caller never needs.
    pub(crate) refreshed_again: bool,
}

struct Issued {
    appid: String,
    slot: Slot,
    expires: Moment,
    retired: Option<Moment>,
}

#[derive(Default)]
struct SlotState {
    current: Option<(String, Moment)>,
    forced: Option<Moment>,
    /// Set by a revocation, cleared when the watch is over.
    revoked: Option<Revoked>,
}

struct Revoked {
    first_refresh: Option<Moment>,
}

/// All tokens ever handed out, as far as remembered.
pub(crate) struct Tokens {
    issued: Recent<String, Issued>,
    slots: HashMap<(String, Slot), SlotState>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self { issued: Recent::new(REMEMBERED), slots: HashMap::new() }
    }
}

impl Tokens {
    /// `cgi-bin/token`: always a new token; the one before goes on for five minutes.
    pub(crate) fn fresh(&mut self, appid: &str, now: Moment, new: String) -> Handed {
        let refreshed_again = self.watch(appid, Slot::Token, now);
        if let Some((old, _)) = self.slot(appid, Slot::Token).current.clone() {
            self.retire(&old, now.plus_seconds(OVERLAP_SECONDS));
        }
        self.issue(appid, Slot::Token, now, new, refreshed_again)
    }

    /// `stable_token`, normal mode: the same token, a new one beside it in its last five minutes.
    pub(crate) fn stable(&mut self, appid: &str, now: Moment, new: String) -> Handed {
        let refreshed_again = self.watch(appid, Slot::Stable, now);
        match self.slot(appid, Slot::Stable).current.clone() {
            Some((token, expires)) if now.seconds_until(expires) >= OVERLAP_SECONDS => {
                Handed { token, expires_in: now.seconds_until(expires), refreshed_again }
            }
            _ => self.issue(appid, Slot::Stable, now, new, refreshed_again),
        }
    }

    /// Whether a forced refresh now would be ignored for coming too soon.
    pub(crate) fn force_too_soon(&mut self, appid: &str, now: Moment) -> bool {
        let last = self.slot(appid, Slot::Stable).forced;
        last.is_some_and(|last| now < last.plus_seconds(FORCE_PAUSE_SECONDS))
    }

    /// `stable_token` with `force_refresh`: the old token dies at once.
    pub(crate) fn forced(&mut self, appid: &str, now: Moment, new: String) -> Handed {
        let refreshed_again = self.watch(appid, Slot::Stable, now);
        let slot = self.slot(appid, Slot::Stable);
        slot.forced = Some(now);
        slot.current = None;
        self.retire_all(appid, Slot::Stable, now);
        self.issue(appid, Slot::Stable, now, new, refreshed_again)
    }

    /// Kills every token of a slot, as when somebody else refreshed it; tells how many died.
    pub(crate) fn revoke(&mut self, appid: &str, slot: Slot, now: Moment) -> usize {
        let state = self.slot(appid, slot);
        state.current = None;
        state.revoked = Some(Revoked { first_refresh: None });
        self.retire_all(appid, slot, now)
    }

    pub(crate) fn standing(&self, token: &str, now: Moment) -> Standing {
        let Some(issued) = self.issued.get(&token.to_owned()) else {
            return if looks_like_a_token(token) { Standing::Unknown } else { Standing::Malformed };
        };
        let appid = issued.appid.clone();
        match issued.retired {
            Some(at) if at <= now && at < issued.expires => Standing::NotLatest { appid },
            _ if issued.expires <= now => Standing::Expired { appid },
            _ => Standing::Good { appid },
        }
    }

    fn slot(&mut self, appid: &str, slot: Slot) -> &mut SlotState {
        self.slots.entry((appid.to_owned(), slot)).or_default()
    }

    fn issue(&mut self, appid: &str, slot: Slot, now: Moment, new: String, refreshed_again: bool) -> Handed {
        let expires = now.plus_seconds(LIFE_SECONDS);
        let issued = Issued { appid: appid.to_owned(), slot, expires, retired: None };
        self.issued.insert(new.clone(), issued);
        self.slot(appid, slot).current = Some((new.clone(), expires));
        Handed { token: new, expires_in: LIFE_SECONDS, refreshed_again }
    }

    fn retire(&mut self, token: &str, at: Moment) {
        if let Some(issued) = self.issued.get_mut(&token.to_owned()) {
            issued.retired = Some(issued.retired.map_or(at, |before| before.min(at)));
        }
    }

    fn retire_all(&mut self, appid: &str, slot: Slot, now: Moment) -> usize {
        let alive = |issued: &&mut Issued| {
            issued.appid == appid
                && issued.slot == slot
                && issued.expires > now
                && issued.retired.is_none_or(|at| at > now)
        };
        self.issued.values_mut().filter(alive).map(|issued| issued.retired = Some(now)).count()
    }

    fn watch(&mut self, appid: &str, slot: Slot, now: Moment) -> bool {
        let state = self.slot(appid, slot);
        let Some(revoked) = &mut state.revoked else { return false };
        match revoked.first_refresh {
            None => {
                revoked.first_refresh = Some(now);
                false
            }
            Some(first) if now < first.plus_seconds(REFRESH_WATCH_SECONDS) => true,
            Some(_) => {
                state.revoked = None;
                false
            }
        }
    }
}

fn looks_like_a_token(text: &str) -> bool {
    let Some((number, rest)) = text.split_once('_') else { return false };
    !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && rest.len() >= 100
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn good() -> Standing {
        Standing::Good { appid: "wx1".to_owned() }
    }

    fn old(state: fn(String) -> Standing) -> Standing {
        state("wx1".to_owned())
    }

    #[test]
    fn plain_call_replaces_and_overlaps_for_five_minutes() {
        let (mut tokens, now) = (Tokens::default(), Clock::default().now());
        tokens.fresh("wx1", now, "a".to_owned());
        tokens.fresh("wx1", now, "b".to_owned());
        assert_eq!(tokens.standing("a", now.plus_seconds(299)), good());
        let later = now.plus_seconds(300);
        assert_eq!(tokens.standing("a", later), old(|appid| Standing::NotLatest { appid }));
        assert_eq!(tokens.standing("b", later), good());
        assert_eq!(tokens.standing("b", now.plus_seconds(7200)), old(|appid| Standing::Expired { appid }));
    }

    #[test]
    fn stable_call_repeats_then_renews_in_the_last_five_minutes() {
        let (mut tokens, now) = (Tokens::default(), Clock::default().now());
        assert_eq!(tokens.stable("wx1", now, "a".to_owned()).expires_in, 7200);
        let again = tokens.stable("wx1", now.plus_seconds(6900), "b".to_owned());
        assert_eq!((again.token.as_str(), again.expires_in), ("a", 300));
        let late = now.plus_seconds(6901);
        let renewed = tokens.stable("wx1", late, "b".to_owned());
        assert_eq!((renewed.token.as_str(), renewed.expires_in), ("b", 7200));
        assert_eq!([tokens.standing("a", late), tokens.standing("b", late)], [good(), good()]);
    }

    #[test]
    fn slots_are_isolated() {
        let (mut tokens, now) = (Tokens::default(), Clock::default().now());
        tokens.stable("wx1", now, "s".to_owned());
        tokens.fresh("wx1", now, "t".to_owned());
        assert_eq!(tokens.revoke("wx1", Slot::Token, now), 1);
        assert_eq!(tokens.standing("s", now), good());
        assert_eq!(tokens.standing("t", now), old(|appid| Standing::NotLatest { appid }));
    }

    #[test]
    fn force_kills_the_old_at_once_and_needs_a_pause() {
        let (mut tokens, now) = (Tokens::default(), Clock::default().now());
        tokens.stable("wx1", now, "a".to_owned());
        assert!(!tokens.force_too_soon("wx1", now));
        tokens.forced("wx1", now, "b".to_owned());
        assert_eq!(tokens.standing("a", now), old(|appid| Standing::NotLatest { appid }));
        assert!(tokens.force_too_soon("wx1", now.plus_seconds(29)));
        assert!(!tokens.force_too_soon("wx1", now.plus_seconds(30)));
    }

    #[test]
    fn a_second_refresh_after_a_revocation_is_noticed() {
        let (mut tokens, now) = (Tokens::default(), Clock::default().now());
        tokens.stable("wx1", now, "a".to_owned());
        tokens.revoke("wx1", Slot::Stable, now);
        assert!(!tokens.stable("wx1", now, "b".to_owned()).refreshed_again);
        assert!(tokens.stable("wx1", now.plus_seconds(59), "c".to_owned()).refreshed_again);
        assert!(!tokens.stable("wx1", now.plus_seconds(60), "c".to_owned()).refreshed_again);
    }

    #[test]
    fn shape_tells_unknown_from_malformed() {
        let (tokens, now) = (Tokens::default(), Clock::default().now());
        assert_eq!(tokens.standing("nonsense", now), Standing::Malformed);
        assert_eq!(tokens.standing(&format!("91_{}", "x".repeat(137)), now), Standing::Unknown);
    }
}
