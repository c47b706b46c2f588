//! The parts of OpenID Connect: sessions, authorizations, tokens.

use super::Outside;
use crate::config::Config;
use crate::http::OpenId;
use saoma_core::authorization::{AuthorizationParts, AuthorizationService};
use saoma_core::client::ClientDirectory;
use saoma_core::grant::{IdTokenParts, IdTokens, RefreshRules, TokenService, UserInfoService};
use saoma_core::provider::Registry;
use saoma_core::session::{SessionRules, UserSessions};
use saoma_core::signing::SigningKeys;
use saoma_store::Stores;
use std::sync::Arc;

/// See the module.
pub(super) fn openid(
    config: &Config,
    (stores, signing): (&Stores, Arc<SigningKeys>),
    (registry, directory): (&Arc<Registry>, &Arc<ClientDirectory>),
    outside: &Outside,
) -> OpenId {
    let (clock, entropy) = (&outside.clock, &outside.entropy);
    let store = Arc::clone(&stores.sessions);
    let sessions = UserSessions::new(store, Arc::clone(clock), Arc::clone(entropy), SessionRules::default());
    let authorizations = AuthorizationService::new(AuthorizationParts {
        store: Arc::clone(&stores.authorizations),
        sessions: sessions.clone(),
        clients: Arc::clone(directory),
        signing: Arc::clone(&signing),
        clock: Arc::clone(clock),
        entropy: Arc::clone(entropy),
        issuer: config.public_url.clone(),
    });
    let id_tokens = IdTokens::new(IdTokenParts {
        signing: Arc::clone(&signing),
        providers: Arc::clone(registry),
        clock: Arc::clone(clock),
        issuer: config.public_url.clone(),
    });
    let grants = || Arc::clone(&stores.grants);
    let user_info = UserInfoService::new(grants(), Arc::clone(directory), Arc::clone(clock));
    let rules = RefreshRules::usual(config.login.access_token_ttl);
    let tokens = TokenService::new(grants(), Arc::clone(clock), Arc::clone(entropy), rules);
    OpenId { authorizations, sessions, id_tokens, signing, user_info, tokens }
}
