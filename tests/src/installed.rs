//! A house whose server is the real binary with a configuration file; WeChat is pretended here.
//!
//! It can be killed and started again on its ports, its database and its keyring.

use crate::house::{Plan, configuration, listeners_at, pretend, register};
use crate::ports::free_address;
use crate::program::{Ended, Program};
use crate::scratch;
use crate::shared_keys::SharedKeys;
use crate::visitor::Visitor;
use crate::wait::eventually;
use nix::sys::signal::Signal;
use saoma::config::{Config, Source};
use saoma::{Outside, Server, SystemClock, catalogue};
use saoma_core::Clock as _;
use saoma_core::entropy::SystemEntropy;
use saoma_core::time::ManualClock;
use saoma_sandbox::Sandbox;
use std::sync::Arc;
use tempfile::TempDir;

/// See the module.
pub struct Installed {
    program: Option<Program>,
    /// The pretend WeChat.
    pub sandbox: Sandbox,
    /// Public address, without a trailing slash.
    pub saoma: String,
    /// Admin address, without a trailing slash.
    pub admin: String,
    folder: TempDir,
}

impl Installed {
    /// Writes the configuration and starts the binary; returns when it is ready.
    pub async fn open(database_url: &str, plan: Plan) -> Self {
        let sandbox = pretend().await;
        let (public, admin) = (free_address(), free_address());
        let saoma = format!("http://{public}");
        register(&sandbox, &saoma);
        let server_toml = format!(
            "listen = \"{public}\"\nadmin_listen = \"{admin}\"\nadmin_url = \"http://{admin}\"\n{}",
            plan.server_toml
        );
        let plan = Plan { server_toml, ..plan };
        let folder = scratch::folder();
        let toml = configuration(&saoma, database_url, sandbox.base().as_str(), &plan);
        std::fs::write(folder.path().join("saoma.toml"), toml).unwrap();
        let mut house = Self { program: None, sandbox, saoma, admin: format!("http://{admin}"), folder };
        house.start().await;
        house
    }

    /// Starts the binary again.
    pub async fn start(&mut self) {
        self.program = Some(Program::start(&["serve"], self.folder.path()));
        let (http, readyz) = (self.visitor().http, format!("{}/readyz", self.admin));
        let look =
            || async { http.get(&readyz).send().await.ok().filter(|answer| answer.status().is_success()) };
        eventually("the binary is ready", look).await;
    }

    /// Another node in the place of the binary that has ended: the same configuration, database, keyring
    /// and ports, but in this process, where its time is the test's to move.
    pub async fn take_over(&self) -> (Server, Arc<ManualClock>) {
        assert!(self.program.is_none(), "the binary still runs");
        let toml = std::fs::read_to_string(self.folder.path().join("saoma.toml")).unwrap();
        let source = Source::Text { toml, folder: self.folder.path().to_owned() };
        let config = Config::load(&source, &catalogue()).unwrap();
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let outside = Outside {
            clock: Arc::<ManualClock>::clone(&clock),
            entropy: Arc::new(SystemEntropy),
            keys: Arc::new(SharedKeys::default()),
        };
        let listeners = listeners_at(&self.saoma, &self.admin).await.unwrap();
        (Server::start(&config, outside, listeners).await.unwrap(), clock)
    }

    /// The folder of its configuration, its keyring and its data.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Sends a signal and waits for the end.
    pub async fn end(&mut self, signal: Signal) -> Ended {
        let program = self.program.take().unwrap();
        tokio::task::spawn_blocking(move || program.end(signal)).await.unwrap()
    }

    /// Somebody at the website's page.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.saoma, self.sandbox.base().as_str().trim_end_matches('/'))
    }
}
