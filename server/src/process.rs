//! What a process owes its surroundings: the real clock and randomness, standard output and error,
//! the wish to stop. A closed pipe is not an error of ours.

use crate::clock::SystemClock;
use crate::wire::Outside;
use saoma_core::entropy::SystemEntropy;
use std::io::{self, Write as _};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// What a command failed of, already a text for a person.
pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The real clock and the real randomness.
pub(crate) fn outside() -> Outside {
    Outside { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) }
}

/// Returns at SIGTERM or Ctrl-C.
pub(crate) async fn asked_to_stop() -> Result<(), Failed> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}

/// Prints a text to standard output.
pub(crate) fn print(text: &str) {
    drop(io::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()));
}

/// Prints why a command failed to standard error.
pub(crate) fn complain(text: &str) {
    drop(writeln!(io::stderr().lock(), "saoma: {}", text.trim_end()));
}
