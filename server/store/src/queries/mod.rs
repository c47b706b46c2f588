//! The one query tree. `sqlite.rs` and `postgres.rs` each compile it with their own connection type,
//! their own way to `begin` a transaction, their own `insert_batch!` and `execute_together!`.
//!
//! Portable columns only: text, integers, booleans, bytes. State moves by one guarded UPDATE; "one
//! row changed" decides. What must differ between the databases lives in their own files.

/// One transaction: `write_tx!(writer, |conn| { … })`; the body's error rolls it back. A macro, as an
/// async closure that borrows a connection cannot be passed on and stay `Send`.
macro_rules! write_tx {
    ($writer:expr, |$conn:ident| $body:block) => {{
        let mut writer = $writer;
        let done = async {
            super::begin(&mut writer).await?;
            let $conn: &mut super::Conn = writer.conn()?;
            $body
        };
        let done = done.await;
        super::finish(writer, done).await
    }};
}

/// Tries again as long as somebody else was faster; each try ends by somebody else's success.
macro_rules! until_done {
    ($attempt:expr) => {{
        let mut tries = 1;
        loop {
            match $attempt.await {
                Err(failure) if failure.is_race() && tries < super::TRIES => tries += 1,
                done => break done,
            }
        }
    }};
}

mod admin_passkeys;
mod admin_proofs;
mod admin_rows;
mod admin_sessions;
mod admins;
mod api_tokens;
mod assertions;
mod audit;
mod audit_chain;
mod audit_checkpoints;
mod audit_list;
mod audit_names;
mod authorization_rows;
mod authorizations;
mod client_reach;
mod clients;
mod codes;
mod confirm;
mod consents;
mod devices;
mod disown;
mod forgetting;
mod grants;
mod installation;
mod logbook;
mod logbook_parts;
mod logbook_rows;
mod logins;
mod merge_offers;
mod notices;
mod own;
mod people;
mod pictures;
mod providers;
mod pushed_requests;
mod pushes;
mod redeem;
mod refresh;
mod rows;
mod schema;
mod schema_house;
mod schema_openid;
mod sessions;
mod settings;
mod signing_keys;
mod staff;
mod statistics;
mod statistics_rows;
mod steps;
mod subjects;
mod user_changes;
mod user_identities;
mod user_list;
mod user_merges;
mod user_rows;
mod users;

use super::Conn;
use crate::error::Failure;
use crate::flight::{Flight, Ticket};
use deadpool::Runtime;
use diesel::result::ConnectionResult;
use diesel_async::pooled_connection::deadpool::{BuildError, Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection, TransactionManager as _};
use futures_util::future::BoxFuture;
use saoma_core::audit::AuditLinker;
use std::future::poll_fn;
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Duration;

type Tm = <Conn as AsyncConnection>::TransactionManager;

/// A person has few phones.
const TRIES: u32 = 8;

/// The longest a request waits for a connection.
const POOL_WAIT: Duration = Duration::from_secs(3);

/// All stores of one database.
pub(crate) struct Sql {
    read: Pool<Conn>,
    write: Pool<Conn>,
    migrations: Vec<String>,
    linker: OnceLock<Linker>,
    flight: Arc<Flight>,
}

/// Who links audit rows, and who else is writing.
struct Linker {
    links: AuditLinker,
    flight: Arc<Flight>,
}

impl Sql {
    pub(super) fn new(read: Pool<Conn>, write: Pool<Conn>, migrations: Vec<String>) -> Self {
        Self { read, write, migrations, linker: OnceLock::new(), flight: Arc::default() }
    }

    /// Who links audit rows from now on; the first one stays.
    pub(crate) async fn link_audit_with(&self, linker: AuditLinker) -> Result<(), Failure> {
        self.flight.raise(self.linked_until(linker.logins()).await?.unwrap_or(0));
        drop(self.linker.set(Linker { links: linker, flight: Arc::clone(&self.flight) }));
        Ok(())
    }

    /// Without it nothing that must be in the audit can be written.
    fn linker(&self) -> Result<&Linker, Failure> {
        self.linker.get().ok_or(Failure::NoAuditKey)
    }

    async fn reader(&self) -> Result<Object<Conn>, Failure> {
        Ok(self.read.get().await?)
    }

    /// For several statements that hold together.
    pub(super) async fn writer(&self) -> Result<Writer, Failure> {
        self.set_out(false).await
    }

    /// For one statement.
    async fn single(&self) -> Result<Writer, Failure> {
        self.set_out(true).await
    }

    async fn set_out(&self, single: bool) -> Result<Writer, Failure> {
        let object = Some(self.write.get().await?);
        Ok(Writer { object, open: false, single, _ticket: self.flight.enter() })
    }

    pub(crate) fn close(&self) {
        self.read.close();
        self.write.close();
    }
}

/// A connection for writing. Dropped inside a transaction it leaves the pool and is closed, which
/// ends the transaction at once instead of when somebody next wants the connection.
pub(super) struct Writer {
    object: Option<Object<Conn>>,
    open: bool,
    single: bool,
    _ticket: Ticket,
}

impl Writer {
    pub(super) fn conn(&mut self) -> Result<&mut Conn, Failure> {
        self.object.as_deref_mut().ok_or(Failure::Gone)
    }

    pub(super) fn mark_open(&mut self) {
        self.open = true;
    }

    /// Whether somebody waits for this connection.
    fn is_waited_for(&self) -> bool {
        let pool = self.object.as_ref().and_then(Object::pool);
        pool.is_some_and(|pool| pool.status().waiting > 0)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.open
            && let Some(object) = self.object.take()
        {
            drop(Object::take(object));
        }
    }
}

async fn begin(writer: &mut Writer) -> Result<(), Failure> {
    if writer.single && !super::SINGLE_BEGINS {
        return Ok(());
    }
    super::begin(writer).await
}

/// A guarded change that met another row than was read takes its whole transaction back.
fn lost_unless_one(rows: usize) -> Result<(), Failure> {
    if rows == 1 { Ok(()) } else { Err(Failure::LOST) }
}

/// Commits what was done, or rolls it back.
async fn finish<T>(mut writer: Writer, done: Result<T, Failure>) -> Result<T, Failure> {
    if !writer.open {
        return done;
    }
    let conn = writer.conn()?;
    let ended = match &done {
        Ok(_) => Tm::commit_transaction(conn).await,
        Err(_) => Tm::rollback_transaction(conn).await,
    };
    writer.open = ended.is_err();
    let is_waited_for = writer.is_waited_for();
    drop(writer);
    if is_waited_for {
        give_way().await;
    }
    // Why it was rolled back says more than that the rollback failed too.
    done.and_then(|value| ended.map(|()| value).map_err(Failure::from))
}

/// Lets another thread go on with this request. Whoever was woken by the connection's return runs next on this one
/// and on no other, so what is left to do here would be waited for by everybody who wants to write. Not tokio's
/// own yield: that one waits until this thread has nothing to do.
async fn give_way() {
    let mut has = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

pub(super) fn pool(
    url: &str,
    size: usize,
    setup: impl Fn(&str) -> BoxFuture<'_, ConnectionResult<Conn>> + Send + Sync + 'static,
) -> Result<Pool<Conn>, BuildError> {
    let mut config = ManagerConfig::default();
    config.custom_setup = Box::new(setup);
    config.recycling_method = RecyclingMethod::Fast;
    Pool::builder(AsyncDieselConnectionManager::new_with_config(url, config))
        .max_size(size)
        .wait_timeout(Some(POOL_WAIT))
        .create_timeout(Some(POOL_WAIT))
        .runtime(Runtime::Tokio1)
        .build()
}
