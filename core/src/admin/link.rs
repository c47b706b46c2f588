//! One-time links by which somebody becomes an admin, or gets new credentials.
//!
//! Made on the server's own command line, or by an owner. Only the hash is kept.

use super::Role;
use crate::client::ClientId;
use crate::id::AdminId;
use crate::{SecretHash, Timestamp};
use std::collections::BTreeSet;

/// How long a link can be used.
pub const LINK_SECONDS: i64 = 1800;

/// What a link is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkFor {
    /// Somebody new of this role.
    New {
        /// What they will be for.
        role: Role,
        /// A client manager's Clients.
        clients: BTreeSet<ClientId>,
    },
    /// New credentials for somebody who is there.
    Known(AdminId),
}

/// A link as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminLink {
    /// What it is good for.
    pub purpose: LinkFor,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A link to keep.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// As it will be kept.
    pub link: AdminLink,
    /// Hash of what stands in the address.
    pub hash: SecretHash,
    /// When it was made.
    pub created_at: Timestamp,
}
