//! Who is behind an access token, and the end of tokens. `redeem.rs` writes them.

use super::schema::{access_tokens, coalesce, grants, pictures, refresh_tokens, user_sessions, users};
use super::{Conn, Sql, audit, refresh};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::client::ClientId;
use saoma_core::grant::{GrantStore, LiveToken, RefreshOutcome, Refreshing, Scope, UserInfo};
use saoma_core::user::Face;
use saoma_core::{SecretHash, StoreError, Timestamp};

#[derive(Queryable)]
struct UserRow {
    id: String,
    name: Option<String>,
    locale: Option<String>,
    updated_at: i64,
    client: String,
    picture: Option<String>,
    scope: String,
}

/// Client, User, issued, ends, scope.
pub(super) type TokenRow = (String, String, i64, i64, String);

impl Sql {
    async fn user_of(&self, token: &SecretHash, now: Timestamp) -> Result<Option<UserRow>, Failure> {
        // Whom the website was told of, and whom that User is part of now.
        let told = diesel::alias!(users as told);
        let person = coalesce(told.field(users::merged_into), told.field(users::id));
        let query = access_tokens::table
            .inner_join(grants::table.on(grants::id.eq(access_tokens::grant_id)))
            .inner_join(told.on(told.field(users::id).eq(grants::user_id)))
            .inner_join(users::table.on(users::id.eq(person)))
            .left_join(pictures::table.on(pictures::user_id.eq(users::id)))
            .filter(access_tokens::hash.eq(token.as_str()))
            .filter(access_tokens::expires_at.gt(now.0))
            .filter(grants::revoked_at.is_null())
            .filter(users::disabled_at.is_null())
            .select((
                grants::user_id,
                users::name,
                users::locale,
                users::updated_at,
                grants::client_id,
                pictures::id.nullable(),
                coalesce(access_tokens::scope, grants::scope),
            ));
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    async fn live_token(&self, token: &SecretHash, now: Timestamp) -> Result<Option<TokenRow>, Failure> {
        let told = diesel::alias!(users as told);
        let person = coalesce(told.field(users::merged_into), told.field(users::id));
        let query = access_tokens::table
            .inner_join(grants::table.on(grants::id.eq(access_tokens::grant_id)))
            .inner_join(told.on(told.field(users::id).eq(grants::user_id)))
            .inner_join(users::table.on(users::id.eq(person)))
            .filter(access_tokens::hash.eq(token.as_str()))
            .filter(access_tokens::expires_at.gt(now.0))
            .filter(grants::revoked_at.is_null())
            .filter(users::disabled_at.is_null())
            .select((
                grants::client_id,
                grants::user_id,
                access_tokens::created_at,
                access_tokens::expires_at,
                coalesce(access_tokens::scope, grants::scope),
            ));
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    async fn end_access_token(
        &self,
        token: &SecretHash,
        client: &ClientId,
        entry: &AuditEntry,
    ) -> Result<bool, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let own = grants::table.filter(grants::client_id.eq(client.as_str())).select(grants::id);
            let own = access_tokens::table
                .filter(access_tokens::hash.eq(token.as_str()))
                .filter(access_tokens::grant_id.eq_any(own));
            let deleted = diesel::delete(own).returning(access_tokens::grant_id);
            let grant: Option<String> = deleted.get_result(conn).await.optional()?;
            // With a refresh token all goes that came from it (RFC 7009 section 2.1).
            let Some(grant) = (match grant {
                Some(grant) => Some(grant),
                None => refresh::end_family(conn, token, client, entry.at).await?,
            }) else {
                return Ok(false);
            };
            let told = AuditEntry { target: grant, ..entry.clone() };
            audit::add(conn, self.linker()?, &told).await?;
            Ok(true)
        })
    }

    async fn delete_tokens(&self, before: Timestamp, limit: i64) -> Result<usize, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let old = access_tokens::table.filter(access_tokens::expires_at.lt(before.0));
            let oldest = old.order(access_tokens::expires_at).limit(limit).select(access_tokens::hash);
            let hashes: Vec<String> = oldest.load(conn).await?;
            let ended = access_tokens::table.filter(access_tokens::hash.eq_any(hashes));
            let deleted = diesel::delete(ended).execute(conn).await?;
            let old = refresh_tokens::table.filter(refresh_tokens::expires_at.lt(before.0));
            let oldest = old.order(refresh_tokens::expires_at).limit(limit).select(refresh_tokens::hash);
            let hashes: Vec<String> = oldest.load(conn).await?;
            let gone = refresh_tokens::table.filter(refresh_tokens::hash.eq_any(hashes));
            diesel::delete(gone).execute(conn).await?;
            // A grant without tokens gives nothing, once nobody is to be told when its session ends; one just
            // made gets its token in the same transaction.
            let sessions = user_sessions::table
                .filter(user_sessions::id.nullable().eq(grants::session_id))
                .filter(user_sessions::ended_at.is_null());
            let tokens = access_tokens::table.filter(access_tokens::grant_id.eq(grants::id));
            let lasting = refresh_tokens::table.filter(refresh_tokens::grant_id.eq(grants::id));
            let empty = grants::table
                .filter(grants::created_at.lt(before.0))
                .filter(not(exists(tokens)))
                .filter(not(exists(lasting)))
                .filter(not(exists(sessions)));
            let empty = empty.order(grants::created_at).limit(limit).select(grants::id);
            let ids: Vec<String> = empty.load(conn).await?;
            diesel::delete(grants::table.filter(grants::id.eq_any(ids))).execute(conn).await?;
            Ok(deleted)
        })
    }
}

