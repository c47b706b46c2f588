//! Authorizations: what websites ask for by OpenID Connect. Codes are redeemed in `redeem.rs`, consents kept in
//! `consents.rs`.

use super::authorization_rows::{AuthorizationRow, CORRUPT, SignedOnColumns};
use super::rows::{LoginRow, maybe};
use super::schema::{authorizations, device_requests, logins, pushed_requests, user_sessions};
use super::{Conn, Sql, audit, consents, sessions};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::authorization::{
    Authorization, AuthorizationStore, DeviceRequest, EndOf, Parameters, Polled, PushedRequest, SignOn,
    SignedOn,
};
use saoma_core::client::ClientId;
use saoma_core::grant::Consent;
use saoma_core::id::{AuthorizationId, LoginId};
use saoma_core::login::{IssuedCode, Login, Reason, Stage};
use saoma_core::{SecretHash, StoreError, Timestamp};

impl Sql {
    async fn add_authorization(&self, row: AuthorizationRow) -> Result<(), Failure> {
        write_tx!(self.single().await?, |conn| {
            diesel::insert_into(authorizations::table).values(row).execute(conn).await?;
            Ok(())
        })
    }

    async fn authorization(&self, id: &str) -> Result<Option<AuthorizationRow>, Failure> {
        let query = authorizations::table.find(id).select(AuthorizationRow::as_select());
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    async fn signed_on(&self, sign_on: &SignOn) -> Result<Option<(Authorization, Login)>, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let Some(login) = take_login(conn, &sign_on.authorization, sign_on.now).await? else {
                return Ok(None);
            };
            let user = login.user.clone().ok_or(Failure::Corrupt("login"))?;
            let session = sessions::begin(conn, &sign_on.session, &login, sign_on.now).await?;
            let by = SignedOn {
                user,
                session: session.parse().map_err(|_| CORRUPT)?,
                provider: login.provider.clone(),
                assurance: login.assurance,
                auth_time: login.steps.confirmed_at.unwrap_or(login.updated_at),
            };
            let found = authorizations::table
                .find(sign_on.authorization.as_str())
                .filter(authorizations::redeemed_at.is_null());
            let update = diesel::update(found)
                .set(SignedOnColumns::from(&by))
                .returning(AuthorizationRow::as_returning());
            let row = update.get_result::<AuthorizationRow>(conn).await.optional()?.ok_or(Failure::LOST)?;
            audit::add(conn, self.linker()?, &sign_on.redeemed.clone().about(&login)).await?;
            Ok(Some((row.try_into()?, login)))
        })
    }

    async fn sign_on_by_session(&self, id: &str, by: &SignedOn) -> Result<Option<AuthorizationRow>, Failure> {
        let open = authorizations::table.find(id).filter(authorizations::redeemed_at.is_null());
        let update =
            diesel::update(open).set(SignedOnColumns::from(by)).returning(AuthorizationRow::as_returning());
        write_tx!(self.single().await?, |conn| { Ok(update.get_result(conn).await.optional()?) })
    }

    async fn cancel_logins_of(
        &self,
        id: &str,
        now: Timestamp,
        end: EndOf<'_>,
    ) -> Result<Vec<LoginId>, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let live = logins::table
                .filter(logins::authorization_id.eq(id))
                .filter(logins::ended_at.is_null())
                .filter(logins::expires_at.gt(now.0));
            let cancelled = (
                logins::stage.eq(Stage::Cancelled.as_str()),
                logins::reason.eq(Some(Reason::CancelledByBrowser.as_str())),
                logins::version.eq(logins::version + 1),
                logins::updated_at.eq(now.0),
                logins::ended_at.eq(Some(now.0)),
            );
            let update = diesel::update(live).set(cancelled).returning(LoginRow::as_returning());
            let rows: Vec<LoginRow> = update.get_results(conn).await?;
            let mut ended = Vec::with_capacity(rows.len());
            for row in rows {
                let login = Login::try_from(row)?;
                audit::add(conn, self.linker()?, &end(&login)).await?;
                ended.push(login.id);
            }
            Ok(ended)
        })
    }

    async fn proof_taken(
        &self,
        of: &AuthorizationId,
        now: Timestamp,
        entry: &AuditEntry,
    ) -> Result<bool, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let Some(login) = take_login(conn, of, now).await? else { return Ok(false) };
            audit::add(conn, self.linker()?, &entry.clone().about(&login)).await?;
            Ok(true)
        })
    }

    async fn proof_of(&self, of: &AuthorizationId) -> Result<Option<LoginRow>, Failure> {
        let query = logins::table
            .filter(logins::authorization_id.eq(of.as_str()))
            .filter(logins::stage.eq(Stage::Redeemed.as_str()))
            .filter(logins::proof_subject.is_not_null())
            .order((logins::created_at.desc(), logins::id.desc()))
            .select(LoginRow::as_select())
            .limit(1);
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    async fn write_consent(
        &self,
        id: &str,
        Timestamp(at): Timestamp,
        remembered: Option<&Consent>,
    ) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            let consented = authorizations::consented_at.eq(Some(at));
            diesel::update(authorizations::table.find(id)).set(consented).execute(conn).await?;
            if let Some(consent) = remembered {
                consents::remember(conn, consent).await?;
            }
            Ok(())
        })
    }

    async fn put_code_of(&self, id: &str, code: &IssuedCode) -> Result<bool, Failure> {
        let open = authorizations::table.find(id).filter(authorizations::redeemed_at.is_null());
        let new = (
            authorizations::code_hash.eq(Some(code.hash.as_str())),
            authorizations::code_expires_at.eq(Some(code.expires_at.0)),
        );
        write_tx!(self.single().await?, |conn| {
            Ok(diesel::update(open).set(new).execute(conn).await? == 1)
        })
    }

    async fn delete_authorizations(
        &self,
        before: Timestamp,
        signed_before: Timestamp,
        limit: i64,
    ) -> Result<usize, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let oldest = authorizations::table.order(authorizations::expires_at).limit(limit);
            let old = oldest.filter(authorizations::expires_at.lt(signed_before.0));
            let mut ids: Vec<String> = old.select(authorizations::id).load(conn).await?;
            let unsigned = oldest
                .filter(authorizations::session_id.is_null())
                .filter(authorizations::expires_at.lt(before.0));
            ids.extend(unsigned.select(authorizations::id).load::<String>(conn).await?);
            ids.truncate(usize::try_from(limit).unwrap_or_default());
            let gone = authorizations::table.filter(authorizations::id.eq_any(ids));
            Ok(diesel::delete(gone).execute(conn).await?)
        })
    }
}

