//! Statistics: hours that are kept and Logins of hours that are not yet, counted together.
//!
//! `statistics_head.until` parts them. It moves in the transaction that keeps an hour, and only by whoever
//! finds it as they read it, so that an hour is kept once, whoever stops in the middle.

use super::super::Db;
use super::rows::from_json;
use super::schema::{login_hours, logins, statistics_head};
use super::statistics_rows::{GROUP, Group, HourRow, Key, SUMS, Sums};
use super::{Conn, Sql};
use crate::error::{Failure, unless_lost};
use crate::prepared::FirstRow;
use async_trait::async_trait;
use diesel::dsl::{exists, min};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use saoma_core::client::ClientId;
use saoma_core::login::{Reason, Stage};
use saoma_core::provider::ProviderSlug;
use saoma_core::statistics::{CountQuery, Counts, HOUR_MILLIS, LastSeen, StatisticsStore, Tally};
use saoma_core::{StoreError, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Hours not kept yet that one answer counts. More there are only before the first ones have been kept.
const LIVE_HOURS: usize = 72;

#[derive(QueryableByName)]
struct ByHour {
    #[diesel(sql_type = BigInt)]
    hour: i64,
    #[diesel(embed)]
    sums: Sums,
}

#[derive(QueryableByName)]
struct ByKey {
    #[diesel(sql_type = Text)]
    client_id: String,
    #[diesel(sql_type = Text)]
    provider: String,
    #[diesel(sql_type = Text)]
    browser: String,
    #[diesel(embed)]
    sums: Sums,
}

/// A span of time and whose Logins of it, as a condition with its values in order.
struct Span<'a> {
    column: &'static str,
    from: i64,
    until: i64,
    client: Option<&'a str>,
    provider: Option<&'a str>,
    within: Option<&'a BTreeSet<ClientId>>,
}

impl<'a> Span<'a> {
    fn of(query: &'a CountQuery, column: &'static str, from: i64, until: i64) -> Self {
        let client = query.client.as_ref().map(ClientId::as_str);
        let provider = query.provider.as_ref().map(ProviderSlug::as_str);
        Self { column, from, until, client, provider, within: query.within.as_ref() }
    }

    fn texts(&self) -> Vec<String> {
        let own = self.within.into_iter().flatten().map(ToString::to_string);
        self.client.into_iter().chain(self.provider).map(str::to_owned).chain(own).collect()
    }

    /// The numbers are ours; every text from outside is bound. What admins rehearse, and what people do at Saoma
    /// itself, is no login at a website.
    fn condition(&self) -> String {
        let Self { column, from, until, .. } = self;
        let ours = ClientId::OURS.join("', '");
        let span = format!("{column} >= {from} AND {column} < {until} AND client_id NOT IN ('{ours}')");
        let mut parts = vec![span];
        let mut bound = 0;
        let mut next = || {
            bound += 1;
            format!("${bound}")
        };
        if self.client.is_some() {
            parts.push(format!("client_id = {}", next()));
        }
        if self.provider.is_some() {
            parts.push(format!("provider = {}", next()));
        }
        if let Some(own) = self.within {
            let own: Vec<String> = own.iter().map(|_| next()).collect();
            // No Client at all: nothing is within reach.
            let list = if own.is_empty() { "NULL".to_owned() } else { own.join(", ") };
            parts.push(format!("client_id IN ({list})"));
        }
        parts.join(" AND ")
    }
}

/// A query by hand with its values; both databases read `$1`.
macro_rules! load {
    ($conn:expr, $sql:expr, $span:expr, $row:ty) => {{
        let bound = diesel::sql_query($sql).into_boxed::<Db>();
        let bound = $span.texts().into_iter().fold(bound, |query, text| query.bind::<Text, _>(text));
        let rows: Vec<$row> = bound.load($conn).await?;
        rows
    }};
}

