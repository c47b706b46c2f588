//! SQLite: a file of one process, one writing connection, several reading ones, WAL.
//!
//! Statements run on the calling thread. A statement here takes 10 to 100 µs; handing it to the
//! blocking pool costs more than that, and `block_in_place` gives the worker's queue away each time
//! (both measured: half and two thirds of the throughput). What could make a statement slow is
//! another process that holds the write lock, so SQLite itself never waits: `busy_timeout` is 0 and
//! only BEGIN IMMEDIATE can meet that lock, which is tried again with an async pause in between.
//! Nothing between BEGIN and COMMIT ever yields, so a dropped future cannot stop in the middle.

use crate::OpenError;
use crate::count::{Counter, Statements};
use crate::error::Failure;
use crate::migrate::{self, MigrateError};
use diesel::connection::{AnsiTransactionManager, SimpleConnection as _};
use diesel::result::{ConnectionError, Error as SqlError};
use diesel::{Connection as _, SqliteConnection};
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper};
use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use std::error::Error;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) type Conn = SyncConnectionWrapper<SqliteConnection, Inline>;
pub(crate) type Db = diesel::sqlite::Sqlite;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
/// A single statement is a transaction too: only BEGIN IMMEDIATE knows how to wait.
const SINGLE_BEGINS: bool = true;
const READERS: usize = 4;
/// The log is written back at 16 MiB, not at SQLite's 4: under load a page that many Logins change is
/// then written once, and the disk is waited for less often.
const WRITER: &str = "PRAGMA busy_timeout = 0; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
    PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -8192;";
/// In WAL a reader meets a lock only while another process recovers or closes the file.
const READER: &str = "PRAGMA busy_timeout = 10; PRAGMA query_only = ON;";
/// The longest a write waits for another process's write lock, and its shortest and longest pause.
const BUSY_LIMIT: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// How often a start tries when others start on the same file: a quarter of a second each.
const START_TRIES: u32 = 40;

/// Without statistics SQLite may walk along any index that a condition fits. A condition on a value made of
/// a column fits none: so a list says which index is meant.
const HIDES_COLUMNS: bool = true;
/// Row numbers grow, and retention deletes the oldest, so that the last less the first is about how many
/// there are, for two steps down a tree. What a table takes of the file SQLite does not tell cheaply.
const TABLE_SIZES: &str = "
    SELECT 'logins' AS class, COALESCE((SELECT MAX(rowid) FROM logins) - (SELECT MIN(rowid) FROM logins) + 1, 0)
        AS row_count, NULL AS bytes
    UNION ALL SELECT 'audit',
        COALESCE((SELECT MAX(rowid) FROM audit_events) - (SELECT MIN(rowid) FROM audit_events) + 1, 0), NULL
    UNION ALL SELECT 'users', COALESCE((SELECT MAX(rowid) FROM users) - (SELECT MIN(rowid) FROM users) + 1, 0), NULL";
const DATABASE_BYTES: &str =
    "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()";

/// The wrapper has no batch insert for SQLite: row by row, in the transaction it is called in.
macro_rules! insert_batch {
    ($conn:expr, $table:expr, $rows:expr) => {{
        for row in $rows {
            diesel::insert_into($table).values(row).execute($conn).await?;
        }
    }};
}

/// Statements of which none needs the answer to another, in their order: here there is nobody to wait for.
macro_rules! execute_together {
    ($conn:expr, $($statement:expr),+ $(,)?) => {{
        $($statement.execute($conn).await?;)+
    }};
}

/// A code on its way ends with the session that it was given in. There is one who writes.
const SESSION_LIVES: &str = "EXISTS (SELECT 1 FROM user_sessions WHERE user_sessions.id = authorizations.session_id \
                             AND user_sessions.ended_at IS NULL)";

#[path = "queries/mod.rs"]
mod queries;
pub(crate) use queries::Sql;

/// Runs a statement where it is called.
pub(crate) struct Inline;

impl SpawnBlocking for Inline {
    fn spawn_blocking<'a, R: Send + 'static>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Box<dyn Error + Send + Sync>>> {
        ready(Ok(task())).boxed()
    }

    fn get_runtime() -> Self {
        Self
    }
}

