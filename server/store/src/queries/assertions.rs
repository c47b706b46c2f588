//! Assertions by which Clients proved who they are: remembered for as long as they could be used again.

use super::Sql;
use super::schema::spent_assertions;
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::{SecretHash, Timestamp};

impl Sql {
    pub(super) async fn remember_assertion(
        &self,
        hash: &SecretHash,
        until: Timestamp,
    ) -> Result<bool, Failure> {
        let row = (spent_assertions::hash.eq(hash.as_str()), spent_assertions::until.eq(until.0));
        write_tx!(self.single().await?, |conn| {
            let insert = diesel::insert_into(spent_assertions::table).values(row).on_conflict_do_nothing();
            Ok(insert.execute(conn).await? == 1)
        })
    }

    pub(super) async fn forget_assertions(&self, now: Timestamp, limit: i64) -> Result<usize, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let old = spent_assertions::table.filter(spent_assertions::until.lt(now.0));
            let oldest = old.order(spent_assertions::until).limit(limit).select(spent_assertions::hash);
            let hashes: Vec<String> = oldest.load(conn).await?;
            let gone = spent_assertions::table.filter(spent_assertions::hash.eq_any(hashes));
            Ok(diesel::delete(gone).execute(conn).await?)
        })
    }
}
