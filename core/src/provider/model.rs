//! A Provider as it is kept: a kind, a slug, the open part of its configuration and the sealed.

use crate::Timestamp;
use crate::id::ProviderId;
use serde_json::Value;
use std::collections::BTreeMap;

/// A Provider's short name in addresses and configuration: `[a-z0-9-]`, 1 to 40 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderSlug(String);

/// The text is not a slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a slug is 1 to 40 characters of a-z, 0-9 and -")]
pub struct InvalidSlug;

impl ProviderSlug {
    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ProviderSlug {
    type Err = InvalidSlug;
    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        let shaped = (1..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if shaped { Ok(Self(text.to_owned())) } else { Err(InvalidSlug) }
    }
}

impl std::fmt::Display for ProviderSlug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Sealed values of a configuration by their JSON pointer.
pub type SealedSecrets = BTreeMap<String, String>;

/// A Provider as the store keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderRecord {
    /// Never changes.
    pub id: ProviderId,
    /// Unique.
    pub slug: ProviderSlug,
    /// Name of the kind.
    pub kind: String,
    /// What visitors read.
    pub title: String,
    /// The configuration without its secrets.
    pub config: Value,
    /// The secrets, sealed.
    pub secrets: SealedSecrets,
    /// Where it stands among the others; the lowest comes first.
    pub position: i32,
    /// Whether it is offered at all.
    pub enabled: bool,
    /// Whether the configuration file owns it.
    pub managed_by_file: bool,
    /// Grows with every change.
    pub version: i64,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
