//! Logins: begun, found, moved by one guarded UPDATE, swept. Confirming, redeeming, and finding a
//! Login together with its person have their own files, and so have the steps of a row on its way out.

use super::audit;
use super::rows::{LoginRow, Moved, maybe};
use super::schema::logins;
use super::{Conn, Sql};
use crate::error::{Failure, unless_lost};
use crate::prepared::PreparedOnce;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::id::LoginId;
use saoma_core::login::{
    ConfirmOutcome, Confirmation, Disowning, KnownIdentity, Login, LoginStore, NewCode, PushOnce,
    RedeemOutcome, Redemption, Scene, Stage, TradedCode, Transition, VendorAnswer,
};
use saoma_core::provider::{ProviderSlug, VendorIdentity};
use saoma_core::{SecretHash, StoreError, Timestamp};

/// The change itself: one UPDATE that holds only if the Login still stands as it was read.
///
/// A push that has decided another Login a moment ago cannot decide this one as well: its key is
/// taken, and that is lost too. After it PostgreSQL does nothing more in that transaction.
pub(super) async fn write_move(conn: &mut Conn, change: &Transition, moved: Moved) -> Result<(), Failure> {
    let as_read = logins::table
        .filter(logins::id.eq(change.after.id.as_str()))
        .filter(logins::stage.eq(change.from.as_str()))
        .filter(logins::version.eq(change.from_version));
    let update = PreparedOnce(diesel::update(as_read).set(moved));
    match update.execute(conn).await.map_err(Failure::from) {
        Ok(1) => Ok(()),
        Ok(_) => Err(Failure::LOST),
        Err(failure) if failure.is_unique() => Err(Failure::LOST),
        Err(failure) => Err(failure),
    }
}

/// The one Login a unique key names. Written out at each place: as a function over every such query it cost
/// the compiler five seconds a query.
macro_rules! one {
    ($sql:expr, $key:expr) => {{
        let query = logins::table.filter($key).select(LoginRow::as_select());
        query.get_result::<LoginRow>(&mut $sql.reader().await?).await.optional()?
    }};
}

impl Sql {
    async fn by_id(&self, id: &str) -> Result<Option<LoginRow>, Failure> {
        Ok(one!(self, logins::id.eq(id).and(logins::cleared_at.is_null())))
    }

    async fn by_scene(&self, scene: &str) -> Result<Option<LoginRow>, Failure> {
        Ok(one!(self, logins::scene.eq(scene)))
    }

    async fn by_image(&self, image_token: &str) -> Result<Option<LoginRow>, Failure> {
        Ok(one!(self, logins::image_token.eq(image_token)))
    }

    async fn by_state(&self, state: &str) -> Result<Option<LoginRow>, Failure> {
        Ok(one!(self, logins::state_hash.eq(state)))
    }

    async fn moved(&self, change: &Transition) -> Result<bool, Failure> {
        let moved = Moved::to(&change.after)?;
        let done = match &change.audit {
            None => write_tx!(self.single().await?, |conn| { write_move(conn, change, moved).await }),
            Some(entry) => write_tx!(self.writer().await?, |conn| {
                write_move(conn, change, moved).await?;
                audit::add(conn, self.linker()?, entry).await
            }),
        };
        Ok(unless_lost(done)?.is_some())
    }

    async fn claim(
        &self,
        state: &SecretHash,
        provider: &ProviderSlug,
        now: Timestamp,
    ) -> Result<Option<LoginRow>, Failure> {
        let free = logins::table
            .filter(logins::state_hash.eq(state.as_str()))
            .filter(logins::provider.eq(provider.as_str()))
            .filter(logins::stage.eq(Stage::Pending.as_str()))
            .filter(logins::asked_at.is_null())
            .filter(logins::expires_at.gt(now.0));
        write_tx!(self.single().await?, |conn| {
            let update = diesel::update(free).set(logins::asked_at.eq(Some(now.0)));
            let update = PreparedOnce(update.returning(LoginRow::as_returning()));
            Ok(update.get_result(conn).await.optional()?)
        })
    }

    async fn create(&self, row: LoginRow, entry: &AuditEntry) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            diesel::insert_into(logins::table).values(row).execute(conn).await?;
            audit::add(conn, self.linker()?, entry).await
        })
    }

    async fn lapsed(&self, now: Timestamp, limit: i64) -> Result<Vec<LoginRow>, Failure> {
        let lapsed = logins::table.filter(logins::ended_at.is_null()).filter(logins::expires_at.le(now.0));
        let oldest = lapsed.order(logins::expires_at).limit(limit).select(LoginRow::as_select());
        Ok(oldest.load(&mut self.reader().await?).await?)
    }

    async fn asked(&self, before: Timestamp, limit: i64) -> Result<Vec<LoginRow>, Failure> {
        let asked = logins::table.filter(logins::ended_at.is_null()).filter(logins::asked_at.lt(before.0));
        let oldest = asked.order(logins::asked_at).limit(limit).select(LoginRow::as_select());
        Ok(oldest.load(&mut self.reader().await?).await?)
    }
}

