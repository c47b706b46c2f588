//! What admins do with Clients, each as far as their permit reaches.
//!
//! A change is in force when its call returns: the directory is read anew.

use super::{
    Client, ClientDirectory, ClientDraft, ClientId, ClientStore, ClientType, Look, OpenIdPolicy, Wiring,
    look_alike,
};
use crate::admin::abilities::{ClientSecrets, CreateClients, EditClients, ReadClients, RewireClients};
use crate::admin::{Caller, Permit, Reach};
use crate::audit::{Action, AuditEntry, AuditOutcome, Differences};
use crate::provider::{Assurance, ProviderSlug, ProviderStore, Registry};
use crate::{ChangeError, Clock, Entropy, FieldProblem, Obstacle, Secret, SecretHash, StoreError};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Two, so that a back end can be moved from one to the other without a gap.
const MOST_SECRETS: usize = 2;

/// What the service is made of.
pub struct ClientParts {
    /// Keeps Clients.
    pub store: Arc<dyn ClientStore>,
    /// Keeps Providers.
    pub providers: Arc<dyn ProviderStore>,
    /// The Providers that are open.
    pub registry: Arc<Registry>,
    /// Where the enabled Clients are looked up.
    pub directory: Arc<ClientDirectory>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// See the module.
pub struct ClientService {
    parts: ClientParts,
    reading: Mutex<()>,
    naming: Mutex<()>,
}

/// A Client that was just registered.
#[derive(Debug)]
pub struct Registered {
    /// As it is kept.
    pub client: Client,
    /// Its secret, to be shown once; a public Client has none.
    pub secret: Option<Secret>,
}

/// Leave to wire a Client anew, and how.
#[derive(Debug)]
pub struct Rewiring {
    permit: Permit<RewireClients>,
    wiring: Wiring,
}

impl Rewiring {
    /// Both together.
    pub fn new(permit: Permit<RewireClients>, wiring: Wiring) -> Self {
        Self { permit, wiring }
    }
}

impl ClientService {
    /// A service of these parts.
    pub fn new(parts: ClientParts) -> Self {
        Self { parts, reading: Mutex::new(()), naming: Mutex::new(()) }
    }

    /// The Clients within reach, enabled or not, by id.
    pub async fn list(&self, permit: &Permit<ReadClients>) -> Result<Vec<Client>, StoreError> {
        let all = self.parts.store.list_clients().await?;
        Ok(all.into_iter().filter(|client| permit.reach().has(&client.id)).collect())
    }

    /// A Client within reach.
    pub async fn find(
        &self,
        permit: &Permit<ReadClients>,
        id: &ClientId,
    ) -> Result<Option<Client>, StoreError> {
        self.within(permit.reach(), id).await
    }

    /// A Client within reach of whoever is going to change it.
    pub async fn find_to_edit(
        &self,
        permit: &Permit<EditClients>,
        id: &ClientId,
    ) -> Result<Option<Client>, StoreError> {
        self.within(permit.reach(), id).await
    }

    /// Other Clients that people could take this name for, by id and name; own is the Client that has it.
    pub async fn resembled(
        &self,
        _permit: &Permit<EditClients>,
        name: &str,
        own: Option<&ClientId>,
    ) -> Result<Vec<(ClientId, String)>, StoreError> {
        let others = self.parts.store.list_clients().await?;
        let others =
            others.into_iter().filter(|other| Some(&other.id) != own && look_alike(name, &other.name));
        Ok(others.map(|other| (other.id, other.name)).collect())
    }

