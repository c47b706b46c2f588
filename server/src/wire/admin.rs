//! The admin listener's parts.

use super::{Loaded, Outside, StartError};
use crate::config::Config;
use crate::guesses::Guesses;
use crate::http::{Admin, AdminSettings, PendingLogins, Public, ShownOnce};
use crate::passkeys::Passkeys;
use crate::passwords::Passwords;
use saoma_admin_ui::AdminPages;
use saoma_core::admin::{AdminParts, AdminService};
use saoma_core::audit::{AuditParts, AuditService};
use saoma_core::client::{ClientParts, ClientService};
use saoma_core::doctor::DoctorService;
use saoma_core::logbook::{LogbookService, LoginExportParts, LoginExports};
use saoma_core::provider::{ProviderParts, ProviderService};
use saoma_core::seal::Keyring;
use saoma_core::settings::{SettingsCell, SettingsParts, SettingsService};
use saoma_core::statistics::StatisticsService;
use saoma_core::user::admin::{UserAdmin, UserAdminParts, UserRules};
use saoma_store::Stores;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Streams of live Logins that admins may have open at once, all together.
const LIVE_STREAMS: usize = 32;

/// What the admin listener knows.
pub(super) fn admin_state(
    config: &Config,
    (stores, keyring): (&Stores, &Arc<Keyring>),
    public: &Arc<Public>,
    (admins, doctor): (AdminService, DoctorService),
    loaded: Loaded,
    settings: &Arc<SettingsCell>,
) -> Result<Admin, StartError> {
    Ok(Admin {
        installation: Arc::clone(&stores.installation),
        keyring: Arc::clone(keyring),
        public: Arc::clone(public),
        admins,
        clients: ClientService::new(ClientParts {
            store: Arc::clone(&stores.clients),
            providers: Arc::clone(&stores.providers),
            registry: Arc::clone(&loaded.registry),
            directory: loaded.directory,
            clock: Arc::clone(&public.clock),
            entropy: Arc::clone(&public.entropy),
        }),
        logbook: LogbookService::new(Arc::clone(&stores.logbook)),
        login_exports: login_exports(stores, public, settings),
        statistics: StatisticsService::new(
            Arc::clone(&stores.statistics),
            Arc::clone(&loaded.registry),
            Arc::clone(&public.clock),
        ),
        audit: AuditService::new(AuditParts {
            store: Arc::clone(&stores.audit),
            keyring: Arc::clone(keyring),
            settings: Arc::clone(settings),
            clock: Arc::clone(&public.clock),
            entropy: Arc::clone(&public.entropy),
        }),
        shown_once: ShownOnce::default(),
        kept_checkpoints: config.checkpoint_file.clone(),
        house: SettingsService::new(SettingsParts {
            store: Arc::clone(&stores.settings),
            cell: Arc::clone(settings),
            clock: Arc::clone(&public.clock),
            entropy: Arc::clone(&public.entropy),
        }),
        providers: ProviderService::new(ProviderParts {
            store: Arc::clone(&stores.providers),
            clients: Arc::clone(&stores.clients),
            registry: Arc::clone(&loaded.registry),
            workshop: loaded.workshop,
            clock: Arc::clone(&public.clock),
            entropy: Arc::clone(&public.entropy),
        }),
        doctor,
        users: UserAdmin::new(UserAdminParts {
            store: Arc::clone(&stores.users),
            sessions: public.openid.sessions.clone(),
            registry: loaded.registry,
            audit: Arc::clone(&stores.audit),
            signals: Arc::<PendingLogins>::clone(&public.pending),
            clock: Arc::clone(&public.clock),
            entropy: Arc::clone(&public.entropy),
            rules: UserRules::default(),
        }),
        streams: Arc::new(Semaphore::new(LIVE_STREAMS)),
        pages: AdminPages::load()?,
        settings: AdminSettings { admin_url: config.admin_url.clone() },
    })
}

/// The admin's door.
pub(super) fn admin_service(
    config: &Config,
    (stores, keyring): (&Stores, &Arc<Keyring>),
    outside: &Outside,
    (guesses, settings): (Arc<Guesses>, &Arc<SettingsCell>),
) -> AdminService {
    AdminService::new(AdminParts {
        store: Arc::clone(&stores.admins),
        passwords: Arc::new(Passwords::new(Arc::clone(&outside.entropy))),
        passkeys: Arc::new(Passkeys::new(&config.admin_url)),
        guesses,
        keyring: Arc::clone(keyring),
        clock: Arc::clone(&outside.clock),
        entropy: Arc::clone(&outside.entropy),
        settings: Arc::clone(settings),
    })
}

fn login_exports(stores: &Stores, public: &Arc<Public>, settings: &Arc<SettingsCell>) -> LoginExports {
    LoginExports::new(LoginExportParts {
        store: Arc::clone(&stores.logbook),
        audit: Arc::clone(&stores.audit),
        settings: Arc::clone(settings),
        clock: Arc::clone(&public.clock),
        entropy: Arc::clone(&public.entropy),
    })
}
