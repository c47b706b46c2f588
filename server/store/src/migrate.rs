//! Brings a schema up to this binary's, whichever the database; the caller holds the lock.
//!
//! Refuses a schema that is newer: going on would write rows the newer version cannot read.

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::OpenError;

#[derive(Debug)]
pub(crate) enum MigrateError {
    Newer(String),
    Failed(String),
    Sql(diesel::result::Error),
}

impl From<diesel::result::Error> for MigrateError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<MigrateError> for OpenError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Newer(migration) => Self::NewerSchema { migration },
            MigrateError::Failed(reason) => Self::Migration { reason },
            MigrateError::Sql(error) => Self::Migration { reason: error.to_string() },
        }
    }
}

/// Versions of all migrations in this binary, oldest first.
pub(crate) fn known<DB: Backend>(own: &EmbeddedMigrations) -> Result<Vec<String>, MigrateError> {
    let list: Vec<Box<dyn Migration<DB>>> = own.migrations().map_err(failed)?;
    let mut versions: Vec<_> = list.iter().map(|m| m.name().version().to_string()).collect();
    versions.sort_unstable();
    Ok(versions)
}

/// Runs what is missing; nothing when the schema is newer.
pub(crate) fn bring_up<DB: Backend>(
    harness: &mut impl MigrationHarness<DB>,
    own: EmbeddedMigrations,
) -> Result<(), MigrateError> {
    let known = known::<DB>(&own)?;
    let applied = harness.applied_migrations().map_err(failed)?;
    let newer =
        applied.iter().map(MigrationVersion::to_string).filter(|version| !known.contains(version)).max();
    if let Some(newer) = newer {
        return Err(MigrateError::Newer(newer));
    }
    harness.run_pending_migrations(own).map(drop).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> MigrateError {
    MigrateError::Failed(error.to_string())
}
