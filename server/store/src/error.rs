//! What can go wrong when a database is opened, and inside a store method.
//!
//! `OpenError` is read by the person who starts the server: it says what to do next and never
//! repeats a password. `Failure` stays inside this crate and becomes a `StoreError` at its edge.

use diesel::result::{DatabaseErrorKind, Error as SqlError};
use diesel_async::pooled_connection::deadpool::PoolError;
use saoma_core::StoreError;
use saoma_core::user::admin::{UserError, UserRefusal};
use std::path::PathBuf;

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database.
    #[error("the database url {0}; write sqlite:./data/saoma.db or postgres://user@host/database")]
    BadUrl(&'static str),
    /// There is no folder for the file, and it could not be made.
    #[error("there is no folder {} for the database and it could not be made; make it, writable for this user", .folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The file cannot be opened, or the server does not answer.
    #[error("{place} cannot be opened: {reason}; check the url, the permissions, and that the server runs")]
    Unreachable {
        /// The database, without its password.
        place: String,
        /// What the driver said, without the password.
        reason: String,
    },
    /// A newer version of this program has worked on the database.
    #[error(
        "the database has the migration {migration}, which this version does not know; start the newer version, or restore the backup made before it"
    )]
    NewerSchema {
        /// The migration's version.
        migration: String,
    },
    /// A migration did not go through; what came before it stands.
    #[error(
        "the database could not be migrated: {reason}; nothing was half done, so cure that and start again"
    )]
    Migration {
        /// What the database said.
        reason: String,
    },
}

/// Why a store method stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    Sql(SqlError),
    Pool(PoolError),
    Gone,
    NoAuditKey,
    /// What was read has changed since, and all is to be looked at again.
    Overtaken,
    Refused(UserRefusal),
    Corrupt(&'static str),
}

/// Nobody has said with which key the audit is linked.
#[derive(Debug, thiserror::Error)]
#[error("the audit has no key yet")]
struct NoAuditKey;

/// Others were faster each time.
#[derive(Debug, thiserror::Error)]
#[error("others were faster too often")]
struct TooManyRaces;

/// The pool has been closed or a connection was given up.
#[derive(Debug, thiserror::Error)]
#[error("the connection is gone")]
struct ConnectionGone;

impl Failure {
    /// A guarded change found something else than was read: all of its transaction goes back.
    pub(crate) const LOST: Self = Self::Sql(SqlError::RollbackTransaction);

    /// Whether a unique key refused a row. Which one is known by the operation, never by its name.
    pub(crate) fn is_unique(&self) -> bool {
        matches!(self, Self::Sql(SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }

    /// Whether somebody else was faster: a unique key is taken, or what a row belongs to has gone.
    pub(crate) fn is_race(&self) -> bool {
        let is_orphan =
            matches!(self, Self::Sql(SqlError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)));
        is_orphan || self.is_unique() || matches!(self, Self::Overtaken)
    }

    /// The error of an operation that creates `what`.
    pub(crate) fn creating(self, what: &'static str) -> StoreError {
        if self.is_unique() { StoreError::Exists(what) } else { self.into() }
    }
}

/// None where a guarded change was lost, which is an outcome and no failure.
pub(crate) fn unless_lost<T>(done: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match done {
        Err(Failure::Sql(SqlError::RollbackTransaction)) => Ok(None),
        done => done.map(Some),
    }
}

impl From<SqlError> for Failure {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        Self::Pool(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Sql(error) => Self::unavailable(error),
            Failure::Pool(error) => Self::unavailable(error),
            Failure::Gone => Self::unavailable(ConnectionGone),
            Failure::NoAuditKey => Self::unavailable(NoAuditKey),
            Failure::Overtaken => Self::unavailable(TooManyRaces),
            // Only who changes Users for admins refuses, and passes it on as what it is.
            Failure::Refused(refusal) => Self::unavailable(refusal),
            Failure::Corrupt(what) => Self::Corrupt(what),
        }
    }
}

impl From<Failure> for UserError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::Refused(refusal),
            failure => Self::Store(failure.into()),
        }
    }
}

impl From<UserRefusal> for Failure {
    fn from(refusal: UserRefusal) -> Self {
        Self::Refused(refusal)
    }
}
