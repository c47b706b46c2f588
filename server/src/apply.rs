//! Carries the file's Clients and Providers into the database, and what is there into memory.
//!
//! Secrets are sealed on their way in and opened on their way out, each at its own place.

use crate::config::{Catalogue, Config, ConfiguredProvider};
use saoma_core::audit::{Action, Actor, AuditEntry, AuditOutcome};
use saoma_core::client::{Client, ClientDirectory, ClientId, ClientStore};
use saoma_core::id::ProviderId;
use saoma_core::provider::{
    Hosts, Instance, OpenProvider, ProviderRecord, ProviderStore, Registry, SealedSecrets,
};
use saoma_core::seal::{Keyring, Place, SealError};
use saoma_core::{Clock, Entropy, StoreError, Timestamp};
use serde_json::Value;
use url::Url;

/// Length of a value that we make: 190 random bits.
const GENERATED_CHARACTERS: usize = 32;

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
        let configured = self.with_generated(provider, same)?;
        let (config, secrets) = self.seal(&id, provider, configured)?;
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
            updated_at: now,
        })
    }

    /// The configuration with what the file leaves to us: as it was made before, or made now.
    fn with_generated(
        &self,
        provider: &ConfiguredProvider,
        same: Option<&ProviderRecord>,
    ) -> Result<Value, ApplyError> {
        let mut config = provider.config.0.clone();
        let names = crate::config::generated_names(self.catalogue, &provider.kind);
        let seal_error = |source| ApplyError::Seal { slug: provider.slug.to_string(), source };
        let before = same.filter(|record| record.kind == provider.kind && !names.is_empty());
        let before = before.map(|record| opened(self.keyring, record)).transpose().map_err(seal_error)?;
        for name in names {
            let Some(map) = config.as_object_mut() else { continue };
            let kept = before.as_ref().and_then(|before| before.get(&name).cloned());
            map.entry(name).or_insert_with(|| {
                kept.unwrap_or_else(|| Value::from(self.entropy.base62(GENERATED_CHARACTERS)))
            });
        }
        Ok(config)
    }

    /// Splits a configuration into its open part and its sealed secrets.
    fn seal(
        &self,
        id: &ProviderId,
        provider: &ConfiguredProvider,
        mut open: Value,
    ) -> Result<(Value, SealedSecrets), ApplyError> {
        let mut sealed = SealedSecrets::new();
        for name in crate::config::secret_names(self.catalogue, &provider.kind) {
            let Some(value) = open.as_object_mut().and_then(|map| map.remove(&name)) else { continue };
            let text = value.to_string();
            let blob = self.keyring.seal(self.entropy, place(id, &column(&name)), text.as_bytes());
            let slug = || provider.slug.to_string();
            sealed.insert(name, blob.map_err(|source| ApplyError::Seal { slug: slug(), source })?);
        }
        Ok((open, sealed))
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
        let gone =
            known.iter().filter(|k| k.managed_by_file && k.enabled && !new.iter().any(|r| r.slug == k.slug));
        let applied = applied.map(|r| row(Action::ProviderApplied, r.slug.as_str()));
        applied.chain(gone.map(|k| row(Action::ProviderDisabled, k.slug.as_str()))).collect()
    }

    fn same_secrets(&self, a: &ProviderRecord, b: &ProviderRecord) -> bool {
        matches!((opened(self.keyring, a), opened(self.keyring, b)), (Ok(x), Ok(y)) if x == y)
    }

    fn client_rows(&self, new: &[Client], known: &[Client], now: Timestamp) -> Vec<AuditEntry> {
        let row = |action, id: &str| AuditEntry::new(self.entropy, now, &Actor::ConfigFile, action, id);
        let same = |a: &Client, b: &Client| {
            Client { version: b.version, updated_at: b.updated_at, ..a.clone() } == *b
        };
        let applied = new.iter().filter(|c| !known.iter().any(|k| same(c, k)));
        let gone =
            known.iter().filter(|k| k.managed_by_file && k.enabled && !new.iter().any(|c| c.id == k.id));
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

fn column(name: &str) -> String {
    format!("secrets/{name}")
}

fn place<'a>(id: &'a ProviderId, column: &'a str) -> Place<'a> {
    Place { table: "providers", row: id.as_str(), column }
}

/// A record's configuration with its secrets in their places.
pub(crate) fn opened(keyring: &Keyring, record: &ProviderRecord) -> Result<Value, SealError> {
    let mut config = record.config.clone();
    for (name, sealed) in &record.secrets {
        let bytes = keyring.open(place(&record.id, &column(name)), sealed)?;
        let value = serde_json::from_slice(&bytes).map_err(|_| SealError::Broken)?;
        if let Some(map) = config.as_object_mut() {
            map.insert(name.clone(), value);
        }
    }
    Ok(config)
}

/// Opens what the database holds and puts it in the place of what was open.
pub(crate) struct Loader<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) keyring: &'a Keyring,
    pub(crate) hosts: &'a dyn Hosts,
    pub(crate) trusted_bases: &'a [Url],
}

impl Loader<'_> {
    /// Reads Providers and Clients into memory.
    pub(crate) async fn load(
        &self,
        stores: (&dyn ProviderStore, &dyn ClientStore),
        registry: &Registry,
        directory: &ClientDirectory,
    ) -> Result<(), ApplyError> {
        let records = stores.0.list_providers().await?.into_iter().filter(|record| record.enabled);
        let open = records.map(|record| self.open(record)).collect::<Result<Vec<_>, _>>()?;
        registry.replace(open.into_iter().flatten().collect());
        directory.replace(stores.1.list_clients().await?);
        Ok(())
    }

    /// One Provider; a row this version cannot open is left out and said, the others go on.
    fn open(&self, record: ProviderRecord) -> Result<Option<OpenProvider>, ApplyError> {
        let slug = record.slug.to_string();
        let config = opened(self.keyring, &record)
            .map_err(|source| ApplyError::Seal { slug: slug.clone(), source })?;
        let instance = Instance { slug: record.slug.clone(), trusted_bases: self.trusted_bases.to_vec() };
        let Some(factory) = self.catalogue.iter().find(|f| f.descriptor().kind == record.kind) else {
            tracing::error!(slug, kind = record.kind, "this version has no such kind of provider");
            return Ok(None);
        };
        match factory.open(&instance, &config) {
            Ok(provider) => {
                let host = self.hosts.host_for(&slug, &provider.egress());
                Ok(Some(OpenProvider { record, descriptor: factory.descriptor().clone(), provider, host }))
            }
            Err(errors) => {
                tracing::error!(slug, problems = %errors, "a provider's stored configuration is not valid");
                Ok(None)
            }
        }
    }
}
