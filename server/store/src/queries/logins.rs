//! Logins: begun, found, moved by one guarded UPDATE, swept. Confirming and redeeming have their
//! own files.

use super::audit;
use super::rows::{LoginRow, Moved, REDIRECT, maybe};
use super::schema::{identities, logins, users};
use super::{Conn, Sql};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use diesel_async::methods::LoadQuery;
use saoma_core::audit::AuditEntry;
use saoma_core::id::LoginId;
use saoma_core::login::{
    ConfirmOutcome, Confirmation, KnownIdentity, Login, LoginStore, NewCode, RedeemOutcome, Redemption,
    Scene, Stage, Transition,
};
use saoma_core::{SecretHash, StoreError, Timestamp};

type KnownRow = (String, String, Option<String>, String);

/// The change itself: one UPDATE that holds only if the Login still stands as it was read.
pub(super) async fn write_move(conn: &mut Conn, change: &Transition, moved: Moved) -> Result<bool, Failure> {
    let as_read = logins::table
        .filter(logins::id.eq(change.after.id.as_str()))
        .filter(logins::stage.eq(change.from.as_str()))
        .filter(logins::version.eq(change.from_version));
    Ok(diesel::update(as_read).set(moved).execute(conn).await? == 1)
}

fn known((identity, user, name, alias_mark): KnownRow) -> Option<KnownIdentity> {
    Some(KnownIdentity { identity: identity.parse().ok()?, user: user.parse().ok()?, name, alias_mark })
}

impl Sql {
    /// The one Login a unique key names.
    async fn one<Q>(&self, query: Q) -> Result<Option<Login>, StoreError>
    where
        Q: RunQueryDsl<Conn> + LoadQuery<'static, Conn, LoginRow> + Send + 'static,
    {
        let mut conn = self.reader().await?;
        maybe(query.get_result(&mut conn).await.optional().map_err(Failure::from)?)
    }

    async fn put(&self, code: &NewCode) -> Result<Option<LoginRow>, Failure> {
        let websites = code.websites.iter().flatten().map(ToString::to_string).collect::<Vec<_>>();
        let any_website = code.websites.is_none().into_sql::<Bool>();
        let live = logins::table
            .filter(logins::client_id.eq_any(websites).or(any_website))
            .filter(logins::id.eq(code.login.as_str()))
            .filter(logins::browser_hash.eq(code.browser_hash.as_str()))
            .filter(logins::stage.eq(Stage::Confirmed.as_str()))
            .filter(logins::challenge_type.ne(REDIRECT))
            .filter(logins::expires_at.gt(code.now.0));
        let new = (
            logins::code_hash.eq(Some(code.code_hash.as_str())),
            logins::code_expires_at.eq(Some(code.code_expires_at.0)),
        );
        write_tx!(self.single().await?, |conn| {
            let update = diesel::update(live).set(new).returning(LoginRow::as_returning());
            Ok(update.get_result(conn).await.optional()?)
        })
    }

    async fn moved(&self, change: &Transition) -> Result<bool, Failure> {
        let moved = Moved::to(&change.after)?;
        let Some(entry) = &change.audit else {
            return write_tx!(self.single().await?, |conn| { write_move(conn, change, moved).await });
        };
        write_tx!(self.writer().await?, |conn| {
            let won = write_move(conn, change, moved).await?;
            if won {
                audit::add(conn, entry).await?;
            }
            Ok(won)
        })
    }

    async fn delete_ended(&self, before: Timestamp, limit: i64) -> Result<usize, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let old =
                logins::table.filter(logins::ended_at.lt(before.0)).order(logins::ended_at).limit(limit);
            let ids: Vec<String> = old.select(logins::id).load(conn).await?;
            Ok(diesel::delete(logins::table.filter(logins::id.eq_any(ids))).execute(conn).await?)
        })
    }

    async fn create(&self, row: LoginRow, entry: &AuditEntry) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            diesel::insert_into(logins::table).values(row).execute(conn).await?;
            audit::add(conn, entry).await
        })
    }

    async fn lapsed(&self, now: Timestamp, limit: i64) -> Result<Vec<LoginRow>, Failure> {
        let lapsed = logins::table.filter(logins::ended_at.is_null()).filter(logins::expires_at.le(now.0));
        let oldest = lapsed.order(logins::expires_at).limit(limit).select(LoginRow::as_select());
        Ok(oldest.load(&mut self.reader().await?).await?)
    }

    async fn by_companion(&self, hash: &SecretHash) -> Result<Option<(LoginRow, Option<KnownRow>)>, Failure> {
        let subject = identities::namespace
            .nullable()
            .eq(logins::proof_namespace)
            .and(identities::subject.nullable().eq(logins::proof_subject));
        let owner = users::id.nullable().eq(identities::user_id.nullable());
        let account = (identities::id, identities::user_id, users::name, identities::alias_mark);
        let query = logins::table
            .left_join(identities::table.on(subject))
            .left_join(users::table.on(owner))
            .filter(logins::companion_hash.eq(hash.as_str()))
            .select((LoginRow::as_select(), account.nullable()));
        Ok(query.first(&mut self.reader().await?).await.optional()?)
    }
}

#[async_trait]
impl LoginStore for Sql {
    async fn create_login(&self, login: &Login, audit: &AuditEntry) -> Result<(), StoreError> {
        self.create(LoginRow::new(login)?, audit).await.map_err(|failure| failure.creating("login"))
    }

    async fn find_login(&self, id: &LoginId) -> Result<Option<Login>, StoreError> {
        self.one(logins::table.filter(logins::id.eq(id.to_string())).select(LoginRow::as_select())).await
    }

    async fn find_login_by_scene(&self, scene: &Scene) -> Result<Option<Login>, StoreError> {
        self.one(
            logins::table.filter(logins::scene.eq(scene.as_str().to_owned())).select(LoginRow::as_select()),
        )
        .await
    }

    async fn find_login_by_image(&self, image_token: &str) -> Result<Option<Login>, StoreError> {
        self.one(
            logins::table
                .filter(logins::image_token.eq(image_token.to_owned()))
                .select(LoginRow::as_select()),
        )
        .await
    }

    async fn find_login_by_companion(
        &self,
        companion: &SecretHash,
    ) -> Result<Option<(Login, Option<KnownIdentity>)>, StoreError> {
        let Some((row, account)) = self.by_companion(companion).await? else { return Ok(None) };
        let account = account.map(|row| known(row).ok_or(Failure::Corrupt("identity"))).transpose()?;
        Ok(Some((Login::try_from(row)?, account)))
    }

    async fn transition_login(&self, change: &Transition) -> Result<bool, StoreError> {
        Ok(self.moved(change).await?)
    }

    async fn confirm_login(&self, confirmation: &Confirmation) -> Result<ConfirmOutcome, StoreError> {
        Ok(self.confirm(confirmation).await?)
    }

    async fn put_code(&self, code: &NewCode) -> Result<Option<Login>, StoreError> {
        maybe(self.put(code).await?)
    }

    async fn redeem_code(&self, redemption: &Redemption) -> Result<RedeemOutcome, StoreError> {
        Ok(self.redeem(redemption).await?)
    }

    async fn list_lapsed_logins(&self, now: Timestamp, limit: i64) -> Result<Vec<Login>, StoreError> {
        let rows = self.lapsed(now, limit).await?;
        Ok(rows.into_iter().map(Login::try_from).collect::<Result<_, _>>()?)
    }

    async fn delete_ended_logins(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
        Ok(self.delete_ended(before, limit).await?)
    }
}
