//! An authorization as a row, and the columns that say who is there.

use super::rows::{from_json, to_json};
use super::schema::authorizations;
use crate::error::Failure;
use diesel::prelude::*;
use saoma_core::authorization::{Authorization, AuthorizationRequest, Prompt, ResponseMode, SignedOn};
use saoma_core::client::ClientId;
use saoma_core::grant::Scope;
use saoma_core::login::IssuedCode;
use saoma_core::provider::Assurance;
use saoma_core::{SecretHash, Timestamp};
use serde::{Deserialize, Serialize};

pub(super) const CORRUPT: Failure = Failure::Corrupt("authorization");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = authorizations, check_for_backend(super::super::Db), treat_none_as_default_value = false)]
pub(super) struct AuthorizationRow {
    id: String,
    client_id: String,
    redirect_uri: String,
    code_challenge: Option<String>,
    request: String,
    browser_hash: String,
    user_id: Option<String>,
    session_id: Option<String>,
    provider: Option<String>,
    assurance: Option<String>,
    auth_time: Option<i64>,
    consented_at: Option<i64>,
    code_hash: Option<String>,
    code_expires_at: Option<i64>,
    redeemed_at: Option<i64>,
    created_at: i64,
    expires_at: i64,
}

/// What was asked for, but for what is compared in SQL.
#[derive(Serialize, Deserialize)]
struct RequestText {
    response_mode: String,
    scope: String,
    state: Option<String>,
    nonce: Option<String>,
    prompt: [bool; 3],
    max_age: Option<u32>,
    at_least: String,
    hint: Option<String>,
    locale: Option<String>,
    #[serde(default)]
    user_code: Option<String>,
}

impl AuthorizationRow {
    pub(super) fn new(authorization: &Authorization) -> Result<Self, Failure> {
        let request = &authorization.request;
        let by = authorization.signed_on.as_ref();
        Ok(Self {
            id: authorization.id.to_string(),
            client_id: request.client.to_string(),
            redirect_uri: request.redirect_uri.clone(),
            code_challenge: request.code_challenge.clone(),
            request: to_json(&RequestText {
                response_mode: request.response_mode.as_str().to_owned(),
                scope: request.scope.to_string(),
                state: request.state.clone(),
                nonce: request.nonce.clone(),
                prompt: [request.prompt.none, request.prompt.login, request.prompt.consent],
                max_age: request.max_age,
                at_least: request.at_least.as_str().to_owned(),
                hint: request.hint.as_ref().map(ToString::to_string),
                locale: request.locale.clone(),
                user_code: request.user_code.clone(),
            })?,
            browser_hash: authorization.browser_hash.as_str().to_owned(),
            user_id: by.map(|by| by.user.to_string()),
            session_id: by.map(|by| by.session.to_string()),
            provider: by.map(|by| by.provider.to_string()),
            assurance: by.map(|by| by.assurance.as_str().to_owned()),
            auth_time: by.map(|by| by.auth_time.0),
            consented_at: authorization.consented_at.map(|at| at.0),
            code_hash: authorization.code.as_ref().map(|code| code.hash.as_str().to_owned()),
            code_expires_at: authorization.code.as_ref().map(|code| code.expires_at.0),
            redeemed_at: authorization.redeemed_at.map(|at| at.0),
            created_at: authorization.created_at.0,
            expires_at: authorization.expires_at.0,
        })
    }

    fn signed_on(&self) -> Result<Option<SignedOn>, Failure> {
        let stands = (&self.user_id, &self.session_id, &self.provider, &self.assurance, self.auth_time);
        let (Some(user), Some(session), Some(provider), Some(assurance), Some(at)) = stands else {
            return Ok(None);
        };
        Ok(Some(SignedOn {
            user: user.parse().map_err(|_| CORRUPT)?,
            session: session.parse().map_err(|_| CORRUPT)?,
            provider: provider.parse().map_err(|_| CORRUPT)?,
            assurance: Assurance::parse(assurance).ok_or(CORRUPT)?,
            auth_time: Timestamp(at),
        }))
    }

    fn code(&self) -> Option<IssuedCode> {
        let (hash, at) = (self.code_hash.clone()?, self.code_expires_at?);
        Some(IssuedCode { hash: SecretHash::from_stored(hash), expires_at: Timestamp(at) })
    }
}

impl TryFrom<AuthorizationRow> for Authorization {
    type Error = Failure;
    fn try_from(row: AuthorizationRow) -> Result<Self, Failure> {
        let text: RequestText = from_json(&row.request)?;
        let [none, login, consent] = text.prompt;
        Ok(Self {
            id: row.id.parse().map_err(|_| CORRUPT)?,
            signed_on: row.signed_on()?,
            code: row.code(),
            request: AuthorizationRequest {
                client: ClientId::from_stored(&row.client_id).map_err(|_| CORRUPT)?,
                redirect_uri: row.redirect_uri,
                response_mode: ResponseMode::from_stored(&text.response_mode).ok_or(CORRUPT)?,
                scope: Scope::parse(&text.scope),
                state: text.state,
                nonce: text.nonce,
                code_challenge: row.code_challenge,
                prompt: Prompt { none, login, consent },
                max_age: text.max_age,
                at_least: Assurance::parse(&text.at_least).ok_or(CORRUPT)?,
                hint: text.hint.map(|hint| hint.parse().map_err(|_| CORRUPT)).transpose()?,
                locale: text.locale,
                user_code: text.user_code,
            },
            browser_hash: SecretHash::from_stored(row.browser_hash),
            consented_at: row.consented_at.map(Timestamp),
            redeemed_at: row.redeemed_at.map(Timestamp),
            created_at: Timestamp(row.created_at),
            expires_at: Timestamp(row.expires_at),
        })
    }
}

/// Who is there. What somebody else said or was given before counts for nobody else.
#[derive(AsChangeset)]
#[diesel(table_name = authorizations, treat_none_as_null = true)]
pub(super) struct SignedOnColumns {
    user_id: Option<String>,
    session_id: Option<String>,
    provider: Option<String>,
    assurance: Option<String>,
    auth_time: Option<i64>,
    consented_at: Option<i64>,
    code_hash: Option<String>,
    code_expires_at: Option<i64>,
}

impl From<&SignedOn> for SignedOnColumns {
    fn from(by: &SignedOn) -> Self {
        Self {
            user_id: Some(by.user.to_string()),
            session_id: Some(by.session.to_string()),
            provider: Some(by.provider.to_string()),
            assurance: Some(by.assurance.as_str().to_owned()),
            auth_time: Some(by.auth_time.0),
            consented_at: None,
            code_hash: None,
            code_expires_at: None,
        }
    }
}
