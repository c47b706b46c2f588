//! Checkpoints and cuts of the audit's chains. A cut deletes rows, links and checkpoints up to its place
//! in the transaction of its audit row; that the place is signed is core's business.

use super::schema::{audit_checkpoints, audit_cuts, audit_events, audit_links};
use super::{Conn, Sql, audit};
use crate::error::{Failure, unless_lost};
use crate::prepared::FirstRow;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::Timestamp;
use saoma_core::audit::{AuditEntry, Checkpoint, Mark};

type Row = (String, i64, i64, String, i64, String);

fn read((stream, seq, until, mac, at, signature): Row) -> Checkpoint {
    let mark = Mark { seq, mac, until: Timestamp(until) };
    Checkpoint { stream, mark, at: Timestamp(at), signature }
}

const COLUMNS: (
    audit_checkpoints::stream,
    audit_checkpoints::seq,
    audit_checkpoints::until,
    audit_checkpoints::mac,
    audit_checkpoints::at,
    audit_checkpoints::signature,
) = (
    audit_checkpoints::stream,
    audit_checkpoints::seq,
    audit_checkpoints::until,
    audit_checkpoints::mac,
    audit_checkpoints::at,
    audit_checkpoints::signature,
);

/// How many rows there are from one place of a stream to another.
async fn rows_from(conn: &mut Conn, stream: &str, from: &Mark, to: &Mark) -> Result<i64, Failure> {
    if to.until.0 == 0 {
        // Each row has its own link.
        return Ok(to.seq - from.seq);
    }
    let rows = audit_events::table
        .filter(audit_events::stream.eq(stream))
        .filter(audit_events::at.gt(from.until.0))
        .filter(audit_events::at.le(to.until.0));
    Ok(rows.count().get_result(conn).await?)
}

impl Sql {
    pub(super) async fn put_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), Failure> {
        let stream = checkpoint.stream.as_str();
        let before = match self.last_checkpoint(stream).await? {
            Some(last) => Some(last),
            None => self.cut_of(stream).await?,
        };
        let from = before.map_or(Mark::start(), |before| before.mark);
        let rows = rows_from(&mut *self.reader().await?, stream, &from, &checkpoint.mark).await?;
        let row = (
            audit_checkpoints::stream.eq(stream),
            audit_checkpoints::seq.eq(checkpoint.mark.seq),
            audit_checkpoints::until.eq(checkpoint.mark.until.0),
            audit_checkpoints::mac.eq(&checkpoint.mark.mac),
            audit_checkpoints::at.eq(checkpoint.at.0),
            audit_checkpoints::row_count.eq(rows),
            audit_checkpoints::signature.eq(&checkpoint.signature),
        );
        write_tx!(self.single().await?, |conn| {
            let insert = diesel::insert_into(audit_checkpoints::table).values(row);
            insert.on_conflict_do_nothing().execute(conn).await?;
            Ok(())
        })
    }

    pub(super) async fn checkpoints(
        &self,
        stream: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(Checkpoint, i64)>, Failure> {
        let query = audit_checkpoints::table
            .filter(audit_checkpoints::stream.eq(stream))
            .filter(audit_checkpoints::seq.gt(after))
            .order(audit_checkpoints::seq)
            .limit(limit)
            .select((COLUMNS, audit_checkpoints::row_count));
        let rows: Vec<(Row, i64)> = query.load(&mut self.reader().await?).await?;
        Ok(rows.into_iter().map(|(row, count)| (read(row), count)).collect())
    }

    pub(super) async fn last_checkpoint(&self, stream: &str) -> Result<Option<Checkpoint>, Failure> {
        let query = audit_checkpoints::table
            .filter(audit_checkpoints::stream.eq(stream))
            .order(audit_checkpoints::seq.desc())
            .select(COLUMNS);
        let row: Option<Row> = FirstRow(query).get_result(&mut self.reader().await?).await.optional()?;
        Ok(row.map(read))
    }

    pub(super) async fn cut_of(&self, stream: &str) -> Result<Option<Checkpoint>, Failure> {
        let query = audit_cuts::table.find(stream).select((
            audit_cuts::stream,
            audit_cuts::seq,
            audit_cuts::until,
            audit_cuts::mac,
            audit_cuts::at,
            audit_cuts::signature,
        ));
        let row: Option<Row> = query.get_result(&mut self.reader().await?).await.optional()?;
        Ok(row.map(read))
    }

    pub(super) async fn cut_stream(
        &self,
        cut: &Checkpoint,
        entry: &AuditEntry,
    ) -> Result<Option<usize>, Failure> {
        unless_lost(self.try_cut(cut, entry).await)
    }

    async fn try_cut(&self, cut: &Checkpoint, entry: &AuditEntry) -> Result<usize, Failure> {
        let (stream, mark) = (cut.stream.as_str(), &cut.mark);
        let row = (
            audit_cuts::stream.eq(stream),
            audit_cuts::seq.eq(mark.seq),
            audit_cuts::until.eq(mark.until.0),
            audit_cuts::mac.eq(&mark.mac),
            audit_cuts::at.eq(cut.at.0),
            audit_cuts::signature.eq(&cut.signature),
        );
        write_tx!(self.writer().await?, |conn| {
            let earlier = audit_cuts::table.find(stream).filter(audit_cuts::seq.lt(mark.seq));
            diesel::delete(earlier).execute(conn).await?;
            // One that stands there or later stays, and nothing more is deleted.
            let insert = diesel::insert_into(audit_cuts::table).values(row).on_conflict_do_nothing();
            if insert.execute(conn).await? == 0 {
                return Err(Failure::LOST);
            }
            let rows = delete_rows(conn, stream, mark).await?;
            let links = audit_links::table.filter(audit_links::stream.eq(stream));
            diesel::delete(links.filter(audit_links::seq.le(mark.seq))).execute(conn).await?;
            let checkpoints = audit_checkpoints::table.filter(audit_checkpoints::stream.eq(stream));
            diesel::delete(checkpoints.filter(audit_checkpoints::seq.le(mark.seq))).execute(conn).await?;
            audit::add(conn, self.linker()?, entry).await?;
            Ok(rows)
        })
    }
}

/// The rows that the links up to here cover; the triggers let no other row go.
async fn delete_rows(conn: &mut Conn, stream: &str, mark: &Mark) -> Result<usize, Failure> {
    let own = audit_events::table.filter(audit_events::stream.eq(stream));
    if mark.until.0 > 0 {
        return Ok(diesel::delete(own.filter(audit_events::at.le(mark.until.0))).execute(conn).await?);
    }
    let linked = audit_links::table
        .filter(audit_links::stream.eq(stream))
        .filter(audit_links::seq.le(mark.seq))
        .filter(audit_links::event_id.is_not_null())
        .select(audit_links::event_id.assume_not_null());
    Ok(diesel::delete(own.filter(audit_events::id.eq_any(linked))).execute(conn).await?)
}
