//! What admins change of what they prove themselves with.

use super::schema::{admin_recovery_codes, admin_sessions, admins};
use super::{Conn, Sql, audit, lost_unless_one};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::SecretHash;
use saoma_core::admin::HashedPassword;
use saoma_core::audit::AuditEntry;

impl Sql {
    pub(super) async fn recovery_codes(&self, admin: &str) -> Result<i64, Failure> {
        let own = admin_recovery_codes::table.filter(admin_recovery_codes::admin_id.eq(admin));
        Ok(own.count().get_result(&mut self.reader().await?).await?)
    }

    pub(super) async fn put_recovery_codes(
        &self,
        admin: &str,
        hashes: &[SecretHash],
        entry: &AuditEntry,
    ) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            // First: it waits for whoever else changes admins.
            audit::add(conn, self.linker()?, entry).await?;
            forget_recovery_codes(conn, admin).await?;
            add_recovery_codes(conn, admin, hashes).await
        })
    }

    pub(super) async fn put_password(
        &self,
        admin: &str,
        HashedPassword(hash): &HashedPassword,
        stays: &str,
        entry: &AuditEntry,
    ) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            audit::add(conn, self.linker()?, entry).await?;
            // Somebody whose session was ended meanwhile changes nothing.
            let session = admin_sessions::table.find(stays).filter(admin_sessions::admin_id.eq(admin));
            let lives: i64 = session.count().get_result(conn).await?;
            lost_unless_one(usize::try_from(lives).unwrap_or(0))?;
            let own = admins::table.find(admin).filter(admins::enabled.eq(true));
            let changed = diesel::update(own).set(admins::password_hash.eq(hash)).execute(conn).await?;
            lost_unless_one(changed)?;
            let others = admin_sessions::table
                .filter(admin_sessions::admin_id.eq(admin))
                .filter(admin_sessions::id.ne(stays));
            diesel::delete(others).execute(conn).await?;
            Ok(())
        })
    }
}

pub(super) async fn forget_recovery_codes(conn: &mut Conn, admin: &str) -> Result<(), Failure> {
    let own = admin_recovery_codes::table.filter(admin_recovery_codes::admin_id.eq(admin));
    diesel::delete(own).execute(conn).await?;
    Ok(())
}

pub(super) async fn add_recovery_codes(
    conn: &mut Conn,
    admin: &str,
    hashes: &[SecretHash],
) -> Result<(), Failure> {
    let row = |hash: &SecretHash| {
        (
            admin_recovery_codes::hash.eq(hash.as_str().to_owned()),
            admin_recovery_codes::admin_id.eq(admin.to_owned()),
        )
    };
    let rows: Vec<_> = hashes.iter().map(row).collect();
    insert_batch!(conn, admin_recovery_codes::table, &rows);
    Ok(())
}
