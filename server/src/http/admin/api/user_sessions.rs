//! `/admin/api/v1/users/{user_id}/sessions` and `…/consents`: where a user is logged in here, and what websites may
//! know without asking again.

use super::allowed::Allowed;
use super::shared::{ChangeCodes, Gone};
use super::users::parse;
use crate::http::admin::Admin;
use crate::http::problem::Failure;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use saoma_core::admin::abilities::{EditUsers, ReadUsers};
use saoma_core::grant::ScopeWord;
use saoma_core::session::UserSession;
use saoma_core::user::admin::RememberedConsent;
use std::sync::Arc;

/// A browser in which the user is logged in here: websites know them there without a scan.
#[derive(Debug, Object)]
#[oai(rename = "UserSession", skip_serializing_if_is_none)]
struct SessionView {
    /// Its id; the `sid` of id tokens.
    session_id: String,
    /// The way they logged in by, as the slug of a provider.
    provider: String,
    /// How sure their consent was.
    assurance: String,
    /// When they confirmed; RFC 3339.
    auth_time: String,
    /// Browser and system.
    browser: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// When it was last used, right to some minutes; RFC 3339.
    seen_at: String,
    /// When it ends at the latest, used or not; RFC 3339.
    expires_at: String,
}

impl From<UserSession> for SessionView {
    fn from(session: UserSession) -> Self {
        Self {
            session_id: session.id.to_string(),
            provider: session.provider.to_string(),
            assurance: session.assurance.as_str().to_owned(),
            auth_time: session.auth_time.to_rfc3339(),
            browser: session.browser,
            created_at: session.created_at.to_rfc3339(),
            seen_at: session.seen_at.to_rfc3339(),
            expires_at: session.expires_at.to_rfc3339(),
        }
    }
}

/// All of a user's.
#[derive(Debug, Object)]
struct Sessions {
    /// The last used first.
    sessions: Vec<SessionView>,
}

/// What a website need not ask the user again.
#[derive(Debug, Object)]
#[oai(rename = "RememberedConsent")]
struct ConsentView {
    /// The website.
    client_id: String,
    /// Words of scope.
    scope: Vec<String>,
    /// RFC 3339.
    given_at: String,
}

impl From<RememberedConsent> for ConsentView {
    fn from(consent: RememberedConsent) -> Self {
        Self {
            client_id: consent.client.to_string(),
            scope: consent.scope.words().map(ScopeWord::as_str).map(str::to_owned).collect(),
            given_at: consent.since.to_rfc3339(),
        }
    }
}

/// All of a user's.
#[derive(Debug, Object)]
struct Consents {
    /// The newest first.
    consents: Vec<ConsentView>,
}

/// How many ended.
#[derive(Debug, Object)]
struct Ended {
    /// Sessions.
    sessions: u64,
}

/// Sessions and consents of users.
pub(crate) struct UserSessionsApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl UserSessionsApi {
    /// List the browsers in which a user is logged in
    #[oai(path = "/users/:user_id/sessions", method = "get", operation_id = "list_user_sessions")]
    async fn list_user_sessions(
        &self,
        permit: Allowed<ReadUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
    ) -> Result<Json<Sessions>, Failure<ChangeCodes>> {
        let sessions = admin.users.list_sessions(&permit, &parse(&user_id)?).await?;
        Ok(Json(Sessions { sessions: sessions.into_iter().map(SessionView::from).collect() }))
    }

    /// Log a user out in one browser
    ///
    /// What websites were granted there ends, but for what is to last while the person is away; they are told.
    #[oai(
        path = "/users/:user_id/sessions/:session_id",
        method = "delete",
        operation_id = "end_user_session"
    )]
    async fn end_user_session(
        &self,
        permit: Allowed<EditUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
        session_id: Path<String>,
    ) -> Result<Gone, Failure<ChangeCodes>> {
        admin.users.end_session(&permit, &parse(&user_id)?, &parse(&session_id)?).await?;
        Ok(Gone::Done)
    }

    /// Log a user out in all browsers
    #[oai(path = "/users/:user_id/sessions", method = "delete", operation_id = "end_user_sessions")]
    async fn end_user_sessions(
        &self,
        permit: Allowed<EditUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
    ) -> Result<Json<Ended>, Failure<ChangeCodes>> {
        let ended = admin.users.end_sessions(&permit, &parse(&user_id)?).await?;
        Ok(Json(Ended { sessions: u64::try_from(ended).unwrap_or(u64::MAX) }))
    }

    /// List what websites need not ask a user again
    ///
    /// `revoke_user_tokens` with a `client_id` takes it back, with whatever was granted there.
    #[oai(path = "/users/:user_id/consents", method = "get", operation_id = "list_user_consents")]
    async fn list_user_consents(
        &self,
        permit: Allowed<ReadUsers>,
        admin: Data<&Arc<Admin>>,
        user_id: Path<String>,
    ) -> Result<Json<Consents>, Failure<ChangeCodes>> {
        let consents = admin.users.list_consents(&permit, &parse(&user_id)?).await?;
        Ok(Json(Consents { consents: consents.into_iter().map(ConsentView::from).collect() }))
    }
}
