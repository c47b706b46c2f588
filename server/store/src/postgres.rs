//! PostgreSQL: any number of nodes on one database, one pool in each.
//!
//! The advisory lock is held only round the migrations, on a connection of its own. Statements are
//! bounded by the server (`statement_timeout`), pool waits by the pool. A transaction that is dropped
//! in the middle takes its connection with it (`Writer`), so no row stays locked.

use crate::OpenError;
use crate::count::{Counter, Statements};
use crate::error::Failure;
use crate::migrate;
use crate::target::Server;
use diesel::result::ConnectionError;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::{AsyncConnection as _, AsyncMigrationHarness, SimpleAsyncConnection as _};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use futures_util::FutureExt as _;
use std::sync::Arc;
use std::time::Duration;

pub(crate) type Conn = diesel_async::AsyncPgConnection;
pub(crate) type Db = diesel::pg::Pg;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
/// A single statement is a transaction by itself: BEGIN and COMMIT would be two more round trips.
const SINGLE_BEGINS: bool = false;
const CONNECTIONS: usize = 8;
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// Any number will do, as long as it is always the same: "saoma" in ASCII.
const LOCK: &str = "SET lock_timeout = '60s'; SELECT pg_advisory_lock(495874862433);";
const SETTINGS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s';";

/// PostgreSQL knows how often each value is there and chooses better than we do.
const HIDES_COLUMNS: bool = false;
/// As counted when the table was last looked through; a table that never was is small enough to count.
const TABLE_SIZES: &str = "
    WITH tables (class, main, name) AS (VALUES
        ('logins', true, 'logins'), ('logins', false, 'push_notes'), ('logins', false, 'grants'),
        ('logins', false, 'access_tokens'), ('audit', true, 'audit_events'), ('audit', false, 'audit_links'),
        ('audit', false, 'audit_checkpoints'), ('users', true, 'users'), ('users', false, 'identities'),
        ('users', false, 'aliases'), ('users', false, 'pictures'))
    SELECT t.class, SUM(pg_total_relation_size(c.oid))::BIGINT AS bytes,
        SUM(CASE WHEN NOT t.main THEN 0 WHEN c.reltuples >= 0 THEN c.reltuples
            WHEN t.name = 'logins' THEN (SELECT COUNT(*) FROM logins)
            WHEN t.name = 'users' THEN (SELECT COUNT(*) FROM users)
            ELSE (SELECT COUNT(*) FROM audit_events) END)::BIGINT AS row_count
    FROM tables t JOIN pg_class c ON c.oid = to_regclass(t.name) GROUP BY t.class";
const DATABASE_BYTES: &str = "SELECT pg_database_size(current_database()) AS bytes";

/// All rows in one statement.
macro_rules! insert_batch {
    ($conn:expr, $table:expr, $rows:expr) => {{
        diesel::insert_into($table).values($rows).execute($conn).await?;
    }};
}

/// Statements of which none needs the answer to another, all sent before the first is answered: one wait in the place
/// of several. They are carried out in the order they stand in, as a reference to a row just written wants it: they
/// are polled in that order, and a statement that is not prepared yet holds back those behind it.
macro_rules! execute_together {
    ($conn:expr, $($statement:expr),+ $(,)?) => {{
        let conn: &super::Conn = $conn;
        futures_util::try_join!($($statement.execute(&mut &*conn)),+)?;
    }};
}

/// A code on its way ends with the session that it was given in. Whoever ends the session waits until what the code
/// is worth has been written, and ends that as well.
const SESSION_LIVES: &str = "EXISTS (SELECT 1 FROM user_sessions WHERE user_sessions.id = authorizations.session_id \
                             AND user_sessions.ended_at IS NULL FOR SHARE)";

#[path = "queries/mod.rs"]
mod queries;
pub(crate) use queries::Sql;

async fn begin(writer: &mut queries::Writer) -> Result<(), Failure> {
    use diesel_async::TransactionManager as _;
    // Before, not after: a BEGIN that is dropped while it travels may have arrived.
    writer.mark_open();
    Ok(<Conn as diesel_async::AsyncConnection>::TransactionManager::begin_transaction(writer.conn()?).await?)
}

pub(crate) async fn open(server: &Server, statements: &Arc<Statements>) -> Result<Sql, OpenError> {
    let conn = tokio::time::timeout(CONNECT_LIMIT, Conn::establish(&server.url)).await;
    let conn = conn.map_err(|_| unreachable(server, &"no answer within 10 seconds"))?;
    let mut conn = conn.map_err(|error| unreachable(server, &error))?;
    conn.batch_execute(LOCK).await.map_err(|error| unreachable(server, &error))?;
    // The lock ends with this connection, whatever comes of the migrations.
    migrate::bring_up(&mut AsyncMigrationHarness::new(conn), MIGRATIONS)?;
    let own = migrate::known::<Db>(&MIGRATIONS)?;
    let pool = pool(&server.url, statements).map_err(|error| unreachable(server, &error))?;
    Ok(Sql::new(pool.clone(), pool, own))
}

fn unreachable(server: &Server, error: &dyn std::fmt::Display) -> OpenError {
    OpenError::Unreachable { place: server.place.clone(), reason: server.scrub(&error.to_string()) }
}

fn pool(
    url: &str,
    statements: &Arc<Statements>,
) -> Result<Pool<Conn>, diesel_async::pooled_connection::deadpool::BuildError> {
    let statements = Arc::clone(statements);
    queries::pool(url, CONNECTIONS, move |url| {
        let counter = Counter(Arc::clone(&statements));
        let url = url.to_owned();
        async move {
            let mut conn = Conn::establish(&url).await?;
            let told = conn.batch_execute(SETTINGS).await;
            told.map_err(ConnectionError::CouldntSetupConfiguration)?;
            conn.set_instrumentation(counter);
            Ok(conn)
        }
        .boxed()
    })
}
