//! `/admin/api/v1/admins` and `/admin/api/v1/invitations`: who works here, and as what.

use super::allowed::Allowed;
use super::paging::{PageOf, page_request};
use super::shared::{ChangeCodes, CreateCodes, Gone, ReadCodes};
use super::version::{etag, if_match};
use crate::http::admin::Admin;
use crate::http::body::Body;
use crate::http::problem::Failure;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use saoma_core::admin::abilities::{EditAdmins, ReadAdmins};
use saoma_core::admin::{self as core, LINK_SECONDS, LinkFor, NewLink, Post, Role};
use saoma_core::client::ClientId;
use saoma_core::id::AdminId;
use saoma_core::{ChangeError, Secret, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What an admin is for.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "Role", rename_all = "snake_case")]
enum RoleName {
    /// Everything, other admins included.
    Owner,
    /// Websites, providers, people; not other admins.
    Operator,
    /// The websites that are theirs.
    ClientManager,
    /// People and their logins; no secrets.
    Support,
    /// Reads and changes nothing.
    Auditor,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Owner => Self::Owner,
            RoleName::Operator => Self::Operator,
            RoleName::ClientManager => Self::ClientManager,
            RoleName::Support => Self::Support,
            RoleName::Auditor => Self::Auditor,
        }
    }
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Operator => Self::Operator,
            Role::ClientManager => Self::ClientManager,
            Role::Support => Self::Support,
            Role::Auditor => Self::Auditor,
        }
    }
}

/// An admin.
#[derive(Debug, Object)]
#[oai(rename = "Admin", skip_serializing_if_is_none)]
struct AdminView {
    /// Its id.
    admin_id: String,
    /// The log-in name.
    name: String,
    /// What they are for.
    role: RoleName,
    /// A client manager's websites.
    clients: Vec<String>,
    /// Whether they may come in.
    enabled: bool,
    /// How many passkeys they have. A link of `renew_admin` takes them away with all other credentials.
    passkeys: i64,
    /// Grows with every change; the `ETag`.
    version: i64,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    last_login_at: Option<String>,
}

impl From<&core::Admin> for AdminView {
    fn from(admin: &core::Admin) -> Self {
        Self {
            admin_id: admin.id.to_string(),
            name: admin.name.to_string(),
            role: admin.role.into(),
            clients: admin.clients.iter().map(ToString::to_string).collect(),
            enabled: admin.enabled,
            passkeys: admin.passkeys,
            version: admin.version,
            created_at: admin.created_at.to_rfc3339(),
            last_login_at: admin.last_login_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// What an admin is to be; what is absent stays.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct AdminChange {
    /// What they are for.
    role: Option<RoleName>,
    /// A client manager's websites.
    clients: Option<Vec<String>>,
    /// Whether they may come in.
    enabled: Option<bool>,
}

/// Whom to invite.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewInvitation {
    /// What they are for.
    role: RoleName,
    /// A client manager's websites.
    clients: Option<Vec<String>>,
}

/// A link for one person, to be used once.
#[derive(Debug, Object)]
struct Invitation {
    /// Where they choose name, password and second factor.
    url: String,
    /// Seconds it can be used.
    expires_in: i64,
}

impl Invitation {
    fn new(admin: &Admin, link: &Secret) -> Self {
        let url = admin.settings.enrolment_url(link);
        Self { url, expires_in: LINK_SECONDS }
    }
}

/// A link that can still be used. Its address is known only to whom it was given.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct OpenInvitation {
    /// Its name, as in the audit.
    invitation_id: String,
    /// What somebody new will be for.
    role: Option<RoleName>,
    /// A client manager's websites.
    clients: Vec<String>,
    /// Whose credentials it renews.
    admin_id: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    expires_at: String,
}

impl From<&NewLink> for OpenInvitation {
    fn from(link: &NewLink) -> Self {
        let (role, clients, admin_id) = match &link.link.purpose {
            LinkFor::New { role, clients } => (Some((*role).into()), clients.clone(), None),
            LinkFor::Known(id) => (None, BTreeSet::new(), Some(id.to_string())),
        };
        Self {
            invitation_id: link.hash.fingerprint(),
            role,
            clients: clients.iter().map(ToString::to_string).collect(),
            admin_id,
            created_at: link.created_at.to_rfc3339(),
            expires_at: link.link.expires_at.to_rfc3339(),
        }
    }
}

#[derive(ApiResponse)]
enum OneAdmin {
    /// As they stand now.
    #[oai(status = 200)]
    Ok(
        Json<AdminView>,
        /// The version.
        #[oai(header = "ETag")]
        String,
    ),
}

impl From<&core::Admin> for OneAdmin {
    fn from(admin: &core::Admin) -> Self {
        Self::Ok(Json(admin.into()), etag(admin.version))
    }
}

#[derive(ApiResponse)]
enum Invited {
    /// Give the link to one person.
    #[oai(status = 201)]
    Created(Json<Invitation>),
}