/// Takes the write lock, waiting for other processes without holding up the thread.
async fn begin(writer: &mut queries::Writer) -> Result<(), Failure> {
    let mut pause = FIRST_PAUSE;
    let mut waited = Duration::ZERO;
    loop {
        let begin =
            |c: &mut SqliteConnection| AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE");
        match writer.conn()?.spawn_blocking(begin).await {
            Ok(()) => {
                writer.mark_open();
                return Ok(());
            }
            Err(error) if is_busy(&error) && waited < BUSY_LIMIT => {
                tokio::time::sleep(pause).await;
                waited += pause;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// SQLite's result code is not passed on; its text for SQLITE_BUSY has been this one for ever.
fn is_busy(error: &SqlError) -> bool {
    matches!(error, SqlError::DatabaseError(_, told) if told.message().contains("database is locked"))
}

pub(crate) async fn open(file: &Path, statements: &Arc<Statements>) -> Result<Sql, OpenError> {
    make_folder(file)?;
    make_file(file)?;
    let place = file.to_string_lossy().into_owned();
    prepare(&place).await?;
    let own = migrate::known::<Db>(&MIGRATIONS)?;
    let read = pool(&place, READERS, READER, statements);
    let write = pool(&place, 1, WRITER, statements);
    Ok(Sql::new(read.map_err(|e| unreachable(&place, &e))?, write.map_err(|e| unreachable(&place, &e))?, own))
}

pub(crate) async fn close(sql: &Sql) {
    if let Ok(mut writer) = sql.writer().await
        && let Ok(conn) = writer.conn()
        && let Err(error) = conn.batch_execute("PRAGMA optimize").await
    {
        tracing::debug!(%error, "SQLite was not optimized at the end");
    }
    sql.close();
}

/// `./data` of the default configuration is made; deeper paths are somebody's mistake.
fn make_folder(file: &Path) -> Result<(), OpenError> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(source) if !folder.is_dir() => Err(OpenError::NoFolder { folder: folder.to_owned(), source }),
        _ => Ok(()),
    }
}

/// Only its owner reads the file; SQLite gives its companions the same mode. One that is there keeps
/// its own.
fn make_file(file: &Path) -> Result<(), OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(unreachable(&file.to_string_lossy(), &error))
        }
        _ => Ok(()),
    }
}

/// WAL and migrations. The lock is SQLite's own; a start that meets another one tries again.
async fn prepare(place: &str) -> Result<(), OpenError> {
    for _ in 0..START_TRIES {
        match attempt(place).await? {
            Err(MigrateError::Sql(error)) if is_busy(&error) => tokio::time::sleep(LONGEST_PAUSE).await,
            done => return Ok(done?),
        }
    }
    Err(unreachable(place, &"another process keeps it locked"))
}

async fn attempt(place: &str) -> Result<Result<(), MigrateError>, OpenError> {
    let path = place.to_owned();
    let attempted = tokio::task::spawn_blocking(move || {
        let mut conn = SqliteConnection::establish(&path)?;
        Ok::<_, ConnectionError>(bring_up(&mut conn))
    });
    let attempted = attempted.await.map_err(|error| unreachable(place, &error))?;
    attempted.map_err(|error| unreachable(place, &error))
}

fn bring_up(conn: &mut SqliteConnection) -> Result<(), MigrateError> {
    conn.batch_execute("PRAGMA busy_timeout = 200; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;")?;
    conn.immediate_transaction(|conn| migrate::bring_up(conn, MIGRATIONS))
}

fn unreachable(place: &str, error: &dyn std::fmt::Display) -> OpenError {
    OpenError::Unreachable { place: place.to_owned(), reason: error.to_string() }
}

fn pool(
    place: &str,
    size: usize,
    settings: &'static str,
    statements: &Arc<Statements>,
) -> Result<Pool<Conn>, diesel_async::pooled_connection::deadpool::BuildError> {
    let statements = Arc::clone(statements);
    queries::pool(place, size, move |path| {
        let counter = Counter(Arc::clone(&statements));
        let path = path.to_owned();
        async move {
            let mut conn = Conn::establish(&path).await?;
            let told = conn.batch_execute(settings).await;
            told.map_err(ConnectionError::CouldntSetupConfiguration)?;
            conn.set_instrumentation(counter);
            Ok(conn)
        }
        .boxed()
    })
}
