//! The audit's checkpoints in a file of the operator's choice, so that they are kept elsewhere (AUD-04).
//!
//! Only ever appended to. What cannot be written waits here for the next time; the database has it too.

use saoma_core::audit::{Anchor, Checkpoint, Statement};
use saoma_core::seal::Keyring;
use std::path::{Path, PathBuf};
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt as _;

/// Lines that wait for a file that cannot be written; the oldest go first.
const MOST_WAITING: usize = 1000;

/// See the module.
#[derive(Debug)]
pub(crate) struct CheckpointFile {
    path: PathBuf,
    waiting: Vec<String>,
}

impl CheckpointFile {
    /// The file at this path, made when it is first written to.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, waiting: Vec::new() }
    }

    /// Appends these lines and those that wait, or keeps all of them waiting.
    pub(crate) async fn append(&mut self, lines: impl Iterator<Item = String>) {
        self.waiting.extend(lines);
        if self.waiting.is_empty() {
            return;
        }
        match self.write().await {
            Ok(()) => self.waiting.clear(),
            Err(error) => {
                let path = self.path.display();
                tracing::warn!(%error, %path, "checkpoints of the audit wait, as their file cannot be written");
                let too_many = self.waiting.len().saturating_sub(MOST_WAITING);
                self.waiting.drain(..too_many);
            }
        }
    }

    async fn write(&self) -> std::io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path).await?;
        let text = self.waiting.join("\n") + "\n";
        file.write_all(text.as_bytes()).await?;
        file.sync_data().await
    }
}

/// Why kept checkpoints are of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeptError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A line is no checkpoint, or not one of ours.
    #[error("{path} line {line}: {what}")]
    Line {
        /// Which file.
        path: String,
        /// Its number, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
}

/// The checkpoints of a file, each of which a key of ours must have signed.
pub(crate) fn kept_in(path: &Path, keyring: &Keyring) -> Result<Vec<Anchor>, KeptError> {
    let name = || path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|source| KeptError::Unreadable { path: name(), source })?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = lines.map(|(index, line)| {
        let wrong = |what: String| KeptError::Line { path: name(), line: index + 1, what };
        let checkpoint: Checkpoint =
            Checkpoint::parse(line.trim()).map_err(|error| wrong(error.to_string()))?;
        if !checkpoint.is_signed(keyring, Statement::Stood) {
            return Err(wrong("no key of the keyring has signed this".to_owned()));
        }
        Ok((checkpoint.stream, checkpoint.mark.seq, checkpoint.mark.mac))
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn aud_04_what_could_not_be_written_is_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("away").join("checkpoints");
        let mut file = CheckpointFile::new(path.clone());
        file.append(["one".to_owned()].into_iter()).await;
        std::fs::create_dir(folder.path().join("away")).unwrap();
        file.append(std::iter::empty()).await;
        file.append(["two".to_owned(), "three".to_owned()].into_iter()).await;
        assert_eq!(std::fs::read_to_string(path).unwrap(), "one\ntwo\nthree\n");
    }
}
