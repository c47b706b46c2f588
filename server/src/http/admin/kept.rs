//! What the operator's file keeps of the audit's checkpoints, for whoever has the audit verified.

use super::Admin;
use crate::checkpoint_file::kept_in;
use saoma_core::audit::Anchor;
use std::sync::Arc;

/// Kept checkpoints are there and of no use; the log tells why.
pub(in crate::http::admin) struct KeptUnusable;

/// The checkpoints that the operator's file keeps; none without a file.
pub(in crate::http::admin) async fn kept(admin: &Arc<Admin>) -> Result<Vec<Anchor>, KeptUnusable> {
    let Some(path) = admin.kept_checkpoints.clone() else { return Ok(Vec::new()) };
    let keyring = Arc::clone(&admin.keyring);
    // Reading a long file, and a signature a line.
    let read =
        tokio::task::spawn_blocking(
            move || {
                if path.exists() { kept_in(&path, &keyring) } else { Ok(Vec::new()) }
            },
        );
    let read = read.await.map_err(|_| KeptUnusable)?;
    read.map_err(|error| {
        tracing::error!(%error, "kept checkpoints of the audit cannot be used");
        KeptUnusable
    })
}
