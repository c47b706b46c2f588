//! What the public listener knows: services, limits, and how it is reached.

use super::limits::Limits;
use super::pages::Pages;
use super::pending::PendingLogins;
use super::push_tally::PushTally;
use ipnet::IpNet;
use saoma_core::authorization::AuthorizationService;
use saoma_core::client::{ClientAssertions, Subjects};
use saoma_core::grant::{IdTokens, TokenService, UserInfoService};
use saoma_core::login::LoginService;
use saoma_core::session::UserSessions;
use saoma_core::settings::SettingsCell;
use saoma_core::signing::SigningKeys;
use saoma_core::user::PeopleService;
use saoma_core::user::own::OwnService;
use saoma_core::{Clock, Entropy};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::tasks::Tasks;

/// How the public listener is reached and whom it believes.
#[derive(Debug, Clone)]
pub(crate) struct PublicSettings {
    /// The address visitors use, without a trailing slash: our own origin and issuer.
    pub(crate) public_url: String,
    /// Proxies whose `X-Forwarded-For` counts.
    pub(crate) trusted_proxies: Vec<IpNet>,
}

impl PublicSettings {
    /// Whether visitors come by https.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The name by which visitors know this server.
    pub(crate) fn host(&self) -> String {
        let url = Url::parse(&self.public_url).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The cookie that holds a browser's secret: `__Host-` needs https; without it the port keeps
    /// two installations on one host apart, as cookies do not know ports.
    pub(crate) fn cookie_name(&self) -> String {
        if self.is_https() {
            return "__Host-saoma".to_owned();
        }
        format!("saoma-{}", self.port())
    }

    /// The cookie that holds a browser's session.
    pub(crate) fn session_cookie_name(&self) -> String {
        format!("{}-session", self.cookie_name())
    }

    /// A cookie of one confirm page: its path is that page, so `__Host-`, which wants the root, is not
    /// for it.
    pub(crate) fn page_cookie_name(&self, what: &str) -> String {
        if self.is_https() {
            format!("__Secure-saoma-{what}")
        } else {
            format!("saoma-{}-{what}", self.port())
        }
    }

    fn port(&self) -> u16 {
        let url = Url::parse(&self.public_url).ok();
        url.and_then(|url| url.port_or_known_default()).unwrap_or(80)
    }
}

/// What websites are granted, and what for.
pub(crate) struct OpenId {
    /// What they ask for by OpenID Connect.
    pub(crate) authorizations: AuthorizationService,
    /// Users' sessions.
    pub(crate) sessions: UserSessions,
    /// Id tokens.
    pub(crate) id_tokens: IdTokens,
    /// What id tokens are signed with.
    pub(crate) signing: Arc<SigningKeys>,
    /// Who is behind an access token.
    pub(crate) user_info: UserInfoService,
    /// What Clients call Users.
    pub(crate) subjects: Subjects,
    /// Clients that prove themselves by an assertion.
    pub(crate) assertions: ClientAssertions,
    /// Tokens, for their own Clients.
    pub(crate) tokens: TokenService,
}

/// The state every public handler gets.
pub(crate) struct Public {
    /// The login engine.
    pub(crate) logins: LoginService,
    /// What websites are granted.
    pub(crate) openid: OpenId,
    /// People's own accounts, for themselves.
    pub(crate) own: OwnService,
    /// What owners set, as it holds.
    pub(crate) house: Arc<SettingsCell>,
    /// People: pictures, duties.
    pub(crate) people: Arc<PeopleService>,
    /// Rate limits.
    pub(crate) limits: Limits,
    /// Logins nobody has scanned yet, by address.
    pub(crate) pending: Arc<PendingLogins>,
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    /// Randomness.
    pub(crate) entropy: Arc<dyn Entropy>,
    /// How many pushes came.
    pub(crate) pushes: PushTally,
    /// The pages of our own.
    pub(crate) pages: Pages,
    /// How we are reached.
    pub(crate) settings: PublicSettings,
    /// Where work that must not be interrupted runs.
    pub(crate) tasks: Tasks,
}

impl Public {
    /// Ends when the server is about to stop: streams and long polls watch it.
    pub(crate) fn stopping(&self) -> CancellationToken {
        self.tasks.stopping()
    }
}
