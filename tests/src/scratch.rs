//! Where tests keep their databases: in memory where the machine offers that, else in the system's temporary folder.
//!
//! Every test makes hundreds of files and removes them. On the disk's file system, finding numbers for new files
//! beside so many that had just gone took a third of both processors.

use nix::sys::statvfs::statvfs;
use tempfile::{Builder, TempDir};

const MEMORY: &str = "/dev/shm";
/// What a whole run may need at once, with room to spare.
const NEEDED_BYTES: u128 = 2 << 30;

/// A new folder that goes with the value.
pub fn folder() -> TempDir {
    let mut builder = Builder::new();
    builder.prefix("saoma-test-");
    // Some machines have it and let nobody write there.
    let in_memory = has_room().then(|| builder.tempdir_in(MEMORY).ok()).flatten();
    in_memory.unwrap_or_else(|| builder.tempdir().unwrap())
}

fn has_room() -> bool {
    statvfs(MEMORY)
        .is_ok_and(|at| u128::from(at.blocks_available()) * u128::from(at.fragment_size()) >= NEEDED_BYTES)
}
