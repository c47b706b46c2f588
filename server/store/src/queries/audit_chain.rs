//! The audit's chains: heads, links, and what they cover. Rows themselves are never changed.
//!
//! A head is moved first, which takes its lock: whoever links next in that stream waits for this
//! transaction, so that numbers follow one another without a gap.

use super::audit::AuditRow;
use super::schema::{audit_checkpoints, audit_cuts, audit_events, audit_heads, audit_links};
use super::{Conn, Sql};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::Timestamp;
use saoma_core::audit::{AuditLink, AuditLinker, Mark, StoredAudit};
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest time one link covers, in milliseconds: what a busy node writes then fits into memory.
const LONGEST_MILLIS: i64 = 10_000;
/// So far ahead of the clock rows are only where it was put back, in milliseconds.
const AHEAD_MILLIS: i64 = 10_000;
/// Links of one transaction.
const LINKS_AT_ONCE: usize = 30;
/// The longest that writers who are on their way are waited for.
const PATIENCE: Duration = Duration::from_secs(5);

type HeadRow = (i64, i64, String);

fn mark((seq, until, mac): HeadRow) -> Mark {
    Mark { seq, mac, until: Timestamp(until) }
}

/// Where a stream stands, its lock taken.
async fn take_head(conn: &mut Conn, stream: &str) -> Result<Mark, Failure> {
    let first = (
        audit_heads::stream.eq(stream),
        audit_heads::seq.eq(0_i64),
        audit_heads::until.eq(0_i64),
        audit_heads::mac.eq(""),
    );
    let head = diesel::insert_into(audit_heads::table)
        .values(first)
        .on_conflict(audit_heads::stream)
        .do_update()
        .set(audit_heads::seq.eq(audit_heads::seq))
        .returning((audit_heads::seq, audit_heads::until, audit_heads::mac));
    Ok(mark(head.get_result::<HeadRow>(conn).await?))
}

async fn put_link(conn: &mut Conn, stream: &str, link: &Mark, event_id: Option<&str>) -> Result<(), Failure> {
    let row = (
        audit_links::stream.eq(stream),
        audit_links::seq.eq(link.seq),
        audit_links::event_id.eq(event_id),
        audit_links::until.eq(link.until.0),
        audit_links::mac.eq(&link.mac),
    );
    diesel::insert_into(audit_links::table).values(row).execute(conn).await?;
    let head =
        (audit_heads::seq.eq(link.seq), audit_heads::until.eq(link.until.0), audit_heads::mac.eq(&link.mac));
    diesel::update(audit_heads::table.find(stream)).set(head).execute(conn).await?;
    Ok(())
}

/// Links one row that is written in the same transaction.
pub(super) async fn link_one(
    conn: &mut Conn,
    linker: &AuditLinker,
    stream: &str,
    row: &StoredAudit,
) -> Result<(), Failure> {
    let before = take_head(conn, stream).await?;
    let link = linker.link(stream, &before, std::slice::from_ref(row), Timestamp(0));
    put_link(conn, stream, &link, Some(&row.id)).await
}

/// The rows of a stream in a span of time: after the first moment, up to the second.
async fn rows_between(
    conn: &mut Conn,
    stream: &str,
    after: i64,
    until: i64,
) -> Result<Vec<StoredAudit>, Failure> {
    let rows = audit_events::table
        .filter(audit_events::stream.eq(stream))
        .filter(audit_events::at.gt(after))
        .filter(audit_events::at.le(until))
        .order((audit_events::at, audit_events::id))
        .select(AuditRow::as_select());
    let rows: Vec<AuditRow> = rows.load(conn).await?;
    Ok(rows.into_iter().map(StoredAudit::from).collect())
}

async fn next_row(conn: &mut Conn, stream: &str, after: i64, until: i64) -> Result<Option<i64>, Failure> {
    let next = audit_events::table
        .filter(audit_events::stream.eq(stream))
        .filter(audit_events::at.gt(after))
        .filter(audit_events::at.le(until));
    Ok(next.select(diesel::dsl::min(audit_events::at)).get_result(conn).await?)
}

impl Sql {
    pub(super) async fn link_rows(&self, until: Timestamp) -> Result<usize, Failure> {
        let (linker, flight) = (&self.linker()?.links, &self.flight);
        let stream = linker.logins();
        // A clock that was put back: rows go on behind what is linked, ahead of it.
        let latest = flight.latest();
        let until = if latest > until.0 + AHEAD_MILLIS { Timestamp(latest) } else { until };
        if !flight.may_wait() || !flight.settle(until.0, PATIENCE).await {
            return Ok(0);
        }
        if !self.waits(stream, until).await? {
            flight.all_linked(until.0);
            return Ok(0);
        }
        let (count, all) = self.link_up_to(linker, stream, until).await?;
        if all {
            flight.all_linked(until.0);
        }
        Ok(count)
    }