/// Whichever Login of the authorization was confirmed; it is redeemed by this.
async fn take_login(
    conn: &mut Conn,
    of: &AuthorizationId,
    Timestamp(now): Timestamp,
) -> Result<Option<Login>, Failure> {
    let confirmed = logins::table
        .filter(logins::authorization_id.eq(of.as_str()))
        .filter(logins::stage.eq(Stage::Confirmed.as_str()))
        .filter(logins::expires_at.gt(now));
    let spent = (
        logins::stage.eq(Stage::Redeemed.as_str()),
        logins::version.eq(logins::version + 1),
        logins::updated_at.eq(now),
        logins::ended_at.eq(Some(now)),
    );
    let update = diesel::update(confirmed).set(spent).returning(LoginRow::as_returning());
    let rows: Vec<LoginRow> = update.get_results(conn).await?;
    rows.into_iter().next().map(Login::try_from).transpose()
}

/// What was said and asked for of a Client that goes: somebody else may have its id one day.
pub(super) async fn forget_client(conn: &mut Conn, id: &str) -> Result<(), Failure> {
    consents::forget_client(conn, id).await?;
    diesel::delete(pushed_requests::table.filter(pushed_requests::client_id.eq(id))).execute(conn).await?;
    diesel::delete(device_requests::table.filter(device_requests::client_id.eq(id))).execute(conn).await?;
    diesel::delete(authorizations::table.filter(authorizations::client_id.eq(id))).execute(conn).await?;
    Ok(())
}

/// Whatever a User's browsers hold or wait for, when the User goes.
pub(super) async fn forget_people(conn: &mut Conn, users: &[String]) -> Result<(), Failure> {
    consents::forget(conn, users).await?;
    // In this order: whoever redeems a code holds its session and then takes the authorization.
    diesel::delete(user_sessions::table.filter(user_sessions::user_id.eq_any(users))).execute(conn).await?;
    diesel::delete(authorizations::table.filter(authorizations::user_id.eq_any(users))).execute(conn).await?;
    Ok(())
}

