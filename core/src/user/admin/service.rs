//! Reading Users. What may change them has its own files.

use super::{Person, PersonDetail, UserAdminStore, UserError, UserFilter, UserRefusal};
use crate::admin::Permit;
use crate::admin::abilities::ReadUsers;
use crate::audit::AuditStore;
use crate::id::UserId;
use crate::page::{Page, PageRequest};
use crate::provider::{OpenProvider, ProviderRecord, ProviderSlug, Registry};
use crate::session::UserSessions;
use crate::signal::Signals;
use crate::{Clock, Entropy, Timestamp};
use std::sync::Arc;

/// A Provider as what people are known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Its slug.
    pub slug: ProviderSlug,
    /// What people read.
    pub title: String,
    /// Whose subjects its people are.
    pub namespace: String,
}

/// What admins may expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserRules {
    /// Days in which a merge can be undone.
    pub undo_days: u16,
}

impl Default for UserRules {
    fn default() -> Self {
        Self { undo_days: 30 }
    }
}

/// What the service is made of.
#[derive(Clone)]
pub struct UserAdminParts {
    /// Keeps Users.
    pub store: Arc<dyn UserAdminStore>,
    /// Browsers in which people are logged in.
    pub sessions: UserSessions,
    /// The open Providers.
    pub registry: Arc<Registry>,
    /// Where it is written down that people were taken away.
    pub audit: Arc<dyn AuditStore>,
    /// Wakes who waits for a Login that was ended.
    pub signals: Arc<dyn Signals>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// What admins may expect.
    pub rules: UserRules,
}

/// Users, for admins.
pub struct UserAdmin {
    pub(super) parts: UserAdminParts,
}

impl UserAdmin {
    /// A service of these parts.
    pub fn new(parts: UserAdminParts) -> Self {
        Self { parts }
    }

    /// What admins may expect.
    pub fn rules(&self) -> UserRules {
        self.parts.rules
    }

    /// Users of whom all of the filter holds, newest first. Those that became part of another are not
    /// listed.
    pub async fn list(
        &self,
        _permit: &Permit<ReadUsers>,
        filter: &UserFilter,
        page: &PageRequest,
    ) -> Result<Page<Person>, UserError> {
        if !filter.is_possible() {
            return Ok(Page { items: Vec::new(), next: None });
        }
        Ok(self.parts.store.list_users(filter, page).await?)
    }

    /// The ways by which people are known, in the order of their slugs. One that is switched off or gone is
    /// not among them: its people are known by their namespace alone.
    pub fn list_ways(&self, _permit: &Permit<ReadUsers>) -> Vec<Way> {
        self.ways()
    }

    pub(super) fn ways(&self) -> Vec<Way> {
        let way = |open: Arc<OpenProvider>| {
            let namespace = open.provider.namespace()?.to_owned();
            let ProviderRecord { slug, title, .. } = open.record.clone();
            Some(Way { slug, title, namespace })
        };
        let mut ways: Vec<Way> = self.parts.registry.list().into_iter().filter_map(way).collect();
        ways.sort_by(|one, other| one.slug.as_str().cmp(other.slug.as_str()));
        ways
    }

    /// All there is to know of one User; of one that became part of another, which.
    pub async fn find(&self, _permit: &Permit<ReadUsers>, id: &UserId) -> Result<PersonDetail, UserError> {
        self.detail(id).await
    }

    pub(super) async fn detail(&self, id: &UserId) -> Result<PersonDetail, UserError> {
        as_it_stands(&*self.parts.store, id, self.parts.clock.now()).await
    }
}

/// A User that is no part of another.
pub(crate) async fn as_it_stands(
    store: &dyn UserAdminStore,
    id: &UserId,
    now: Timestamp,
) -> Result<PersonDetail, UserError> {
    let detail = store.find_user(id, now).await?.ok_or(UserRefusal::NotFound)?;
    match detail.person.user.merged_into.clone() {
        Some(other) => Err(UserRefusal::Merged(other).into()),
        None => Ok(detail),
    }
}
