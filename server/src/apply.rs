//! Carries the file's Clients and Providers into the database; secrets are sealed on their way in.

use crate::config::{Catalogue, Config, ConfiguredProvider};
use saoma_core::audit::{Action, Actor, AuditEntry, AuditOutcome};
use saoma_core::client::{Client, ClientId, ClientStore};
use saoma_core::id::ProviderId;
use saoma_core::provider::{ProviderFactory, ProviderRecord, ProviderStore, SealedSecrets, Vault};
use saoma_core::seal::{Keyring, SealError};
use saoma_core::{Clock, Entropy, StoreError, Timestamp};
use serde_json::Value;

/// Why the file could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The database's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A secret could not be sealed or opened.
    #[error("[provider_secret_sealed] a secret of provider {slug}: {source}")]
    Seal {
        /// The provider.
        slug: String,
        /// What went wrong.
        source: SealError,
    },
}

/// What applying needs.
pub(crate) struct Applier<'a> {
    pub(crate) config: &'a Config,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) keyring: &'a Keyring,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) entropy: &'a dyn Entropy,
}

impl Applier<'_> {
    /// Makes the database's Providers and Clients those of the file.
    pub(crate) async fn apply(
        &self,
        providers: &dyn ProviderStore,
        clients: &dyn ClientStore,
    ) -> Result<(), ApplyError> {
        let now = self.clock.now();
        let known = providers.list_providers().await?;
        let file = self.config.providers.iter().zip(0_i32..);
        let records =
            file.map(|(p, position)| self.record(p, position, &known, now)).collect::<Result<Vec<_>, _>>()?;
        let rows = self.provider_rows(&records, &known, now);
        providers.apply_file_providers(&records, &rows).await?;
        let known = clients.list_clients().await?;
        let mut wanted = self.config.clients.clone();
        for client in &mut wanted {
            client.updated_at = now;
            let before = known.iter().find(|known| known.id == client.id);
            client.created_at = before.map_or(now, |before| before.created_at);
            client.version = before.map_or(1, |before| before.version + 1);
        }
        clients.apply_file_clients(&wanted, &self.client_rows(&wanted, &known, now)).await?;
        Ok(())
    }

    fn record(
        &self,
        provider: &ConfiguredProvider,
        position: i32,
        known: &[ProviderRecord],
        now: Timestamp,
    ) -> Result<ProviderRecord, ApplyError> {
        let same = known.iter().find(|record| record.slug == provider.slug);
        let id = same.map_or_else(|| ProviderId::generate(self.entropy), |record| record.id.clone());
        // The configuration's check has found every kind.
        let factory = self.catalogue.iter().find(|f| f.descriptor().kind == provider.kind);
        let (config, secrets) = match factory {
            Some(factory) => {
                let sealing = self
                    .with_generated(provider, &**factory, same)
                    .and_then(|whole| self.vault().seal(&id, factory.config_schema(), whole));
                sealing.map_err(|source| ApplyError::Seal { slug: provider.slug.to_string(), source })?
            }
            None => (provider.config.0.clone(), SealedSecrets::new()),
        };
        Ok(ProviderRecord {
            id,
            slug: provider.slug.clone(),
            kind: provider.kind.clone(),
            title: provider.title.clone(),
            config,
            secrets,
            position,
            enabled: true,
            managed_by_file: true,
            version: same.map_or(1, |record| record.version + 1),
            created_at: same.map_or(now, |record| record.created_at),
            updated_at: now,
        })
    }

    /// The configuration with what the file leaves to us: as it was made before, or made now.
    fn with_generated(
        &self,
        provider: &ConfiguredProvider,
        factory: &dyn ProviderFactory,
        same: Option<&ProviderRecord>,
    ) -> Result<Value, SealError> {
        let same = same.filter(|record| record.kind == provider.kind);
        let before = same.map(|record| self.vault().open(record)).transpose()?;
        let config = provider.config.0.clone();
        Ok(self.vault().with_generated(factory.config_schema(), config, before.as_ref()))
    }

    fn vault(&self) -> Vault<'_> {
        Vault { keyring: self.keyring, entropy: self.entropy }
    }

    fn provider_rows(
        &self,
        new: &[ProviderRecord],
        known: &[ProviderRecord],
        now: Timestamp,
    ) -> Vec<AuditEntry> {
        let row = |action, slug: &str| AuditEntry::new(self.entropy, now, &Actor::ConfigFile, action, slug);
        // Sealed values differ each time, so secrets cannot be compared by their blobs: opened, they can.
        let same = |a: &ProviderRecord, b: &ProviderRecord| {
            a.kind == b.kind
                && a.title == b.title
                && a.config == b.config
                && b.enabled
                && self.same_secrets(a, b)
        };
        let applied = new.iter().filter(|r| !known.iter().any(|k| k.slug == r.slug && same(r, k)));
        let gone = known.iter().filter(|k| k.managed_by_file && !new.iter().any(|r| r.slug == k.slug));
        let applied = applied.map(|r| row(Action::ProviderApplied, r.slug.as_str()));
        applied.chain(gone.map(|k| row(Action::ProviderDisabled, k.slug.as_str()))).collect()
    }

    fn same_secrets(&self, a: &ProviderRecord, b: &ProviderRecord) -> bool {
        matches!((self.vault().open(a), self.vault().open(b)), (Ok(x), Ok(y)) if x == y)
    }

    fn client_rows(&self, new: &[Client], known: &[Client], now: Timestamp) -> Vec<AuditEntry> {
        let row = |action, id: &str| AuditEntry::new(self.entropy, now, &Actor::ConfigFile, action, id);
        let same = |a: &Client, b: &Client| {
            Client { version: b.version, updated_at: b.updated_at, ..a.clone() } == *b
        };
        let applied = new.iter().filter(|c| !known.iter().any(|k| same(c, k)));
        let gone = known.iter().filter(|k| k.managed_by_file && !new.iter().any(|c| c.id == k.id));
        let applied = applied.map(|c| {
            let row = row(Action::ClientApplied, c.id.as_str());
            match self.config.resembling.get(&c.id) {
                Some(others) => row.ended(AuditOutcome::Success, &resembles(others)),
                None => row,
            }
        });
        applied.chain(gone.map(|k| row(Action::ClientDisabled, k.id.as_str()))).collect()
    }
}

/// A name that looks like others' was let pass: the audit says which.
fn resembles(others: &[ClientId]) -> String {
    let others: Vec<_> = others.iter().map(ClientId::as_str).collect();
    format!("name_resembles {}", others.join(" "))
}
