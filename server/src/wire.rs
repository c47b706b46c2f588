//! The composition root: makes every part and puts them together. Nothing else knows them all.

mod admin;
mod openid;

use crate::apply::{Applier, ApplyError};
use crate::config::{Catalogue, Config};
use crate::doctor;
use crate::guesses::Guesses;
use crate::http::{
    Admin, Limits, Pages, PagesError, PendingLogins, Public, PublicSettings, PushTally, SubjectLimit,
};
use crate::keyring::{self, KeyringError};
use crate::people::{Care, Cleaner};
use crate::regions::RegisteredRegions;
use crate::tasks::Tasks;
use admin::{admin_service, admin_state};
use openid::{openid, own_accounts};
use saoma_core::admin::AdminService;
use saoma_core::audit::{AuditKeeper, AuditLinker, KeeperParts, ONLY_NODE};
use saoma_core::client::ClientDirectory;
use saoma_core::doctor::{Doctor, DoctorService};
use saoma_core::logbook::LogbookService;
use saoma_core::login::{LoginParts, LoginService};
use saoma_core::notice::LogoutNotices;
use saoma_core::provider::{
    Hosts, NotOpened, OpenProvider, ProviderRecord, ProviderSlug, PushSightings, Registry, Surroundings,
    Workshop,
};
use saoma_core::seal::{Keyring, SealError};
use saoma_core::settings::SettingsCell;
use saoma_core::signal::LocalSignals;
use saoma_core::signing::{KeyMaker, SigningError, SigningKeys, SigningParts};
use saoma_core::statistics::StatisticsService;
use saoma_core::user::{PeopleParts, PeopleService};
use saoma_core::{Clock, Entropy, StoreError};
use saoma_host::{EgressOptions, SetupError, VendorHosts};
use saoma_store::{OpenError, Stores};
use std::sync::Arc;

