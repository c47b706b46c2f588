//! `GET /.well-known/openid-configuration`, and the same by its OAuth name: what this provider does, and in
//! words what it does not (OpenID Connect Discovery section 3, RFC 8414).

use super::token::DEVICE_GRANT;
use crate::http::public_state::Public;
use poem::http::header;
use poem::web::Data;
use poem::{Response, handler};
use saoma_core::authorization::ResponseMode;
use saoma_core::grant::ScopeWord;
use saoma_core::provider::Assurance;
use saoma_core::signing::Algorithm;
use serde_json::{Value, json};
use std::sync::Arc;

const BY_PROOF: [&str; 3] = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
const BY_PROOF_OR_NONE: [&str; 4] = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/// The document. A flag that one standard takes for false and another for true is always written.
fn configuration(issuer: &str) -> Value {
    let at = |path: &str| format!("{issuer}/oauth2/{path}");
    let algorithms = Algorithm::ALL.map(Algorithm::as_str);
    json!({
        "issuer": issuer,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"),
        "jwks_uri": at("jwks"),
        "end_session_endpoint": at("logout"),
        "pushed_authorization_request_endpoint": at("par"),
        "revocation_endpoint": at("revoke"),
        "introspection_endpoint": at("introspect"),
        "scopes_supported": ScopeWord::ALL.map(ScopeWord::as_str),
        "response_types_supported": ["code"],
        "response_modes_supported": ResponseMode::ALL.map(ResponseMode::as_str),
        "device_authorization_endpoint": at("device_authorization"),
        "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_GRANT],
        "acr_values_supported": Assurance::ALL.map(Assurance::acr),
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": algorithms,
        "token_endpoint_auth_methods_supported": BY_PROOF_OR_NONE,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": BY_PROOF_OR_NONE,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": BY_PROOF,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "name",
            "name_is_stand_in", "picture", "picture_is_stand_in", "locale", "updated_at", "email",
            "email_verified",
        ],
        "claim_types_supported": ["normal"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["zh-CN", "en"],
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": false,
        "frontchannel_logout_session_supported": false,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_request_uri_registration": false,
        "require_pushed_authorization_requests": false,
    })
}

/// Anybody's page may read it; an hour old is good enough.
#[handler]
pub(crate) fn read_discovery(Data(public): Data<&Arc<Public>>) -> Response {
    Response::builder()
        .content_type("application/json")
        .header(header::CACHE_CONTROL, "public, max-age=3600")
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .body(configuration(&public.settings.public_url).to_string())
}
