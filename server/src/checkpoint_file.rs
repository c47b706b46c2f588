//! The audit's checkpoints in a file of the operator's choice, so that they are kept elsewhere (AUD-04).
//!
//! Only ever appended to. What cannot be written waits here for the next time; the database has it too.

use std::path::PathBuf;
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