    /// Links what one transaction can hold; how many rows, and whether these were all.
    async fn link_up_to(
        &self,
        linker: &AuditLinker,
        stream: &str,
        until: Timestamp,
    ) -> Result<(usize, bool), Failure> {
        write_tx!(self.writer().await?, |conn| {
            let mut head = take_head(conn, stream).await?;
            let mut count = 0;
            for _ in 0..LINKS_AT_ONCE {
                let Some(next) = next_row(conn, stream, head.until.0, until.0).await? else {
                    return Ok((count, true));
                };
                let end = until.0.min(next.saturating_add(LONGEST_MILLIS));
                let rows = rows_between(conn, stream, head.until.0, end).await?;
                count += rows.len();
                head = linker.link(stream, &head, &rows, Timestamp(end));
                put_link(conn, stream, &head, None).await?;
            }
            Ok((count, false))
        })
    }

    /// Whether there is anything to link: a look that writes nothing.
    async fn waits(&self, stream: &str, until: Timestamp) -> Result<bool, Failure> {
        let after = self.linked_until(stream).await?.unwrap_or(0);
        Ok(next_row(&mut *self.reader().await?, stream, after, until.0).await?.is_some())
    }

    /// Up to which moment a stream is linked.
    pub(super) async fn linked_until(&self, stream: &str) -> Result<Option<i64>, Failure> {
        let head = audit_heads::table.find(stream).select(audit_heads::until);
        Ok(head.get_result(&mut self.reader().await?).await.optional()?)
    }

    pub(super) async fn heads(&self) -> Result<Vec<(String, Mark)>, Failure> {
        let heads = audit_heads::table
            .order(audit_heads::stream)
            .select((audit_heads::stream, (audit_heads::seq, audit_heads::until, audit_heads::mac)));
        let heads: Vec<(String, HeadRow)> = heads.load(&mut self.reader().await?).await?;
        Ok(heads.into_iter().map(|(stream, head)| (stream, mark(head))).collect())
    }

    /// Every stream of which anything is there: a head that was deleted hides nothing.
    pub(super) async fn streams(&self) -> Result<Vec<(String, Mark)>, Failure> {
        let mut all: BTreeMap<String, Mark> = self.heads().await?.into_iter().collect();
        let mut conn = self.reader().await?;
        let linked: Vec<String> =
            audit_links::table.select(audit_links::stream).distinct().load(&mut conn).await?;
        let written: Vec<String> =
            audit_events::table.select(audit_events::stream).distinct().load(&mut conn).await?;
        let noted: Vec<String> =
            audit_checkpoints::table.select(audit_checkpoints::stream).distinct().load(&mut conn).await?;
        let cut: Vec<String> = audit_cuts::table.select(audit_cuts::stream).load(&mut conn).await?;
        for stream in linked.into_iter().chain(written).chain(noted).chain(cut) {
            all.entry(stream).or_insert(Mark::start());
        }
        Ok(all.into_iter().collect())
    }

    pub(super) async fn links(
        &self,
        stream: &str,
        after: &Mark,
        limit: i64,
    ) -> Result<Vec<AuditLink>, Failure> {
        let mut conn = self.reader().await?;
        let query = audit_links::table
            .left_join(audit_events::table.on(audit_links::event_id.eq(audit_events::id.nullable())))
            .filter(audit_links::stream.eq(stream))
            .filter(audit_links::seq.gt(after.seq))
            .order(audit_links::seq)
            .limit(limit)
            .select((
                (audit_links::seq, audit_links::until, audit_links::mac),
                audit_links::event_id,
                Option::<AuditRow>::as_select(),
            ));
        let found: Vec<(HeadRow, Option<String>, Option<AuditRow>)> = query.load(&mut conn).await?;
        let mut links = Vec::with_capacity(found.len());
        let mut from = after.until.0;
        for (head, event_id, row) in found {
            let mark = mark(head);
            let rows = match event_id {
                // One that was deleted, or put into another stream, is not there.
                Some(_) => row.into_iter().filter(|row| row.is_of(stream)).map(StoredAudit::from).collect(),
                None => rows_between(&mut conn, stream, from, mark.until.0).await?,
            };
            from = mark.until.0;
            links.push(AuditLink { rows, mark });
        }
        Ok(links)
    }

    /// What lies inside the span is covered by its links, which were walked.
    pub(super) async fn unlinked_by_time(
        &self,
        stream: &str,
        (after, until): (Timestamp, Timestamp),
        due: (Timestamp, Timestamp),
    ) -> Result<i64, Failure> {
        let at = audit_events::at;
        let is_due = at.lt(due.0.0).or(at.ge(due.1.0));
        let query = audit_events::table
            .filter(audit_events::stream.eq(stream))
            .filter(at.le(after.0).or(at.gt(until.0).and(is_due)))
            .count();
        Ok(query.get_result(&mut self.reader().await?).await?)
    }

    pub(super) async fn unlinked_by_row(&self, stream: &str) -> Result<i64, Failure> {
        let link = audit_links::table
            .filter(audit_links::stream.eq(audit_events::stream))
            .filter(audit_links::event_id.eq(audit_events::id.nullable()));
        let query = audit_events::table
            .filter(audit_events::stream.eq(stream))
            .filter(diesel::dsl::not(diesel::dsl::exists(link)))
            .count();
        Ok(query.get_result(&mut self.reader().await?).await?)
    }
}
