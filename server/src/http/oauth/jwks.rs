//! `GET /oauth2/jwks`: the keys by which everybody can check what we sign (RFC 7517 section 5).

use crate::http::public_state::Public;
use poem::web::Data;
use poem::{IntoResponse, Response};
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{Any, Type as _};
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

/// A JWK Set as it was written when the keys were read.
struct Written(Arc<str>);

impl Payload for Written {
    const CONTENT_TYPE: &'static str = Json::<JwkSet>::CONTENT_TYPE;

    fn check_content_type(content_type: &str) -> bool {
        Json::<JwkSet>::check_content_type(content_type)
    }

    fn schema_ref() -> MetaSchemaRef {
        JwkSet::schema_ref()
    }

    fn register(registry: &mut Registry) {
        JwkSet::register(registry);
    }
}

impl IntoResponse for Written {
    fn into_response(self) -> Response {
        Response::builder().content_type(Self::CONTENT_TYPE).body(self.0.to_string())
    }
}

#[derive(ApiResponse)]
enum Published {
    /// The keys.
    #[oai(status = 200)]
    Keys(
        Written,
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
        Published::Keys(Written(public.openid.signing.published()), KEPT.to_owned())
    }
}