#[async_trait]
impl AuthorizationStore for Sql {
    async fn create_authorization(&self, authorization: &Authorization) -> Result<(), StoreError> {
        Ok(self.add_authorization(AuthorizationRow::new(authorization)?).await?)
    }

    async fn find_authorization(&self, id: &AuthorizationId) -> Result<Option<Authorization>, StoreError> {
        Ok(self.authorization(id.as_str()).await?.map(Authorization::try_from).transpose()?)
    }

    async fn sign_on(&self, sign_on: &SignOn) -> Result<Option<(Authorization, Login)>, StoreError> {
        Ok(crate::error::unless_lost(self.signed_on(sign_on).await)?.flatten())
    }

    async fn put_signed_on(
        &self,
        id: &AuthorizationId,
        by: &SignedOn,
    ) -> Result<Option<Authorization>, StoreError> {
        let row = self.sign_on_by_session(id.as_str(), by).await?;
        Ok(row.map(Authorization::try_from).transpose()?)
    }

    async fn cancel_logins(
        &self,
        id: &AuthorizationId,
        now: Timestamp,
        end: EndOf<'_>,
    ) -> Result<Vec<LoginId>, StoreError> {
        Ok(self.cancel_logins_of(id.as_str(), now, end).await?)
    }

    async fn take_proof(
        &self,
        id: &AuthorizationId,
        now: Timestamp,
        redeemed: &AuditEntry,
    ) -> Result<bool, StoreError> {
        Ok(self.proof_taken(id, now, redeemed).await?)
    }

    async fn find_proof(&self, id: &AuthorizationId) -> Result<Option<Login>, StoreError> {
        maybe(self.proof_of(id).await?)
    }

    async fn put_consent(
        &self,
        authorization: &AuthorizationId,
        at: Timestamp,
        remembered: Option<&Consent>,
    ) -> Result<(), StoreError> {
        Ok(self.write_consent(authorization.as_str(), at, remembered).await?)
    }

    async fn put_authorization_code(
        &self,
        id: &AuthorizationId,
        code: &IssuedCode,
    ) -> Result<bool, StoreError> {
        Ok(self.put_code_of(id.as_str(), code).await?)
    }

    async fn put_pushed_request(&self, pushed: &PushedRequest) -> Result<(), StoreError> {
        Ok(self.keep_pushed(pushed).await?)
    }

    async fn take_pushed_request(
        &self,
        hash: &SecretHash,
        client: &str,
        now: Timestamp,
    ) -> Result<Option<Parameters>, StoreError> {
        Ok(self.take_pushed(hash, client, now).await?)
    }

    async fn put_device_request(&self, request: &DeviceRequest) -> Result<(), StoreError> {
        Ok(self.keep_device(request).await?)
    }

    async fn find_device_request(&self, user: &SecretHash) -> Result<Option<DeviceRequest>, StoreError> {
        Ok(self.device_by_code(user).await?.map(DeviceRequest::try_from).transpose()?)
    }

    async fn find_device_of(&self, id: &AuthorizationId) -> Result<Option<DeviceRequest>, StoreError> {
        Ok(self.device_of(id.as_str()).await?.map(DeviceRequest::try_from).transpose()?)
    }

    async fn take_up_device(
        &self,
        device: &SecretHash,
        authorization: &Authorization,
    ) -> Result<bool, StoreError> {
        self.device_taken_up(device, authorization).await
    }

    async fn move_device(&self, from: &AuthorizationId, to: &AuthorizationId) -> Result<(), StoreError> {
        Ok(self.device_moved(from.as_str(), to.as_str()).await?)
    }

    async fn poll_device(
        &self,
        device: &SecretHash,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<Polled, StoreError> {
        Ok(self.device_polled(device, client, now).await?)
    }

    async fn deny_device(&self, id: &AuthorizationId, now: Timestamp) -> Result<(), StoreError> {
        Ok(self.device_denied(id.as_str(), now).await?)
    }

    async fn delete_device_requests(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
        Ok(self.delete_devices(before, limit).await?)
    }

    async fn delete_pushed_requests(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
        Ok(self.delete_pushed(before, limit).await?)
    }

    async fn delete_old_authorizations(
        &self,
        before: Timestamp,
        signed_before: Timestamp,
        limit: i64,
    ) -> Result<usize, StoreError> {
        Ok(self.delete_authorizations(before, signed_before, limit).await?)
    }
}
