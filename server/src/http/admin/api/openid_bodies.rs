//! What a website may do by OpenID Connect, as the admin API says and takes it.

use super::algorithm::AlgorithmName;
use poem_openapi::{Enum, Object};
use saoma_core::client::{ConsentPolicy, OpenIdPolicy, Pkce, SubjectType};
use serde_json::Value as Json;

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

/// What it calls users.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "SubjectType", rename_all = "snake_case")]
enum SubjectWord {
    /// By the user's own id, the same for all.
    Public,
    /// By an id that only its sector is told.
    Pairwise,
}

/// The policy.
#[derive(Debug, Object)]
#[oai(rename = "ClientOpenId", skip_serializing_if_is_none)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of their own, each with its name in the document"
)]
pub(super) struct OpenIdView {
    /// Whether a request must come with a challenge.
    pkce: PkceWord,
    /// How long a consent holds.
    consent: ConsentWord,
    /// What its id tokens are signed with.
    id_token_alg: AlgorithmName,
    /// Whether it may have refresh tokens, for `offline_access`.
    refresh_tokens: bool,
    /// Whether its back end must send requests before the browser comes (RFC 9126).
    require_pushed_requests: bool,
    /// Where a browser may be sent after a logout.
    post_logout_redirect_uris: Vec<String>,
    /// What it calls users (OpenID Connect Core section 8).
    subject_type: SubjectWord,
    /// Clients of one sector are told the same pairwise ids; its own id when absent.
    sector: Option<String>,
    /// Whether the scope `email` gives it an address that receives nothing.
    stand_in_email: bool,
    /// Public keys of its assertions, as a JWK set (`private_key_jwt`).
    jwks: Option<Json>,
    /// Where its back end is told that somebody logged out.
    backchannel_logout_uri: Option<String>,
    /// Whether its devices may be logged in from a phone or a computer (RFC 8628).
    device_grant: bool,
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
    id_token_alg: Option<AlgorithmName>,
    /// Whether it may have refresh tokens, for `offline_access`.
    refresh_tokens: Option<bool>,
    /// Whether its back end must send requests before the browser comes (RFC 9126).
    require_pushed_requests: Option<bool>,
    /// Where a browser may be sent after a logout.
    post_logout_redirect_uris: Option<Vec<String>>,
    /// What it calls users (OpenID Connect Core section 8).
    subject_type: Option<SubjectWord>,
    /// Clients of one sector are told the same pairwise ids; its own id when empty.
    sector: Option<String>,
    /// Whether the scope `email` gives it an address that receives nothing.
    stand_in_email: Option<bool>,
    /// Public keys of its assertions, as a JWK set (`private_key_jwt`); `{"keys": []}` for none.
    jwks: Option<Json>,
    /// Where its back end is told that somebody logged out; empty for nowhere.
    backchannel_logout_uri: Option<String>,
    /// Whether its devices may be logged in from a phone or a computer (RFC 8628).
    device_grant: Option<bool>,
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
            id_token_alg: policy.id_token_alg.into(),
            refresh_tokens: policy.refresh_tokens,
            require_pushed_requests: policy.require_pushed_requests,
            post_logout_redirect_uris: policy.post_logout_redirect_uris.clone(),
            subject_type: match policy.subject_type {
                SubjectType::Public => SubjectWord::Public,
                SubjectType::Pairwise => SubjectWord::Pairwise,
            },
            sector: policy.sector.clone(),
            stand_in_email: policy.stand_in_email,
            jwks: policy.jwks.clone(),
            backchannel_logout_uri: policy.backchannel_logout_uri.clone(),
            device_grant: policy.device_grant,
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
        if let Some(name) = self.id_token_alg {
            policy.id_token_alg = name.into();
        }
        policy.refresh_tokens = self.refresh_tokens.unwrap_or(policy.refresh_tokens);
        policy.require_pushed_requests =
            self.require_pushed_requests.unwrap_or(policy.require_pushed_requests);
        if let Some(uris) = &self.post_logout_redirect_uris {
            policy.post_logout_redirect_uris.clone_from(uris);
        }
        match self.subject_type {
            Some(SubjectWord::Public) => policy.subject_type = SubjectType::Public,
            Some(SubjectWord::Pairwise) => policy.subject_type = SubjectType::Pairwise,
            None => {}
        }
        self.apply_addresses(policy);
        policy.stand_in_email = self.stand_in_email.unwrap_or(policy.stand_in_email);
        policy.device_grant = self.device_grant.unwrap_or(policy.device_grant);
    }

    /// What is empty is taken away.
    fn apply_addresses(&self, policy: &mut OpenIdPolicy) {
        if let Some(sector) = &self.sector {
            policy.sector = Some(sector.clone()).filter(|sector| !sector.is_empty());
        }
        if let Some(uri) = &self.backchannel_logout_uri {
            policy.backchannel_logout_uri = Some(uri.clone()).filter(|uri| !uri.is_empty());
        }
        if let Some(jwks) = &self.jwks {
            let is_empty = jwks.get("keys").and_then(Json::as_array).is_some_and(Vec::is_empty);
            policy.jwks = Some(jwks.clone()).filter(|_| !is_empty);
        }
    }
}
