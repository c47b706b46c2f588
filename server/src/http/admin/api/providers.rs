//! `/admin/api/v1/providers` and `/admin/api/v1/provider-kinds`: ways to log in, set up by their schema.
//!
//! Secrets are written, never read: a fingerprint tells whether one is set. What the vendor's console
//! must hold as well can be handed out, and the audit says to whom.

use super::allowed::Allowed;
use super::paging::{PageOf, page_request};
use super::provider_bodies::{
    HandedOut, KindList, NewProvider, ProviderChangeBody, ProviderLine, ProviderView,
};
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
use saoma_core::admin::abilities::{EditProviders, ListProviders, ReadProviders};
use saoma_core::provider::{ProviderSlug, Shown};
use std::sync::Arc;

#[derive(ApiResponse)]
enum OneProvider {
    /// As it is now.
    #[oai(status = 200)]
    Ok(
        Json<ProviderView>,
        /// Its version.
        #[oai(header = "ETag")]
        String,
    ),
}

impl From<&Shown> for OneProvider {
    fn from(shown: &Shown) -> Self {
        Self::Ok(Json(shown.into()), etag(shown.record.version))
    }
}

#[derive(ApiResponse)]
enum MadeProvider {
    /// Set up, and offered to whichever websites list it.
    #[oai(status = 201)]
    Created(
        Json<ProviderView>,
        /// Its version.
        #[oai(header = "ETag")]
        String,
    ),
}

/// Ways to log in.
pub(crate) struct ProvidersApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl ProvidersApi {
    /// List kinds of providers, each with the JSON Schema of its settings
    #[expect(clippy::unused_async, reason = "the framework calls async methods only")]
    #[oai(path = "/provider-kinds", method = "get", operation_id = "list_provider_kinds")]
    async fn list_provider_kinds(
        &self,
        permit: Allowed<ListProviders>,
        admin: Data<&Arc<Admin>>,
    ) -> Result<Json<KindList>, Failure<ReadCodes>> {
        Ok(Json(KindList::new(admin.providers.kinds(&permit))))
    }

    /// List providers, in the order of forms, without their settings
    #[oai(path = "/providers", method = "get", operation_id = "list_providers")]
    async fn list_providers(
        &self,
        permit: Allowed<ListProviders>,
        admin: Data<&Arc<Admin>>,
        /// How many at most, from 1 to 200.
        limit: Query<Option<u16>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<PageOf<ProviderLine>>, Failure<ReadCodes>> {
        let page = page_request(limit.0, after.0)?;
        let in_order = |shown: &Shown| format!("{:06} {}", shown.record.position, shown.record.slug);
        let shown = page.cut(admin.providers.list(&permit).await?, in_order);
        Ok(Json(PageOf::of(shown, |shown| ProviderLine::from(&shown))))
    }

    /// Set a provider up
    #[oai(path = "/providers", method = "post", operation_id = "create_provider")]
    async fn create_provider(
        &self,
        permit: Allowed<EditProviders>,
        admin: Data<&Arc<Admin>>,
        body: Body<NewProvider>,
    ) -> Result<MadeProvider, Failure<CreateCodes>> {
        let shown = admin.providers.create(&permit, &body.0.into()).await?;
        Ok(MadeProvider::Created(Json((&shown).into()), etag(shown.record.version)))
    }

    /// Read a provider with its settings; of secrets, whether they are set
    #[oai(path = "/providers/:slug", method = "get", operation_id = "read_provider")]
    async fn read_provider(
        &self,
        permit: Allowed<ReadProviders>,
        admin: Data<&Arc<Admin>>,
        slug: Path<String>,
    ) -> Result<OneProvider, Failure<ReadCodes>> {
        let found = admin.providers.find(&permit, &parse(&slug)?).await?;
        Ok((&found.ok_or(ChangeError::NotFound)?).into())
    }

    /// Change a provider; in force at once
    #[oai(path = "/providers/:slug", method = "patch", operation_id = "update_provider")]
    async fn update_provider(
        &self,
        permit: Allowed<EditProviders>,
        admin: Data<&Arc<Admin>>,
        slug: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
        body: Body<ProviderChangeBody>,
    ) -> Result<OneProvider, Failure<ChangeCodes>> {
        let (slug, version) = (parse(&slug)?, if_match(version.as_deref())?);
        Ok((&admin.providers.edit(&permit, (&slug, version), &body.0.into()).await?).into())
    }

    /// Delete a provider that no website offers
    #[oai(path = "/providers/:slug", method = "delete", operation_id = "delete_provider")]
    async fn delete_provider(
        &self,
        permit: Allowed<EditProviders>,
        admin: Data<&Arc<Admin>>,
        slug: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
    ) -> Result<Gone, Failure<ChangeCodes>> {
        let (slug, version) = (parse(&slug)?, if_match(version.as_deref())?);
        admin.providers.delete(&permit, (&slug, version)).await?;
        Ok(Gone::Done)
    }

    /// Hand out what the vendor's console must hold of a provider's secrets
    ///
    /// The push token, its key and the push address with its secret end; never an app secret.
    #[oai(
        path = "/providers/:slug/shared-secrets",
        method = "post",
        operation_id = "hand_out_shared_secrets"
    )]
    async fn hand_out_shared_secrets(
        &self,
        permit: Allowed<EditProviders>,
        admin: Data<&Arc<Admin>>,
        slug: Path<String>,
    ) -> Result<Json<HandedOut>, Failure<ReadCodes>> {
        let slug = parse(&slug)?;
        let handed = admin.providers.hand_out(&permit, &slug).await?;
        Ok(Json(HandedOut::new(&handed, &admin.public.settings.public_url, &slug)))
    }
}

/// The slug a path names; text of another shape names none.
fn parse(text: &str) -> Result<ProviderSlug, ChangeError> {
    text.parse().map_err(|_| ChangeError::NotFound)
}
