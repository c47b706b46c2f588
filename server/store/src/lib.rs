//! The stores over SQLite and PostgreSQL: one query tree, compiled once for each database.
//!
//! Owns every SQL statement, the pools, the migrations and the lock round them. Knows no rule of
//! the domain beyond what a trait of core says, and never lets a database's error reach the outside
//! as text: callers get `StoreError`, starters get `OpenError`.
#![expect(clippy::duplicate_mod, reason = "compiling the query tree twice is the point: see queries/mod.rs")]

mod count;
mod error;
mod flight;
mod migrate;
mod postgres;
mod prepared;
pub mod raw;
mod sqlite;
mod target;

pub use error::OpenError;

use count::Statements;
use saoma_core::admin::AdminStore;
use saoma_core::audit::{AuditLinker, AuditScope, AuditStore};
use saoma_core::authorization::AuthorizationStore;
use saoma_core::client::ClientStore;
use saoma_core::grant::GrantStore;
use saoma_core::installation::InstallationStore;
use saoma_core::logbook::LogbookStore;
use saoma_core::login::LoginStore;
use saoma_core::notice::LogoutNoticeStore;
use saoma_core::page::PageRequest;
use saoma_core::provider::ProviderStore;
use saoma_core::session::SessionStore;
use saoma_core::settings::SettingsStore;
use saoma_core::signing::SigningKeyStore;
use saoma_core::statistics::StatisticsStore;
use saoma_core::user::PeopleStore;
use saoma_core::user::admin::UserAdminStore;
use saoma_core::user::own::OwnStore;
use std::sync::Arc;
use target::Target;

/// All stores of one database.
pub struct Stores {
    /// Keeps Logins.
    pub logins: Arc<dyn LoginStore>,
    /// Reads Logins for admins.
    pub logbook: Arc<dyn LogbookStore>,
    /// Counts Logins.
    pub statistics: Arc<dyn StatisticsStore>,
    /// Keeps Clients.
    pub clients: Arc<dyn ClientStore>,
    /// Keeps Providers.
    pub providers: Arc<dyn ProviderStore>,
    /// Reads grants.
    pub grants: Arc<dyn GrantStore>,
    /// Keeps authorizations.
    pub authorizations: Arc<dyn AuthorizationStore>,
    /// Keeps sessions of Users.
    pub sessions: Arc<dyn SessionStore>,
    /// Keeps whom to tell of logouts.
    pub notices: Arc<dyn LogoutNoticeStore>,
    /// Keeps people.
    pub people: Arc<dyn PeopleStore>,
    /// Keeps Users, for admins.
    pub users: Arc<dyn UserAdminStore>,
    /// Reads what people see of themselves.
    pub own: Arc<dyn OwnStore>,
    /// Keeps admins.
    pub admins: Arc<dyn AdminStore>,
    /// Keeps the audit.
    pub audit: Arc<dyn AuditStore>,
    /// Keeps settings.
    pub settings: Arc<dyn SettingsStore>,
    /// Keeps signing keys.
    pub signing_keys: Arc<dyn SigningKeyStore>,
    /// Keeps facts about the installation.
    pub installation: Arc<dyn InstallationStore>,
    statements: Arc<Statements>,
    database: Database,
}

enum Database {
    Sqlite(Arc<sqlite::Sql>),
    Postgres(Arc<postgres::Sql>),
}

impl Stores {
    /// Connects to the database of this URL, migrates it under a lock, refuses a newer schema.
    ///
    /// `sqlite:./path`, `sqlite:/absolute/path` or `postgres://…`. Needs tokio's multi-thread runtime.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let statements = Arc::new(Statements::default());
        match Target::parse(url)? {
            Target::Sqlite(file) => {
                let sql = Arc::new(sqlite::open(&file, &statements).await?);
                Ok(Self::over(&sql, statements, Database::Sqlite(Arc::clone(&sql))))
            }
            Target::Postgres(server) => {
                let sql = Arc::new(postgres::open(&server, &statements).await?);
                Ok(Self::over(&sql, statements, Database::Postgres(Arc::clone(&sql))))
            }
        }
    }

    fn over<S>(sql: &Arc<S>, statements: Arc<Statements>, database: Database) -> Self
    where
        S: LoginStore
            + LogbookStore
            + StatisticsStore
            + ClientStore
            + ProviderStore
            + GrantStore
            + AuthorizationStore
            + SessionStore
            + LogoutNoticeStore
            + PeopleStore
            + UserAdminStore
            + OwnStore
            + AdminStore
            + AuditStore
            + SettingsStore
            + SigningKeyStore
            + InstallationStore
            + 'static,
    {
        Self {
            logins: Arc::<S>::clone(sql),
            logbook: Arc::<S>::clone(sql),
            statistics: Arc::<S>::clone(sql),
            clients: Arc::<S>::clone(sql),
            providers: Arc::<S>::clone(sql),
            grants: Arc::<S>::clone(sql),
            authorizations: Arc::<S>::clone(sql),
            sessions: Arc::<S>::clone(sql),
            notices: Arc::<S>::clone(sql),
            people: Arc::<S>::clone(sql),
            users: Arc::<S>::clone(sql),
            own: Arc::<S>::clone(sql),
            admins: Arc::<S>::clone(sql),
            audit: Arc::<S>::clone(sql),
            settings: Arc::<S>::clone(sql),
            signing_keys: Arc::<S>::clone(sql),
            installation: Arc::<S>::clone(sql),
            statements,
            database,
        }
    }

    /// Who links audit rows; until then nothing that must be in the audit can be written. From now on no
    /// row of a Login gets a time that is linked already, whatever the clock says.
    pub async fn link_audit_with(&self, linker: AuditLinker) -> Result<(), saoma_core::StoreError> {
        let done = match &self.database {
            Database::Sqlite(sql) => sql.link_audit_with(linker).await,
            Database::Postgres(sql) => sql.link_audit_with(linker).await,
        };
        Ok(done?)
    }

    /// The statements that a page of the audit is made of, for whoever looks at their plans.
    pub async fn audit_statements(&self, scope: &AuditScope, page: &PageRequest) -> Vec<String> {
        match &self.database {
            Database::Sqlite(sql) => sql.audit_statements(scope, page).await,
            Database::Postgres(sql) => sql.audit_statements(scope, page).await,
        }
    }

    /// Data statements sent so far; transaction control, settings and migrations do not count.
    pub fn statements(&self) -> u64 {
        self.statements.so_far()
    }

    /// Ends the pools: whoever still holds a store is told that the database is not available.
    pub async fn close(self) {
        match self.database {
            Database::Sqlite(sql) => sqlite::close(&sql).await,
            Database::Postgres(sql) => sql.close(),
        }
    }
}
