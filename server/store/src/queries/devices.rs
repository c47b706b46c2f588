//! Devices that wait for somebody to type their code: kept, taken up once, asked about at a measured pace.

use super::authorization_rows::AuthorizationRow;
use super::schema::{authorizations, device_requests};
use super::{Sql, lost_unless_one};
use crate::error::{Failure, unless_lost};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::authorization::{Authorization, DeviceRequest, INTERVAL_SECONDS, Polled};
use saoma_core::client::ClientId;
use saoma_core::grant::Scope;
use saoma_core::{SecretHash, StoreError, Timestamp};

const CORRUPT: Failure = Failure::Corrupt("device request");

#[derive(Queryable, Selectable)]
#[diesel(table_name = device_requests, check_for_backend(super::super::Db))]
pub(super) struct DeviceRow {
    device_hash: String,
    user_hash: String,
    client_id: String,
    scope: String,
    authorization_id: Option<String>,
    pause_seconds: i64,
    asked_at: Option<i64>,
    denied_at: Option<i64>,
    expires_at: i64,
}

impl TryFrom<DeviceRow> for DeviceRequest {
    type Error = Failure;
    fn try_from(row: DeviceRow) -> Result<Self, Failure> {
        Ok(Self {
            device_hash: SecretHash::from_stored(row.device_hash),
            user_hash: SecretHash::from_stored(row.user_hash),
            client: row.client_id.parse().map_err(|_| CORRUPT)?,
            scope: Scope::parse(&row.scope),
            authorization: row.authorization_id.map(|id| id.parse().map_err(|_| CORRUPT)).transpose()?,
            expires_at: Timestamp(row.expires_at),
        })
    }
}

impl Sql {
    pub(super) async fn keep_device(&self, request: &DeviceRequest) -> Result<(), Failure> {
        let row = (
            device_requests::device_hash.eq(request.device_hash.as_str()),
            device_requests::user_hash.eq(request.user_hash.as_str()),
            device_requests::client_id.eq(request.client.as_str()),
            device_requests::scope.eq(request.scope.to_string()),
            device_requests::pause_seconds.eq(i64::from(INTERVAL_SECONDS)),
            device_requests::expires_at.eq(request.expires_at.0),
        );
        write_tx!(self.single().await?, |conn| {
            diesel::insert_into(device_requests::table).values(row).execute(conn).await?;
            Ok(())
        })
    }

    pub(super) async fn device_by_code(&self, user: &SecretHash) -> Result<Option<DeviceRow>, Failure> {
        let query = device_requests::table
            .filter(device_requests::user_hash.eq(user.as_str()))
            .select(DeviceRow::as_select());
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    pub(super) async fn device_of(&self, authorization: &str) -> Result<Option<DeviceRow>, Failure> {
        let query = device_requests::table
            .filter(device_requests::authorization_id.eq(authorization))
            .select(DeviceRow::as_select());
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    pub(super) async fn device_taken_up(
        &self,
        device: &SecretHash,
        authorization: &Authorization,
    ) -> Result<bool, StoreError> {
        let row = AuthorizationRow::new(authorization)?;
        let id = authorization.id.to_string();
        let taken: Result<(), Failure> = write_tx!(self.writer().await?, |conn| {
            let free = device_requests::table
                .find(device.as_str())
                .filter(device_requests::authorization_id.is_null());
            let bound = device_requests::authorization_id.eq(Some(id));
            lost_unless_one(diesel::update(free).set(bound).execute(conn).await?)?;
            diesel::insert_into(authorizations::table).values(row).execute(conn).await?;
            Ok(())
        });
        Ok(unless_lost(taken)?.is_some())
    }

    pub(super) async fn device_moved(&self, from: &str, to: &str) -> Result<(), Failure> {
        write_tx!(self.single().await?, |conn| {
            let own = device_requests::table.filter(device_requests::authorization_id.eq(from));
            diesel::update(own).set(device_requests::authorization_id.eq(Some(to))).execute(conn).await?;
            Ok(())
        })
    }

    pub(super) async fn device_polled(
        &self,
        device: &SecretHash,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<Polled, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let own = device_requests::table
                .find(device.as_str())
                .filter(device_requests::client_id.eq(client.as_str()))
                .select(DeviceRow::as_select());
            let Some(row) = own.get_result::<DeviceRow>(conn).await.optional()? else {
                return Ok(Polled::Unknown);
            };
            let is_early = row.asked_at.is_some_and(|at| now.0 < at + row.pause_seconds * 1000);
            let slower = if is_early { i64::from(INTERVAL_SECONDS) } else { 0 };
            let asked = (
                device_requests::asked_at.eq(Some(now.0)),
                device_requests::pause_seconds.eq(row.pause_seconds + slower),
            );
            diesel::update(device_requests::table.find(device.as_str())).set(asked).execute(conn).await?;
            if row.expires_at <= now.0 {
                return Ok(Polled::Expired);
            }
            if row.denied_at.is_some() {
                return Ok(Polled::Denied);
            }
            let approved = authorizations::table
                .filter(authorizations::id.eq(row.authorization_id.unwrap_or_default()))
                .filter(authorizations::code_hash.eq(device.as_str()))
                .count();
            let approved: i64 = approved.get_result(conn).await?;
            Ok(match (approved > 0, is_early) {
                (true, _) => Polled::Approved,
                (false, true) => Polled::TooSoon,
                (false, false) => Polled::Pending,
            })
        })
    }

    pub(super) async fn device_denied(&self, authorization: &str, now: Timestamp) -> Result<(), Failure> {
        write_tx!(self.single().await?, |conn| {
            let own = device_requests::table.filter(device_requests::authorization_id.eq(authorization));
            diesel::update(own).set(device_requests::denied_at.eq(Some(now.0))).execute(conn).await?;
            Ok(())
        })
    }

    pub(super) async fn delete_devices(&self, before: Timestamp, limit: i64) -> Result<usize, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let old = device_requests::table.filter(device_requests::expires_at.lt(before.0));
            let oldest = old.order(device_requests::expires_at).limit(limit);
            let hashes: Vec<String> = oldest.select(device_requests::device_hash).load(conn).await?;
            let gone = device_requests::table.filter(device_requests::device_hash.eq_any(hashes));
            Ok(diesel::delete(gone).execute(conn).await?)
        })
    }
}
