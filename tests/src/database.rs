//! A fresh database for every test: a SQLite file, and a database of one PostgreSQL server a run.
//!
//! The server listens on a Unix socket in a temporary folder only. A shell holds it: when the test
//! process ends, however it does, its end of the shell's input closes and the shell stops the server
//! and removes the folder. Without PostgreSQL those tests pass unrun, unless
//! `SAOMA_REQUIRE_ALL_BACKENDS=1` says that they must not.

use crate::scratch;
use nix::unistd::{User, geteuid};
use saoma_core::audit::{AuditLinker, ONLY_NODE};
use saoma_core::entropy::SeededEntropy;
use saoma_core::seal::Keyring;
use saoma_store::{Stores, raw::Raw};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Writes each test once and runs it on both databases, as `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! every_database {
    ($($(#[$about:meta])* async fn $name:ident($db:ident: $database:ty) $body:block)*) => {$(
        $(#[$about])*
        mod $name {
            use super::*;

            async fn check($db: $database) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                check(&$crate::database::Database::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                if let Some(db) = $crate::database::Database::postgres().await {
                    check(&db).await;
                }
            }
        }
    )*};
}

/// A database that nobody else uses; it goes with this value.
pub struct Database {
    url: String,
    place: Place,
}

enum Place {
    /// Held for its end: the folder goes with it.
    File(#[expect(dead_code, reason = "its drop is its use")] TempDir),
    Server(String),
}

impl Database {
    /// A file that does not exist yet.
    pub fn sqlite() -> Self {
        let folder = scratch::folder();
        let url = format!("sqlite:{}", folder.path().join("saoma.db").display());
        Self { url, place: Place::File(folder) }
    }

    /// A migrated database; none when PostgreSQL is not installed and need not be.
    pub async fn postgres() -> Option<Self> {
        Self::on_server(Some("saoma_template")).await
    }

    /// A database without any table; as above.
    pub async fn empty_postgres() -> Option<Self> {
        Self::on_server(None).await
    }

    async fn on_server(template: Option<&str>) -> Option<Self> {
        let server = server().await?;
        let name = server.create(template).await;
        Some(Self { url: server.url(&name), place: Place::Server(name) })
    }

    /// Its URL, for `Stores::open` or the server's configuration.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it is SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.place, Place::File(_))
    }

    /// The stores over it.
    pub async fn stores(&self) -> Stores {
        let stores = Stores::open(&self.url).await.unwrap();
        stores.link_audit_with(AuditLinker::new(Arc::new(keyring()), ONLY_NODE)).await.unwrap();
        stores
    }

    /// SQL by hand.
    pub async fn raw(&self) -> Raw {
        Raw::open(&self.url).await.unwrap()
    }

    /// The one column `line` of a query by hand.
    pub async fn lines(&self, sql: &str) -> Vec<String> {
        self.raw().await.lines(sql).await.unwrap()
    }

    /// Every row of every table as text, one a line, its table's name before it.
    pub async fn dump(&self) -> String {
        let tables = if self.is_sqlite() {
            "SELECT name AS line FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        } else {
            "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'"
        };
        let mut text = String::new();
        for table in self.lines(tables).await {
            let rows = if self.is_sqlite() {
                let columns = format!("SELECT name AS line FROM pragma_table_info('{table}')");
                let quoted: Vec<_> =
                    self.lines(&columns).await.iter().map(|column| format!("quote(\"{column}\")")).collect();
                format!("SELECT {} AS line FROM {table}", quoted.join(" || ',' || "))
            } else {
                format!("SELECT t::text AS line FROM {table} t")
            };
            text.extend(self.lines(&rows).await.iter().map(|row| format!("{table}: {row}\n")));
        }
        text
    }
}

/// Databases of tests that are over; the next test drops them, as that needs a connection.
static OVER: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Drop for Database {
    fn drop(&mut self) {
        if let Place::Server(name) = &self.place {
            OVER.lock().unwrap().push(name.clone());
        }
    }
}

struct Server {
    folder: PathBuf,
    // Closing the shell's input is what stops the server.
    _shell: (Child, ChildStdin),
}

/// The run's server, started by the first who asks.
async fn server() -> Option<&'static Server> {
    static SERVER: OnceCell<Option<Server>> = OnceCell::const_new();
    let start = || async {
        let required = std::env::var("SAOMA_REQUIRE_ALL_BACKENDS").is_ok_and(|value| value == "1");
        match binaries() {
            Some(binaries) => {
                let server = Server::start(&binaries);
                server.prepare().await;
                Some(server)
            }
            None if required => panic!("PostgreSQL is required and not installed: make test installs it"),
            None => {
                println!("PostgreSQL is not installed: tests on it are not run");
                None
            }
        }
    };
    SERVER.get_or_init(start).await.as_ref()
}

/// The folder with `postgres` and `initdb`: on the path, or where Debian puts it, newest first.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort_by_key(|folder| {
        let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        std::cmp::Reverse(version.and_then(|name| name.parse::<u32>().ok()))
    });
    let has_both = |folder: &PathBuf| folder.join("postgres").is_file() && folder.join("initdb").is_file();
    std::env::split_paths(&path).chain(debian).find(has_both)
}

const OPTIONS: [&str; 6] = [
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "listen_addresses=",
    "max_connections=300",
    // So that a test can read a whole statement of ours.
    "track_activity_query_size=8192",
];

/// $1 is postgres, $2 the folder, the rest its options.
const HOLD: &str = r#"
server_binary=$1; folder=$2; shift 2
"$server_binary" -D "$folder/data" -k "$folder" "$@" >"$folder/log" 2>&1 &
server=$!
cat >/dev/null
kill -INT "$server"; wait "$server"
rm -rf "$folder"
"#;

impl Server {
    fn start(binaries: &Path) -> Self {
        let folder = scratch::folder().keep();
        // PostgreSQL refuses to run as root.
        let other =
            geteuid().is_root().then(|| User::from_name("postgres").unwrap().expect("a user postgres"));
        if let Some(user) = &other {
            chown(&folder, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
        }
        let command = |program: &Path| {
            let mut command = Command::new(program);
            command.current_dir("/");
            if let Some(user) = &other {
                command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
            }
            command
        };
        let mut initdb = command(&binaries.join("initdb"));
        initdb.args(["--no-sync", "--locale=C", "--encoding=UTF8", "--auth=trust", "--username=saoma", "-D"]);
        let made = initdb.arg(folder.join("data")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut shell = command(Path::new("/bin/sh"));
        shell.args(["-c", HOLD, "sh"]).arg(binaries.join("postgres")).arg(&folder);
        shell.args(OPTIONS.iter().flat_map(|option| ["-c", option]));
        // Its own group: Ctrl-C reaches the test, and the end of the test reaches the shell.
        let mut shell = shell.process_group(0).stdin(Stdio::piped()).spawn().unwrap();
        let input = shell.stdin.take().unwrap();
        Self { folder, _shell: (shell, input) }
    }

    fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=saoma", self.folder.display())
    }

    /// Waits until it answers, then migrates the template that tests are copied from.
    async fn prepare(&self) {
        let mut raw = self.wait().await;
        raw.execute("CREATE DATABASE saoma_template").await.unwrap();
        Stores::open(&self.url("saoma_template")).await.unwrap().close().await;
    }

    async fn wait(&self) -> Raw {
        for _ in 0..500 {
            if let Ok(raw) = Raw::open(&self.url("postgres")).await {
                return raw;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("PostgreSQL did not start: {}", std::fs::read_to_string(self.folder.join("log")).unwrap());
    }

    async fn create(&self, template: Option<&str>) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mut raw = Raw::open(&self.url("postgres")).await.unwrap();
        let over = std::mem::take(&mut *OVER.lock().unwrap());
        for name in over {
            raw.execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
        }
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let template = template.unwrap_or("template0");
        raw.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
        name
    }
}

/// The key that links the audit where a test has no keyring of its own.
pub fn keyring() -> Keyring {
    Keyring::parse(&Keyring::generate(&SeededEntropy::new(1))).unwrap()
}
