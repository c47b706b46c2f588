//! Admins: found, invited, enrolled, let in. A link, a code of the app and a recovery code are each
//! spent by one guarded statement in the transaction of what they were spent for.

use super::admin_passkeys::{forget_passkeys, put_passkey, use_passkey};
use super::admin_proofs::{add_recovery_codes, forget_recovery_codes};
use super::admin_rows::{AdminRow, LinkRow, SessionRow};
use super::schema::{admin_links, admin_recovery_codes, admin_sessions, admins, api_tokens};
use super::{Conn, Sql, audit, lost_unless_one};
use crate::error::{Failure, unless_lost};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::admin::{
    Admin, AdminLink, AdminName, AdminStore, AdminUpdate, ApiToken, Ceremony, Credentials, Enrolling,
    FactorUse, HashedPassword, LoggingIn, NewLink, NewPasskey, NewToken, Passkey, PasskeyRemoval, Session,
};
use saoma_core::audit::AuditEntry;
use saoma_core::id::{AdminId, PasskeyId, SessionId, TokenId};
use saoma_core::{SecretHash, StoreError, Timestamp};

impl Sql {
    async fn admin_by_name(&self, name: &AdminName) -> Result<Option<Admin>, Failure> {
        let query = admins::table.filter(admins::name.eq(name.as_str())).select(AdminRow::as_select());
        let row = query.get_result(&mut self.reader().await?).await.optional()?;
        row.map(AdminRow::read).transpose()
    }

    async fn admin_by_id(&self, id: &AdminId) -> Result<Option<Admin>, Failure> {
        let query = admins::table.find(id.as_str()).select(AdminRow::as_select());
        let row = query.get_result(&mut self.reader().await?).await.optional()?;
        row.map(AdminRow::read).transpose()
    }

    async fn credentials(&self, id: &AdminId) -> Result<Option<Credentials>, Failure> {
        let query = admins::table.find(id.as_str()).select((admins::password_hash, admins::totp));
        let row: Option<(String, String)> = query.get_result(&mut self.reader().await?).await.optional()?;
        Ok(row.map(|(password, totp)| {
            let totp = Some(totp).filter(|sealed| !sealed.is_empty());
            Credentials { password: HashedPassword(password), totp }
        }))
    }

    async fn any_admin(&self) -> Result<bool, Failure> {
        let query = diesel::select(diesel::dsl::exists(admins::table.select(admins::id)));
        Ok(query.get_result(&mut self.reader().await?).await?)
    }

    async fn put_link(&self, link: &NewLink, entry: &AuditEntry) -> Result<(), Failure> {
        let row = LinkRow::new(link, entry)?;
        write_tx!(self.writer().await?, |conn| {
            diesel::insert_into(admin_links::table).values(row).execute(conn).await?;
            audit::add(conn, self.linker()?, entry).await
        })
    }

