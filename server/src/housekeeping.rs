//! What must happen although nobody asks: lapsed Logins end, hours are counted, old rows and quiet
//! limiters go.
//!
//! Each round is bounded; what is left waits for the next one.

use crate::guesses::Guesses;
use crate::http::{Admin, Problem, Public, SubjectLimit};
use crate::wire::Parts;
use saoma_core::audit::AuditKeeper;
use saoma_core::grant::GrantStore;
use saoma_core::logbook::LogbookRules;
use saoma_core::login::LoginStore;
use saoma_core::settings::SettingsCell;
use saoma_core::statistics::{StatisticsRules, StatisticsStore, roll_up};
use saoma_core::{StoreError, Timestamp};
use std::future::Future;
use std::sync::Arc;

const ROUND_SECONDS: i64 = 30;
/// Rows of one sort that one transaction touches.
const BATCH_ROWS: i64 = 500;
/// Logins left behind that one round finishes.
const LEFT_BEHIND_ROWS: i64 = 100;
/// Batches of one sort in one round: some thousand logins a second can be kept up with.
const ROUND_BATCHES: usize = 200;
/// Hours counted in one round: two days' backlog is done in one.
const ROUND_HOURS: usize = 48;
/// Cuts of the audit in one round, each of some ten thousand rows.
const CUTS_OF_A_ROUND: usize = 50;
/// Ended tokens stay an hour; they open nothing.
const KEEP_TOKENS_SECONDS: i64 = 3600;
/// A push is too old after five minutes; its note is kept for twice as long.
const KEEP_PUSH_NOTES_SECONDS: i64 = 600;

/// What housekeeping may enter.
pub(crate) struct Rooms {
    public: Arc<Public>,
    logins: Arc<dyn LoginStore>,
    statistics: Arc<dyn StatisticsStore>,
    grants: Arc<dyn GrantStore>,
    scan_limit: Arc<SubjectLimit>,
    admin: Arc<Admin>,
    guesses: Arc<Guesses>,
    keeper: Arc<AuditKeeper>,
    settings: Arc<SettingsCell>,
}

impl Rooms {
    pub(crate) fn of(parts: &Parts) -> Self {
        Self {
            public: Arc::clone(&parts.public),
            logins: Arc::clone(&parts.stores.logins),
            statistics: Arc::clone(&parts.stores.statistics),
            grants: Arc::clone(&parts.stores.grants),
            scan_limit: Arc::clone(&parts.scan_limit),
            admin: Arc::clone(&parts.admin),
            guesses: Arc::clone(&parts.guesses),
            keeper: Arc::clone(&parts.keeper),
            settings: Arc::clone(&parts.settings),
        }
    }
}

/// Rounds until the stop begins.
pub(crate) async fn run(rooms: Rooms) {
    let stopping = rooms.public.stopping();
    loop {
        let next = rooms.public.clock.now().plus_seconds(ROUND_SECONDS);
        tokio::select! {
            () = rooms.public.clock.sleep_until(next) => {}
            () = stopping.cancelled() => return,
        }
        if let Err(error) = round(&rooms).await {
            tracing::warn!(%error, "housekeeping could not finish its round");
        }
    }
}

async fn round(rooms: &Rooms) -> Result<(), StoreError> {
    let now: Timestamp = rooms.public.clock.now();
    rooms.public.limits.sweep(now);
    rooms.scan_limit.sweep();
    rooms.guesses.sweep();
    rooms.public.pending.sweep(now);
    finish_left_behind(rooms).await?;
    let lapsed = all_of(|| rooms.public.logins.sweep(BATCH_ROWS)).await?;
    rooms.public.logins.write_shown().await?;
    let logins = keep_logins(rooms, now).await?;
    let ended = now.plus_seconds(-KEEP_TOKENS_SECONDS);
    let tokens = all_of(|| rooms.grants.delete_ended_tokens(ended, BATCH_ROWS)).await?;
    let notes = now.plus_seconds(-KEEP_PUSH_NOTES_SECONDS);
    let notes = all_of(|| rooms.logins.delete_push_notes(notes, BATCH_ROWS)).await?;
    let sessions = rooms.admin.admins.delete_old_sessions().await?;
    let visits = all_of(|| rooms.public.openid.sessions.sweep(BATCH_ROWS)).await?;
    let asked = all_of(|| rooms.public.openid.authorizations.sweep(BATCH_ROWS)).await?;
    all_of(|| rooms.public.openid.assertions.sweep(BATCH_ROWS)).await?;
    let merges = all_of(|| rooms.admin.users.settle_old_merges(BATCH_ROWS)).await?;
    cut_audit(rooms, now).await?;
    // What another node changed holds here from now on.
    rooms.admin.house.load().await?;
    if let Err(error) = rooms.public.openid.signing.keep().await {
        tracing::error!(%error, "the signing keys could not be kept");
    }
    if lapsed + logins + tokens + notes + sessions + visits + asked + merges > 0 {
        tracing::debug!(lapsed, logins, tokens, notes, sessions, visits, asked, merges, "housekeeping");
    }
    Ok(())
}

/// The audit's rows that are too old, if there is such a thing.
async fn cut_audit(rooms: &Rooms, now: Timestamp) -> Result<(), StoreError> {
    let days = i64::from(rooms.settings.current().audit_retention_days);
    if days == 0 {
        return Ok(());
    }
    let limit = now.plus_seconds(-days * 24 * 3600);
    for _ in 0..CUTS_OF_A_ROUND {
        let rows = rooms.keeper.cut_before(limit).await?;
        if rows == 0 {
            break;
        }
        tracing::info!(rows, "old audit rows were deleted, up to a checkpoint");
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Ended Logins stay whole for a while, then in the logbook, then in the statistics only; the audit stays.
async fn keep_logins(rooms: &Rooms, now: Timestamp) -> Result<usize, StoreError> {
    let statistics = StatisticsRules::default();
    let rules = LogbookRules::keeping(rooms.settings.current().login_retention_days);
    let whole = now.plus_seconds(-rules.whole_seconds);
    let cleared = all_of(|| rooms.logins.clear_ended_logins(whole, BATCH_ROWS)).await?;
    let hours = roll_up(&*rooms.statistics, &statistics, now, ROUND_HOURS).await?;
    let kept = now.plus_seconds(-rules.kept_seconds);
    let deleted = all_of(|| rooms.logins.delete_cleared_logins(kept, BATCH_ROWS)).await?;
    let forgotten = now.plus_seconds(-statistics.kept_seconds);
    let forgotten = rooms.statistics.delete_hours(forgotten).await?;
    Ok(cleared + hours + deleted + forgotten)
}

/// Consents that a crash or a full queue left behind: few, and each asks the vendor.
async fn finish_left_behind(rooms: &Rooms) -> Result<(), StoreError> {
    let (seen, failures) = rooms.public.logins.resume_left_behind(LEFT_BEHIND_ROWS).await?;
    for failure in failures {
        drop(Problem::from(failure));
    }
    if seen > 0 {
        tracing::info!(seen, "logins that were left behind have been finished");
    }
    Ok(())
}

/// Batch after batch until one is not full; requests get their turn in between.
async fn all_of<F>(mut batch: impl FnMut() -> F) -> Result<usize, StoreError>
where
    F: Future<Output = Result<usize, StoreError>>,
{
    let mut done = 0;
    for _ in 0..ROUND_BATCHES {
        let rows = batch().await?;
        done += rows;
        if i64::try_from(rows).is_ok_and(|rows| rows < BATCH_ROWS) {
            break;
        }
        tokio::task::yield_now().await;
    }
    Ok(done)
}