impl Sql {
    async fn count(&self, query: &CountQuery) -> Result<Tally, Failure> {
        let mut conn = self.reader().await?;
        let conn: &mut Conn = &mut conn;
        let head: i64 = statistics_head::table.select(statistics_head::until).get_result(conn).await?;
        let (from, until) = (hour_of(query.from.0), query.until.0);
        let mut tally = Tally::default();
        if from < head {
            kept(conn, query, &mut tally, &Span::of(query, "hour", from, until.min(head))).await?;
        }
        let mut next = from.max(head);
        for _ in 0..LIVE_HOURS {
            let Some(hour) = first_hour(conn, next).await?.filter(|hour| *hour < until) else { break };
            next = hour + HOUR_MILLIS;
            let span = Span::of(query, "created_at", hour, next.min(until));
            for (key, counts) in alive(conn, &span).await? {
                *tally.hours.entry(Timestamp(hour)).or_default() += counts;
                if query.parts {
                    add_parts(&mut tally, key, counts);
                }
            }
        }
        Ok(tally)
    }

    async fn since(
        &self,
        since: Timestamp,
        within: Option<&BTreeSet<ClientId>>,
    ) -> Result<BTreeMap<String, Counts>, Failure> {
        let span = Span {
            column: "created_at",
            from: since.0,
            until: i64::MAX,
            client: None,
            provider: None,
            within,
        };
        let mut sums = BTreeMap::<String, Counts>::new();
        for (key, counts) in alive(&mut *self.reader().await?, &span).await? {
            *sums.entry(key.provider).or_default() += counts;
        }
        Ok(sums)
    }

    async fn last(
        &self,
        provider: &ProviderSlug,
        within: Option<&BTreeSet<ClientId>>,
    ) -> Result<LastSeen, Failure> {
        let mut conn = self.reader().await?;
        let own: Vec<String> = within.into_iter().flatten().map(ToString::to_string).collect();
        let everyone = within.is_none().into_sql::<diesel::sql_types::Bool>();
        let newest = |stage: Stage| {
            logins::table
                .filter(logins::provider.eq(provider.to_string()))
                .filter(logins::stage.eq(stage.as_str()))
                .filter(logins::ended_at.is_not_null())
                .filter(logins::client_id.concat("").eq_any(own.clone()).or(everyone))
                .order(logins::created_at.desc())
        };
        let ended = || logins::ended_at.assume_not_null();
        let good = FirstRow(newest(Stage::Redeemed).select(ended()));
        let success: Option<i64> = good.get_result(&mut conn).await.optional()?;
        let bad = newest(Stage::Failed).filter(logins::reason.concat("").eq(Reason::VendorFailed.as_str()));
        let bad = FirstRow(bad.select((ended(), logins::vendor_answer)));
        let failure: Option<(i64, Option<String>)> = bad.get_result(&mut conn).await.optional()?;
        let told = |(at, answer): (i64, Option<String>)| {
            let answer = answer.as_deref().map(from_json).transpose()?;
            Ok::<_, Failure>((Timestamp(at), answer))
        };
        Ok(LastSeen { success: success.map(Timestamp), failure: failure.map(told).transpose()? })
    }

    async fn keep(&self, settled: Timestamp) -> Result<Option<Timestamp>, Failure> {
        let done = write_tx!(self.writer().await?, |conn| {
            let head: i64 = statistics_head::table.select(statistics_head::until).get_result(conn).await?;
            let Some(hour) = first_hour(conn, head).await? else { return Ok(None) };
            let end = hour + HOUR_MILLIS;
            if end > settled.0 || goes_on(conn, hour, end).await? {
                return Ok(None);
            }
            let as_read = statistics_head::table.filter(statistics_head::until.eq(head));
            let moved = diesel::update(as_read).set(statistics_head::until.eq(end)).execute(conn).await?;
            if moved != 1 {
                return Err(Failure::LOST);
            }
            let all = Span {
                column: "created_at",
                from: hour,
                until: end,
                client: None,
                provider: None,
                within: None,
            };
            let rows: Vec<HourRow> = alive(conn, &all)
                .await?
                .into_iter()
                .map(|(key, counts)| HourRow::new(hour, key, &counts))
                .collect();
            insert_batch!(conn, login_hours::table, rows);
            Ok(Some(Timestamp(hour)))
        });
        Ok(unless_lost(done)?.flatten())
    }

