//! The names behind the ids of audit rows, so that people read names.
//!
//! A row keeps ids only, which say the same for ever; a name is that of today, and none where what it
//! named is gone.

use super::{AuditFilter, StoredAudit};
use crate::id::{AdminId, ProviderId, TokenId, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// Ids whose names are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamesWanted {
    /// Admins and API tokens.
    pub admins: BTreeSet<String>,
    /// Users.
    pub users: BTreeSet<String>,
    /// Clients.
    pub clients: BTreeSet<String>,
    /// Providers, by slug or id.
    pub providers: BTreeSet<String>,
}

impl NamesWanted {
    /// What these rows name.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a StoredAudit>) -> Self {
        let mut wanted = Self::default();
        for row in rows {
            wanted.admins.extend(row.admin_id.clone());
            wanted.users.extend(row.user_id.clone());
            wanted.clients.extend(row.client_id.clone());
            wanted.providers.extend(row.provider.clone());
            wanted.add_target(row);
        }
        wanted
    }

    /// What a filter names as well.
    #[must_use]
    pub fn with_filter(mut self, filter: &AuditFilter) -> Self {
        self.admins.extend(filter.admin.clone());
        self.users.extend(filter.user.as_ref().map(ToString::to_string));
        self.clients.extend(filter.client.as_ref().map(ToString::to_string));
        self.providers.extend(filter.provider.as_ref().map(ToString::to_string));
        if let Some(target) = &filter.target {
            for of_what in [&mut self.admins, &mut self.users, &mut self.clients, &mut self.providers] {
                of_what.insert(target.clone());
            }
        }
        self
    }

    fn add_target(&mut self, row: &StoredAudit) {
        let target = &row.target;
        let of_what = if target.starts_with(AdminId::PREFIX) || target.starts_with(TokenId::PREFIX) {
            &mut self.admins
        } else if target.starts_with(UserId::PREFIX) {
            &mut self.users
        } else if row.action.starts_with("client.") {
            &mut self.clients
        } else if row.action.starts_with("provider.") || target.starts_with(ProviderId::PREFIX) {
            &mut self.providers
        } else {
            return;
        };
        of_what.insert(target.clone());
    }
}

/// Names by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditNames {
    /// Of admins and API tokens.
    pub admins: BTreeMap<String, String>,
    /// Of Users, where they have one.
    pub users: BTreeMap<String, String>,
    /// Of Clients.
    pub clients: BTreeMap<String, String>,
    /// Of Providers, by slug and by id.
    pub providers: BTreeMap<String, String>,
}

impl AuditNames {
    /// The name of whatever has this id.
    pub fn of_id(&self, id: &str) -> Option<&String> {
        [&self.clients, &self.providers, &self.admins, &self.users]
            .into_iter()
            .find_map(|names| names.get(id))
    }

    /// The name of what a row was done to.
    pub fn of_target(&self, row: &StoredAudit) -> Option<&str> {
        let target = &row.target;
        let of_kind = if row.action.starts_with("client.") {
            self.clients.get(target)
        } else if row.action.starts_with("provider.") {
            self.providers.get(target)
        } else {
            None
        };
        let any = || {
            self.admins.get(target).or_else(|| self.users.get(target)).or_else(|| self.providers.get(target))
        };
        of_kind.or_else(any).map(String::as_str)
    }
}
