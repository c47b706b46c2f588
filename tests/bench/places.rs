//! Where the measured server runs: its own process, a fresh folder, either database.

use saoma_sandbox::Sandbox;
use saoma_tests::database::Database;
use saoma_tests::house::{self, Plan};
use saoma_tests::http;
use saoma_tests::ports::free_address;
use saoma_tests::program::Program;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Which database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A file.
    Sqlite,
    /// A server of this machine.
    Postgres,
}

impl Place {
    /// Its name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// A fresh one.
    pub async fn database(self) -> Database {
        match self {
            Self::Sqlite => Database::sqlite(),
            Self::Postgres => Database::postgres().await.expect("PostgreSQL is not installed"),
        }
    }
}

/// The pretend WeChat, in the driver's process.
pub struct Vendor(pub Sandbox);

impl Vendor {
    /// A fresh one.
    pub async fn start() -> Self {
        Self(house::pretend().await)
    }
}

/// A running server.
pub struct Served {
    /// `host:port` of the public listener.
    pub public: String,
    admin: String,
    program: Program,
    config: std::path::PathBuf,
    folder: TempDir,
    /// What it keeps everything in.
    pub database: Database,
}

impl Served {
    /// Starts one on free ports and waits until it is ready.
    pub async fn start(place: Place, vendor: &Vendor) -> Self {
        Self::planned(place, vendor, Plan::default()).await
    }

    /// The same, set up as this plan says.
    pub async fn planned(place: Place, vendor: &Vendor, plan: Plan) -> Self {
        let database = place.database().await;
        let folder = tempfile::tempdir().unwrap();
        let (public, admin) = (free_address().to_string(), free_address().to_string());
        let saoma = format!("http://{public}");
        house::register(&vendor.0, &saoma);
        let plan = Plan { extra_toml: "[log]\nlevel = \"warn\"\n".to_owned(), ..plan };
        let toml = house::configuration(&saoma, database.url(), vendor.0.base().as_str(), &plan);
        let listen = format!("listen = \"{public}\"\nadmin_listen = \"{admin}\"\n");
        let toml = toml.replacen("[server]\n", &format!("[server]\n{listen}"), 1);
        let config = folder.path().join("saoma.toml");
        std::fs::write(&config, toml).unwrap();
        let program = Program::start(&["serve", "--config", config.to_str().unwrap()], folder.path());
        let served = Self { public, admin, program, config, folder, database };
        served.ready().await;
        served
    }

    /// Waits until `/readyz` says so.
    async fn ready(&self) {
        let until = Instant::now() + Duration::from_secs(20);
        let http = http::client();
        while Instant::now() < until {
            let answer = http.get(format!("http://{}/readyz", self.admin)).send().await;
            if answer.is_ok_and(|a| a.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("the server did not become ready");
    }

    /// Stops it and starts it again on the same database; how long until it is ready.
    pub async fn restart(mut self) -> (Self, Duration) {
        let arguments = ["serve", "--config", self.config.to_str().unwrap()];
        let (code, log) = self.program.stop();
        assert_eq!(code, Some(0), "{log}");
        let began = Instant::now();
        self.program = Program::start(&arguments, self.folder.path());
        self.ready().await;
        let took = began.elapsed();
        (self, took)
    }

    /// Resident memory in MiB.
    pub fn memory_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.program.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// Its pid.
    pub fn pid(&self) -> u32 {
        self.program.pid()
    }

    /// Processor seconds it has used.
    pub fn cpu_seconds(&self) -> f64 {
        cpu_seconds(self.pid())
    }
}

/// Processor seconds a process has used, user and system.
pub fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |index: usize| fields[index].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}
