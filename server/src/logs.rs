//! Logs go to standard error. A panic is logged by its place only: its text may quote a value.

use crate::config::LogFormat;
use std::panic;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// Begins to log; a second call changes nothing.
pub(crate) fn start(level: &str, format: LogFormat) {
    let filter =
        EnvFilter::new(format!("{level},hyper=warn,reqwest=warn,h2=warn,rustls=warn,tokio_postgres=warn"));
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let started = match format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    if started.is_ok() {
        panic::set_hook(Box::new(|info| {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "a panic; the request it served was answered 500");
        }));
    }
}