/// Time and randomness, the two things a test replaces.
#[derive(Clone)]
pub struct Outside {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Where signing keys come from.
    pub keys: Arc<dyn KeyMaker>,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error("[database] {0}")]
    Database(#[from] OpenError),
    /// The keyring.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// Clients and Providers.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The database answered, then did not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The client that calls vendors.
    #[error("[egress] {0}")]
    Egress(#[from] SetupError),
    /// `public_url` is no address.
    #[error("[server] public_url is no address")]
    PublicUrl,
    /// The keys that id tokens are signed with.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The secret that pairwise ids are made with.
    #[error("[kept_secret] the secret of pairwise ids does not open: {0}")]
    KeptSecret(#[from] SealError),
    /// The pages.
    #[error(transparent)]
    Pages(#[from] PagesError),
    /// The admin's pages.
    #[error(transparent)]
    AdminPages(#[from] saoma_admin_ui::PagesError),
    /// A listener.
    #[error("[listen] cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Everything a running server is made of.
pub struct Parts {
    /// The public listener's state.
    pub(crate) public: Arc<Public>,
    /// The admin listener's state.
    pub(crate) admin: Arc<Admin>,
    pub(crate) guesses: Arc<Guesses>,
    /// The database.
    pub stores: Stores,
    /// The key that must be in the keyring.
    pub keyring: Arc<Keyring>,
    /// Keeps the audit in order.
    pub keeper: Arc<AuditKeeper>,
    /// What owners set, as it holds.
    pub settings: Arc<SettingsCell>,
    /// What runs beside the requests.
    pub tasks: Tasks,
    pub(crate) scan_limit: Arc<SubjectLimit>,
    pub(crate) notices: LogoutNotices,
}

impl Parts {
    /// Logins as admins read them.
    pub fn logbook(&self) -> &LogbookService {
        &self.admin.logbook
    }

    /// Logins, counted.
    pub fn statistics(&self) -> &StatisticsService {
        &self.admin.statistics
    }

    /// The admin's door.
    pub fn admins(&self) -> &AdminService {
        &self.admin.admins
    }

    /// What id tokens are signed with.
    pub fn signing(&self) -> &SigningKeys {
        &self.public.openid.signing
    }

    /// The doctor.
    pub fn doctor(&self) -> &DoctorService {
        &self.admin.doctor
    }
}

/// Every kind there is.
pub fn catalogue() -> Catalogue {
    saoma_providers::catalogue()
}

/// Makes the parts: database, keyring, Providers, Clients, services.
pub(crate) async fn assemble(config: &Config, outside: &Outside) -> Result<Parts, StartError> {
    let (stores, keyring) = open_stores(config, outside).await?;
    let loaded = load(config, outside, &stores, &keyring).await?;
    let (registry, directory) = (Arc::clone(&loaded.registry), Arc::clone(&loaded.directory));
    let sightings = Arc::new(PushSightings::default());
    let doctor = doctor::doctor(config, &stores, &loaded.workshop, Some(Arc::clone(&sightings)))?;
    let pending =
        Arc::new(PendingLogins::new(config.limits.pending_per_address, Arc::new(LocalSignals::default())));
    let scan_limit = Arc::new(SubjectLimit::new(config.limits.scans_per_subject_per_hour));
    let tasks = Tasks::new();
    let people = Arc::new(people_service(&stores, &registry, outside));
    let logins = LoginService::new(LoginParts {
        store: Arc::clone(&stores.logins),
        providers: Arc::clone(&registry),
        clients: Arc::clone(&directory),
        signals: Arc::<PendingLogins>::clone(&pending),
        clock: Arc::clone(&outside.clock),
        entropy: Arc::clone(&outside.entropy),
        keyring: Arc::clone(&keyring),
        regions: Arc::new(RegisteredRegions),
        scan_limit: Arc::<SubjectLimit>::clone(&scan_limit),
        aftercare: Arc::new(Care::new(Arc::clone(&people), Arc::clone(&outside.clock), tasks.clone())),
        sightings: Arc::clone(&sightings),
        rules: config.login,
        issuer: config.public_url.clone(),
    });
    let doctor = doctor::service(
        doctor,
        &logins,
        (Arc::clone(&registry), Arc::clone(&stores.providers)),
        sightings,
        outside,
    );
    let shared = (&stores, &keyring);
    let (openid, notices) = openid(config, shared, (&registry, &directory), (&pending, outside)).await?;
    let settings = Arc::new(SettingsCell::new(config.settings.clone()));
    let signals = Arc::<PendingLogins>::clone(&pending);
    let public = Arc::new(Public {
        logins,
        own: own_accounts(&stores, &openid, (&registry, &directory), (outside, signals)),
        house: Arc::clone(&settings),
        openid,
        people,
        limits: Limits::new(&config.limits),
        pending,
        clock: Arc::clone(&outside.clock),
        entropy: Arc::clone(&outside.entropy),
        pushes: PushTally::default(),
        pages: Pages::load()?,
        settings: public_settings(config),
        tasks: tasks.clone(),
    });
    let guesses = Arc::new(Guesses::new(Arc::clone(&outside.clock)));
    let door = admin_service(config, (&stores, &keyring), outside, (Arc::clone(&guesses), &settings));
    let admin = Arc::new(admin_state(config, shared, &public, (door, doctor), loaded, &settings)?);
    admin.house.load().await?;
    let keeper = Arc::new(audit_keeper(&stores, &keyring, outside));
    Ok(Parts { public, admin, guesses, stores, keyring, keeper, settings, tasks, scan_limit, notices })
}

fn public_settings(config: &Config) -> PublicSettings {
    PublicSettings { public_url: config.public_url.clone(), trusted_proxies: config.trusted_proxies.clone() }
}

fn signing_keys(stores: &Stores, keyring: &Arc<Keyring>, outside: &Outside) -> SigningKeys {
    SigningKeys::new(SigningParts {
        store: Arc::clone(&stores.signing_keys),
        keyring: Arc::clone(keyring),
        maker: Arc::clone(&outside.keys),
        clock: Arc::clone(&outside.clock),
        entropy: Arc::clone(&outside.entropy),
    })
}

/// The same with all keys that are due, so that there are some before anybody asks.
async fn kept_signing_keys(
    stores: &Stores,
    keyring: &Arc<Keyring>,
    outside: &Outside,
) -> Result<Arc<SigningKeys>, StartError> {
    let keys = signing_keys(stores, keyring, outside);
    keys.keep().await?;
    Ok(Arc::new(keys))
}

/// The signing keys as the command line changes them, beside a server that may be running.
pub(crate) async fn open_keys(
    config: &Config,
    outside: &Outside,
) -> Result<(SigningKeys, Stores), StartError> {
    let (stores, keyring) = open_stores(config, outside).await?;
    Ok((signing_keys(&stores, &keyring, outside), stores))
}

fn audit_keeper(stores: &Stores, keyring: &Arc<Keyring>, outside: &Outside) -> AuditKeeper {
    AuditKeeper::new(KeeperParts {
        store: Arc::clone(&stores.audit),
        keyring: Arc::clone(keyring),
        clock: Arc::clone(&outside.clock),
        entropy: Arc::clone(&outside.entropy),
    })
}

fn people_service(stores: &Stores, registry: &Arc<Registry>, outside: &Outside) -> PeopleService {
    PeopleService::new(PeopleParts {
        store: Arc::clone(&stores.people),
        providers: Arc::clone(registry),
        cleaner: Arc::new(Cleaner::new()),
        clock: Arc::clone(&outside.clock),
        entropy: Arc::clone(&outside.entropy),
    })
}

/// The admin's door as the command line uses it, beside a server that may be running.
pub(crate) async fn open_door(
    config: &Config,
    outside: &Outside,
) -> Result<(AdminService, Stores), StartError> {
    let (stores, keyring) = open_stores(config, outside).await?;
    let guesses = Arc::new(Guesses::new(Arc::clone(&outside.clock)));
    let settings = Arc::new(SettingsCell::new(config.settings.clone()));
    Ok((admin_service(config, (&stores, &keyring), outside, (guesses, &settings)), stores))
}

/// The database, with the key that seals its secrets and links its audit.
pub(crate) async fn open_stores(
    config: &Config,
    outside: &Outside,
) -> Result<(Stores, Arc<Keyring>), StartError> {
    let stores = Stores::open(&config.database_url).await?;
    let keyring = keyring::open(&config.master_key_file, &*stores.installation, &*outside.entropy).await?;
    let keyring = Arc::new(keyring);
    stores.link_audit_with(AuditLinker::new(Arc::clone(&keyring), ONLY_NODE)).await?;
    Ok((stores, keyring))
}

/// One Provider as it is kept and as a start would open it, for whoever only looks.
pub(crate) async fn open_one(
    config: &Config,
    outside: &Outside,
    slug: &ProviderSlug,
) -> Result<Option<(ProviderRecord, Option<Arc<OpenProvider>>)>, StartError> {
    let (stores, keyring) = open_stores(config, outside).await?;
    let loaded = load(config, outside, &stores, &keyring).await?;
    let record = stores.providers.find_provider(slug).await;
    stores.close().await;
    Ok(record?.map(|record| (record, loaded.registry.find(slug))))
}

/// What is in force: Providers and Clients in memory, and where Providers are opened anew.
struct Loaded {
    registry: Arc<Registry>,
    directory: Arc<ClientDirectory>,
    workshop: Arc<Workshop>,
}

/// The doctor as the command line asks it: the file is in the database before, as after a start.
pub(crate) async fn open_doctor(config: &Config, outside: &Outside) -> Result<(Doctor, Stores), StartError> {
    let (stores, keyring) = open_stores(config, outside).await?;
    let loaded = load(config, outside, &stores, &keyring).await?;
    Ok((doctor::doctor(config, &stores, &loaded.workshop, None)?, stores))
}

/// Which places inside our own network may be called.
fn egress_options(config: &Config) -> EgressOptions {
    EgressOptions { egress_allow: config.egress_allow.clone(), ..EgressOptions::default() }
}

/// Makes the hosts of Providers.
fn hosts(config: &Config, outside: &Outside) -> Result<Arc<dyn Hosts>, StartError> {
    let hosts =
        VendorHosts::new(egress_options(config), Arc::clone(&outside.clock), Arc::clone(&outside.entropy))?;
    Ok(Arc::new(hosts))
}

async fn load(
    config: &Config,
    outside: &Outside,
    stores: &Stores,
    keyring: &Arc<Keyring>,
) -> Result<Loaded, StartError> {
    let catalogue = catalogue();
    let (clock, entropy) = (&*outside.clock, &*outside.entropy);
    let applier = Applier { config, catalogue: &catalogue, keyring, clock, entropy };
    applier.apply(&*stores.providers, &*stores.clients).await?;
    let surroundings =
        Surroundings { trusted_bases: config.trusted_vendor_bases.clone(), stand_ins: config.is_loopback() };
    let (registry, directory) =
        (Arc::new(Registry::new()), Arc::new(ClientDirectory::new(&config.public_url)));
    let workshop = Arc::new(Workshop::new(
        catalogue,
        (Arc::clone(&stores.providers), Arc::clone(&registry)),
        hosts(config, outside)?,
        (Arc::clone(keyring), Arc::clone(&outside.entropy)),
        surroundings,
    ));
    for (slug, why) in workshop.reload().await? {
        // A secret of another key, or of another row, is no accident to go on from.
        if let NotOpened::Seal(source) = why {
            return Err(ApplyError::Seal { slug: slug.to_string(), source }.into());
        }
    }
    directory.replace(stores.clients.list_clients().await?);
    Ok(Loaded { registry, directory, workshop })
}
