//! `/admin/api/v1/keys`: what id tokens and logout tokens are signed with. Public parts and times only; no private
//! key leaves the database in clear.

use super::algorithm::AlgorithmName;
use super::allowed::Allowed;
use super::code::{AdminCode, AdminProblem};
use super::shared::{CreateCodes, ReadCodes};
use crate::http::admin::Admin;
use crate::http::body::Body;
use crate::http::problem::Failure;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use saoma_core::admin::abilities::{ReadKeys, RotateKeys};
use saoma_core::signing::{KeyState, SigningError, SigningKey};
use std::sync::Arc;

/// What stands in the way of a next key: there is one.
pub(in crate::http::admin) const NEXT_KEY_WAITS: &str = "next_key_waits";

/// How a key stands.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "KeyState", rename_all = "snake_case")]
enum StateName {
    /// Published, not in use yet.
    Coming,
    /// It signs.
    Signing,
    /// Another signs; what this one signed can still be checked.
    Leaving,
}

impl From<KeyState> for StateName {
    fn from(state: KeyState) -> Self {
        match state {
            KeyState::Coming => Self::Coming,
            KeyState::Signing => Self::Signing,
            KeyState::Leaving => Self::Leaving,
        }
    }
}

/// A signing key, without its private part.
#[derive(Debug, Object)]
#[oai(rename = "SigningKey")]
struct KeyView {
    /// The thumbprint of its public part (RFC 7638); as in `/oauth2/jwks`.
    kid: String,
    /// What it signs with.
    algorithm: AlgorithmName,
    /// How it stands.
    state: StateName,
    /// Since when it is published; RFC 3339.
    created_at: String,
    /// From when on it signs; RFC 3339.
    signs_from: String,
}

impl From<(SigningKey, KeyState)> for KeyView {
    fn from((key, state): (SigningKey, KeyState)) -> Self {
        Self {
            algorithm: key.algorithm.into(),
            state: state.into(),
            created_at: key.created_at.to_rfc3339(),
            signs_from: key.signs_from.to_rfc3339(),
            kid: key.kid,
        }
    }
}

/// Every key.
#[derive(Debug, Object)]
struct Keys {
    /// By algorithm and age.
    keys: Vec<KeyView>,
}

/// Which key is to be replaced, and how soon.
#[derive(Debug, Object)]
#[oai(rename = "Rotation", deny_unknown_fields)]
struct RotationBody {
    /// Of this algorithm.
    algorithm: AlgorithmName,
    /// The old keys got into wrong hands: the new one signs from now on and the old ones are taken out, with whatever
    /// they signed. Websites that keep our public keys refuse logins until they have fetched them anew.
    #[oai(default)]
    at_once: bool,
}

/// Signing keys.
pub(crate) struct KeysApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl KeysApi {
    /// List signing keys
    #[oai(path = "/keys", method = "get", operation_id = "list_signing_keys")]
    #[expect(clippy::unused_async, reason = "the framework calls async methods only")]
    async fn list_signing_keys(
        &self,
        permit: Allowed<ReadKeys>,
        admin: Data<&Arc<Admin>>,
    ) -> Result<Json<Keys>, Failure<ReadCodes>> {
        let keys = admin.public.openid.signing.list_for(&permit);
        Ok(Json(Keys { keys: keys.into_iter().map(KeyView::from).collect() }))
    }

    /// Make the next signing key before its time
    ///
    /// It is published two days before it signs. Keys follow each other by themselves; this is for when you would
    /// rather not wait. While one waits for its time already there is nothing to make (`next_key_waits`), unless
    /// `at_once`.
    #[oai(path = "/keys/rotations", method = "post", operation_id = "rotate_signing_key")]
    async fn rotate_signing_key(
        &self,
        permit: Allowed<RotateKeys>,
        admin: Data<&Arc<Admin>>,
        body: Body<RotationBody>,
    ) -> Result<Json<Keys>, Failure<CreateCodes>> {
        let signing = &admin.public.openid.signing;
        signing.rotate_by(&permit, body.0.algorithm.into(), body.0.at_once).await?;
        let keys = signing.list();
        Ok(Json(Keys { keys: keys.into_iter().map(KeyView::from).collect() }))
    }
}

impl From<SigningError> for AdminProblem {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Store(error) => error.into(),
            SigningError::NextWaits(_) => Self::because(AdminCode::Conflict, NEXT_KEY_WAITS),
            error => {
                tracing::error!(%error, "a signing key could not be made");
                AdminCode::Internal.into()
            }
        }
    }
}
