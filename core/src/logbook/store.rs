//! What the logbook reads. What is kept is written by the Logins themselves.

use super::{Attempt, LoginFilter};
use crate::StoreError;
use crate::client::ClientId;
use crate::id::LoginId;
use crate::page::{Page, PageRequest};
use async_trait::async_trait;
use std::collections::BTreeSet;

/// How long Logins are kept, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogbookRules {
    /// Whole, after their end: a late second use of a code is noticed for so long.
    pub whole_seconds: i64,
    /// For the logbook, after their beginning, without anything that could open or prove something.
    pub kept_seconds: i64,
}

impl LogbookRules {
    /// For so many days in all.
    pub fn keeping(days: u32) -> Self {
        let day = 24 * 3600;
        Self { whole_seconds: day, kept_seconds: i64::from(days.max(1)) * day }
    }
}

/// What is asked of the store: a filter, within a reach.
#[derive(Debug, Clone)]
pub struct LogbookQuery {
    /// Which Logins.
    pub filter: LoginFilter,
    /// Only of these Clients; none for all.
    pub within: Option<BTreeSet<ClientId>>,
}

/// Reads the logbook.
#[async_trait]
pub trait LogbookStore: Send + Sync {
    /// Logins, newest first. A mark that is none of ours marks the end: the page is empty. Where no index
    /// answers all that is asked, a page may hold fewer than it could, even none, and still have a next one.
    async fn list_attempts(
        &self,
        query: &LogbookQuery,
        page: &PageRequest,
    ) -> Result<Page<Attempt>, StoreError>;
    /// The Login of this id.
    async fn find_attempt(&self, id: &LoginId) -> Result<Option<Attempt>, StoreError>;
}
