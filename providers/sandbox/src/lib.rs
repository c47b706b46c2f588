//! A stand-in for WeChat: its servers over real sockets, and a phone in the browser.
//!
//! It owns its reading of the wire protocol and imports nothing of ours, so that one misreading
//! cannot cancel out. It listens on loopback only, and what the real servers refuse, it refuses
//! with the same codes; the control interface under `/_sandbox/v1` sets the stage.

mod accounts;
mod admission;
mod avatar;
mod call;
mod chat;
mod clock;
mod companion;
mod control;
mod crypt;
mod dice;
mod faults;
mod journal;
mod jpeg;
mod links;
mod model;
mod pages;
mod phone;
mod picture;
mod push;
mod quota;
mod recent;
mod server;
mod state;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tokens;
mod vendor;
mod web;
mod wxacode;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use url::Url;

pub use model::{App, AppKind, Person, PushFormat, PushMode, PushSettings};
pub use quota::Quotas;

use state::State;

/// How to start.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// A loopback address; port 0 takes a free one.
    pub listen: SocketAddr,
}

/// A running sandbox; dropping it stops it too.
pub struct Sandbox {
    addr: SocketAddr,
    base: Url,
    state: Arc<State>,
    tasks: TaskTracker,
    stopping: DropGuard,
}

impl Sandbox {
    /// Binds the listener and serves until stopped.
    pub async fn start(options: Options) -> io::Result<Self> {
        if !options.listen.ip().is_loopback() {
            let refusal = "the sandbox listens on loopback addresses only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, refusal));
        }
        let listener = TcpListener::bind(options.listen).await?;
        let addr = listener.local_addr()?;
        let base = Url::parse(&format!("http://{addr}")).map_err(io::Error::other)?;
        let stopping = CancellationToken::new();
        let state = Arc::new(State::new(format!("http://{addr}"), stopping.clone()));
        let tasks = TaskTracker::new();
        tasks.spawn(server::accept(listener, Arc::clone(&state), tasks.clone()));
        Ok(Self { addr, base, state, tasks, stopping: stopping.drop_guard() })
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The base address to configure in place of the vendor's.
    pub fn base(&self) -> Url {
        self.base.clone()
    }

    /// Registers an app, or replaces the one of that appid; its tokens live on.
    pub fn register_app(&self, app: App) {
        self.state.world().apps.insert(app.appid.clone(), app);
    }

    /// Adds a person, or replaces the one of that id.
    pub fn add_person(&self, person: Person) {
        self.state.world().put_person(person);
    }

    /// Makes a person follow a service account or not, without a word to the account.
    pub fn set_following(&self, appid: &str, person: &str, following: bool) {
        let now = self.state.clock.now();
        self.state.world().set_following(appid, person, following.then_some(now));
    }

    /// From now on this person scans each new code of a mini-program and confirms by themselves (`self_confirming`).
    #[cfg(any(debug_assertions, feature = "conformance"))]
    pub fn let_confirm_alone(&self, person: &str) {
        let work =
            control::self_confirming::watch(Arc::clone(&self.state), person.to_owned(), self.tasks.clone());
        self.tasks.spawn(work);
    }

    /// Replaces the documented ceilings, for load tests.
    pub fn set_quotas(&self, quotas: Quotas) {
        self.state.world().meter.quotas = quotas;
    }

    /// Closes the listener and all connections, and waits for the tasks.
    pub async fn stop(self) {
        drop(self.stopping);
        self.tasks.close();
        self.tasks.wait().await;
    }
}
