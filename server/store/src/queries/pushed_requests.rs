//! Requests that a back end sent before the browser came: kept, and taken once.

use super::Sql;
use super::rows::{from_json, to_json};
use super::schema::pushed_requests;
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::authorization::{Parameters, PushedRequest};
use saoma_core::{SecretHash, Timestamp};

impl Sql {
    pub(super) async fn keep_pushed(&self, pushed: &PushedRequest) -> Result<(), Failure> {
        let parameters = to_json(&pushed.parameters)?;
        let row = (
            pushed_requests::hash.eq(pushed.hash.as_str()),
            pushed_requests::client_id.eq(&pushed.client),
            pushed_requests::parameters.eq(parameters),
            pushed_requests::expires_at.eq(pushed.expires_at.0),
        );
        write_tx!(self.single().await?, |conn| {
            diesel::insert_into(pushed_requests::table).values(row).execute(conn).await?;
            Ok(())
        })
    }

    pub(super) async fn take_pushed(
        &self,
        hash: &SecretHash,
        client: &str,
        now: Timestamp,
    ) -> Result<Option<Parameters>, Failure> {
        let live = pushed_requests::table
            .find(hash.as_str())
            .filter(pushed_requests::client_id.eq(client))
            .filter(pushed_requests::expires_at.gt(now.0));
        let taken: Option<String> = write_tx!(self.single().await?, |conn| {
            let delete = diesel::delete(live).returning(pushed_requests::parameters);
            Ok(delete.get_result(conn).await.optional()?)
        })?;
        taken.as_deref().map(from_json).transpose()
    }

    pub(super) async fn delete_pushed(&self, before: Timestamp, limit: i64) -> Result<usize, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let old = pushed_requests::table.filter(pushed_requests::expires_at.lt(before.0));
            let oldest = old.order(pushed_requests::expires_at).limit(limit).select(pushed_requests::hash);
            let hashes: Vec<String> = oldest.load(conn).await?;
            let gone = pushed_requests::table.filter(pushed_requests::hash.eq_any(hashes));
            Ok(diesel::delete(gone).execute(conn).await?)
        })
    }
}
