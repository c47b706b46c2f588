//! What the admin listener knows: services, pages, how it is reached.

use super::shown::ShownOnce;
use crate::http::Public;
use saoma_admin_ui::AdminPages;
use saoma_core::Secret;
use saoma_core::admin::AdminService;
use saoma_core::audit::AuditService;
use saoma_core::client::ClientService;
use saoma_core::doctor::DoctorService;
use saoma_core::installation::InstallationStore;
use saoma_core::logbook::{LogbookService, LoginExports};
use saoma_core::provider::ProviderService;
use saoma_core::seal::Keyring;
use saoma_core::settings::SettingsService;
use saoma_core::statistics::StatisticsService;
use saoma_core::user::admin::UserAdmin;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;
use url::Url;

/// How the admin listener is reached.
#[derive(Debug, Clone)]
pub(crate) struct AdminSettings {
    /// The address admins use: the origin of its pages, without a trailing slash.
    pub(crate) admin_url: String,
}

impl AdminSettings {
    /// Whether admins come by https.
    pub(super) fn is_https(&self) -> bool {
        self.admin_url.starts_with("https://")
    }

    /// `host` or `host:port`, as a browser writes it into `Host`.
    pub(super) fn host(&self) -> &str {
        self.admin_url.split_once("://").map_or("", |(_, host)| host)
    }

    /// Where whoever holds this link is enrolled.
    pub(super) fn enrolment_url(&self, link: &Secret) -> String {
        format!("{}/enrol/{}", self.admin_url, link.expose())
    }

    /// The name of a cookie: `__Host-` needs https; without it the port keeps installations on one
    /// host apart, as cookies do not know ports.
    pub(super) fn cookie_name(&self, what: &str) -> String {
        if self.is_https() {
            return format!("__Host-saoma-admin-{what}");
        }
        let port = Url::parse(&self.admin_url).ok().and_then(|url| url.port_or_known_default()).unwrap_or(80);
        format!("saoma-admin-{port}-{what}")
    }
}

/// The state every admin handler gets.
pub(crate) struct Admin {
    /// Facts about the installation.
    pub(crate) installation: Arc<dyn InstallationStore>,
    /// The keys.
    pub(crate) keyring: Arc<Keyring>,
    /// The public listener's state.
    pub(crate) public: Arc<Public>,
    /// The door.
    pub(crate) admins: AdminService,
    /// Clients.
    pub(crate) clients: ClientService,
    /// Providers.
    pub(crate) providers: ProviderService,
    /// The doctor.
    pub(crate) doctor: DoctorService,
    /// Users.
    pub(crate) users: UserAdmin,
    /// Secrets that somebody is being shown.
    pub(crate) shown_once: ShownOnce,
    /// The audit.
    pub(crate) audit: AuditService,
    /// The file in which its checkpoints are kept.
    pub(crate) kept_checkpoints: Option<PathBuf>,
    /// What owners set.
    pub(crate) house: SettingsService,
    /// Logins, for admins.
    pub(crate) logbook: LogbookService,
    /// Logins that are taken away.
    pub(crate) login_exports: LoginExports,
    /// Numbers of Logins.
    pub(crate) statistics: StatisticsService,
    /// Places of streams that may be open at once.
    pub(crate) streams: Arc<Semaphore>,
    /// The pages.
    pub(crate) pages: AdminPages,
    /// How we are reached.
    pub(crate) settings: AdminSettings,
}
