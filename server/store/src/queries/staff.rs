//! Admins as owners see them: listed, and changed so that an owner remains.

use super::admin_rows::AdminRow;
use super::admins::forget_links;
use super::schema::{admin_sessions, admins};
use super::{Sql, audit, lost_unless_one};
use crate::error::{Failure, unless_lost};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::admin::{Admin, AdminUpdate, Role};
use saoma_core::audit::AuditEntry;

impl Sql {
    pub(super) async fn all_admins(&self) -> Result<Vec<Admin>, Failure> {
        let query = admins::table.order(admins::name).select(AdminRow::as_select());
        let rows: Vec<AdminRow> = query.load(&mut self.reader().await?).await?;
        rows.into_iter().map(AdminRow::read).collect()
    }

    pub(super) async fn put_admin(
        &self,
        admin: &Admin,
        entries: &[AuditEntry],
    ) -> Result<AdminUpdate, Failure> {
        let row = AdminRow::new(admin)?;
        let mut leaves_none = false;
        let done = write_tx!(self.writer().await?, |conn| {
            // First: it waits for whoever else changes admins, so that the count below sees what they did.
            audit::add_all(conn, self.linker()?, entries).await?;
            let as_read = admins::table.find(admin.id.as_str()).filter(admins::version.eq(admin.version - 1));
            lost_unless_one(diesel::update(as_read).set(row).execute(conn).await?)?;
            if !admin.enabled || admin.role != Role::Owner {
                forget_links(conn, admin.id.as_str()).await?;
            }
            if !admin.enabled {
                let own = admin_sessions::table.filter(admin_sessions::admin_id.eq(admin.id.as_str()));
                diesel::delete(own).execute(conn).await?;
            }
            let owners = admins::table.filter(admins::role.eq(Role::Owner.as_str()));
            let owners: i64 = owners.filter(admins::enabled.eq(true)).count().get_result(conn).await?;
            leaves_none = owners == 0;
            if leaves_none { Err(Failure::LOST) } else { Ok(()) }
        });
        Ok(match unless_lost(done)? {
            Some(()) => AdminUpdate::Done,
            None if leaves_none => AdminUpdate::LastOwner,
            None => AdminUpdate::Stale,
        })
    }
}
