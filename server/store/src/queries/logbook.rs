//! The logbook: pages of Logins, newest first, found by indexes however many there are.
//!
//! An index answers one Client or Provider at one stage, in the order of the list. A list over several of
//! them is read leg by leg, each no further than a page, and put together here.

use super::super::Db;
use super::rows::{CORRUPT, from_json, from_text, steps};
use super::schema::{logins, users};
use super::{Conn, Sql};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::dsl::{AsSelect, IntoBoxed, Select};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::id::LoginId;
use saoma_core::logbook::{Attempt, LogbookQuery, LogbookStore, LoginFilter, Named};
use saoma_core::login::{Reason, Stage};
use saoma_core::page::{MAX_PAGE, Page, PageRequest};
use saoma_core::{StoreError, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Of more legs than this the list is read through whole, by time.
const MOST_LEGS: usize = 40;
const ENDS: [Stage; 6] =
    [Stage::Redeemed, Stage::Denied, Stage::Expired, Stage::Cancelled, Stage::Conflict, Stage::Failed];

#[derive(Queryable, Selectable)]
#[diesel(table_name = logins, check_for_backend(Db))]
struct AttemptRow {
    id: String,
    client_id: String,
    provider: String,
    stage: String,
    version: i64,
    reason: Option<String>,
    requester: String,
    user_id: Option<String>,
    created_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    shown_at: Option<i64>,
    scanned_at: Option<i64>,
    confirmed_at: Option<i64>,
    vendor_answer: Option<String>,
}

type Boxed = IntoBoxed<'static, Select<logins::table, AsSelect<AttemptRow, Db>>, Db>;

/// By which column's index Logins are looked for. Other columns are written so that no index is thought
/// of for them: without statistics a database would only guess.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    User,
    Address,
    Reason,
    Legs,
    Browser,
    Time,
}

impl Lead {
    fn of(query: &LogbookQuery) -> Self {
        let filter = &query.filter;
        if filter.user.is_some() {
            Self::User
        } else if filter.address.as_ref().is_some_and(|block| block.is_single()) {
            Self::Address
        } else if filter.reason.is_some() {
            Self::Reason
        } else if filter.client.is_some()
            || filter.provider.is_some()
            || filter.wanted_stages().is_some()
            || query.within.is_some()
        {
            Self::Legs
        } else if filter.browser.is_some() {
            Self::Browser
        } else {
            Self::Time
        }
    }
}

/// A part of a list that one index has in order.
#[derive(Clone)]
struct Leg {
    client: Option<String>,
    /// One end, or all that have not ended.
    end: Option<Stage>,
}

/// None when the list has to be read through by time.
fn legs(query: &LogbookQuery) -> Option<Vec<Leg>> {
    let client = query.filter.client.as_ref();
    let clients: Vec<Option<String>> = match (client, &query.within) {
        (Some(client), _) => vec![Some(client.to_string())],
        (None, Some(own)) => own.iter().map(|client| Some(client.to_string())).collect(),
        (None, None) => vec![None],
    };
    let wanted = query.filter.wanted_stages();
    let wants = |stage: &Stage| wanted.as_ref().is_none_or(|wanted| wanted.contains(stage));
    let goes_on = Stage::ALL.iter().filter(|stage| !stage.is_end()).any(wants);
    // What goes on first: a Login that ends meanwhile is then met twice, not missed.
    let ends = goes_on.then_some(None).into_iter().chain(ENDS.into_iter().filter(|end| wants(end)).map(Some));
    let all: Vec<Leg> =
        ends.flat_map(|end| clients.iter().map(move |client| Leg { client: client.clone(), end })).collect();
    (all.len() <= MOST_LEGS).then_some(all)
}

