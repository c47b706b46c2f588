//! `/admin/api/v1/users/{user_id}/…`: identities taken and given, merges and their undoing.

use super::allowed::Allowed;
use super::paging::{PageOf, page_request};
use super::shared::{ChangeCodes, Gone, ReadCodes};
use super::user_bodies::{Admitted, LinkBody, MergeBody, MergeView, OfferView, ProvenLogin};
use super::users::{Made, parse, versioned};
use crate::http::admin::Admin;
use crate::http::body::Body;
use crate::http::problem::Failure;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use saoma_core::admin::abilities::{EditUsers, LinkUsers, ReadUsers};
use saoma_core::user::admin::{AdmitTo, Versioned};
use std::sync::Arc;

#[derive(ApiResponse)]
enum Merged {
    /// Done; it can be undone for a while.
    #[oai(status = 201)]
    Created(Json<MergeView>),
}

/// Identities, merges, admissions.
pub(crate) struct UserPartsApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl UserPartsApi {
    /// Delete an identity
    ///
    /// Not the last one. Whatever the user granted ends; whoever logs in by it is somebody new.
    #[oai(
        path = "/users/:user_id/identities/:identity_id",
        method = "delete",
        operation_id = "unlink_identity"
    )]
    async fn unlink_identity(
        &self,
        permit: Allowed<EditUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
        identity_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
    ) -> Result<Gone, Failure<ChangeCodes>> {
        let user = versioned(&user_id, version.as_deref())?;
        admin.users.unlink(&permit, user, &parse(&identity_id)?).await?;
        Ok(Gone::Done)
    }

    /// Give a user an identity of another
    ///
    /// Not that one's last. `If-Match` is of the user who gets it.
    #[oai(path = "/users/:user_id/identities", method = "post", operation_id = "link_identity")]
    async fn link_identity(
        &self,
        permit: Allowed<LinkUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
        body: Body<LinkBody>,
    ) -> Result<Gone, Failure<ChangeCodes>> {
        let LinkBody { identity_id, from_user_id, from_version } = body.0;
        let to = versioned(&user_id, version.as_deref())?;
        let from = Versioned { user: parse(&from_user_id)?, version: from_version };
        admin.users.link(&permit, from, &parse(&identity_id)?, to).await?;
        Ok(Gone::Done)
    }

    /// Link whoever was proven in a login to a user
    #[oai(path = "/users/:user_id/logins", method = "post", operation_id = "link_login")]
    async fn link_login(
        &self,
        permit: Allowed<LinkUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
        body: Body<ProvenLogin>,
    ) -> Result<Made, Failure<ChangeCodes>> {
        let to = AdmitTo::User(versioned(&user_id, version.as_deref())?);
        let user = admin.users.admit(&permit, &parse(&body.0.login_id)?, to).await?;
        Ok(Made::Created(Json(Admitted { user_id: user.to_string() })))
    }

    /// Merge a user into this one
    ///
    /// Its identities and aliases move. Old tokens go on telling its id; the next login tells this one's.
    #[oai(path = "/users/:user_id/merges", method = "post", operation_id = "merge_users")]
    async fn merge_users(
        &self,
        permit: Allowed<LinkUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
        body: Body<MergeBody>,
    ) -> Result<Merged, Failure<ChangeCodes>> {
        let winner = versioned(&user_id, version.as_deref())?;
        let loser = Versioned { user: parse(&body.0.user_id)?, version: body.0.version };
        let merge = admin.users.merge(&permit, winner, loser).await?;
        Ok(Merged::Created(Json((&merge).into())))
    }

    /// Undo a merge
    #[oai(path = "/users/:user_id/merges/:merge_id", method = "delete", operation_id = "undo_merge")]
    async fn undo_merge(
        &self,
        permit: Allowed<LinkUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
        merge_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
    ) -> Result<Gone, Failure<ChangeCodes>> {
        let winner = versioned(&user_id, version.as_deref())?;
        admin.users.undo_merge(&permit, winner, &parse(&merge_id)?).await?;
        Ok(Gone::Done)
    }

    /// List offers to merge
    ///
    /// Users of whom the vendor says that they are one person, newest first.
    #[oai(path = "/merge-offers", method = "get", operation_id = "list_merge_offers")]
    async fn list_merge_offers(
        &self,
        permit: Allowed<ReadUsers>,
        admin: Data<&Arc<Admin>>,
        /// At most so many, from 1 to 200.
        limit: Query<Option<u16>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<PageOf<OfferView>>, Failure<ReadCodes>> {
        let page = page_request(limit.0, after.0)?;
        let found = admin.users.list_merge_offers(&permit, &page).await?;
        Ok(Json(PageOf::of(found, |offer| (&offer).into())))
    }

    /// Dismiss an offer to merge
    #[oai(path = "/merge-offers/:offer_id", method = "delete", operation_id = "dismiss_merge_offer")]
    async fn dismiss_merge_offer(
        &self,
        permit: Allowed<EditUsers>,
        admin: Data<&Arc<Admin>>,
        offer_id: Path<String>,
    ) -> Result<Gone, Failure<ReadCodes>> {
        admin.users.dismiss_offer(&permit, &parse(&offer_id)?).await?;
        Ok(Gone::Done)
    }
}