    async fn live_link(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<AdminLink>, Failure> {
        let live = admin_links::table.find(hash.as_str()).filter(admin_links::expires_at.gt(now.0));
        let query = live.select(LinkRow::as_select());
        let row = query.get_result(&mut self.reader().await?).await.optional()?;
        row.map(LinkRow::read).transpose()
    }

    async fn live_links(&self, now: Timestamp) -> Result<Vec<NewLink>, Failure> {
        let live = admin_links::table.filter(admin_links::expires_at.gt(now.0));
        let query = live.order((admin_links::created_at, admin_links::hash)).select(LinkRow::as_select());
        let rows: Vec<LinkRow> = query.load(&mut self.reader().await?).await?;
        rows.into_iter().map(LinkRow::listed).collect()
    }

    async fn remove_link(&self, hash: &SecretHash, entry: &AuditEntry) -> Result<bool, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let was_there = diesel::delete(admin_links::table.find(hash.as_str())).execute(conn).await? == 1;
            if was_there {
                audit::add(conn, self.linker()?, entry).await?;
            }
            Ok(was_there)
        })
    }

    async fn try_enrol(&self, enrolling: &Enrolling) -> Result<(), Failure> {
        let admin = AdminRow::new(&enrolling.admin)?;
        let id = enrolling.admin.id.as_str();
        let now = enrolling.session.session.created_at.0;
        write_tx!(self.writer().await?, |conn| {
            let link = admin_links::table.find(enrolling.link.as_str());
            let live = link.filter(admin_links::expires_at.gt(now));
            lost_unless_one(diesel::delete(live).execute(conn).await?)?;
            let credentials = (
                admins::password_hash.eq(&enrolling.credentials.password.0),
                admins::totp.eq(enrolling.credentials.totp.as_deref().unwrap_or_default()),
                admins::totp_step.eq(enrolling.totp_step),
                admins::passkeys.eq(i64::from(enrolling.passkey.is_some())),
            );
            if enrolling.admin.version == 1 {
                diesel::insert_into(admins::table).values((admin, credentials)).execute(conn).await?;
            } else {
                let as_read = admins::table.find(id).filter(admins::version.eq(enrolling.admin.version - 1));
                lost_unless_one(diesel::update(as_read).set((admin, credentials)).execute(conn).await?)?;
            }
            forget_proofs(conn, id).await?;
            revoke_tokens(conn, id, now).await?;
            forget_links(conn, id).await?;
            if let Some(passkey) = &enrolling.passkey {
                put_passkey(conn, passkey).await?;
            }
            add_recovery_codes(conn, id, &enrolling.recovery).await?;
            let session = SessionRow::new(&enrolling.session);
            diesel::insert_into(admin_sessions::table).values(session).execute(conn).await?;
            audit::add(conn, self.linker()?, &enrolling.audit).await
        })
    }

    async fn try_log_in(&self, logging_in: &LoggingIn) -> Result<(), Failure> {
        let id = logging_in.admin.as_str();
        let now = logging_in.session.session.created_at.0;
        write_tx!(self.writer().await?, |conn| {
            let live = admins::table.find(id).filter(admins::enabled.eq(true));
            let seen = admins::last_login_at.eq(Some(now));
            // A recovery code leaves the app's steps as they are.
            let updated = match &logging_in.factor {
                FactorUse::Totp(step) => {
                    let unused = live.filter(admins::totp_step.lt(*step));
                    diesel::update(unused).set((seen, admins::totp_step.eq(*step))).execute(conn).await?
                }
                FactorUse::Recovery(hash) => {
                    let code = admin_recovery_codes::table.find(hash.as_str());
                    let own = code.filter(admin_recovery_codes::admin_id.eq(id));
                    lost_unless_one(diesel::delete(own).execute(conn).await?)?;
                    diesel::update(live).set(seen).execute(conn).await?
                }
                FactorUse::Passkey(used) => {
                    use_passkey(conn, id, used, now).await?;
                    diesel::update(live).set(seen).execute(conn).await?
                }
            };
            lost_unless_one(updated)?;
            // Renewed while the password was checked: what was checked counts no more. The row is held.
            if let Some(HashedPassword(hash)) = &logging_in.verified {
                let same = admins::table.find(id).filter(admins::password_hash.eq(hash)).select(admins::id);
                let same: Option<String> = same.get_result(conn).await.optional()?;
                same.ok_or(Failure::LOST)?;
            }
            if let Some(hash) = &logging_in.rehashed {
                let own = admins::table.find(id);
                diesel::update(own).set(admins::password_hash.eq(&hash.0)).execute(conn).await?;
            }
            if let Some(old) = &logging_in.replaces {
                let own = admin_sessions::table.find(old.as_str()).filter(admin_sessions::admin_id.eq(id));
                lost_unless_one(diesel::delete(own).execute(conn).await?)?;
            }
            let session = SessionRow::new(&logging_in.session);
            diesel::insert_into(admin_sessions::table).values(session).execute(conn).await?;
            audit::add(conn, self.linker()?, &logging_in.audit).await
        })
    }

    pub(super) async fn add_note(&self, entry: &AuditEntry) -> Result<(), Failure> {
        write_tx!(self.single().await?, |conn| { audit::add(conn, self.linker()?, entry).await })
    }
}

/// New credentials end whatever the old ones gave.
async fn forget_proofs(conn: &mut Conn, id: &str) -> Result<(), Failure> {
    forget_recovery_codes(conn, id).await?;
    forget_passkeys(conn, id).await?;
    let sessions = admin_sessions::table.filter(admin_sessions::admin_id.eq(id));
    diesel::delete(sessions).execute(conn).await?;
    Ok(())
}

/// Ends the links by and for somebody who may have lost what they were made with.
pub(super) async fn forget_links(conn: &mut Conn, id: &str) -> Result<(), Failure> {
    let own = admin_links::made_by.eq(Some(id)).or(admin_links::admin_id.eq(Some(id)));
    diesel::delete(admin_links::table.filter(own)).execute(conn).await?;
    Ok(())
}

async fn revoke_tokens(conn: &mut Conn, id: &str, now: i64) -> Result<(), Failure> {
    let live = api_tokens::table.filter(api_tokens::admin_id.eq(id)).filter(api_tokens::revoked_at.is_null());
    diesel::update(live).set(api_tokens::revoked_at.eq(Some(now))).execute(conn).await?;
    Ok(())
}

#[async_trait]
impl AdminStore for Sql {
    async fn has_admins(&self) -> Result<bool, StoreError> {
        Ok(self.any_admin().await?)
    }

    async fn find_admin(&self, name: &AdminName) -> Result<Option<Admin>, StoreError> {
        Ok(self.admin_by_name(name).await?)
    }

    async fn find_admin_by_id(&self, id: &AdminId) -> Result<Option<Admin>, StoreError> {
        Ok(self.admin_by_id(id).await?)
    }

    async fn find_credentials(&self, id: &AdminId) -> Result<Option<Credentials>, StoreError> {
        Ok(self.credentials(id).await?)
    }

    async fn create_link(&self, link: &NewLink, audit: &AuditEntry) -> Result<(), StoreError> {
        Ok(self.put_link(link, audit).await?)
    }