/// What a Login must be to be listed, but for what a leg says of it.
fn filtered(query: &LogbookQuery, lead: Lead) -> Boxed {
    let LoginFilter { client, provider, reason, user, address, browser, from, until, .. } = &query.filter;
    let mut rows: Boxed = logins::table.select(AttemptRow::as_select()).into_boxed();
    if let Some(user) = user {
        rows = rows.filter(logins::user_id.eq(user.to_string()));
    }
    if let Some(block) = address {
        let (low, high) = block.keys();
        rows = match (block.is_single(), lead) {
            (true, Lead::Address) => rows.filter(logins::address_key.eq(low)),
            _ => rows.filter(logins::address_key.concat("").between(low, high)),
        };
    }
    if let Some(reason) = reason {
        let reason = reason.as_str();
        rows = match lead {
            Lead::Reason => rows.filter(logins::reason.eq(reason)),
            _ => rows.filter(logins::reason.concat("").eq(reason)),
        };
    }
    if let Some(browser) = browser.clone() {
        rows = match lead {
            Lead::Browser => rows.filter(logins::browser.eq(browser)),
            _ => rows.filter(logins::browser.concat("").eq(browser)),
        };
    }
    if let Some(provider) = provider {
        let provider = provider.to_string();
        rows = match (lead, client) {
            (Lead::Legs, None) if query.within.is_none() => rows.filter(logins::provider.eq(provider)),
            _ => rows.filter(logins::provider.concat("").eq(provider)),
        };
    }
    if let Some(from) = from {
        rows = rows.filter(logins::created_at.ge(from.0));
    }
    if let Some(until) = until {
        rows = rows.filter(logins::created_at.le(until.0));
    }
    rows
}

/// The Logins of a leg.
fn leg_of(mut rows: Boxed, leg: Leg, wanted: Option<&BTreeSet<Stage>>) -> Boxed {
    if let Some(client) = leg.client {
        rows = rows.filter(logins::client_id.eq(client));
    }
    match (leg.end, wanted) {
        (Some(end), _) => rows.filter(logins::ended_at.is_not_null()).filter(logins::stage.eq(end.as_str())),
        (None, None) => rows.filter(logins::ended_at.is_null()),
        (None, Some(wanted)) => rows.filter(logins::ended_at.is_null()).filter(is_at(wanted)),
    }
}

fn is_at(
    stages: &BTreeSet<Stage>,
) -> diesel::dsl::EqAny<diesel::dsl::Concat<logins::stage, &'static str>, Vec<&'static str>> {
    logins::stage.concat("").eq_any(stages.iter().map(|stage| stage.as_str()).collect::<Vec<_>>())
}

/// The same Logins, without legs.
fn unled(mut rows: Boxed, query: &LogbookQuery) -> Boxed {
    if let Some(client) = &query.filter.client {
        rows = rows.filter(logins::client_id.concat("").eq(client.to_string()));
    }
    if let Some(own) = &query.within {
        let own: Vec<String> = own.iter().map(ToString::to_string).collect();
        rows = rows.filter(logins::client_id.concat("").eq_any(own));
    }
    match query.filter.wanted_stages() {
        Some(wanted) => rows.filter(is_at(&wanted)),
        None => rows,
    }
}

/// A mark is `<created_at>.<id>` of the last Login shown.
fn read_mark(mark: &str) -> Option<(i64, String)> {
    let (at, id) = mark.split_once('.')?;
    Some((at.parse().ok()?, id.to_owned()))
}

impl Sql {
    async fn attempts(&self, query: &LogbookQuery, page: &PageRequest) -> Result<Page<Attempt>, Failure> {
        let nothing = Page { items: Vec::new(), next: None };
        let out_of_reach =
            |own: &BTreeSet<_>| query.filter.client.as_ref().is_some_and(|one| !own.contains(one));
        if query.within.as_ref().is_some_and(out_of_reach) {
            return Ok(nothing);
        }
        let mark = match page.after.as_deref().map(read_mark) {
            Some(None) => return Ok(nothing),
            mark => mark.flatten(),
        };
        let limit = usize::from(page.limit.clamp(1, MAX_PAGE));
        let mut conn = self.reader().await?;
        let mut rows = BTreeMap::new();
        for part in parts(query) {
            // One more than asked for tells whether there is another page.
            for row in read(&mut conn, part, mark.clone(), limit + 1).await? {
                rows.insert((row.created_at, row.id.clone()), row);
            }
        }
        let more = rows.len() > limit;
        let rows: Vec<AttemptRow> = rows.into_values().rev().take(limit).collect();
        let next = rows.last().filter(|_| more).map(|row| format!("{}.{}", row.created_at, row.id));
        let names = names(&mut conn, &rows).await?;
        let items = rows.into_iter().map(|row| row.attempt(&names)).collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }

