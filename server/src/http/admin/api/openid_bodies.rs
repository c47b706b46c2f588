//! What a website may do by OpenID Connect, as the admin API says and takes it.

use poem_openapi::{Enum, Object};
use saoma_core::client::{ConsentPolicy, OpenIdPolicy, Pkce};

/// Whether a request must come with a challenge.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "Pkce", rename_all = "snake_case")]
enum PkceWord {
    /// Always.
    Required,
    /// A confidential client may do without.
    Optional,
}

/// How long a consent holds.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "Consent", rename_all = "snake_case")]
enum ConsentWord {
    /// Until somebody takes it back.
    Remembered,
    /// For one login.
    EachTime,
}

/// The policy.
#[derive(Debug, Object)]
#[oai(rename = "ClientOpenId")]
pub(super) struct OpenIdView {
    /// Whether a request must come with a challenge.
    pkce: PkceWord,
    /// How long a consent holds.
    consent: ConsentWord,
    /// Whether it may have refresh tokens, for `offline_access`.
    refresh_tokens: bool,
    /// Where a browser may be sent after a logout.
    post_logout_redirect_uris: Vec<String>,
}

/// What shall be otherwise; what is absent stays.
#[derive(Debug, Object)]
#[oai(rename = "ClientOpenIdChange", deny_unknown_fields)]
pub(super) struct OpenIdChange {
    /// Whether a request must come with a challenge.
    pkce: Option<PkceWord>,
    /// How long a consent holds.
    consent: Option<ConsentWord>,
    /// Whether it may have refresh tokens, for `offline_access`.
    refresh_tokens: Option<bool>,
    /// Where a browser may be sent after a logout.
    post_logout_redirect_uris: Option<Vec<String>>,
}

impl From<&OpenIdPolicy> for OpenIdView {
    fn from(policy: &OpenIdPolicy) -> Self {
        Self {
            pkce: match policy.pkce {
                Pkce::Required => PkceWord::Required,
                Pkce::Optional => PkceWord::Optional,
            },
            consent: match policy.consent {
                ConsentPolicy::Remembered => ConsentWord::Remembered,
                ConsentPolicy::EachTime => ConsentWord::EachTime,
            },
            refresh_tokens: policy.refresh_tokens,
            post_logout_redirect_uris: policy.post_logout_redirect_uris.clone(),
        }
    }
}

impl OpenIdChange {
    /// Puts what is there in the place of what was.
    pub(super) fn apply(&self, policy: &mut OpenIdPolicy) {
        match self.pkce {
            Some(PkceWord::Required) => policy.pkce = Pkce::Required,
            Some(PkceWord::Optional) => policy.pkce = Pkce::Optional,
            None => {}
        }
        match self.consent {
            Some(ConsentWord::Remembered) => policy.consent = ConsentPolicy::Remembered,
            Some(ConsentWord::EachTime) => policy.consent = ConsentPolicy::EachTime,
            None => {}
        }
        policy.refresh_tokens = self.refresh_tokens.unwrap_or(policy.refresh_tokens);
        if let Some(uris) = &self.post_logout_redirect_uris {
            policy.post_logout_redirect_uris.clone_from(uris);
        }
    }
}
