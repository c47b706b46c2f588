//! Redeeming: a code is spent once, or burned, or found to be spent (RFC 6749 sections 4.1.2, 10.5).
//!
//! One transaction. The guarded UPDATE that wins is the only proof that everything matched. A code stands in
//! what it answers: a Login of our own API, or an authorization.

use super::audit::AuditRow;
use super::authorization_rows::AuthorizationRow;
use super::rows::LoginRow;
use super::schema::{access_tokens, audit_events, authorizations, grants, logins, users};
use super::{Conn, Sql, audit, refresh};
use crate::error::Failure;
use crate::prepared::PreparedOnce;
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::authorization::Authorization;
use saoma_core::grant::{Grant, Scope, ScopeWord};
use saoma_core::id::UserSessionId;
use saoma_core::login::{Granted, Login, RedeemOutcome, Redemption, Stage};

/// What a code was found to answer.
enum Origin {
    Login(Box<Login>),
    Authorization(Box<Authorization>),
}

impl Sql {
    pub(super) async fn redeem(&self, redemption: &Redemption) -> Result<RedeemOutcome, Failure> {
        write_tx!(self.writer().await?, |conn| {
            if let Some(origin) = spend(conn, redemption).await? {
                let grant = origin.grant(redemption)?;
                let row = match origin {
                    Origin::Login(_) => &redemption.redeemed,
                    Origin::Authorization(_) => &redemption.authorized,
                };
                let row = audit::to_add(conn, self.linker()?, &origin.told(row)).await?;
                write_grant(conn, redemption, (&grant, origin.id()), row).await?;
                let login = if let Origin::Login(login) = origin { Some(*login) } else { None };
                return Ok(RedeemOutcome::Redeemed(Box::new(Granted { grant, login })));
            }
            if let Some(origin) = burn(conn, redemption).await? {
                audit::add(conn, self.linker()?, &origin.asked_by(redemption, &redemption.burned)).await?;
                return Ok(RedeemOutcome::Burned);
            }
            let Some(origin) = find_spent(conn, redemption).await? else {
                return Ok(RedeemOutcome::Unknown);
            };
            revoke(conn, redemption, origin.id()).await?;
            audit::add(conn, self.linker()?, &origin.asked_by(redemption, &redemption.reused)).await?;
            Ok(RedeemOutcome::Reused)
        })
    }
}

impl Origin {
    fn id(&self) -> &str {
        match self {
            Self::Login(login) => login.id.as_str(),
            Self::Authorization(authorization) => authorization.id.as_str(),
        }
    }

    fn grant(&self, redemption: &Redemption) -> Result<Grant, Failure> {
        let id = redemption.token.grant.clone();
        match self {
            Self::Login(login) => Ok(Grant {
                id,
                client: login.client.clone(),
                user: login.user.clone().ok_or(Failure::Corrupt("login"))?,
                scope: Scope::OF_LOGINS,
                nonce: login.site.nonce.clone(),
                session: None,
                provider: login.provider.clone(),
                assurance: login.assurance,
                auth_time: login.steps.confirmed_at.unwrap_or(login.updated_at),
            }),
            Self::Authorization(authorization) => {
                let by = authorization.signed_on.clone().ok_or(Failure::Corrupt("authorization"))?;
                Ok(Grant {
                    id,
                    client: authorization.request.client.clone(),
                    user: by.user,
                    scope: authorization.request.scope,
                    nonce: authorization.request.nonce.clone(),
                    session: Some(by.session),
                    provider: by.provider,
                    assurance: by.assurance,
                    auth_time: by.auth_time,
                })
            }
        }
    }

    fn told(&self, row: &AuditEntry) -> AuditEntry {
        match self {
            Self::Login(login) => row.clone().about(login),
            Self::Authorization(authorization) => row.clone().about_authorization(authorization),
        }
    }

    /// The row in the name of whoever presented the code: that need not be its website, and it is not its
    /// visitor.
    fn asked_by(&self, redemption: &Redemption, row: &AuditEntry) -> AuditEntry {
        AuditEntry { client_id: Some(redemption.client.clone()), address: None, ..self.told(row) }
    }
}

