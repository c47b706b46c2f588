//! Admins as owners see them: listed, invited, given another role, shut out.
//!
//! The last owner who can log in stays one: the store refuses what would leave the house without.

use super::abilities::{EditAdmins, ReadAdmins};
use super::enrol::{link_name, new_link};
use super::link::LinkFor;
use super::{Admin, AdminService, Permit, Role};
use crate::audit::{Action, AuditEntry, AuditOutcome};
use crate::client::ClientId;
use crate::id::AdminId;
use crate::{ChangeError, Obstacle, Secret, StoreError};
use std::collections::BTreeSet;
use std::iter;

/// What an admin is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// What they are for.
    pub role: Role,
    /// A client manager's Clients; of no meaning for others.
    pub clients: BTreeSet<ClientId>,
    /// Whether they may come in.
    pub enabled: bool,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminUpdate {
    /// It is written.
    Done,
    /// Another version is there.
    Stale,
    /// Nobody could get in any more.
    LastOwner,
}

impl AdminService {
    /// All admins, by name.
    pub async fn list_admins(&self, _permit: &Permit<ReadAdmins>) -> Result<Vec<Admin>, StoreError> {
        self.parts.store.list_admins().await
    }

    /// An admin.
    pub async fn find_admin(
        &self,
        _permit: &Permit<ReadAdmins>,
        id: &AdminId,
    ) -> Result<Option<Admin>, StoreError> {
        self.parts.store.find_admin_by_id(id).await
    }

    /// A one-time link by which somebody becomes an admin of this role.
    pub async fn invite(
        &self,
        permit: &Permit<EditAdmins>,
        role: Role,
        clients: BTreeSet<ClientId>,
    ) -> Result<Secret, StoreError> {
        let row = self.staff_row(permit, Action::AdminInvited, "");
        let clients = kept(role, clients);
        self.make_link(LinkFor::New { role, clients }, row).await
    }

    /// A one-time link by which an admin gets new credentials.
    pub async fn renew(&self, permit: &Permit<EditAdmins>, id: &AdminId) -> Result<Secret, ChangeError> {
        let known = self.parts.store.find_admin_by_id(id).await?;
        known.filter(|admin| admin.enabled).ok_or(ChangeError::NotFound)?;
        let row = self.staff_row(permit, Action::AdminInvited, id.as_str());
        Ok(self.make_link(LinkFor::Known(id.clone()), row).await?)
    }

    /// Gives an admin another role or reach, shuts them out or lets them in again; at once.
    pub async fn appoint(
        &self,
        permit: &Permit<EditAdmins>,
        (id, version): (&AdminId, i64),
        post: &Post,
    ) -> Result<Admin, ChangeError> {
        let before = self.parts.store.find_admin_by_id(id).await?.ok_or(ChangeError::NotFound)?;
        if before.version != version {
            return Err(ChangeError::Stale);
        }
        let clients = kept(post.role, post.clients.clone());
        let rows = self.appointed(permit, &before, post, &clients);
        if rows.is_empty() {
            return Ok(before);
        }
        let admin = Admin {
            role: post.role,
            clients,
            enabled: post.enabled,
            version: before.version + 1,
            updated_at: self.parts.clock.now(),
            ..before
        };
        match self.parts.store.update_admin(&admin, &rows).await? {
            AdminUpdate::Done => Ok(admin),
            AdminUpdate::Stale => Err(ChangeError::Stale),
            AdminUpdate::LastOwner => Err(Obstacle::LastOwner.into()),
        }
    }

    fn appointed(
        &self,
        permit: &Permit<EditAdmins>,
        before: &Admin,
        post: &Post,
        clients: &BTreeSet<ClientId>,
    ) -> Vec<AuditEntry> {
        let mut rows = Vec::new();
        if before.role != post.role || before.clients != *clients {
            let row = self.staff_row(permit, Action::AdminChanged, before.id.as_str());
            let (was, is) = (told(before.role, &before.clients), told(post.role, clients));
            rows.push(row.ended(AuditOutcome::Success, &format!("{was} -> {is}")));
        }
        if before.enabled != post.enabled {
            let action = if post.enabled { Action::AdminEnabled } else { Action::AdminDisabled };
            rows.push(self.staff_row(permit, action, before.id.as_str()));
        }
        rows
    }

    pub(super) fn staff_row(&self, permit: &Permit<EditAdmins>, action: Action, target: &str) -> AuditEntry {
        permit.caller().row(&*self.parts.entropy, self.parts.clock.now(), action, target)
    }

    /// Makes a link, and tells the audit what it is for.
    pub(super) async fn make_link(&self, purpose: LinkFor, row: AuditEntry) -> Result<Secret, StoreError> {
        let secret = Secret::generate(&*self.parts.entropy);
        let link = new_link(purpose, &secret, self.parts.clock.now());
        let name = link_name(&link.hash);
        let detail = match &link.link.purpose {
            LinkFor::New { role, clients } => format!("{name} {}", told(*role, clients)),
            LinkFor::Known(_) => name,
        };
        self.parts.store.create_link(&link, &row.ended(AuditOutcome::Success, &detail)).await?;
        Ok(secret)
    }
}

/// Clients are kept for those alone whose reach they are.
fn kept(role: Role, clients: BTreeSet<ClientId>) -> BTreeSet<ClientId> {
    if role == Role::ClientManager { clients } else { BTreeSet::new() }
}

/// A role in the audit's words, with the Clients it is for.
fn told(role: Role, clients: &BTreeSet<ClientId>) -> String {
    let clients = clients.iter().map(ClientId::as_str);
    iter::once(role.as_str()).chain(clients).collect::<Vec<_>>().join(" ")
}
