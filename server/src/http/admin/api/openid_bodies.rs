//! What a website may do by OpenID Connect, as the admin API says and takes it.

use poem_openapi::{Enum, Object};
use saoma_core::client::{ConsentPolicy, OpenIdPolicy, Pkce};
use saoma_core::signing::Algorithm;

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

/// What id tokens are signed with.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "IdTokenAlg")]
enum AlgWord {
    /// RSA; every library knows it.
    #[oai(rename = "RS256")]
    Rs256,
    /// P-256.
    #[oai(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[oai(rename = "EdDSA")]
    EdDsa,
}

/// The policy.
#[derive(Debug, Object)]
#[oai(rename = "ClientOpenId")]
pub(super) struct OpenIdView {
    /// Whether a request must come with a challenge.
    pkce: PkceWord,
    /// How long a consent holds.
    consent: ConsentWord,
    /// What its id tokens are signed with.
    id_token_alg: AlgWord,
    /// Whether it may have refresh tokens, for `offline_access`.
    refresh_tokens: bool,
    /// Whether its back end must send requests before the browser comes (RFC 9126).
    require_pushed_requests: bool,
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
    /// What its id tokens are signed with.
    id_token_alg: Option<AlgWord>,
    /// Whether it may have refresh tokens, for `offline_access`.
    refresh_tokens: Option<bool>,
    /// Whether its back end must send requests before the browser comes (RFC 9126).
    require_pushed_requests: Option<bool>,
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
            id_token_alg: match policy.id_token_alg {
                Algorithm::Rs256 => AlgWord::Rs256,
                Algorithm::Es256 => AlgWord::Es256,
                Algorithm::EdDsa => AlgWord::EdDsa,
            },
            refresh_tokens: policy.refresh_tokens,
            require_pushed_requests: policy.require_pushed_requests,
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
        match self.id_token_alg {
            Some(AlgWord::Rs256) => policy.id_token_alg = Algorithm::Rs256,
            Some(AlgWord::Es256) => policy.id_token_alg = Algorithm::Es256,
            Some(AlgWord::EdDsa) => policy.id_token_alg = Algorithm::EdDsa,
            None => {}
        }
        policy.refresh_tokens = self.refresh_tokens.unwrap_or(policy.refresh_tokens);
        policy.require_pushed_requests =
            self.require_pushed_requests.unwrap_or(policy.require_pushed_requests);
        if let Some(uris) = &self.post_logout_redirect_uris {
            policy.post_logout_redirect_uris.clone_from(uris);
        }
    }
}
