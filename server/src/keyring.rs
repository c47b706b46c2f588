//! The keyring file: made once, with an empty database; after that it must be there and match.
//!
//! A server that cannot read its secrets does not start, and never makes a new key in silence
//! (SEC-03).

use saoma_core::installation::InstallationStore;
use saoma_core::seal::{Keyring, SealError};
use saoma_core::{Entropy, Secret, StoreError};
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Why the keyring is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The database knows a key and the file is gone.
    #[error(
        "[keyring_missing] {path} does not exist, but the database was sealed with key {key_id}: put the keyring back"
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
        /// Id of the key the database knows.
        key_id: String,
    },
    /// The file does not hold the database's key.
    #[error("[keyring_mismatch] {path} does not hold key {key_id}, which the database was sealed with")]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// Id of the key the database knows.
        key_id: String,
    },
    /// The file cannot be read or written.
    #[error("[keyring_unreadable] {path}: {kind}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        kind: ErrorKind,
    },
    /// The file is not a keyring.
    #[error("[keyring_malformed] {path}: {source}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SealError,
    },
    /// The database cannot be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The keyring of this installation.
pub(crate) async fn open(
    path: &Path,
    installation: &dyn InstallationStore,
    entropy: &dyn Entropy,
) -> Result<Keyring, KeyringError> {
    let known = installation.find_key_id().await?;
    let keyring = match (read(path)?, &known) {
        (Some(keyring), _) => keyring,
        (None, Some(key_id)) => {
            return Err(KeyringError::Missing { path: path.to_owned(), key_id: key_id.clone() });
        }
        (None, None) => create(path, entropy)?,
    };
    let key_id = match known {
        Some(key_id) => key_id,
        None => record(installation, &keyring).await?,
    };
    if keyring.has(&key_id) {
        return Ok(keyring);
    }
    Err(KeyringError::Mismatch { path: path.to_owned(), key_id })
}

/// Records our key; when another process was first, its key counts.
async fn record(installation: &dyn InstallationStore, keyring: &Keyring) -> Result<String, StoreError> {
    match installation.create_key_id(keyring.active_id()).await {
        Ok(()) => Ok(keyring.active_id().to_owned()),
        Err(StoreError::Exists(_)) => {
            installation.find_key_id().await?.ok_or(StoreError::Corrupt("installation"))
        }
        Err(error) => Err(error),
    }
}

fn read(path: &Path) -> Result<Option<Keyring>, KeyringError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => Secret::new(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(KeyringError::Io { path: path.to_owned(), kind: error.kind() }),
    };
    warn_if_others_can_read(path);
    let parsed = Keyring::parse(&text);
    parsed.map(Some).map_err(|source| KeyringError::Malformed { path: path.to_owned(), source })
}

/// Some key stores mount files with wide modes on purpose, so this is told and not refused.
fn warn_if_others_can_read(path: &Path) {
    #[cfg(unix)]
    {
        let mode =
            std::fs::metadata(path).map(|file| std::os::unix::fs::PermissionsExt::mode(&file.permissions()));
        if mode.is_ok_and(|mode| mode & 0o077 != 0) {
            tracing::warn!(path = %path.display(), "others on this machine can read the keyring; chmod 600 it");
        }
    }
}

/// Written whole beside its place and put there at once: a kill in between leaves no half keyring.
fn create(path: &Path, entropy: &dyn Entropy) -> Result<Keyring, KeyringError> {
    let io = |error: std::io::Error| KeyringError::Io { path: path.to_owned(), kind: error.kind() };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let text = Keyring::generate(entropy);
    // A temporary file is readable by its owner only, and stays so.
    let mut file = NamedTempFile::new_in(folder).map_err(io)?;
    file.write_all(text.expose().as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(io)?;
    match file.persist_noclobber(path) {
        Ok(_) => File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?,
        // Another process' first start was quicker: its keyring is the one.
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
            return read(path)?.ok_or_else(|| io(error.error));
        }
        Err(error) => return Err(io(error.error)),
    }
    tracing::info!(path = %path.display(), "made a keyring; back it up apart from the database");
    Keyring::parse(&text).map_err(|source| KeyringError::Malformed { path: path.to_owned(), source })
}