fn all(rows: Vec<LoginRow>) -> Result<Vec<Login>, StoreError> {
    Ok(rows.into_iter().map(Login::try_from).collect::<Result<_, _>>()?)
}

#[async_trait]
impl LoginStore for Sql {
    async fn create_login(&self, login: &Login, audit: &AuditEntry) -> Result<(), StoreError> {
        self.create(LoginRow::new(login)?, audit).await.map_err(|failure| failure.creating("login"))
    }

    async fn find_login(&self, id: &LoginId) -> Result<Option<Login>, StoreError> {
        maybe(self.by_id(id.as_str()).await?)
    }

    async fn find_login_by_scene(&self, scene: &Scene) -> Result<Option<Login>, StoreError> {
        maybe(self.by_scene(scene.as_str()).await?)
    }

    async fn find_login_by_image(&self, image_token: &str) -> Result<Option<Login>, StoreError> {
        maybe(self.by_image(image_token).await?)
    }

    async fn find_login_by_companion(
        &self,
        companion: &SecretHash,
    ) -> Result<Option<(Login, Option<KnownIdentity>)>, StoreError> {
        Ok(self.by_companion(companion).await?)
    }

    async fn find_login_by_push(
        &self,
        provider: &ProviderSlug,
        push_key: &str,
        spent: &SecretHash,
        subject: &VendorIdentity,
    ) -> Result<Option<(Login, Option<KnownIdentity>)>, StoreError> {
        Ok(self.by_push(provider, (push_key, spent), subject).await?)
    }

    async fn find_last_login(
        &self,
        provider: &ProviderSlug,
        subject: &VendorIdentity,
        since: Timestamp,
    ) -> Result<Option<Login>, StoreError> {
        maybe(self.last_login(provider, subject, since).await?)
    }

    async fn disown_login(&self, disowning: &Disowning) -> Result<bool, StoreError> {
        Ok(unless_lost(self.disowned(disowning).await)?.is_some())
    }

    async fn find_login_by_state(&self, state: &SecretHash) -> Result<Option<Login>, StoreError> {
        maybe(self.by_state(state.as_str()).await?)
    }

    async fn claim_login(
        &self,
        state: &SecretHash,
        provider: &ProviderSlug,
        now: Timestamp,
    ) -> Result<Option<Login>, StoreError> {
        maybe(self.claim(state, provider, now).await?)
    }

    async fn find_identity(&self, subject: &VendorIdentity) -> Result<Option<KnownIdentity>, StoreError> {
        Ok(self.identity(subject).await?)
    }

    async fn list_asked_logins(&self, before: Timestamp, limit: i64) -> Result<Vec<Login>, StoreError> {
        all(self.asked(before, limit).await?)
    }

    async fn admit_push(&self, once: &PushOnce) -> Result<bool, StoreError> {
        Ok(self.admit(once).await?)
    }

    async fn delete_push_notes(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
        Ok(self.delete_notes(before, limit).await?)
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

    async fn find_login_by_code(
        &self,
        code: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<Login>, StoreError> {
        maybe(self.by_code(code, now).await?)
    }

    async fn trade_code(&self, traded: &TradedCode) -> Result<bool, StoreError> {
        Ok(self.trade(traded).await?)
    }

    async fn redeem_code(&self, redemption: &Redemption) -> Result<RedeemOutcome, StoreError> {
        Ok(self.redeem(redemption).await?)
    }

    async fn list_lapsed_logins(&self, now: Timestamp, limit: i64) -> Result<Vec<Login>, StoreError> {
        all(self.lapsed(now, limit).await?)
    }

    async fn put_shown(&self, shown: &[(LoginId, Timestamp)]) -> Result<(), StoreError> {
        Ok(self.write_shown(shown).await?)
    }

    async fn put_vendor_answer(&self, login: &LoginId, answer: &VendorAnswer) -> Result<(), StoreError> {
        Ok(self.write_vendor_answer(login, answer).await?)
    }

    async fn clear_ended_logins(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
        Ok(self.clear_ended(before, limit).await?)
    }

    async fn delete_cleared_logins(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
        Ok(self.delete_cleared(before, limit).await?)
    }
}
