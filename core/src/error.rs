//! The errors every feature shares: what a store can answer when it does not do its work.
//!
//! Features turn these into their own enums; nothing here knows HTTP or a database.

/// A store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is full or answers too late; trying again may help.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What was to be created exists already; nothing was written.
    #[error("{0} exists already")]
    Exists(&'static str),
    /// A stored row does not make sense to this version; it was left as it is.
    #[error("a stored {0} cannot be read")]
    Corrupt(&'static str),
}

impl StoreError {
    /// Wraps what a driver said.
    pub fn unavailable(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Box::new(source))
    }
}
