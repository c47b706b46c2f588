//! Redeeming: a code is spent once, or burned, or found to be spent (RFC 6749 sections 4.1.2, 10.5).
//!
//! One transaction. The guarded UPDATE that wins is the only proof that everything matched.

use super::rows::LoginRow;
use super::schema::{access_tokens, grants, logins, users};
use super::{Conn, Sql, audit};
use crate::error::Failure;
use crate::prepared::PreparedOnce;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::login::{Login, RedeemOutcome, Redemption, Stage};

impl Sql {
    pub(super) async fn redeem(&self, redemption: &Redemption) -> Result<RedeemOutcome, Failure> {
        write_tx!(self.writer().await?, |conn| {
            if let Some(login) = spend(conn, redemption).await? {
                write_grant(conn, redemption, &login).await?;
                audit::add(conn, self.linker()?, &redemption.redeemed.clone().about(&login)).await?;
                return Ok(RedeemOutcome::Redeemed(Box::new(login)));
            }
            if let Some(login) = burn(conn, redemption).await? {
                audit::add(conn, self.linker()?, &asked_by(redemption, &redemption.burned, &login)).await?;
                return Ok(RedeemOutcome::Burned);
            }
            let Some(login) = find_spent(conn, redemption).await? else { return Ok(RedeemOutcome::Unknown) };
            revoke(conn, redemption, &login).await?;
            audit::add(conn, self.linker()?, &asked_by(redemption, &redemption.reused, &login)).await?;
            Ok(RedeemOutcome::Reused)
        })
    }
}

async fn spend(conn: &mut Conn, redemption: &Redemption) -> Result<Option<Login>, Failure> {
    let now = redemption.now.0;
    let named = redemption.redirect_uri.as_deref();
    // Named at the beginning and now, or at neither (RFC 6749 section 4.1.3).
    let not_named = logins::redirect_uri.is_null().and(named.is_none().into_sql::<Bool>());
    let switched_off = users::table
        .filter(users::id.nullable().eq(logins::user_id))
        .filter(users::disabled_at.is_not_null());
    let all_matches = logins::table
        .filter(not(exists(switched_off)))
        .filter(logins::code_hash.eq(redemption.code_hash.as_str()))
        .filter(logins::stage.eq(Stage::Confirmed.as_str()))
        .filter(logins::client_id.eq(&redemption.client))
        .filter(logins::code_challenge.eq(&redemption.code_challenge))
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

async fn write_grant(conn: &mut Conn, redemption: &Redemption, login: &Login) -> Result<(), Failure> {
    let now = redemption.now.0;
    let token = &redemption.token;
    let user = login.user.as_ref().ok_or(Failure::Corrupt("login"))?;
    let grant = (
        grants::id.eq(token.grant.as_str()),
        grants::login_id.eq(login.id.as_str()),
        grants::client_id.eq(login.client.as_str()),
        grants::user_id.eq(user.as_str()),
        grants::created_at.eq(now),
        grants::revoked_at.eq(None::<i64>),
    );
    diesel::insert_into(grants::table).values(grant).execute(conn).await?;
    let access_token = (
        access_tokens::hash.eq(token.hash.as_str()),
        access_tokens::grant_id.eq(token.grant.as_str()),
        access_tokens::created_at.eq(now),
        access_tokens::expires_at.eq(token.expires_at.0),
    );
    diesel::insert_into(access_tokens::table).values(access_token).execute(conn).await?;
    Ok(())
}

/// A live code that came with something wrong: void from now on. Guarded as well, so that a right
/// attempt at the same moment either wins before it or finds nothing after it.
async fn burn(conn: &mut Conn, redemption: &Redemption) -> Result<Option<Login>, Failure> {
    let now = redemption.now.0;
    let live = logins::table
        .filter(logins::code_hash.eq(redemption.code_hash.as_str()))
        .filter(logins::stage.eq(Stage::Confirmed.as_str()))
        .filter(logins::code_expires_at.gt(now))
        .filter(logins::expires_at.gt(now));
    let void = (logins::code_hash.eq(None::<String>), logins::code_expires_at.eq(None::<i64>));
    let update = diesel::update(live).set(void).returning(LoginRow::as_returning());
    update.get_result(conn).await.optional()?.map(Login::try_from).transpose()
}

async fn find_spent(conn: &mut Conn, redemption: &Redemption) -> Result<Option<Login>, Failure> {
    let spent = logins::table
        .filter(logins::code_hash.eq(redemption.code_hash.as_str()))
        .filter(logins::stage.eq(Stage::Redeemed.as_str()));
    let row = spent.select(LoginRow::as_select()).get_result(conn).await.optional()?;
    row.map(Login::try_from).transpose()
}

async fn revoke(conn: &mut Conn, redemption: &Redemption, login: &Login) -> Result<(), Failure> {
    let live =
        grants::table.filter(grants::login_id.eq(login.id.as_str())).filter(grants::revoked_at.is_null());
    let revoked = diesel::update(live).set(grants::revoked_at.eq(Some(redemption.now.0)));
    let grant: Option<String> = revoked.returning(grants::id).get_result(conn).await.optional()?;
    if let Some(grant) = grant {
        let tokens = access_tokens::table.filter(access_tokens::grant_id.eq(grant));
        diesel::delete(tokens).execute(conn).await?;
    }
    Ok(())
}

/// The row about this Login, in the name of whoever presented the code: that need not be its website,
/// and it is not its visitor.
fn asked_by(redemption: &Redemption, row: &AuditEntry, login: &Login) -> AuditEntry {
    AuditEntry { client_id: Some(redemption.client.clone()), address: None, ..row.clone().about(login) }
}
