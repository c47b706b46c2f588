//! What a process owes its surroundings: the real clock and randomness, standard output and error,
//! the wish to stop. A closed pipe is not an error of ours.

use crate::clock::SystemClock;
use crate::signing_keys::SystemKeys;
use crate::wire::Outside;
use saoma_core::entropy::SystemEntropy;
use std::io::{self, Write as _};
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a command failed of, already a text for a person.
pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The real clock and the real randomness.
pub(crate) fn outside() -> Outside {
    Outside { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy), keys: Arc::new(SystemKeys) }
}

/// The wish to stop, heard from the moment this is made: make it before anything serves.
pub(crate) struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl StopSignal {
    /// Begins to listen for SIGTERM, Ctrl-C and the end of the terminal.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Returns when one of them has come.
    pub(crate) async fn heard(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}

/// Prints a text to standard output.
pub(crate) fn print(text: &str) {
    drop(io::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()));
}

/// Prints why a command failed to standard error.
pub(crate) fn complain(text: &str) {
    drop(writeln!(io::stderr().lock(), "saoma: {}", text.trim_end()));
}
