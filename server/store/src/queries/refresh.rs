//! Refresh tokens: each is used once, and a second use ends all that came of its grant (RFC 9700 section 4.14.2).

use super::schema::{access_tokens, coalesce, grants, refresh_tokens, users};
use super::{Conn, Sql, audit, grants as granted};
use crate::error::Failure;
use crate::prepared::PreparedOnce;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::client::ClientId;
use saoma_core::grant::{Grant, NewRefreshToken, RefreshOutcome, Refreshing, Scope};
use saoma_core::provider::Assurance;
use saoma_core::{SecretHash, Timestamp};

const CORRUPT: Failure = Failure::Corrupt("grant");

#[derive(Queryable, Selectable)]
#[diesel(table_name = grants, check_for_backend(super::super::Db))]
struct GrantRow {
    id: String,
    client_id: String,
    user_id: String,
    created_at: i64,
    scope: String,
    nonce: Option<String>,
    session_id: Option<String>,
    provider: String,
    assurance: String,
    auth_time: i64,
}

#[derive(Insertable)]
#[diesel(table_name = refresh_tokens)]
struct NewRow<'a> {
    hash: &'a str,
    grant_id: &'a str,
    created_at: i64,
    expires_at: i64,
}

impl TryFrom<GrantRow> for Grant {
    type Error = Failure;
    fn try_from(row: GrantRow) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id.parse().map_err(|_| CORRUPT)?,
            client: row.client_id.parse().map_err(|_| CORRUPT)?,
            user: row.user_id.parse().map_err(|_| CORRUPT)?,
            scope: Scope::parse(&row.scope),
            nonce: row.nonce,
            session: row.session_id.map(|id| id.parse().map_err(|_| CORRUPT)).transpose()?,
            provider: row.provider.parse().map_err(|_| CORRUPT)?,
            assurance: Assurance::parse(&row.assurance).ok_or(CORRUPT)?,
            auth_time: Timestamp(row.auth_time),
        })
    }
}

impl Sql {
    pub(super) async fn refreshed(&self, refreshing: &Refreshing) -> Result<RefreshOutcome, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let Some(id) = spend(conn, refreshing).await? else {
                return self.reused(conn, refreshing).await;
            };
            let row: GrantRow =
                grants::table.find(&id).select(GrantRow::as_select()).get_result(conn).await?;
            let last = row.created_at.saturating_add(refreshing.family_millis);
            let next = NewRefreshToken {
                expires_at: Timestamp(refreshing.next.expires_at.0.min(last)),
                ..refreshing.next.clone()
            };
            let access = (
                access_tokens::hash.eq(refreshing.access.as_str()),
                access_tokens::grant_id.eq(&id),
                access_tokens::created_at.eq(refreshing.now.0),
                access_tokens::expires_at.eq(refreshing.access_expires_at.0),
                access_tokens::scope.eq(refreshing.access_scope.map(|scope| scope.to_string())),
            );
            let refresh = new_row(&id, &next, refreshing.now);
            execute_together!(
                conn,
                diesel::insert_into(refresh_tokens::table).values(refresh),
                diesel::insert_into(access_tokens::table).values(access),
            );
            Ok(RefreshOutcome::Refreshed(Box::new(row.try_into()?)))
        })
    }

    /// A refresh token that has not been used.
    pub(super) async fn live_refresh_token(
        &self,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<granted::TokenRow>, Failure> {
        let told = diesel::alias!(users as told);
        let person = coalesce(told.field(users::merged_into), told.field(users::id));
        let query = refresh_tokens::table
            .inner_join(grants::table.on(grants::id.eq(refresh_tokens::grant_id)))
            .inner_join(told.on(told.field(users::id).eq(grants::user_id)))
            .inner_join(users::table.on(users::id.eq(person)))
            .filter(refresh_tokens::hash.eq(token.as_str()))
            .filter(refresh_tokens::used_at.is_null())
            .filter(refresh_tokens::expires_at.gt(now.0))
            .filter(grants::revoked_at.is_null())
            .filter(users::disabled_at.is_null())
            .select((
                grants::client_id,
                grants::user_id,
                refresh_tokens::created_at,
                refresh_tokens::expires_at,
                grants::scope,
            ));
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    /// A second use: whoever holds the other one may be a thief, so nobody keeps anything.
    async fn reused(&self, conn: &mut Conn, refreshing: &Refreshing) -> Result<RefreshOutcome, Failure> {
        let ended = end_family(conn, &refreshing.token, &refreshing.client, refreshing.now).await?;
        let Some(grant) = ended else { return Ok(RefreshOutcome::Unknown) };
        let row = AuditEntry { target: grant, ..refreshing.reused.clone() };
        audit::add(conn, self.linker()?, &row).await?;
        Ok(RefreshOutcome::Reused)
    }
}

async fn spend(conn: &mut Conn, refreshing: &Refreshing) -> Result<Option<String>, Failure> {
    let told = diesel::alias!(users as told);
    let person = coalesce(told.field(users::merged_into), told.field(users::id));
    let own = grants::table
        .inner_join(told.on(told.field(users::id).eq(grants::user_id)))
        .inner_join(users::table.on(users::id.eq(person)))
        .filter(grants::id.eq(refresh_tokens::grant_id))
        .filter(grants::client_id.eq(refreshing.client.as_str()))
        .filter(grants::revoked_at.is_null())
        .filter(users::disabled_at.is_null());
    let live = refresh_tokens::table
        .filter(refresh_tokens::hash.eq(refreshing.token.as_str()))
        .filter(refresh_tokens::used_at.is_null())
        .filter(refresh_tokens::expires_at.gt(refreshing.now.0))
        .filter(exists(own));
    let used = refresh_tokens::used_at.eq(Some(refreshing.now.0));
    let update = diesel::update(live).set(used).returning(refresh_tokens::grant_id);
    Ok(PreparedOnce(update).get_result(conn).await.optional()?)
}

/// Stores a refresh token of this grant.
pub(super) async fn add(
    conn: &mut Conn,
    grant: &str,
    token: &NewRefreshToken,
    now: Timestamp,
) -> Result<(), Failure> {
    diesel::insert_into(refresh_tokens::table).values(new_row(grant, token, now)).execute(conn).await?;
    Ok(())
}

fn new_row<'a>(grant: &'a str, token: &'a NewRefreshToken, now: Timestamp) -> NewRow<'a> {
    NewRow { hash: token.hash.as_str(), grant_id: grant, created_at: now.0, expires_at: token.expires_at.0 }
}

/// Ends the grant of a refresh token of this Client, used or not, with all its tokens; gives its id.
pub(super) async fn end_family(
    conn: &mut Conn,
    token: &SecretHash,
    client: &ClientId,
    now: Timestamp,
) -> Result<Option<String>, Failure> {
    let family = refresh_tokens::table
        .inner_join(grants::table.on(grants::id.eq(refresh_tokens::grant_id)))
        .filter(refresh_tokens::hash.eq(token.as_str()))
        .filter(grants::client_id.eq(client.as_str()))
        .filter(grants::revoked_at.is_null())
        .select(grants::id);
    let Some(id) = family.get_result::<String>(conn).await.optional()? else { return Ok(None) };
    granted::revoke(conn, std::slice::from_ref(&id), now).await?;
    Ok(Some(id))
}
