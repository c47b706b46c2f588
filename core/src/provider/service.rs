//! What admins do with Providers: set up, changed, switched off, deleted. Secrets go in and never come
//! out; a change is in force when its call returns.

use super::{
    ConfigErrors, Descriptor, LocalText, NotOpened, OpenProvider, Provider, ProviderFactory, ProviderRecord,
    ProviderSlug, ProviderStore, Registry, SharedSecret, Workshop, console::shared_secrets,
    vault::secret_names,
};
use crate::admin::abilities::{EditProviders, ListProviders, ReadProviders};
use crate::admin::{Caller, Permit};
use crate::audit::{Action, AuditEntry, AuditOutcome, Differences};
use crate::client::ClientStore;
use crate::id::ProviderId;
use crate::{ChangeError, Clock, Entropy, FieldProblem, Obstacle, Secret, SecretHash, StoreError};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The longest title, in characters.
const LONGEST_TITLE: usize = 60;
/// A name that stands for one that is wrong, while the rest is looked at.
const ELSEWHERE: &str = "elsewhere";

/// What the service is made of.
pub struct ProviderParts {
    /// Keeps Providers.
    pub store: Arc<dyn ProviderStore>,
    /// Keeps Clients: what they offer is not deleted.
    pub clients: Arc<dyn ClientStore>,
    /// The open ones.
    pub registry: Arc<Registry>,
    /// Opens them.
    pub workshop: Arc<Workshop>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// See the module.
pub struct ProviderService {
    parts: ProviderParts,
}

/// A Provider to be set up.
#[derive(Debug, Clone)]
pub struct ProviderDraft {
    /// Its short name.
    pub slug: String,
    /// Its kind.
    pub kind: String,
    /// What visitors read; the kind's own title when empty.
    pub title: String,
    /// Its settings, secrets among them.
    pub config: Map<String, Value>,
}

/// What shall be otherwise.
#[derive(Debug, Clone, Default)]
pub struct ProviderChange {
    /// What visitors read.
    pub title: Option<String>,
    /// Whether it is offered at all.
    pub enabled: Option<bool>,
    /// Settings by name: null takes one away, others take the place of what was there; what is not named
    /// stays. A setting that we make is made anew by null.
    pub config: Map<String, Value>,
}

/// A Provider as admins see it.
#[derive(Clone)]
pub struct Shown {
    /// As kept; its open settings are in it.
    pub record: ProviderRecord,
    /// Secrets that are set, each with a fingerprint.
    pub secrets: BTreeMap<String, String>,
    /// What its kind says of itself; none when this version does not have it.
    pub descriptor: Option<Descriptor>,
    /// Why it is not open, in a word, when it is not although it is switched on.
    pub trouble: Option<&'static str>,
    /// The instance, when it is open.
    pub open: Option<Arc<OpenProvider>>,
    /// What is allowed but should be known.
    pub warnings: Vec<LocalText>,
}

/// What the vendor's console must hold of a Provider's secrets.
#[derive(Debug, Clone)]
pub struct HandedOut {
    /// Settings that both sides hold.
    pub shared: Vec<SharedSecret>,
    /// The secret end of the address for the vendor's messages, if there is one.
    pub push_end: Option<Secret>,
}

impl ProviderService {
    /// A service of these parts.
    pub fn new(parts: ProviderParts) -> Self {
        Self { parts }
    }

    /// Every kind there is.
    pub fn kinds(&self, _permit: &Permit<ListProviders>) -> &[Arc<dyn ProviderFactory>] {
        self.parts.workshop.kinds()
    }

    /// All Providers without their settings, by position.
    pub async fn list(&self, _permit: &Permit<ListProviders>) -> Result<Vec<Shown>, StoreError> {
        let records = self.parts.store.list_providers().await?;
        let shown = records.into_iter().map(|record| self.show(record, BTreeMap::new()));
        let bare = |record| ProviderRecord { config: Value::Null, ..record };
        Ok(shown.map(|shown| Shown { record: bare(shown.record), ..shown }).collect())
    }

