//! What the engine is made of. Everything outside it comes in here, as a trait.

use super::{LoginRules, LoginStore};
use crate::client::ClientDirectory;
use crate::provider::Registry;
use crate::region::Regions;
use crate::seal::Keyring;
use crate::signal::Signals;
use crate::{Clock, Entropy};
use std::sync::Arc;

/// The engine's parts.
#[derive(Clone)]
pub struct LoginParts {
    /// Keeps Logins.
    pub store: Arc<dyn LoginStore>,
    /// The open Providers.
    pub providers: Arc<Registry>,
    /// The enabled Clients.
    pub clients: Arc<ClientDirectory>,
    /// Wakes waiters.
    pub signals: Arc<dyn Signals>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Seals what plugins give to keep.
    pub keyring: Arc<Keyring>,
    /// Tells regions.
    pub regions: Arc<dyn Regions>,
    /// Limits scans by one person.
    pub scan_limit: Arc<dyn ScanLimit>,
    /// Times to live.
    pub rules: LoginRules,
    /// `public_url` without a trailing slash: the `iss` of our answers.
    pub issuer: String,
}

/// Limits how often one proven subject may scan.
pub trait ScanLimit: Send + Sync {
    /// Counts a scan; `Err` holds the seconds to wait.
    fn count(&self, namespace: &str, subject: &str) -> Result<(), u32>;
}

/// No limit.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoScanLimit;

impl ScanLimit for NoScanLimit {
    fn count(&self, _namespace: &str, _subject: &str) -> Result<(), u32> {
        Ok(())
    }
}