    async fn delete_kept(&self, before: Timestamp) -> Result<usize, Failure> {
        write_tx!(self.single().await?, |conn| {
            let old = login_hours::table.filter(login_hours::hour.lt(before.0));
            Ok(diesel::delete(old).execute(conn).await?)
        })
    }
}

fn hour_of(moment: i64) -> i64 {
    moment.div_euclid(HOUR_MILLIS) * HOUR_MILLIS
}

/// The first hour from this moment on in which a Login began.
async fn first_hour(conn: &mut Conn, from: i64) -> Result<Option<i64>, Failure> {
    let first = logins::table.filter(logins::created_at.ge(from)).select(min(logins::created_at));
    Ok(first.get_result::<Option<i64>>(conn).await?.map(hour_of))
}

async fn goes_on(conn: &mut Conn, from: i64, until: i64) -> Result<bool, Failure> {
    let live = logins::table
        .filter(logins::ended_at.is_null())
        .filter(logins::created_at.ge(from))
        .filter(logins::created_at.lt(until));
    Ok(diesel::select(exists(live)).get_result(conn).await?)
}

/// Logins counted as they stand.
async fn alive(conn: &mut Conn, span: &Span<'_>) -> Result<BTreeMap<Key, Counts>, Failure> {
    let sql = format!("SELECT {GROUP} FROM logins WHERE {} GROUP BY 1, 2, 3, 4, 5, 6, 7", span.condition());
    let mut all = BTreeMap::<Key, Counts>::new();
    for group in load!(conn, sql, span, Group) {
        let (key, counts) = group.counted();
        *all.entry(key).or_default() += counts;
    }
    Ok(all)
}

async fn kept(
    conn: &mut Conn,
    query: &CountQuery,
    tally: &mut Tally,
    span: &Span<'_>,
) -> Result<(), Failure> {
    let condition = span.condition();
    let by = |keys: &str| format!("SELECT {SUMS}{keys} FROM login_hours WHERE {condition} GROUP BY {keys}");
    for ByHour { hour, sums } in load!(conn, by("hour"), span, ByHour) {
        *tally.hours.entry(Timestamp(hour)).or_default() += sums.into();
    }
    if query.parts {
        for ByKey { client_id, provider, browser, sums } in
            load!(conn, by("client_id, provider, browser"), span, ByKey)
        {
            add_parts(tally, Key { client: client_id, provider, browser }, sums.into());
        }
    }
    Ok(())
}

fn add_parts(tally: &mut Tally, key: Key, counts: Counts) {
    *tally.clients.entry(key.client).or_default() += counts;
    *tally.providers.entry(key.provider).or_default() += counts;
    *tally.browsers.entry(key.browser).or_default() += counts;
}

#[async_trait]
impl StatisticsStore for Sql {
    async fn count_logins(&self, query: &CountQuery) -> Result<Tally, StoreError> {
        Ok(self.count(query).await?)
    }

    async fn count_since(
        &self,
        since: Timestamp,
        within: Option<&BTreeSet<ClientId>>,
    ) -> Result<BTreeMap<String, Counts>, StoreError> {
        Ok(self.since(since, within).await?)
    }

    async fn find_last(
        &self,
        provider: &ProviderSlug,
        within: Option<&BTreeSet<ClientId>>,
    ) -> Result<LastSeen, StoreError> {
        Ok(self.last(provider, within).await?)
    }

    async fn keep_hour(&self, settled: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.keep(settled).await?)
    }

    async fn delete_hours(&self, before: Timestamp) -> Result<usize, StoreError> {
        Ok(self.delete_kept(before).await?)
    }
}