    /// A Provider with its settings.
    pub async fn find(
        &self,
        _permit: &Permit<ReadProviders>,
        slug: &ProviderSlug,
    ) -> Result<Option<Shown>, ChangeError> {
        let record = self.parts.store.find_provider(slug).await?;
        Ok(record.map(|record| self.show_whole(record)))
    }

    /// The secrets that the vendor's console must hold as well; that somebody saw them is in the audit.
    pub async fn hand_out(
        &self,
        permit: &Permit<EditProviders>,
        slug: &ProviderSlug,
    ) -> Result<HandedOut, ChangeError> {
        let record = self.parts.store.find_provider(slug).await?.ok_or(ChangeError::NotFound)?;
        let factory = self.parts.workshop.kind(&record.kind).ok_or(ChangeError::NotFound)?;
        let config = self.parts.workshop.vault().open(&record)?;
        let shared = shared_secrets(factory.config_schema(), &config);
        let open = self.parts.workshop.open(record).ok();
        let push_end = open.and_then(|open| open.provider.push_secret().cloned());
        let row = self.row(permit.caller(), Action::ProviderSecretsShown, slug);
        self.parts.store.note(&row).await?;
        Ok(HandedOut { shared, push_end })
    }

    /// Sets a Provider up.
    pub async fn create(
        &self,
        permit: &Permit<EditProviders>,
        draft: &ProviderDraft,
    ) -> Result<Shown, ChangeError> {
        let unknown = || ChangeError::field("/kind", "kind_unknown", "there is no such kind");
        let factory = self.parts.workshop.kind(&draft.kind).ok_or_else(unknown)?;
        let workshop = &self.parts.workshop;
        let config = Value::Object(draft.config.clone());
        let config = workshop.vault().with_generated(factory.config_schema(), config, None);
        let slug = self.check_new(&**factory, draft, &config)?;
        let id = ProviderId::generate(&*self.parts.entropy);
        let (config, secrets) = workshop.vault().seal(&id, factory.config_schema(), config)?;
        let now = self.parts.clock.now();
        let position = self.parts.store.list_providers().await?.iter().map(|p| p.position).max();
        let title = if draft.title.is_empty() { factory.descriptor().title.zh } else { &draft.title };
        let record = ProviderRecord {
            id,
            slug: slug.clone(),
            kind: draft.kind.clone(),
            title: title.to_owned(),
            config,
            secrets,
            position: position.map_or(0, |position| position.saturating_add(1)),
            enabled: true,
            managed_by_file: false,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let made = (("", &Value::Null), (record.title.as_str(), &record.config));
        let row = self.row(permit.caller(), Action::ProviderCreated, &slug);
        let row = row.ended(AuditOutcome::Success, &differences(made, &[]).unwrap_or_default());
        match self.parts.store.create_provider(&record, &row).await {
            Ok(()) => {}
            Err(StoreError::Exists(_)) => {
                return Err(ChangeError::field("/slug", "taken", "is taken by another provider"));
            }
            Err(error) => return Err(error.into()),
        }
        self.parts.workshop.reload().await?;
        Ok(self.show_whole(record))
    }

    /// Changes a Provider.
    pub async fn edit(
        &self,
        permit: &Permit<EditProviders>,
        (slug, version): (&ProviderSlug, i64),
        change: &ProviderChange,
    ) -> Result<Shown, ChangeError> {
        let before = self.own(slug, version).await?;
        let factory = self.parts.workshop.kind(&before.kind).ok_or(ChangeError::NotFound)?;
        let vault = self.parts.workshop.vault();
        // Secrets that do not open are lost: those that are sent take their place.
        let config_before = vault.open(&before).unwrap_or_else(|_| before.config.clone());
        let config = changed(&config_before, &change.config);
        let config = vault.with_generated(factory.config_schema(), config, None);
        let title = change.title.clone().unwrap_or_else(|| before.title.clone());
        let enabled = change.enabled.unwrap_or(before.enabled);
        // What does not work any more can still be switched off as it is.
        if enabled || config != config_before || title != before.title {
            self.check(&**factory, slug, &config, &title)?;
        }
        let secret = secret_names(factory.config_schema());
        let rows = self.rows(permit.caller(), (&before, &config_before), (&title, enabled, &config), &secret);
        if rows.is_empty() {
            return Ok(self.show_whole(before));
        }
        let (config, secrets) = vault.seal(&before.id, factory.config_schema(), config)?;
        let updated_at = self.parts.clock.now();
        let version = before.version + 1;
        let record = ProviderRecord { title, config, secrets, enabled, version, updated_at, ..before };
        if !self.parts.store.update_provider(&record, &rows).await? {
            return Err(ChangeError::Stale);
        }
        self.parts.workshop.reload().await?;
        Ok(self.show_whole(record))
    }

    /// Deletes a Provider that no Client offers.
    pub async fn delete(
        &self,
        permit: &Permit<EditProviders>,
        (slug, version): (&ProviderSlug, i64),
    ) -> Result<(), ChangeError> {
        let record = self.own(slug, version).await?;
        let clients = self.parts.clients.list_clients().await?;
        if clients.iter().any(|client| client.providers.contains(slug)) {
            return Err(Obstacle::InUse.into());
        }
        let row = self.row(permit.caller(), Action::ProviderDeleted, slug);
        if !self.parts.store.delete_provider(&record.id, version, &row).await? {
            return Err(ChangeError::Stale);
        }
        self.parts.workshop.reload().await?;
        Ok(())
    }

    /// All that is wrong with a new one at once.
    fn check_new(
        &self,
        factory: &dyn ProviderFactory,
        draft: &ProviderDraft,
        config: &Value,
    ) -> Result<ProviderSlug, ChangeError> {
        match draft.slug.parse::<ProviderSlug>() {
            Ok(slug) => self.check(factory, &slug, config, &draft.title).map(|_| slug),
            Err(error) => {
                let mut problems = vec![FieldProblem::new("/slug", "slug_shape", error.to_string())];
                // The rest is looked at as if its name were right.
                let rest = ELSEWHERE.parse().map(|slug| self.check(factory, &slug, config, &draft.title));
                if let Ok(Err(ChangeError::Invalid(more))) = rest {
                    problems.extend(more);
                }
                Err(ChangeError::Invalid(problems))
            }
        }
    }

    async fn own(&self, slug: &ProviderSlug, version: i64) -> Result<ProviderRecord, ChangeError> {
        let record = self.parts.store.find_provider(slug).await?.ok_or(ChangeError::NotFound)?;
        if record.managed_by_file {
            return Err(Obstacle::ManagedByFile.into());
        }
        if record.version == version { Ok(record) } else { Err(ChangeError::Stale) }
    }

    fn check(
        &self,
        factory: &dyn ProviderFactory,
        slug: &ProviderSlug,
        config: &Value,
        title: &str,
    ) -> Result<Arc<dyn Provider>, ChangeError> {
        let mut problems = Vec::new();
        if title.chars().count() > LONGEST_TITLE || title.chars().any(char::is_control) {
            let message = format!("must be at most {LONGEST_TITLE} characters");
            problems.push(FieldProblem::new("/title", "title_shape", message));
        }
        match self.parts.workshop.try_open(factory, slug, config) {
            Ok(provider) if problems.is_empty() => Ok(provider),
            Ok(_) => Err(ChangeError::Invalid(problems)),
            Err(ConfigErrors(errors)) => {
                let at = |error: super::ConfigError| {
                    FieldProblem::new(format!("/config{}", error.pointer), error.code, error.message)
                        .in_chinese(error.chinese)
                };
                problems.extend(errors.into_iter().map(at));
                Err(ChangeError::Invalid(problems))
            }
        }
    }

    fn show_whole(&self, record: ProviderRecord) -> Shown {
        // What does not open is told as trouble, and can be set again.
        let Ok(config) = self.parts.workshop.vault().open(&record) else {
            return self.show(record, BTreeMap::new());
        };
        let print = |name: &String| {
            let value = config.get(name).map(Value::to_string).unwrap_or_default();
            // Bound to its place: equal secrets of two Providers must not look equal.
            let parts = [record.id.as_str(), name.as_str(), value.as_str()];
            (name.clone(), SecretHash::of_parts(&parts).fingerprint())
        };
        let secrets = record.secrets.keys().map(print).collect();
        self.show(record, secrets)
    }

    fn show(&self, record: ProviderRecord, secrets: BTreeMap<String, String>) -> Shown {
        let open = self.parts.registry.find(&record.slug);
        let warnings = open.as_ref().map(|open| open.provider.warnings()).unwrap_or_default();
        let descriptor = self.parts.workshop.kind(&record.kind).map(|kind| kind.descriptor().clone());
        let is_missing = record.enabled && open.is_none();
        let trouble = is_missing.then(|| match self.parts.workshop.open(record.clone()) {
            Err(NotOpened::UnknownKind) => "kind_unknown",
            Err(NotOpened::Seal(_)) => "secret_sealed_with_another_key",
            Err(NotOpened::Config(_)) | Ok(_) => "configuration_not_valid",
        });
        Shown { record, secrets, descriptor, trouble, open, warnings }
    }

    fn row(&self, caller: &Caller, action: Action, slug: &ProviderSlug) -> AuditEntry {
        let row = caller.row(&*self.parts.entropy, self.parts.clock.now(), action, slug.as_str());
        AuditEntry { provider: Some(slug.to_string()), ..row }
    }

    /// What happened, in the audit's words: being switched on or off, and the settings that changed.
    fn rows(
        &self,
        caller: &Caller,
        (before, config_before): (&ProviderRecord, &Value),
        (title, enabled, config): (&str, bool, &Value),
        secret: &[String],
    ) -> Vec<AuditEntry> {
        let switched = match (before.enabled, enabled) {
            (true, false) => Some(Action::ProviderDisabled),
            (false, true) => Some(Action::ProviderEnabled),
            _ => None,
        };
        let switched = switched.map(|action| self.row(caller, action, &before.slug));
        let before_and_after = ((before.title.as_str(), config_before), (title, config));
        let changed = differences(before_and_after, secret).map(|told| {
            self.row(caller, Action::ProviderChanged, &before.slug).ended(AuditOutcome::Success, &told)
        });
        switched.into_iter().chain(changed).collect()
    }
}

type Titled<'a> = (&'a str, &'a Value);

/// What was and what is, in the audit's words.
fn differences((before, after): (Titled<'_>, Titled<'_>), secret: &[String]) -> Option<String> {
    let mut differences = Differences::default();
    differences.value("title", &before.0, &after.0);
    for name in changed_names(before.1, after.1) {
        if secret.iter().any(|secret| secret == name) {
            differences.named(name, true);
        } else {
            differences.value(name, &before.1.get(name), &after.1.get(name));
        }
    }
    differences.told()
}

/// The settings with a change applied.
fn changed(before: &Value, change: &Map<String, Value>) -> Value {
    let mut config = before.as_object().cloned().unwrap_or_default();
    for (name, value) in change {
        if value.is_null() {
            config.remove(name);
        } else {
            config.insert(name.clone(), value.clone());
        }
    }
    Value::Object(config)
}

fn changed_names<'a>(before: &'a Value, after: &'a Value) -> Vec<&'a str> {
    let names = [before, after].into_iter().filter_map(Value::as_object).flat_map(Map::keys);
    let mut changed: Vec<_> =
        names.filter(|name| before.get(*name) != after.get(*name)).map(String::as_str).collect();
    changed.sort_unstable();
    changed.dedup();
    changed
}