/// Revokes these grants; their tokens go.
pub(super) async fn revoke(conn: &mut Conn, ids: &[String], at: Timestamp) -> Result<(), Failure> {
    delete_tokens_of(conn, ids).await?;
    let revoked = grants::table.filter(grants::id.eq_any(ids)).filter(grants::revoked_at.is_null());
    diesel::update(revoked).set(grants::revoked_at.eq(Some(at.0))).execute(conn).await?;
    Ok(())
}

/// Whatever tokens these grants have.
pub(super) async fn delete_tokens_of(conn: &mut Conn, ids: &[String]) -> Result<(), Failure> {
    diesel::delete(access_tokens::table.filter(access_tokens::grant_id.eq_any(ids))).execute(conn).await?;
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::grant_id.eq_any(ids))).execute(conn).await?;
    Ok(())
}

/// Revokes all that was granted at a Client; its tokens go.
pub(super) async fn revoke_of_client(conn: &mut Conn, client: &str, at: i64) -> Result<(), Failure> {
    let live = grants::table.filter(grants::client_id.eq(client)).filter(grants::revoked_at.is_null());
    let ids = live.select(grants::id);
    diesel::delete(access_tokens::table.filter(access_tokens::grant_id.eq_any(ids))).execute(conn).await?;
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::grant_id.eq_any(ids))).execute(conn).await?;
    diesel::update(live).set(grants::revoked_at.eq(at)).execute(conn).await?;
    Ok(())
}

#[async_trait]
impl GrantStore for Sql {
    async fn find_user_by_token(
        &self,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<UserInfo>, StoreError> {
        let Some(row) = self.user_of(token, now).await? else { return Ok(None) };
        let picture = row.picture.as_deref().map(str::parse).transpose();
        Ok(Some(UserInfo {
            client: row.client.parse().map_err(|_| StoreError::Corrupt("grant"))?,
            face: Face {
                user: row.id.parse().map_err(|_| StoreError::Corrupt("user"))?,
                name: row.name,
                picture: picture.map_err(|_| StoreError::Corrupt("picture"))?,
                locale: row.locale,
            },
            scope: Scope::parse(&row.scope),
            updated_at: Timestamp(row.updated_at),
        }))
    }

    async fn find_live_token(
        &self,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError> {
        let access = self.live_token(token, now).await?;
        let is_access = access.is_some();
        let found = match access {
            Some(found) => Some(found),
            None => self.live_refresh_token(token, now).await?,
        };
        let Some((client, sub, issued, ends, scope)) = found else { return Ok(None) };
        Ok(Some(LiveToken {
            client: client.parse().map_err(|_| StoreError::Corrupt("grant"))?,
            sub: sub.parse().map_err(|_| StoreError::Corrupt("user"))?,
            is_access,
            scope: Scope::parse(&scope),
            issued_at: Timestamp(issued),
            expires_at: Timestamp(ends),
        }))
    }

    async fn delete_token(
        &self,
        token: &SecretHash,
        client: &ClientId,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError> {
        Ok(self.end_access_token(token, client, audit).await?)
    }

    async fn refresh(&self, refreshing: &Refreshing) -> Result<RefreshOutcome, StoreError> {
        Ok(self.refreshed(refreshing).await?)
    }

    async fn delete_ended_tokens(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
        Ok(self.delete_tokens(before, limit).await?)
    }
}
