//! `GET /oauth2/jwks`: the keys by which everybody can check what we sign (RFC 7517 section 5).

use crate::http::public_state::Public;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde_json::Value;
use std::sync::Arc;

/// An hour: a key is published two days before it signs.
const KEPT: &str = "public, max-age=3600";

/// A JWK Set.
#[derive(Debug, Object)]
struct JwkSet {
    /// The keys; which one signed, a token's `kid` says.
    keys: Vec<Any<Value>>,
}

#[derive(ApiResponse)]
enum Published {
    /// The keys.
    #[oai(status = 200)]
    Keys(
        Json<JwkSet>,
        /// How long they may be kept.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

/// Publishing.
pub(crate) struct JwksApi;

#[OpenApi]
impl JwksApi {
    /// Read the signing keys
    ///
    /// Their public parts, as a JWK Set: those that sign now, those that will, and those that did.
    #[oai(path = "/oauth2/jwks", method = "get", operation_id = "read_jwks")]
    #[expect(clippy::unused_async, reason = "the framework awaits every call")]
    async fn read_jwks(&self, public: Data<&Arc<Public>>) -> Published {
        let keys = public.openid.signing.published().into_iter().map(Any).collect();
        Published::Keys(Json(JwkSet { keys }), KEPT.to_owned())
    }
}
