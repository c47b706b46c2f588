//! Who makes links: the keyring, for the streams of this node.

use super::chain::{ADMIN_STREAM, Mark, link, logins_stream};
use super::{AuditEntry, StoredAudit, Stream};
use crate::Timestamp;
use crate::seal::Keyring;
use std::sync::Arc;

/// The node's name until there are several.
pub const ONLY_NODE: &str = "main";

/// See the module.
#[derive(Debug, Clone)]
pub struct AuditLinker {
    keyring: Arc<Keyring>,
    logins: String,
}

impl AuditLinker {
    /// Links of this node.
    pub fn new(keyring: Arc<Keyring>, node: &str) -> Self {
        Self { keyring, logins: logins_stream(node) }
    }

    /// The stream a row belongs to.
    pub fn stream_of(&self, entry: &AuditEntry) -> &str {
        match entry.stream {
            Stream::Admins => ADMIN_STREAM,
            Stream::Logins => &self.logins,
        }
    }

    /// This node's stream of Logins.
    pub fn logins(&self) -> &str {
        &self.logins
    }

    /// Binds rows to what stands before them.
    pub fn link(&self, stream: &str, before: &Mark, rows: &[StoredAudit], until: Timestamp) -> Mark {
        link(&self.keyring, stream, before, rows, until)
    }
}
