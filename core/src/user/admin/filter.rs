//! Which Users a list holds; one type for API, pages and export.

use crate::Timestamp;
use crate::client::ClientId;
use crate::id::UserId;

/// All of it must hold; what is none does not matter.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// The name begins so; case and width of letters do not matter. In the middle of a name nothing is
    /// looked for: no index could help with that among a million.
    pub name: Option<String>,
    /// An Identity has exactly this subject, e.g. an openid.
    pub subject: Option<String>,
    /// An alias has exactly this value, e.g. a unionid.
    pub alias: Option<String>,
    /// It is this User, or the one this User became part of.
    pub id: Option<UserId>,
    /// An Identity is of this namespace.
    pub namespace: Option<String>,
    /// This Client has taken the User over.
    pub client: Option<ClientId>,
    /// Created at this moment or later.
    pub created_from: Option<Timestamp>,
    /// Created at this moment or earlier.
    pub created_to: Option<Timestamp>,
    /// Switched off, or not.
    pub disabled: Option<bool>,
}

impl UserFilter {
    /// Whether anything can be found by it: nothing that is kept holds a NUL, and PostgreSQL takes none.
    pub fn is_possible(&self) -> bool {
        let texts = [&self.name, &self.subject, &self.alias, &self.namespace];
        texts.into_iter().flatten().all(|text| !text.contains('\0'))
    }
}

// Subjects and aliases identify people: they must not reach a log through a stray `{:?}`.
impl std::fmt::Debug for UserFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, namespace, client, created_from, created_to, disabled, .. } = self;
        f.debug_struct("UserFilter")
            .field("id", id)
            .field("namespace", namespace)
            .field("client", client)
            .field("created", &(created_from, created_to))
            .field("disabled", disabled)
            .finish_non_exhaustive()
    }
}
