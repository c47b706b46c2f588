//! `/admin/api/v1/users`: people, found and switched off and on, with their tokens and their end.
//!
//! Identities, merges and what is done from a login have their own resource.

use super::allowed::Allowed;
use super::code::{AdminCode, AdminProblem};
use super::exported::{Exported, FormatName};
use super::filtered::LookedFor;
use super::paging::{PageOf, page_request};
use super::shared::{ChangeCodes, CreateCodes, Gone, ReadCodes};
use super::user_bodies::{Admitted, DetailView, ProvenLogin, RevocationBody, Revoked, UserChange, UserView};
use super::version::{etag, if_match};
use crate::http::admin::Admin;
use crate::http::body::Body;
use crate::http::problem::Failure;
use crate::table_files::FileFormat;
use crate::user_files::UserFile;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use saoma_core::admin::abilities::{DeleteUsers, EditUsers, ExportUsers, LinkUsers, ReadUsers};
use saoma_core::user::admin::{AdmitTo, PersonDetail, TokensOf, UserError, UserRefusal, Versioned};
use std::sync::Arc;

#[derive(ApiResponse)]
pub(super) enum OneUser {
    /// As it is now.
    #[oai(status = 200)]
    Ok(
        Json<DetailView>,
        /// Its version.
        #[oai(header = "ETag")]
        String,
    ),
}

impl From<&PersonDetail> for OneUser {
    fn from(detail: &PersonDetail) -> Self {
        Self::Ok(Json(detail.into()), etag(detail.person.user.version))
    }
}

#[derive(ApiResponse)]
pub(super) enum Made {
    /// Done.
    #[oai(status = 201)]
    Created(Json<Admitted>),
}

/// People.
pub(crate) struct UsersApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl UsersApi {
    /// List users
    ///
    /// Newest first. All that is given must hold. One that became part of another is found as that one.
    #[oai(path = "/users", method = "get", operation_id = "list_users")]
    async fn list_users(
        &self,
        permit: Allowed<ReadUsers>,
        admin: Data<&Arc<Admin>>,
        looked: LookedFor,
        /// At most so many, from 1 to 200.
        limit: Query<Option<u16>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<PageOf<UserView>>, Failure<ReadCodes>> {
        let page = page_request(limit.0, after.0)?;
        let filter = looked.filter(&admin.users.list_ways(&permit), admin.house.zone())?;
        let found = admin.users.list(&permit, &filter, &page).await?;
        Ok(Json(PageOf::of(found, |person| UserView::listed(&person))))
    }

    /// Take users away as a file
    ///
    /// Exactly those that the filter shows at this moment, without openids; that it was done is in the audit.
    #[oai(path = "/users/export", method = "get", operation_id = "export_users")]
    async fn export_users(
        &self,
        permit: Allowed<ExportUsers>,
        admin: Data<&Arc<Admin>>,
        looked: LookedFor,
        /// Which file; a table when absent.
        format: Query<Option<FormatName>>,
    ) -> Result<Exported, Failure<ReadCodes>> {
        let format = FileFormat::from(format.0.unwrap_or_default());
        let filter = looked.filter(&admin.users.list_ways_to_export(&permit), admin.house.zone())?;
        let told = looked.0.told(format.as_str());
        let export = admin.users.export(&permit, filter, &told).await.map_err(AdminProblem::from)?;
        Ok(Exported::new("people", format, UserFile { format, export }))
    }

    /// Make a user of whoever was proven in a login
    ///
    /// For logins that ended badly, as long as they are kept.
    #[oai(path = "/users", method = "post", operation_id = "create_user")]
    async fn create_user(
        &self,
        permit: Allowed<LinkUsers>,
        admin: Data<&Arc<Admin>>,
        body: Body<ProvenLogin>,
    ) -> Result<Made, Failure<CreateCodes>> {
        let user = admin.users.admit(&permit, &parse(&body.0.login_id)?, AdmitTo::NewUser).await?;
        Ok(Made::Created(Json(Admitted { user_id: user.to_string() })))
    }

    /// Read a user
    ///
    /// Of one that became part of another, `conflict` with the obstacle `merged`; the list finds the other by this id.
    #[oai(path = "/users/:user_id", method = "get", operation_id = "read_user")]
    async fn read_user(
        &self,
        permit: Allowed<ReadUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
    ) -> Result<OneUser, Failure<ChangeCodes>> {
        Ok((&admin.users.find(&permit, &parse(&user_id)?).await?).into())
    }

    /// Switch a user off or on
    ///
    /// Off: whatever the user granted ends at once, and so do logins under way.
    #[oai(path = "/users/:user_id", method = "patch", operation_id = "update_user")]
    async fn update_user(
        &self,
        permit: Allowed<EditUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
        body: Body<UserChange>,
    ) -> Result<Gone, Failure<ChangeCodes>> {
        let user = versioned(&user_id, version.as_deref())?;
        if body.0.disabled {
            admin.users.disable(&permit, user).await?;
        } else {
            admin.users.enable(&permit, user).await?;
        }
        Ok(Gone::Done)
    }

    /// Delete a user
    ///
    /// With all that is known of the person; only ids of ours stay in the audit.
    #[oai(path = "/users/:user_id", method = "delete", operation_id = "delete_user")]
    async fn delete_user(
        &self,
        permit: Allowed<DeleteUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
    ) -> Result<Gone, Failure<ChangeCodes>> {
        admin.users.delete(&permit, versioned(&user_id, version.as_deref())?).await?;
        Ok(Gone::Done)
    }

    /// End what a user granted
    #[oai(path = "/users/:user_id/revocations", method = "post", operation_id = "revoke_user_tokens")]
    async fn revoke_user_tokens(
        &self,
        permit: Allowed<EditUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
        body: Body<RevocationBody>,
    ) -> Result<Json<Revoked>, Failure<ChangeCodes>> {
        let tokens = match body.0.client_id {
            None => TokensOf::Everywhere,
            Some(client) => TokensOf::Client(client.parse().map_err(|_| UserRefusal::NotFound)?),
        };
        let user = versioned(&user_id, version.as_deref())?;
        let ended = admin.users.revoke_tokens(&permit, user, tokens).await?;
        Ok(Json(Revoked { grants: u64::try_from(ended).unwrap_or(u64::MAX) }))
    }
}

/// The id a path names; text of another shape names nobody.
pub(super) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, UserRefusal> {
    text.parse().map_err(|_| UserRefusal::NotFound)
}

/// A user as the caller last saw it.
pub(super) fn versioned(user_id: &str, if_match_header: Option<&str>) -> Result<Versioned, AdminProblem> {
    let user = parse(user_id)?;
    Ok(Versioned { user, version: if_match(if_match_header)? })
}

impl From<UserRefusal> for AdminProblem {
    fn from(refusal: UserRefusal) -> Self {
        match refusal {
            UserRefusal::NotFound | UserRefusal::NoSuchIdentity | UserRefusal::NoSuchMerge => {
                AdminCode::UnknownResource.into()
            }
            UserRefusal::Changed => AdminCode::VersionChanged.into(),
            UserRefusal::Merged(_)
            | UserRefusal::LastIdentity
            | UserRefusal::SameUser
            | UserRefusal::Disabled
            | UserRefusal::NobodyKnown
            | UserRefusal::BelongsTo(_)
            | UserRefusal::TooLate
            | UserRefusal::Contradicted => Self::because(AdminCode::Conflict, refusal.code()),
        }
    }
}

impl From<UserError> for AdminProblem {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Refused(refusal) => refusal.into(),
            UserError::Store(error) => error.into(),
        }
    }
}