    async fn attempt(&self, id: &LoginId) -> Result<Option<Attempt>, Failure> {
        let mut conn = self.reader().await?;
        let row = logins::table.find(id.as_str()).select(AttemptRow::as_select());
        let Some(row) = row.get_result(&mut conn).await.optional()? else { return Ok(None) };
        let rows = [row];
        let names = names(&mut conn, &rows).await?;
        let [row] = rows;
        row.attempt(&names).map(Some)
    }
}

/// The queries whose rows make the list together.
fn parts(query: &LogbookQuery) -> Vec<Boxed> {
    let lead = Lead::of(query);
    let wanted = query.filter.wanted_stages();
    match (lead, legs(query)) {
        (Lead::Legs, Some(legs)) => {
            legs.into_iter().map(|leg| leg_of(filtered(query, lead), leg, wanted.as_ref())).collect()
        }
        (Lead::Legs, None) => vec![unled(filtered(query, Lead::Time), query)],
        _ => vec![unled(filtered(query, lead), query)],
    }
}

async fn read(
    conn: &mut Conn,
    mut rows: Boxed,
    mark: Option<(i64, String)>,
    limit: usize,
) -> Result<Vec<AttemptRow>, Failure> {
    if let Some((at, id)) = mark {
        rows = rows.filter(logins::created_at.le(at)).filter(logins::created_at.lt(at).or(logins::id.lt(id)));
    }
    let ordered = rows.order((logins::created_at.desc(), logins::id.desc()));
    Ok(ordered.limit(i64::try_from(limit).unwrap_or(i64::MAX)).load(conn).await?)
}

/// What the Users of these Logins are called now.
async fn names(conn: &mut Conn, rows: &[AttemptRow]) -> Result<BTreeMap<String, Option<String>>, Failure> {
    let ids: BTreeSet<&String> = rows.iter().filter_map(|row| row.user_id.as_ref()).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let named = users::table.filter(users::id.eq_any(ids)).select((users::id, users::name));
    let named: Vec<(String, Option<String>)> = named.load(conn).await?;
    Ok(named.into_iter().collect())
}

impl AttemptRow {
    fn attempt(self, names: &BTreeMap<String, Option<String>>) -> Result<Attempt, Failure> {
        let reason = self.reason.as_deref().map(|word| Reason::parse(word).ok_or(CORRUPT));
        let named = |id: &String| {
            Ok::<_, Failure>(Named { id: from_text(id)?, name: names.get(id).cloned().flatten() })
        };
        Ok(Attempt {
            user: self.user_id.as_ref().map(named).transpose()?,
            id: from_text(&self.id)?,
            client: from_text(&self.client_id)?,
            provider: from_text(&self.provider)?,
            stage: Stage::parse(&self.stage).ok_or(CORRUPT)?,
            reason: reason.transpose()?,
            requester: from_json(&self.requester)?,
            begun_at: Timestamp(self.created_at),
            steps: steps(self.shown_at, self.scanned_at, self.confirmed_at),
            ended_at: self.ended_at.map(Timestamp),
            expires_at: Timestamp(self.expires_at),
            vendor_answer: self.vendor_answer.as_deref().map(from_json).transpose()?,
            version: self.version,
        })
    }
}

#[async_trait]
impl LogbookStore for Sql {
    async fn list_attempts(
        &self,
        query: &LogbookQuery,
        page: &PageRequest,
    ) -> Result<Page<Attempt>, StoreError> {
        Ok(self.attempts(query, page).await?)
    }

    async fn find_attempt(&self, id: &LoginId) -> Result<Option<Attempt>, StoreError> {
        Ok(self.attempt(id).await?)
    }
}
