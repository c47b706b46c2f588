//! `/admin/api/v1/tokens`: how programs come in.

use super::allowed::Allowed;
use super::paging::{PageOf, page_request};
use super::shared::{CreateCodes, Gone, ReadCodes};
use crate::http::admin::Admin;
use crate::http::body::Body;
use crate::http::problem::Failure;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use saoma_core::admin::abilities::{EditTokens, ReadAdmins};
use saoma_core::admin::{ApiToken, TokenDraft};
use saoma_core::{ChangeError, Timestamp};
use std::sync::Arc;

/// An API token, without what its holder sends.
#[derive(Debug, Object)]
#[oai(rename = "ApiToken", skip_serializing_if_is_none)]
struct TokenView {
    /// Its id.
    token_id: String,
    /// What it is for.
    name: String,
    /// Who made it; it is never more than they are.
    admin_id: String,
    /// Names of abilities, as each call's `x-ability`.
    scope: Vec<String>,
    /// The websites it reaches; absent for all.
    clients: Option<Vec<String>>,
    /// Where it may be used from; anywhere when empty.
    networks: Vec<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    expires_at: String,
    /// RFC 3339, to the minute.
    last_used_at: Option<String>,
    /// RFC 3339.
    revoked_at: Option<String>,
}

impl From<&ApiToken> for TokenView {
    fn from(token: &ApiToken) -> Self {
        let clients = token.clients.as_ref();
        Self {
            token_id: token.id.to_string(),
            name: token.name.clone(),
            admin_id: token.admin.to_string(),
            scope: token.scope.iter().cloned().collect(),
            clients: clients.map(|clients| clients.iter().map(ToString::to_string).collect()),
            networks: token.networks.iter().map(ToString::to_string).collect(),
            created_at: token.created_at.to_rfc3339(),
            expires_at: token.expires_at.to_rfc3339(),
            last_used_at: token.last_used_at.map(Timestamp::to_rfc3339),
            revoked_at: token.revoked_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// A token to be made.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewTokenBody {
    /// What it is for.
    name: String,
    /// Names of abilities; none about admins and tokens.
    scope: Vec<String>,
    /// The websites it reaches; absent for all.
    clients: Option<Vec<String>>,
    /// Where it may be used from, as CIDR ranges.
    networks: Option<Vec<String>>,
    /// How many days it lives, at most 366.
    days: u32,
}

/// A token with what its holder sends, shown this once.
#[derive(Debug, Object)]
struct TokenWithSecret {
    /// The token.
    token: TokenView,
    /// Sent as `Authorization: Bearer …`.
    secret: String,
}

#[derive(ApiResponse)]
enum Made {
    /// Note the secret: it is not shown again.
    #[oai(status = 201)]
    Created(Json<TokenWithSecret>),
}

/// API tokens.
pub(crate) struct TokensApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl TokensApi {
    /// List API tokens, the newest first
    #[oai(path = "/tokens", method = "get", operation_id = "list_tokens")]
    async fn list_tokens(
        &self,
        permit: Allowed<ReadAdmins>,
        admin: Data<&Arc<Admin>>,
        /// How many at most, from 1 to 200.
        limit: Query<Option<u16>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<PageOf<TokenView>>, Failure<ReadCodes>> {
        let page = page_request(limit.0, after.0)?;
        let newest = |token: &ApiToken| format!("{:020} {}", i64::MAX - token.created_at.0, token.id);
        let tokens = page.cut(admin.admins.list_tokens(&permit).await?, newest);
        Ok(Json(PageOf::of(tokens, |token| TokenView::from(&token))))
    }

    /// Make an API token
    #[oai(path = "/tokens", method = "post", operation_id = "create_token")]
    async fn create_token(
        &self,
        permit: Allowed<EditTokens>,
        admin: Data<&Arc<Admin>>,
        body: Body<NewTokenBody>,
    ) -> Result<Made, Failure<CreateCodes>> {
        let NewTokenBody { name, scope, clients, networks, days } = body.0;
        let draft = TokenDraft { name, scope, clients, networks: networks.unwrap_or_default(), days };
        let (token, secret) = admin.admins.create_token(&permit, &draft).await?;
        let made = TokenWithSecret { token: (&token).into(), secret: secret.expose().to_owned() };
        Ok(Made::Created(Json(made)))
    }

    /// Take an API token away
    #[oai(path = "/tokens/:token_id", method = "delete", operation_id = "revoke_token")]
    async fn revoke_token(
        &self,
        permit: Allowed<EditTokens>,
        admin: Data<&Arc<Admin>>,
        token_id: Path<String>,
    ) -> Result<Gone, Failure<ReadCodes>> {
        let id = token_id.parse().map_err(|_| ChangeError::NotFound)?;
        admin.admins.revoke_token(&permit, &id).await?;
        Ok(Gone::Done)
    }
}
