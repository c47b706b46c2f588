//! What the engine is made of. Everything outside it comes in here, as a trait.

use super::{LoginRules, LoginStore};
use crate::client::ClientDirectory;
use crate::id::UserId;
use crate::provider::{ProviderSlug, PushSightings, Registry, VendorIdentity};
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
    /// What follows a confirmation and nobody waits for.
    pub aftercare: Arc<dyn Aftercare>,
    /// When pushes came, and how that went.
    pub sightings: Arc<PushSightings>,
    /// Times to live.
    pub rules: LoginRules,
    /// `public_url` without a trailing slash: the `iss` of our answers.
    pub issuer: String,
}

/// What follows a confirmation and nobody waits for, e.g. fetching the person's picture.
pub trait Aftercare: Send + Sync {
    /// Returns at once.
    fn confirmed(&self, confirmed: Confirmed);
}

/// Somebody has been confirmed.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// The User.
    pub user: UserId,
    /// By which Provider.
    pub provider: ProviderSlug,
    /// What the vendor told.
    pub identity: VendorIdentity,
    /// Whether the Identity has an alias already; none to look for then.
    pub has_alias: bool,
}

/// Nothing follows.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoAftercare;

impl Aftercare for NoAftercare {
    fn confirmed(&self, _confirmed: Confirmed) {}
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
