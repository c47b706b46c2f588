//! `/admin/api/v1/users`: people, found and switched off and on, with their tokens and their end.
//!
//! Identities, merges and what is done from a login have their own resource.

use super::allowed::Allowed;
use super::code::{AdminCode, AdminProblem};
use super::paging::{PageOf, page_request};
use super::shared::{ChangeCodes, CreateCodes, Gone, ReadCodes};
use super::user_bodies::{Admitted, DetailView, ProvenLogin, RevocationBody, Revoked, UserChange, UserView};
use super::version::{etag, if_match};
use crate::http::admin::Admin;
use crate::http::body::Body;
use crate::http::problem::Failure;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use saoma_core::Timestamp;
use saoma_core::admin::abilities::{DeleteUsers, EditUsers, LinkUsers, ReadUsers};
use saoma_core::user::admin::{
    AdmitTo, PersonDetail, TokensOf, UserError, UserFilter, UserRefusal, Versioned,
};
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
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn list_users(
        &self,
        permit: Allowed<ReadUsers>,
        admin: Data<&Arc<Admin>>,
        /// The name begins so; case and width of letters do not matter.
        name: Query<Option<String>>,
        /// An identity has exactly this subject, e.g. an openid.
        subject: Query<Option<String>>,
        /// An alias has exactly this value, e.g. a unionid.
        alias: Query<Option<String>>,
        /// It is this user, or the one that it became part of.
        user_id: Query<Option<String>>,
        /// An identity is of this namespace, e.g. `wechat:<appid>`.
        namespace: Query<Option<String>>,
        /// This website took the person over.
        client_id: Query<Option<String>>,
        /// Created at this moment or later; RFC 3339.
        created_from: Query<Option<String>>,
        /// Created at this moment or earlier; RFC 3339.
        created_to: Query<Option<String>>,
        /// Switched off, or not.
        disabled: Query<Option<bool>>,
        /// At most so many, from 1 to 200.
        limit: Query<Option<u16>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<PageOf<UserView>>, Failure<ReadCodes>> {
        let page = page_request(limit.0, after.0)?;
        let filter = UserFilter {
            name: name.0,
            subject: subject.0,
            alias: alias.0,
            id: parameter("user_id", user_id.0, |text| text.parse().ok())?,
            namespace: namespace.0,
            client: parameter("client_id", client_id.0, |text| text.parse().ok())?,
            created_from: parameter("created_from", created_from.0, Timestamp::parse_rfc3339)?,
            created_to: parameter("created_to", created_to.0, Timestamp::parse_rfc3339)?,
            disabled: disabled.0,
        };
        let found = admin.users.list(&permit, &filter, &page).await?;
        Ok(Json(PageOf::of(found, |person| UserView::listed(&person))))
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
    /// Of one that became part of another, `conflict` with the obstacle `merged`; list by `user_id` finds the other.
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

fn parameter<T>(
    name: &'static str,
    sent: Option<String>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, AdminProblem> {
    let Some(text) = sent else { return Ok(None) };
    let wrong = || AdminProblem::sent(AdminCode::InvalidParameter, name, "is not acceptable".to_owned());
    read(&text).map(Some).ok_or_else(wrong)
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