async fn spend(conn: &mut Conn, redemption: &Redemption) -> Result<Option<Origin>, Failure> {
    if !redemption.is_of_authorization
        && let Some(login) = spend_login(conn, redemption).await?
    {
        return Ok(Some(Origin::Login(Box::new(login))));
    }
    Ok(spend_authorization(conn, redemption).await?.map(|found| Origin::Authorization(Box::new(found))))
}

async fn spend_login(conn: &mut Conn, redemption: &Redemption) -> Result<Option<Login>, Failure> {
    let now = redemption.now.0;
    let named = redemption.redirect_uri.as_deref();
    // Named at the beginning and now, or at neither (RFC 6749 section 4.1.3).
    let not_named = logins::redirect_uri.is_null().and(named.is_none().into_sql::<Bool>());
    let switched_off = users::table
        .filter(users::id.nullable().eq(logins::user_id))
        .filter(users::disabled_at.is_not_null());
    // A Login always has a challenge; without a verifier nothing matches.
    let challenge = redemption.code_challenge.as_deref().unwrap_or_default();
    let all_matches = logins::table
        .filter(not(exists(switched_off)))
        .filter(logins::code_hash.eq(redemption.code_hash.as_str()))
        .filter(logins::stage.eq(Stage::Confirmed.as_str()))
        .filter(logins::client_id.eq(&redemption.client))
        .filter(logins::code_challenge.eq(challenge))
        .filter(logins::redirect_uri.eq(named).or(not_named))
        .filter(logins::code_expires_at.gt(now))
        .filter(logins::expires_at.gt(now));
    let spent = (
        logins::stage.eq(Stage::Redeemed.as_str()),
        logins::version.eq(logins::version + 1),
        logins::updated_at.eq(now),
        logins::ended_at.eq(Some(now)),
    );
    let update = diesel::update(all_matches).set(spent).returning(LoginRow::as_returning());
    PreparedOnce(update).get_result(conn).await.optional()?.map(Login::try_from).transpose()
}

/// A challenge that was never given must not be answered by a verifier either (RFC 9700 section 4.8.2).
async fn spend_authorization(
    conn: &mut Conn,
    redemption: &Redemption,
) -> Result<Option<Authorization>, Failure> {
    let now = redemption.now.0;
    let challenge = redemption.code_challenge.as_deref();
    let without = authorizations::code_challenge.is_null().and(challenge.is_none().into_sql::<Bool>());
    let told = diesel::alias!(users as told);
    let person = super::schema::coalesce(told.field(users::merged_into), told.field(users::id));
    let switched_off = told
        .inner_join(users::table.on(users::id.eq(person)))
        .filter(told.field(users::id).nullable().eq(authorizations::user_id))
        .filter(users::disabled_at.is_not_null());
    let all_matches = authorizations::table
        .filter(not(exists(switched_off)))
        .filter(sql::<Bool>(super::super::SESSION_LIVES))
        .filter(authorizations::code_hash.eq(redemption.code_hash.as_str()))
        .filter(authorizations::redeemed_at.is_null())
        .filter(authorizations::client_id.eq(&redemption.client))
        .filter(authorizations::code_challenge.eq(challenge).or(without))
        .filter(authorizations::redirect_uri.nullable().eq(redemption.redirect_uri.as_deref()))
        .filter(authorizations::code_expires_at.gt(now));
    let spent = authorizations::redeemed_at.eq(Some(now));
    let update = diesel::update(all_matches).set(spent).returning(AuthorizationRow::as_returning());
    PreparedOnce(update).get_result(conn).await.optional()?.map(Authorization::try_from).transpose()
}

