//! Admins, sessions and links as rows, and back.

use super::super::Db;
use super::rows::to_json;
use super::schema::{admin_links, admin_sessions, admins};
use crate::error::Failure;
use diesel::prelude::*;
use saoma_core::admin::{Admin, AdminLink, LinkFor, NewLink, NewSession, Role, Session};
use saoma_core::audit::AuditEntry;
use saoma_core::client::ClientId;
use saoma_core::{SecretHash, Timestamp};
use std::collections::BTreeSet;

const ADMIN: Failure = Failure::Corrupt("admin");
const LINK: Failure = Failure::Corrupt("admin link");
const SESSION: Failure = Failure::Corrupt("admin session");

/// An admin without what proves who they are.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = admins, check_for_backend(Db))]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct AdminRow {
    id: String,
    name: String,
    role: String,
    clients: String,
    enabled: bool,
    version: i64,
    created_at: i64,
    updated_at: i64,
    last_login_at: Option<i64>,
    // Counted where passkeys come and go; whoever changes an admin leaves it.
    #[diesel(skip_insertion, skip_update)]
    passkeys: i64,
}

pub(super) fn clients_json(clients: &BTreeSet<ClientId>) -> Result<String, Failure> {
    to_json(&clients.iter().map(ClientId::as_str).collect::<Vec<_>>())
}

pub(super) fn read_clients(json: &str) -> Option<BTreeSet<ClientId>> {
    let ids: Vec<String> = serde_json::from_str(json).ok()?;
    ids.iter().map(|id| id.parse().ok()).collect()
}

impl AdminRow {
    pub(super) fn new(admin: &Admin) -> Result<Self, Failure> {
        Ok(Self {
            id: admin.id.to_string(),
            name: admin.name.to_string(),
            role: admin.role.as_str().to_owned(),
            clients: clients_json(&admin.clients)?,
            enabled: admin.enabled,
            version: admin.version,
            created_at: admin.created_at.0,
            updated_at: admin.updated_at.0,
            last_login_at: admin.last_login_at.map(|at| at.0),
            passkeys: admin.passkeys,
        })
    }

    pub(super) fn read(self) -> Result<Admin, Failure> {
        Ok(Admin {
            id: self.id.parse().map_err(|_| ADMIN)?,
            name: self.name.parse().map_err(|_| ADMIN)?,
            role: Role::parse(&self.role).ok_or(ADMIN)?,
            clients: read_clients(&self.clients).ok_or(ADMIN)?,
            enabled: self.enabled,
            passkeys: self.passkeys,
            version: self.version,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
            last_login_at: self.last_login_at.map(Timestamp),
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = admin_links, check_for_backend(Db), treat_none_as_default_value = false)]
pub(super) struct LinkRow {
    hash: String,
    admin_id: Option<String>,
    role: Option<String>,
    clients: Option<String>,
    created_at: i64,
    expires_at: i64,
    made_by: Option<String>,
}

impl LinkRow {
    /// The link, of whoever the audit's row says makes it; none from the command line.
    pub(super) fn new(new: &NewLink, audit: &AuditEntry) -> Result<Self, Failure> {
        let (admin_id, role, clients) = match &new.link.purpose {
            LinkFor::Known(id) => (Some(id.to_string()), None, None),
            LinkFor::New { role, clients } => {
                (None, Some(role.as_str().to_owned()), Some(clients_json(clients)?))
            }
        };
        Ok(Self {
            hash: new.hash.as_str().to_owned(),
            admin_id,
            role,
            clients,
            created_at: new.created_at.0,
            expires_at: new.link.expires_at.0,
            made_by: audit.admin_id.clone(),
        })
    }

    /// The link with what it is found by.
    pub(super) fn listed(self) -> Result<NewLink, Failure> {
        let hash = SecretHash::from_stored(self.hash.clone());
        let created_at = Timestamp(self.created_at);
        Ok(NewLink { hash, created_at, link: self.read()? })
    }

    pub(super) fn read(self) -> Result<AdminLink, Failure> {
        let purpose = match (self.admin_id, self.role, self.clients) {
            (Some(id), None, None) => LinkFor::Known(id.parse().map_err(|_| LINK)?),
            (None, Some(role), Some(clients)) => LinkFor::New {
                role: Role::parse(&role).ok_or(LINK)?,
                clients: read_clients(&clients).ok_or(LINK)?,
            },
            _ => return Err(LINK),
        };
        Ok(AdminLink { purpose, expires_at: Timestamp(self.expires_at) })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = admin_sessions, check_for_backend(Db), treat_none_as_default_value = false)]
pub(super) struct SessionRow {
    id: String,
    hash: String,
    admin_id: String,
    created_at: i64,
    seen_at: i64,
    proven_at: i64,
    address: Option<String>,
    browser: Option<String>,
}

impl SessionRow {
    pub(super) fn new(new: &NewSession) -> Self {
        let session = &new.session;
        Self {
            id: session.id.to_string(),
            hash: new.hash.as_str().to_owned(),
            admin_id: session.admin.to_string(),
            created_at: session.created_at.0,
            seen_at: session.seen_at.0,
            proven_at: session.proven_at.0,
            address: session.address.map(|address| address.to_string()),
            browser: session.browser.clone(),
        }
    }

    pub(super) fn read(self) -> Result<Session, Failure> {
        Ok(Session {
            id: self.id.parse().map_err(|_| SESSION)?,
            admin: self.admin_id.parse().map_err(|_| SESSION)?,
            created_at: Timestamp(self.created_at),
            seen_at: Timestamp(self.seen_at),
            proven_at: Timestamp(self.proven_at),
            address: self.address.map(|text| text.parse()).transpose().map_err(|_| SESSION)?,
            browser: self.browser,
        })
    }
}
