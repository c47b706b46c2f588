//! The app-token keeper of one instance: cached, minted once however many ask, refreshed early.
//!
//! Refuses to hammer: whoever waited for a mint that failed gets its failure, and for a second
//! after it nobody tries again. If the caller that mints goes away, the next in line takes over.

use saoma_core::provider::{AppToken, Host, Mint, Minted, ProviderError};
use saoma_core::{Clock, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// WeChat hands out a new token only in the last 300 s of the old one, and both work until its
/// end; ten seconds later is late enough to get a new one and early enough to use the old.
const REFRESH_BEFORE_END_S: u32 = 290;

/// A failed mint is the answer for this long.
const FAILURE_KEPT_MS: i64 = 1_000;

/// Keeps the token of one instance.
pub(crate) struct TokenKeeper {
    clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
    /// Held by whoever mints. Dropped with the caller, so a flight never outlives its passengers.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Memory {
    cached: Option<Cached>,
    failure: Option<Failure>,
    generation: u64,
    flights: u64,
}

struct Cached {
    token: AppToken,
    refresh_from: Timestamp,
    ends: Timestamp,
}

struct Failure {
    error: ProviderError,
    at: Timestamp,
    flight: u64,
}

enum Found {
    Fresh(AppToken),
    Aging(AppToken),
    Failed(ProviderError),
    Nothing,
}

impl TokenKeeper {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, memory: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// The token, or the reason why there is none.
    pub(crate) async fn get(&self, host: &dyn Host, mint: &dyn Mint) -> Result<AppToken, ProviderError> {
        let joined_after = self.memory().flights;
        match self.find(joined_after) {
            Found::Fresh(token) => return Ok(token),
            Found::Aging(token) => return Ok(self.refresh(token, host, mint).await),
            Found::Failed(error) => return Err(error),
            Found::Nothing => {}
        }
        let _turn = self.turn.lock().await;
        match self.find(joined_after) {
            Found::Fresh(token) | Found::Aging(token) => Ok(token),
            Found::Failed(error) => Err(error),
            Found::Nothing => self.mint(host, mint).await,
        }
    }

    /// Forgets the token the vendor refused, unless a newer one has taken its place.
    pub(crate) fn reject(&self, refused: &AppToken) {
        let mut memory = self.memory();
        if memory.cached.as_ref().is_some_and(|cached| cached.token.generation == refused.generation) {
            memory.cached = None;
        }
    }

    /// One caller fetches the next token; the others, and it too if that fails, use this one.
    async fn refresh(&self, aging: AppToken, host: &dyn Host, mint: &dyn Mint) -> AppToken {
        match self.turn.try_lock() {
            Ok(_turn) => self.mint(host, mint).await.unwrap_or(aging),
            Err(_) => aging,
        }
    }

    async fn mint(&self, host: &dyn Host, mint: &dyn Mint) -> Result<AppToken, ProviderError> {
        let asked_at = self.clock.now();
        let outcome = mint.mint(host).await;
        let mut memory = self.memory();
        memory.flights += 1;
        match outcome {
            Ok(minted) => Ok(memory.store(minted, asked_at)),
            Err(error) => {
                let (at, flight) = (self.clock.now(), memory.flights);
                memory.failure = Some(Failure { error: error.clone(), at, flight });
                Err(error)
            }
        }
    }

    fn find(&self, joined_after: u64) -> Found {
        let now = self.clock.now();
        let memory = self.memory();
        let failure = memory.failure.as_ref().filter(|f| f.flight > joined_after || f.is_recent(now));
        match (&memory.cached, failure) {
            (Some(cached), _) if now < cached.refresh_from => Found::Fresh(cached.token.clone()),
            // After a failed refresh the old token has a second's rest from further tries.
            (Some(cached), Some(_)) if now < cached.ends => Found::Fresh(cached.token.clone()),
            (Some(cached), None) if now < cached.ends => Found::Aging(cached.token.clone()),
            (_, Some(failure)) => Found::Failed(failure.error.clone()),
            (_, None) => Found::Nothing,
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    /// `from` is the moment before the vendor was asked: its count may have begun right then.
    fn store(&mut self, minted: Minted, from: Timestamp) -> AppToken {
        // The same token again keeps its number, so that a refusal of it still counts.
        let same = self.cached.as_ref().is_some_and(|old| old.token.value.same_as(minted.value.expose()));
        if !same {
            self.generation += 1;
        }
        let token = AppToken { value: minted.value, generation: self.generation };
        let lives = minted.expires_in;
        let early = if lives > REFRESH_BEFORE_END_S { REFRESH_BEFORE_END_S } else { lives / 2 };
        let refresh_from = from.plus_seconds(i64::from(lives - early));
        let ends = from.plus_seconds(i64::from(lives));
        self.cached = Some(Cached { token: token.clone(), refresh_from, ends });
        self.failure = None;
        token
    }
}

impl Failure {
    // A clock set back must not keep a failure alive.
    fn is_recent(&self, now: Timestamp) -> bool {
        self.at <= now && now < self.at.plus_millis(FAILURE_KEPT_MS)
    }
}

#[cfg(test)]
mod tests;