/// The row of the audit goes first: the grant's trigger locks what its person has at this website until the end.
async fn write_grant(
    conn: &mut Conn,
    redemption: &Redemption,
    (grant, origin): (&Grant, &str),
    told: AuditRow,
) -> Result<(), Failure> {
    let now = redemption.now.0;
    let given = (
        grants::id.eq(grant.id.as_str()),
        grants::origin_id.eq(origin),
        grants::client_id.eq(grant.client.as_str()),
        grants::user_id.eq(grant.user.as_str()),
        grants::created_at.eq(now),
        grants::revoked_at.eq(None::<i64>),
        grants::scope.eq(grant.scope.to_string()),
        grants::nonce.eq(grant.nonce.as_deref()),
        grants::session_id.eq(grant.session.as_ref().map(UserSessionId::as_str)),
        grants::provider.eq(grant.provider.as_str()),
        grants::assurance.eq(grant.assurance.as_str()),
        grants::auth_time.eq(grant.auth_time.0),
    );
    let token = &redemption.token;
    let access_token = (
        access_tokens::hash.eq(token.hash.as_str()),
        access_tokens::grant_id.eq(token.grant.as_str()),
        access_tokens::created_at.eq(now),
        access_tokens::expires_at.eq(token.expires_at.0),
    );
    execute_together!(
        conn,
        diesel::insert_into(audit_events::table).values(told),
        diesel::insert_into(grants::table).values(given),
        diesel::insert_into(access_tokens::table).values(access_token),
    );
    if grant.scope.has(ScopeWord::OfflineAccess) {
        refresh::add(conn, grant.id.as_str(), &redemption.refresh, redemption.now).await?;
    }
    Ok(())
}

/// A live code that came with something wrong: void from now on. Guarded as well, so that a right
/// attempt at the same moment either wins before it or finds nothing after it.
async fn burn(conn: &mut Conn, redemption: &Redemption) -> Result<Option<Origin>, Failure> {
    let now = redemption.now.0;
    let live = logins::table
        .filter(logins::code_hash.eq(redemption.code_hash.as_str()))
        .filter(logins::stage.eq(Stage::Confirmed.as_str()))
        .filter(logins::code_expires_at.gt(now))
        .filter(logins::expires_at.gt(now));
    let void = (logins::code_hash.eq(None::<String>), logins::code_expires_at.eq(None::<i64>));
    let update = diesel::update(live).set(void).returning(LoginRow::as_returning());
    if !redemption.is_of_authorization
        && let Some(row) = update.get_result::<LoginRow>(conn).await.optional()?
    {
        return Ok(Some(Origin::Login(Box::new(row.try_into()?))));
    }
    let live = authorizations::table
        .filter(authorizations::code_hash.eq(redemption.code_hash.as_str()))
        .filter(authorizations::redeemed_at.is_null())
        .filter(authorizations::code_expires_at.gt(now));
    let void =
        (authorizations::code_hash.eq(None::<String>), authorizations::code_expires_at.eq(None::<i64>));
    let update = diesel::update(live).set(void).returning(AuthorizationRow::as_returning());
    let row: Option<AuthorizationRow> = update.get_result(conn).await.optional()?;
    row.map(|row| Ok(Origin::Authorization(Box::new(row.try_into()?)))).transpose()
}

async fn find_spent(conn: &mut Conn, redemption: &Redemption) -> Result<Option<Origin>, Failure> {
    let spent = logins::table
        .filter(logins::code_hash.eq(redemption.code_hash.as_str()))
        .filter(logins::stage.eq(Stage::Redeemed.as_str()));
    let row: Option<LoginRow> = spent.select(LoginRow::as_select()).get_result(conn).await.optional()?;
    if let Some(row) = row {
        return Ok(Some(Origin::Login(Box::new(row.try_into()?))));
    }
    let spent = authorizations::table
        .filter(authorizations::code_hash.eq(redemption.code_hash.as_str()))
        .filter(authorizations::redeemed_at.is_not_null());
    let row = spent.select(AuthorizationRow::as_select()).get_result(conn).await.optional()?;
    row.map(|row: AuthorizationRow| Ok(Origin::Authorization(Box::new(row.try_into()?)))).transpose()
}

async fn revoke(conn: &mut Conn, redemption: &Redemption, origin: &str) -> Result<(), Failure> {
    let live = grants::table.filter(grants::origin_id.eq(origin)).filter(grants::revoked_at.is_null());
    let revoked = diesel::update(live).set(grants::revoked_at.eq(Some(redemption.now.0)));
    let grant: Option<String> = revoked.returning(grants::id).get_result(conn).await.optional()?;
    if let Some(grant) = grant {
        super::grants::delete_tokens_of(conn, &[grant]).await?;
    }
    Ok(())
}
