//! `/admin/api/v1/clients`: websites, with their secrets.

use super::allowed::{Allowed, also};
use super::client_bodies::{ClientChange, ClientView, ClientWithSecret, NewClient, draft};
use super::paging::{PageOf, page_request};
use super::shared::{ChangeCodes, CreateCodes, Gone, ReadCodes};
use super::version::{etag, if_match};
use crate::http::admin::Admin;
use crate::http::body::Body;
use crate::http::problem::Failure;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use saoma_core::ChangeError;
use saoma_core::admin::Permit;
use saoma_core::admin::abilities::{ClientSecrets, CreateClients, EditClients, ReadClients};
use saoma_core::client::{Client, ClientId, Registered, Rewiring};
use std::sync::Arc;

#[derive(ApiResponse)]
enum OneClient {
    /// As it is now.
    #[oai(status = 200)]
    Ok(
        Json<ClientView>,
        /// Its version.
        #[oai(header = "ETag")]
        String,
    ),
}

impl From<&Client> for OneClient {
    fn from(client: &Client) -> Self {
        Self::Ok(Json(client.into()), etag(client.version))
    }
}

#[derive(ApiResponse)]
enum NewSecret {
    /// Note the secret: it is not shown again.
    #[oai(status = 201)]
    Created(
        Json<ClientWithSecret>,
        /// The version.
        #[oai(header = "ETag")]
        String,
    ),
}

impl From<&Registered> for NewSecret {
    fn from(registered: &Registered) -> Self {
        Self::Created(Json(registered.into()), etag(registered.client.version))
    }
}

/// Websites.
pub(crate) struct AdminClientsApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl AdminClientsApi {
    /// List websites, by id
    #[oai(path = "/clients", method = "get", operation_id = "list_clients")]
    async fn list_clients(
        &self,
        permit: Allowed<ReadClients>,
        admin: Data<&Arc<Admin>>,
        /// How many at most, from 1 to 200.
        limit: Query<Option<u16>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<PageOf<ClientView>>, Failure<ReadCodes>> {
        let page = page_request(limit.0, after.0)?;
        let clients = page.cut(admin.clients.list(&permit).await?, |client| client.id.to_string());
        Ok(Json(PageOf::of(clients, |client| ClientView::from(&client))))
    }

    /// Register a website
    #[oai(path = "/clients", method = "post", operation_id = "create_client")]
    async fn create_client(
        &self,
        permit: Allowed<CreateClients>,
        admin: Data<&Arc<Admin>>,
        body: Body<NewClient>,
    ) -> Result<NewSecret, Failure<CreateCodes>> {
        let registered = admin.clients.create(&permit, &draft(body.0)?).await?;
        Ok((&registered).into())
    }

    /// Read a website
    #[oai(path = "/clients/:client_id", method = "get", operation_id = "read_client")]
    async fn read_client(
        &self,
        permit: Allowed<ReadClients>,
        admin: Data<&Arc<Admin>>,
        client_id: Path<String>,
    ) -> Result<OneClient, Failure<ReadCodes>> {
        Ok((&find(&admin, &permit, &client_id).await?).into())
    }

    /// Change a website
    #[oai(path = "/clients/:client_id", method = "patch", operation_id = "update_client")]
    async fn update_client(
        &self,
        permit: Allowed<EditClients>,
        admin: Data<&Arc<Admin>>,
        client_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
        body: Body<ClientChange>,
    ) -> Result<OneClient, Failure<ChangeCodes>> {
        let before = admin.clients.find_to_edit(&permit, &parse(&client_id)?).await?;
        let before = before.ok_or(ChangeError::NotFound)?;
        let look = body.0.look(&before)?;
        let rewiring = match body.0.wiring(&before) {
            Some(wiring) => Some(Rewiring::new(also(&admin, &permit)?, wiring)),
            None => None,
        };
        let version = if_match(version.as_deref())?;
        let client = admin.clients.edit(&permit, (&before.id, version), &look, rewiring).await?;
        Ok((&client).into())
    }

    /// Delete a website
    ///
    /// What its logins granted is revoked.
    #[oai(path = "/clients/:client_id", method = "delete", operation_id = "delete_client")]
    async fn delete_client(
        &self,
        permit: Allowed<CreateClients>,
        admin: Data<&Arc<Admin>>,
        client_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
    ) -> Result<Gone, Failure<ChangeCodes>> {
        let (id, version) = (parse(&client_id)?, if_match(version.as_deref())?);
        admin.clients.delete(&permit, (&id, version)).await?;
        Ok(Gone::Done)
    }

    /// Give a website one more secret
    ///
    /// At most two live; both are accepted until one is taken away.
    #[oai(path = "/clients/:client_id/secrets", method = "post", operation_id = "add_client_secret")]
    async fn add_client_secret(
        &self,
        permit: Allowed<ClientSecrets>,
        admin: Data<&Arc<Admin>>,
        client_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
    ) -> Result<NewSecret, Failure<ChangeCodes>> {
        let (id, version) = (parse(&client_id)?, if_match(version.as_deref())?);
        Ok((&admin.clients.add_secret(&permit, (&id, version)).await?).into())
    }

    /// Take a website's secret away
    #[oai(
        path = "/clients/:client_id/secrets/:fingerprint",
        method = "delete",
        operation_id = "remove_client_secret"
    )]
    async fn remove_client_secret(
        &self,
        permit: Allowed<ClientSecrets>,
        admin: Data<&Arc<Admin>>,
        client_id: Path<String>,
        fingerprint: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
    ) -> Result<OneClient, Failure<ChangeCodes>> {
        let (id, version) = (parse(&client_id)?, if_match(version.as_deref())?);
        Ok((&admin.clients.remove_secret(&permit, (&id, version), &fingerprint).await?).into())
    }
}

/// The id a path names; text of another shape names none.
fn parse(text: &str) -> Result<ClientId, ChangeError> {
    text.parse().map_err(|_| ChangeError::NotFound)
}

async fn find(admin: &Admin, permit: &Permit<ReadClients>, client_id: &str) -> Result<Client, ChangeError> {
    admin.clients.find(permit, &parse(client_id)?).await?.ok_or(ChangeError::NotFound)
}