    /// Registers a Client; a confidential one gets its first secret.
    pub async fn create(
        &self,
        permit: &Permit<CreateClients>,
        draft: &ClientDraft,
    ) -> Result<Registered, ChangeError> {
        // One after the other, so that no two take names of which each could be taken for the other.
        let _turn = self.naming.lock().await;
        let others = self.parts.store.list_clients().await?;
        let mut problems = self.check(&draft.look, Some(&draft.wiring), None, &others).await?;
        let id = draft.parse_id().map_err(|problem| problems.insert(0, problem)).ok();
        let Some(id) = id.filter(|_| problems.is_empty()) else { return Err(ChangeError::Invalid(problems)) };
        let secret =
            (draft.client_type == ClientType::Confidential).then(|| Secret::generate(&*self.parts.entropy));
        let now = self.parts.clock.now();
        let blank = Client {
            id: id.clone(),
            name: String::new(),
            client_type: draft.client_type,
            secret_hashes: secret.iter().map(|secret| SecretHash::of(secret.expose())).collect(),
            redirect_uris: Vec::new(),
            origins: Vec::new(),
            providers: Vec::new(),
            min_assurance: Assurance::Confirmed,
            openid: OpenIdPolicy::default(),
            logo: None,
            accent: None,
            enabled: true,
            managed_by_file: false,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let client = with_wiring(with_look(blank.clone(), &draft.look), &draft.wiring);
        let row = self.row(permit.caller(), Action::ClientCreated, &client.id);
        let row = row.ended(AuditOutcome::Success, &differences(&blank, &client).unwrap_or_default());
        let row = resembling(row, &draft.look, &client.id, &others);
        match self.parts.store.create_client(&client, &[row]).await {
            Ok(()) => {}
            Err(StoreError::Exists(_)) => {
                return Err(ChangeError::field("/client_id", "taken", "is taken by another client"));
            }
            Err(error) => return Err(error.into()),
        }
        self.reload().await?;
        Ok(Registered { client, secret })
    }

    /// Changes a Client: how it looks, and, with leave to do so, how it is wired.
    pub async fn edit(
        &self,
        permit: &Permit<EditClients>,
        (id, version): (&ClientId, i64),
        look: &Look,
        rewiring: Option<Rewiring>,
    ) -> Result<Client, ChangeError> {
        let before = self.own(permit.reach(), id, version).await?;
        if rewiring.as_ref().is_some_and(|rewiring| !rewiring.permit.reach().has(id)) {
            return Err(ChangeError::NotFound);
        }
        let wiring = rewiring.as_ref().map(|rewiring| &rewiring.wiring);
        let _turn = self.naming.lock().await;
        let others = self.parts.store.list_clients().await?;
        let mut problems = self.check(look, wiring, Some(&before), &others).await?;
        problems.extend(rewiring.as_ref().and_then(|rewiring| foreign_sector(rewiring, &before, &others)));
        if !problems.is_empty() {
            return Err(ChangeError::Invalid(problems));
        }
        let after = with_look(before.clone(), look);
        let after = wiring.map_or_else(|| after.clone(), |wiring| with_wiring(after.clone(), wiring));
        let mut rows = self.rows(permit.caller(), &before, &after);
        if before.name != after.name {
            rows = rows.into_iter().map(|row| resembling(row, look, id, &others)).collect();
        }
        if rows.is_empty() {
            return Ok(before);
        }
        self.put(after, &rows).await
    }

    /// Gives a Client one more secret, to be shown once.
    pub async fn add_secret(
        &self,
        permit: &Permit<ClientSecrets>,
        (id, version): (&ClientId, i64),
    ) -> Result<Registered, ChangeError> {
        let mut client = self.own(permit.reach(), id, version).await?;
        if client.client_type == ClientType::Public {
            return Err(Obstacle::PublicClient.into());
        }
        if client.secret_hashes.len() >= MOST_SECRETS {
            return Err(Obstacle::TwoSecrets.into());
        }
        let secret = Secret::generate(&*self.parts.entropy);
        let hash = SecretHash::of(secret.expose());
        let row = self.row(permit.caller(), Action::ClientSecretAdded, id);
        let row = row.ended(AuditOutcome::Success, &hash.fingerprint());
        client.secret_hashes.push(hash);
        let client = self.put(client, &[row]).await?;
        Ok(Registered { client, secret: Some(secret) })
    }

    /// Takes the secret of this fingerprint away; it is refused from now on.
    pub async fn remove_secret(
        &self,
        permit: &Permit<ClientSecrets>,
        (id, version): (&ClientId, i64),
        fingerprint: &str,
    ) -> Result<Client, ChangeError> {
        let mut client = self.own(permit.reach(), id, version).await?;
        let before = client.secret_hashes.len();
        client.secret_hashes.retain(|hash| hash.fingerprint() != fingerprint);
        if client.secret_hashes.len() == before {
            return Err(ChangeError::NotFound);
        }
        if client.secret_hashes.is_empty() {
            return Err(Obstacle::LastSecret.into());
        }
        let row = self.row(permit.caller(), Action::ClientSecretRemoved, id);
        self.put(client, &[row.ended(AuditOutcome::Success, fingerprint)]).await
    }

    /// Deletes a Client; what its Logins granted is revoked.
    pub async fn delete(
        &self,
        permit: &Permit<CreateClients>,
        (id, version): (&ClientId, i64),
    ) -> Result<(), ChangeError> {
        self.own(permit.reach(), id, version).await?;
        let row = self.row(permit.caller(), Action::ClientDeleted, id);
        if !self.parts.store.delete_client(id, version, &row).await? {
            return Err(ChangeError::Stale);
        }
        Ok(self.reload().await?)
    }

    async fn within(&self, reach: &Reach, id: &ClientId) -> Result<Option<Client>, StoreError> {
        if reach.has(id) { self.parts.store.find_client(id).await } else { Ok(None) }
    }

    /// A Client that can be edited by whoever reaches so far, as they last saw it.
    async fn own(&self, reach: &Reach, id: &ClientId, version: i64) -> Result<Client, ChangeError> {
        let client = self.within(reach, id).await?.ok_or(ChangeError::NotFound)?;
        if client.managed_by_file {
            return Err(Obstacle::ManagedByFile.into());
        }
        if client.version == version { Ok(client) } else { Err(ChangeError::Stale) }
    }

    async fn put(&self, client: Client, rows: &[AuditEntry]) -> Result<Client, ChangeError> {
        let client = Client { version: client.version + 1, updated_at: self.parts.clock.now(), ..client };
        if !self.parts.store.update_client(&client, rows).await? {
            return Err(ChangeError::Stale);
        }
        self.reload().await?;
        Ok(client)
    }

    /// One after the other, so that what was read later is never replaced by what was read earlier.
    async fn reload(&self) -> Result<(), StoreError> {
        let _turn = self.reading.lock().await;
        self.parts.directory.replace(self.parts.store.list_clients().await?);
        Ok(())
    }

    async fn check(
        &self,
        look: &Look,
        wiring: Option<&Wiring>,
        before: Option<&Client>,
        others: &[Client],
    ) -> Result<Vec<FieldProblem>, StoreError> {
        let known = self.parts.providers.list_providers().await?;
        let known: Vec<ProviderSlug> = known.into_iter().map(|record| record.slug).collect();
        let mut problems = look.check(before, others, &known);
        let wiring = wiring.cloned().or_else(|| before.map(Wiring::of));
        problems.extend(wiring.iter().flat_map(|wiring| wiring.check(self.best(&look.providers))));
        Ok(problems)
    }

    /// The strongest consent any of these reaches, among those that are open.
    fn best(&self, slugs: &[String]) -> Option<Assurance> {
        let slugs = slugs.iter().filter_map(|slug| slug.parse().ok());
        slugs.filter_map(|slug| self.parts.registry.find(&slug)).map(|open| open.provider.assurance()).max()
    }

    fn row(&self, caller: &Caller, action: Action, id: &ClientId) -> AuditEntry {
        let row = caller.row(&*self.parts.entropy, self.parts.clock.now(), action, id.as_str());
        AuditEntry { client_id: Some(id.to_string()), ..row }
    }

    /// What happened, in the audit's words: being switched on or off, and what changed.
    fn rows(&self, caller: &Caller, before: &Client, after: &Client) -> Vec<AuditEntry> {
        let switched = match (before.enabled, after.enabled) {
            (true, false) => Some(Action::ClientDisabled),
            (false, true) => Some(Action::ClientEnabled),
            _ => None,
        };
        let switched = switched.map(|action| self.row(caller, action, &after.id));
        let changed = differences(before, after).map(|told| {
            self.row(caller, Action::ClientChanged, &after.id).ended(AuditOutcome::Success, &told)
        });
        switched.into_iter().chain(changed).collect()
    }
}

/// A sector's Clients are told the same ids: whoever brings one more must have leave for those that are there.
fn foreign_sector(rewiring: &Rewiring, before: &Client, others: &[Client]) -> Option<FieldProblem> {
    let sector = rewiring.wiring.openid.sector.as_deref()?;
    let stays = before.openid.sector.as_deref() == Some(sector);
    let is_there = |other: &&Client| other.openid.sector.as_deref().unwrap_or(other.id.as_str()) == sector;
    let mut there = others.iter().filter(|other| other.id != before.id).filter(is_there);
    let is_foreign = !stays && there.any(|other| !rewiring.permit.reach().has(&other.id));
    let message = "is the sector of a client that is not yours to change";
    is_foreign.then(|| FieldProblem::new("/openid/sector", "sector_elsewhere", message))
}

fn with_look(client: Client, look: &Look) -> Client {
    let Look { name, name_resembles: _, accent, logo, providers, enabled } = look.clone();
    let providers = providers.iter().filter_map(|slug| slug.parse().ok()).collect();
    Client { name, providers, logo, accent, enabled, ..client }
}

fn with_wiring(client: Client, wiring: &Wiring) -> Client {
    let Wiring { redirect_uris, origins, min_assurance, openid } = wiring.clone();
    Client { redirect_uris, origins, min_assurance, openid, ..client }
}

/// What was and what is, in the audit's words.
fn differences(before: &Client, after: &Client) -> Option<String> {
    let mut differences = Differences::default();
    differences.value("name", &before.name, &after.name);
    differences.value("accent", &before.accent, &after.accent);
    differences.named("logo", before.logo != after.logo);
    let slugs = |client: &Client| client.providers.iter().map(ToString::to_string).collect::<Vec<_>>();
    differences.list("providers", &slugs(before), &slugs(after));
    differences.list("redirect_uris", &before.redirect_uris, &after.redirect_uris);
    differences.list("origins", &before.origins, &after.origins);
    differences.value("min_assurance", &before.min_assurance.as_str(), &after.min_assurance.as_str());
    differences.named("openid", before.openid != after.openid);
    differences.told()
}

/// A name that looks like others' was let pass: the audit says which.
fn resembling(row: AuditEntry, look: &Look, own: &ClientId, others: &[Client]) -> AuditEntry {
    let others: Vec<_> = look.resembled(Some(own), others).map(ClientId::as_str).collect();
    if others.is_empty() {
        return row;
    }
    let resembles = format!("name_resembles {}", others.join(" "));
    let detail = row.detail.iter().map(String::as_str).chain([resembles.as_str()]).collect::<Vec<_>>();
    let detail = detail.join("; ");
    row.ended(AuditOutcome::Success, &detail)
}