/// Admins.
pub(crate) struct StaffApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl StaffApi {
    /// List admins, by name
    #[oai(path = "/admins", method = "get", operation_id = "list_admins")]
    async fn list_admins(
        &self,
        permit: Allowed<ReadAdmins>,
        admin: Data<&Arc<Admin>>,
        /// How many at most, from 1 to 200.
        limit: Query<Option<u16>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<PageOf<AdminView>>, Failure<ReadCodes>> {
        let page = page_request(limit.0, after.0)?;
        let admins = page.cut(admin.admins.list_admins(&permit).await?, |one| one.name.to_string());
        Ok(Json(PageOf::of(admins, |one| AdminView::from(&one))))
    }

    /// Read an admin
    #[oai(path = "/admins/:admin_id", method = "get", operation_id = "read_admin")]
    async fn read_admin(
        &self,
        permit: Allowed<ReadAdmins>,
        admin: Data<&Arc<Admin>>,
        admin_id: Path<String>,
    ) -> Result<OneAdmin, Failure<ReadCodes>> {
        let found = admin.admins.find_admin(&permit, &parse(&admin_id)?).await?;
        Ok((&found.ok_or(ChangeError::NotFound)?).into())
    }

    /// Give an admin another role, shut them out, let them in again
    #[oai(path = "/admins/:admin_id", method = "patch", operation_id = "update_admin")]
    async fn update_admin(
        &self,
        permit: Allowed<EditAdmins>,
        admin: Data<&Arc<Admin>>,
        admin_id: Path<String>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
        body: Body<AdminChange>,
    ) -> Result<OneAdmin, Failure<ChangeCodes>> {
        let (id, version) = (parse(&admin_id)?, if_match(version.as_deref())?);
        let read = super::allowed::also(&admin, &permit)?;
        let before = admin.admins.find_admin(&read, &id).await?.ok_or(ChangeError::NotFound)?;
        let change = body.0;
        let post = Post {
            role: change.role.map_or(before.role, Role::from),
            clients: change.clients.map_or(Ok(before.clients), |ids| parse_clients(&ids))?,
            enabled: change.enabled.unwrap_or(before.enabled),
        };
        Ok((&admin.admins.appoint(&permit, (&id, version), &post).await?).into())
    }

    /// Make a link by which an admin gets new credentials
    #[oai(path = "/admins/:admin_id/renewals", method = "post", operation_id = "renew_admin")]
    async fn renew_admin(
        &self,
        permit: Allowed<EditAdmins>,
        admin: Data<&Arc<Admin>>,
        admin_id: Path<String>,
    ) -> Result<Invited, Failure<ReadCodes>> {
        let link = admin.admins.renew(&permit, &parse(&admin_id)?).await?;
        Ok(Invited::Created(Json(Invitation::new(&admin, &link))))
    }

    /// Invite somebody
    #[oai(path = "/invitations", method = "post", operation_id = "invite_admin")]
    async fn invite_admin(
        &self,
        permit: Allowed<EditAdmins>,
        admin: Data<&Arc<Admin>>,
        body: Body<NewInvitation>,
    ) -> Result<Invited, Failure<CreateCodes>> {
        let clients = parse_clients(&body.0.clients.unwrap_or_default())?;
        let link = admin.admins.invite(&permit, body.0.role.into(), clients).await?;
        Ok(Invited::Created(Json(Invitation::new(&admin, &link))))
    }

    /// List invitations that can still be used
    #[oai(path = "/invitations", method = "get", operation_id = "list_invitations")]
    async fn list_invitations(
        &self,
        permit: Allowed<ReadAdmins>,
        admin: Data<&Arc<Admin>>,
        /// How many at most, from 1 to 200.
        limit: Query<Option<u16>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<PageOf<OpenInvitation>>, Failure<ReadCodes>> {
        let page = page_request(limit.0, after.0)?;
        let links = admin.admins.list_links(&permit).await?;
        let links = page.cut(links, |link| format!("{:015}.{}", link.created_at.0, link.hash.fingerprint()));
        Ok(Json(PageOf::of(links, |link| OpenInvitation::from(&link))))
    }

    /// Withdraw an invitation
    #[oai(path = "/invitations/:invitation_id", method = "delete", operation_id = "withdraw_invitation")]
    async fn withdraw_invitation(
        &self,
        permit: Allowed<EditAdmins>,
        admin: Data<&Arc<Admin>>,
        invitation_id: Path<String>,
    ) -> Result<Gone, Failure<ReadCodes>> {
        admin.admins.withdraw_link(&permit, &invitation_id).await?;
        Ok(Gone::Done)
    }
}

fn parse(text: &str) -> Result<AdminId, ChangeError> {
    text.parse().map_err(|_| ChangeError::NotFound)
}

fn parse_clients(ids: &[String]) -> Result<BTreeSet<ClientId>, ChangeError> {
    let parsed = ids.iter().enumerate().map(|(index, id)| {
        let wrong = |error: saoma_core::client::InvalidClientId| {
            ChangeError::field(format!("/clients/{index}"), "client_id_shape", error.to_string())
        };
        id.parse().map_err(wrong)
    });
    parsed.collect()
}
