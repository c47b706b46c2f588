//! The logbook: pages of Logins, newest first, in bounded time however many there are.
//!
//! Where something is left over that no index answers, only so many Logins are looked at for one page: it
//! may then hold fewer than asked for, and its mark tells from where to look on.

use super::logbook_parts::Part;
use super::logbook_rows::AttemptRow;
use super::schema::{logins, users};
use super::{Conn, Sql};
use crate::error::Failure;
use crate::prepared::PlannedAnew;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::StoreError;
use saoma_core::id::LoginId;
use saoma_core::logbook::{Attempt, LogbookQuery, LogbookStore, LoginFilter};
use saoma_core::page::{MAX_PAGE, Page, PageRequest};
use std::collections::{BTreeMap, BTreeSet};

/// Logins looked at in one window, all parts together.
const WINDOW: i64 = 10_000;
/// Windows of one page.
const WINDOWS: usize = 3;

/// Everything newer than this has been seen: `<created_at>.<id>` of the last Login, the id empty for a whole
/// millisecond.
#[derive(Clone)]
struct Mark {
    at: i64,
    id: String,
}

impl Mark {
    fn read(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        Some(Self { at: at.parse().ok()?, id: id.to_owned() })
    }
}

type Rows = BTreeMap<(i64, String), AttemptRow>;

/// The rows of a part within the times asked for, by this expression for their beginning.
macro_rules! in_order {
    ($rows:expr, $began:expr, $filter:expr, $mark:expr, $floor:expr) => {{
        let mut rows = $rows;
        if let Some(from) = $filter.from.map(|from| from.0).max($floor) {
            rows = rows.filter($began.ge(from));
        }
        if let Some(until) = $filter.until {
            rows = rows.filter($began.le(until.0));
        }
        if let Some(Mark { at, id }) = $mark.cloned() {
            rows = rows.filter($began.le(at)).filter($began.lt(at).or(logins::id.lt(id)));
        }
        rows.order(($began.desc(), logins::id.desc()))
    }};
}

impl Sql {
    async fn attempts(&self, query: &LogbookQuery, page: &PageRequest) -> Result<Page<Attempt>, Failure> {
        let nothing = Page { items: Vec::new(), next: None };
        let out_of_reach =
            |own: &BTreeSet<_>| query.filter.client.as_ref().is_some_and(|one| !own.contains(one));
        if query.within.as_ref().is_some_and(out_of_reach) {
            return Ok(nothing);
        }
        let mut mark = match page.after.as_deref().map(Mark::read) {
            Some(None) => return Ok(nothing),
            mark => mark.flatten(),
        };
        let limit = usize::from(page.limit.clamp(1, MAX_PAGE));
        let mut conn = self.reader().await?;
        let mut rows = Rows::new();
        let mut floor = None;
        for _ in 0..WINDOWS {
            let (found, seen_to) = window(&mut conn, query, mark.as_ref(), limit).await?;
            rows.extend(found);
            floor = seen_to;
            let Some(at) = floor.filter(|_| rows.len() <= limit) else { break };
            mark = Some(Mark { at, id: String::new() });
        }
        // One more than asked for tells that there is another page.
        let more = rows.len() > limit;
        let rows: Vec<AttemptRow> = rows.into_values().rev().take(limit).collect();
        let last = rows.last().filter(|_| more).map(|row| format!("{}.{}", row.created_at, row.id));
        let next = last.or_else(|| floor.map(|at| format!("{at}.")));
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

/// What is found after the mark, and down to which moment nothing was passed over; none for all.
async fn window(
    conn: &mut Conn,
    query: &LogbookQuery,
    mark: Option<&Mark>,
    limit: usize,
) -> Result<(Rows, Option<i64>), Failure> {
    let parts = Part::all(query);
    let size = WINDOW / i64::try_from(parts.len().max(1)).unwrap_or(1);
    let (mut rows, mut floor) = (Rows::new(), None);
    for part in parts {
        let low = if part.has_rest() { lowest(conn, &part, &query.filter, mark, size).await? } else { None };
        for row in read(conn, &part, &query.filter, mark, low, limit + 1).await? {
            rows.insert((row.created_at, row.id.clone()), row);
        }
        floor = floor.max(low);
    }
    // Another part has not been looked at so far down.
    rows.retain(|(at, _), _| floor.is_none_or(|floor| *at >= floor));
    Ok((rows, floor))
}

/// The beginning of the last Login of a window over what the leading condition finds.
async fn lowest(
    conn: &mut Conn,
    part: &Part<'_>,
    filter: &LoginFilter,
    mark: Option<&Mark>,
    size: i64,
) -> Result<Option<i64>, Failure> {
    // By nothing but their time, so that the index alone answers; that a millisecond may be seen again does
    // no harm.
    let highest = [filter.until.map(|until| until.0), mark.map(|mark| mark.at)];
    let mut led =
        part.led().filter(logins::created_at.le(highest.into_iter().flatten().min().unwrap_or(i64::MAX)));
    if let Some(from) = filter.from {
        led = led.filter(logins::created_at.ge(from.0));
    }
    let led = led.order(logins::created_at.desc()).select(logins::created_at);
    let lowest = PlannedAnew(led.limit(1).offset(size));
    let lowest: Vec<i64> = lowest.load(conn).await?;
    Ok(lowest.into_iter().next())
}

async fn read(
    conn: &mut Conn,
    part: &Part<'_>,
    filter: &LoginFilter,
    mark: Option<&Mark>,
    floor: Option<i64>,
    limit: usize,
) -> Result<Vec<AttemptRow>, Failure> {
    let rows = if part.goes_on() {
        in_order!(part.rows(), (logins::created_at + 0_i64), filter, mark, floor)
    } else {
        in_order!(part.rows(), logins::created_at, filter, mark, floor)
    };
    Ok(PlannedAnew(rows.limit(i64::try_from(limit).unwrap_or(i64::MAX))).load(conn).await?)
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