    async fn find_link(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<AdminLink>, StoreError> {
        Ok(self.live_link(hash, now).await?)
    }

    async fn list_links(&self, now: Timestamp) -> Result<Vec<NewLink>, StoreError> {
        Ok(self.live_links(now).await?)
    }

    async fn delete_link(&self, hash: &SecretHash, audit: &AuditEntry) -> Result<bool, StoreError> {
        Ok(self.remove_link(hash, audit).await?)
    }

    async fn enrol(&self, enrolling: &Enrolling) -> Result<bool, StoreError> {
        let done = unless_lost(self.try_enrol(enrolling).await);
        Ok(done.map_err(|failure| failure.creating("admin"))?.is_some())
    }

    async fn log_in(&self, logging_in: &LoggingIn) -> Result<bool, StoreError> {
        Ok(unless_lost(self.try_log_in(logging_in).await)?.is_some())
    }

    async fn find_session(&self, hash: &SecretHash) -> Result<Option<(Session, Admin)>, StoreError> {
        Ok(self.session(hash).await?)
    }

    async fn touch_session(&self, id: &SessionId, now: Timestamp) -> Result<(), StoreError> {
        Ok(self.touch(id, now).await?)
    }

    async fn list_sessions(&self, admin: &AdminId) -> Result<Vec<Session>, StoreError> {
        Ok(self.sessions_of(admin).await?)
    }

    async fn end_session(
        &self,
        admin: &AdminId,
        id: &SessionId,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError> {
        Ok(unless_lost(self.drop_session(admin, id, audit).await)?.is_some())
    }

    async fn create_passkey(&self, passkey: &NewPasskey, audit: &AuditEntry) -> Result<(), StoreError> {
        self.add_passkey(passkey, audit).await.map_err(|failure| failure.creating("passkey"))
    }

    async fn list_passkeys(&self, admin: &AdminId) -> Result<Vec<Passkey>, StoreError> {
        Ok(self.passkeys_of(admin).await?)
    }

    async fn find_passkey(&self, hash: &SecretHash) -> Result<Option<Passkey>, StoreError> {
        Ok(self.passkey(hash).await?)
    }

    async fn remove_passkey(
        &self,
        admin: &AdminId,
        id: &PasskeyId,
        needs_one: bool,
        audit: &AuditEntry,
    ) -> Result<PasskeyRemoval, StoreError> {
        Ok(self.drop_passkey(admin, id, needs_one, audit).await?)
    }

    async fn create_ceremony(&self, hash: &SecretHash, ceremony: &Ceremony) -> Result<(), StoreError> {
        Ok(self.put_ceremony(hash, ceremony).await?)
    }

    async fn take_ceremony(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Ceremony>, StoreError> {
        Ok(unless_lost(self.pop_ceremony(hash, now).await)?)
    }

    async fn count_recovery_codes(&self, admin: &AdminId) -> Result<usize, StoreError> {
        Ok(usize::try_from(self.recovery_codes(admin.as_str()).await?).unwrap_or(0))
    }

    async fn replace_recovery_codes(
        &self,
        admin: &AdminId,
        hashes: &[SecretHash],
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        Ok(self.put_recovery_codes(admin.as_str(), hashes, audit).await?)
    }

    async fn change_password(
        &self,
        admin: &AdminId,
        password: &HashedPassword,
        stays: &SessionId,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let changed = self.put_password(admin.as_str(), password, stays.as_str(), audit).await;
        Ok(unless_lost(changed)?.is_some())
    }

    async fn note(&self, audit: &AuditEntry) -> Result<(), StoreError> {
        Ok(self.add_note(audit).await?)
    }

    async fn list_admins(&self) -> Result<Vec<Admin>, StoreError> {
        Ok(self.all_admins().await?)
    }

    async fn update_admin(&self, admin: &Admin, audit: &[AuditEntry]) -> Result<AdminUpdate, StoreError> {
        Ok(self.put_admin(admin, audit).await?)
    }

    async fn create_token(&self, token: &NewToken, audit: &AuditEntry) -> Result<(), StoreError> {
        Ok(self.add_token(token, audit).await?)
    }

    async fn list_tokens(&self) -> Result<Vec<ApiToken>, StoreError> {
        Ok(self.tokens().await?)
    }

    async fn find_token(&self, hash: &SecretHash) -> Result<Option<(ApiToken, Admin)>, StoreError> {
        Ok(self.token(hash).await?)
    }

    async fn touch_token(&self, id: &TokenId, now: Timestamp) -> Result<(), StoreError> {
        Ok(self.note_token_use(id, now).await?)
    }

    async fn revoke_token(
        &self,
        id: &TokenId,
        now: Timestamp,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError> {
        Ok(unless_lost(self.end_token(id, now, audit).await)?.is_some())
    }

    async fn delete_old_sessions(
        &self,
        began_before: Timestamp,
        seen_before: Timestamp,
        links_before: Timestamp,
    ) -> Result<usize, StoreError> {
        Ok(self.drop_old(began_before, seen_before, links_before).await?)
    }
}
