//! Saoma itself in the place of a website: for people's own page, and for adding a way to log in.
//!
//! These are Clients in memory only, made anew from those that are registered: no list shows them, no secret
//! opens them, nothing is ever granted to them. They offer every way that any website offers.

use super::{Client, ClientId, ClientType, OpenIdPolicy};
use crate::Timestamp;
use crate::provider::{Assurance, ProviderSlug};

/// What people read of their own page.
const OWN_PAGE: &str = "Saoma";
/// What the phone shows of a Login that adds a way: not a usual one, and the person may read either language.
const LINKING: &str = "Saoma：添加登录方式 · adding a way to log in";

/// Where people's own page is.
pub(crate) fn own_page(issuer: &str) -> String {
    format!("{issuer}/account")
}

impl Client {
    /// A Client that stands for no website: nobody can authenticate as it, and no code goes anywhere.
    pub(crate) fn ours(id: ClientId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            client_type: ClientType::Public,
            secret_hashes: Vec::new(),
            redirect_uris: Vec::new(),
            origins: Vec::new(),
            providers: Vec::new(),
            min_assurance: Assurance::ScanOnly,
            openid: OpenIdPolicy::default(),
            logo: None,
            accent: None,
            enabled: true,
            managed_by_file: true,
            version: 1,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        }
    }
}

/// Ours beside these, which are enabled. Whoever may delete an account has said yes to it on their phone.
pub(super) fn beside(issuer: &str, enabled: &[Client]) -> [Client; 2] {
    let mut providers: Vec<ProviderSlug> = Vec::new();
    for slug in enabled.iter().flat_map(|client| &client.providers) {
        if !providers.contains(slug) {
            providers.push(slug.clone());
        }
    }
    let ours = |id, name| Client {
        redirect_uris: vec![own_page(issuer)],
        providers: providers.clone(),
        min_assurance: Assurance::Confirmed,
        ..Client::ours(id, name)
    };
    [ours(ClientId::of_own_page(), OWN_PAGE), ours(ClientId::of_linking(), LINKING)]
}
