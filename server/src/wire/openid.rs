//! The parts of OpenID Connect: sessions, authorizations, tokens.

use super::{Outside, StartError, egress_options, kept_signing_keys};
use crate::back_channel::Posting;
use crate::config::Config;
use crate::http::{OpenId, PendingLogins};
use saoma_core::authorization::{AuthorizationParts, AuthorizationService};
use saoma_core::client::{ClientAssertions, ClientDirectory, Subjects};
use saoma_core::grant::{IdTokenParts, IdTokens, RefreshRules, TokenService, UserInfoService};
use saoma_core::installation::InstallationStore;
use saoma_core::notice::{LogoutNoticeParts, LogoutNotices};
use saoma_core::provider::Registry;
use saoma_core::seal::{Keyring, Place, SealError};
use saoma_core::session::{SessionRules, UserSessions};
use saoma_core::signal::Signals;
use saoma_core::user::admin::UserRules;
use saoma_core::user::own::{OwnParts, OwnService};
use saoma_core::{Secret, StoreError};
use saoma_host::EgressClient;
use saoma_store::Stores;
use std::sync::Arc;

/// Under which name the secret of pairwise ids is kept.
const SUBJECTS: &str = "subjects";
const PLACE: Place<'_> = Place { table: "kept_secrets", row: SUBJECTS, column: "sealed" };

/// See the module; beside them, what tells websites of logouts.
pub(super) async fn openid(
    config: &Config,
    (stores, keyring): (&Stores, &Arc<Keyring>),
    (registry, directory): (&Arc<Registry>, &Arc<ClientDirectory>),
    (pending, outside): (&Arc<PendingLogins>, &Outside),
) -> Result<(OpenId, LogoutNotices), StartError> {
    let signing = kept_signing_keys(stores, keyring, outside).await?;
    let subjects = subjects(config, (&*stores.installation, keyring), outside).await?;
    let (clock, entropy) = (&outside.clock, &outside.entropy);
    let store = Arc::clone(&stores.sessions);
    let sessions = UserSessions::new(store, Arc::clone(clock), Arc::clone(entropy), SessionRules::default());
    let authorizations = AuthorizationService::new(AuthorizationParts {
        store: Arc::clone(&stores.authorizations),
        sessions: sessions.clone(),
        clients: Arc::clone(directory),
        signing: Arc::clone(&signing),
        subjects: subjects.clone(),
        signals: Arc::<PendingLogins>::clone(pending),
        clock: Arc::clone(clock),
        entropy: Arc::clone(entropy),
        issuer: config.public_url.clone(),
    });
    let id_tokens = IdTokens::new(IdTokenParts {
        signing: Arc::clone(&signing),
        providers: Arc::clone(registry),
        subjects: subjects.clone(),
        clock: Arc::clone(clock),
        issuer: config.public_url.clone(),
    });
    let grants = || Arc::clone(&stores.grants);
    let user_info = UserInfoService::new(grants(), Arc::clone(directory), Arc::clone(clock));
    let rules = RefreshRules::usual(config.login.access_token_ttl);
    let tokens = TokenService::new(grants(), Arc::clone(clock), Arc::clone(entropy), rules);
    let store = Arc::clone(&stores.clients);
    let assertions = ClientAssertions::new(store, Arc::clone(clock), config.public_url.clone());
    let openid =
        OpenId { authorizations, sessions, id_tokens, signing, user_info, subjects, assertions, tokens };
    let notices = logout_notices(config, (stores, directory), &openid, outside)?;
    Ok((openid, notices))
}

fn logout_notices(
    config: &Config,
    (stores, directory): (&Stores, &Arc<ClientDirectory>),
    openid: &OpenId,
    outside: &Outside,
) -> Result<LogoutNotices, StartError> {
    let egress = EgressClient::new(egress_options(config))?;
    Ok(LogoutNotices::new(LogoutNoticeParts {
        store: Arc::clone(&stores.notices),
        channel: Arc::new(Posting::new(egress, &config.public_url)),
        clients: Arc::clone(directory),
        subjects: openid.subjects.clone(),
        signing: Arc::clone(&openid.signing),
        clock: Arc::clone(&outside.clock),
        entropy: Arc::clone(&outside.entropy),
        issuer: config.public_url.clone(),
    }))
}

/// What pairwise ids are made with: made once, kept sealed, and never another, as every website would take its
/// people for strangers.
async fn subjects(
    config: &Config,
    (installation, keyring): (&dyn InstallationStore, &Keyring),
    outside: &Outside,
) -> Result<Subjects, StartError> {
    let sealed = match installation.find_secret(SUBJECTS).await? {
        Some(sealed) => sealed,
        None => made(installation, keyring, outside).await?,
    };
    let secret = keyring.open(PLACE, &sealed)?;
    let secret = Secret::new(String::from_utf8_lossy(&secret));
    Ok(Subjects::new(&secret, &config.public_url)?)
}

async fn made(
    installation: &dyn InstallationStore,
    keyring: &Keyring,
    outside: &Outside,
) -> Result<String, StartError> {
    let fresh = Secret::generate(&*outside.entropy);
    let sealed = keyring.seal(&*outside.entropy, PLACE, fresh.expose().as_bytes())?;
    match installation.create_secret(SUBJECTS, &sealed).await {
        Ok(()) => Ok(sealed),
        // Another start was first: its secret counts.
        Err(StoreError::Exists(_)) => {
            Ok(installation.find_secret(SUBJECTS).await?.ok_or(SealError::Broken)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// People's own accounts.
pub(super) fn own_accounts(
    stores: &Stores,
    openid: &OpenId,
    (registry, directory): (&Arc<Registry>, &Arc<ClientDirectory>),
    (outside, signals): (&Outside, Arc<dyn Signals>),
) -> OwnService {
    OwnService::new(OwnParts {
        store: Arc::clone(&stores.own),
        users: Arc::clone(&stores.users),
        sessions: openid.sessions.clone(),
        authorizations: openid.authorizations.clone(),
        signals,
        registry: Arc::clone(registry),
        clients: Arc::clone(directory),
        clock: Arc::clone(&outside.clock),
        entropy: Arc::clone(&outside.entropy),
        rules: UserRules::default(),
    })
}
