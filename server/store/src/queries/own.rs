//! What a person sees of themselves and admins do not: what websites may know, and when each way was last used.

use super::confirm::{find_owner, owners};
use super::schema::{access_tokens, grants, identities, logins, refresh_tokens, user_sessions};
use super::user_rows::remembered_consents;
use super::{Conn, Sql};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::dsl::{exists, max};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::client::ClientId;
use saoma_core::grant::Scope;
use saoma_core::id::{IdentityId, UserId};
use saoma_core::provider::{ProviderSlug, VendorIdentity};
use saoma_core::user::own::{OwnStore, Traces};
use saoma_core::{StoreError, Timestamp};

async fn known_at(conn: &mut Conn, of: &[String], now: Timestamp) -> Result<Vec<(ClientId, Scope)>, Failure> {
    let consented = remembered_consents(conn, of).await?;
    let mut all: Vec<_> = consented.into_iter().map(|one| (one.client, one.scope)).collect();
    let access = access_tokens::table
        .filter(access_tokens::grant_id.eq(grants::id))
        .filter(access_tokens::expires_at.gt(now.0));
    let refresh = refresh_tokens::table
        .filter(refresh_tokens::grant_id.eq(grants::id))
        .filter(refresh_tokens::used_at.is_null())
        .filter(refresh_tokens::expires_at.gt(now.0));
    let live = grants::table
        .filter(grants::user_id.eq_any(of))
        .filter(grants::revoked_at.is_null())
        .filter(exists(access).or(exists(refresh)));
    let rows: Vec<(String, String)> = live.select((grants::client_id, grants::scope)).load(conn).await?;
    let read = |(client, scope): (String, String)| {
        let client = client.parse().map_err(|_| Failure::Corrupt("grant"))?;
        Ok((client, Scope::parse(&scope)))
    };
    all.extend(rows.into_iter().map(read).collect::<Result<Vec<_>, Failure>>()?);
    Ok(all)
}

/// What came of Logins, by whoever confirmed them.
async fn confirmed(conn: &mut Conn, of: &[String]) -> Result<Vec<(IdentityId, Timestamp)>, Failure> {
    let same_person = identities::namespace
        .nullable()
        .eq(logins::proof_namespace)
        .and(identities::subject.nullable().eq(logins::proof_subject));
    let query = identities::table
        .inner_join(logins::table.on(same_person))
        .filter(identities::user_id.eq_any(of))
        .group_by(identities::id)
        .select((identities::id, max(logins::confirmed_at)));
    let rows: Vec<(String, Option<i64>)> = query.load(conn).await?;
    let read = |(id, at): (String, Option<i64>)| {
        let id: IdentityId = id.parse().map_err(|_| Failure::Corrupt("identity"))?;
        Ok(at.map(|at| (id, Timestamp(at))))
    };
    rows.into_iter().filter_map(|row| read(row).transpose()).collect()
}

/// What has been used is a slug; one that is none any more is passed over.
async fn used(conn: &mut Conn, of: &[String]) -> Result<Vec<(ProviderSlug, Timestamp)>, Failure> {
    let granted = grants::table
        .filter(grants::user_id.eq_any(of))
        .group_by(grants::provider)
        .select((grants::provider, max(grants::auth_time)));
    let mut rows: Vec<(String, Option<i64>)> = granted.load(conn).await?;
    let here = user_sessions::table
        .filter(user_sessions::user_id.eq_any(of))
        .group_by(user_sessions::provider)
        .select((user_sessions::provider, max(user_sessions::auth_time)));
    rows.extend(here.load::<(String, Option<i64>)>(conn).await?);
    let read = |(slug, at): (String, Option<i64>)| Some((slug.parse().ok()?, Timestamp(at?)));
    Ok(rows.into_iter().filter_map(read).collect())
}

impl Sql {
    async fn owner_of(&self, identity: &VendorIdentity) -> Result<Option<UserId>, Failure> {
        let conn = &mut *self.reader().await?;
        if let Some((_, user)) = find_owner(conn, identity).await? {
            return Ok(Some(user));
        }
        let owner = owners(conn, &identity.aliases).await?.into_iter().find_map(|owned| owned.owner);
        owner.map(|user| user.parse().map_err(|_| Failure::Corrupt("user"))).transpose()
    }
}

#[async_trait]
impl OwnStore for Sql {
    async fn find_owner(&self, identity: &VendorIdentity) -> Result<Option<UserId>, StoreError> {
        Ok(self.owner_of(identity).await?)
    }

    async fn find_traces(&self, users: &[UserId], now: Timestamp) -> Result<Traces, StoreError> {
        let ids: Vec<String> = users.iter().map(ToString::to_string).collect();
        let mut conn = self.reader().await.map_err(StoreError::from)?;
        let known_at = known_at(&mut conn, &ids, now).await?;
        let confirmed = confirmed(&mut conn, &ids).await?;
        Ok(Traces { known_at, confirmed, used: used(&mut conn, &ids).await? })
    }
}
