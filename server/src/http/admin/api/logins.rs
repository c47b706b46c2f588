//! `/admin/api/v1/logins`: every attempt, one with its timeline, and the newest as they happen.

use super::super::names::Names;
use super::super::newest::{Follower, Newest, Place};
use super::allowed::Allowed;
use super::code::{AdminCode, AdminProblem};
use super::exported::{Exported, FormatName};
use super::filtered::Searched;
use super::login_bodies::{AttemptView, TimelineView};
use super::paging::{PageOf, page_request};
use super::shared::ReadCodes;
use crate::http::admin::Admin;
use crate::http::problem::{Codes, Failure};
use crate::login_files::LoginFile;
use crate::table_files::FileFormat;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use poem::http::{HeaderValue, header};
use poem::web::Data;
use poem::web::sse::{Event, SSE};
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{ToJSON as _, Type as _};
use poem_openapi::{ApiResponse, Object, OpenApi};
use saoma_core::ChangeError;
use saoma_core::admin::abilities::{ExportLogins, ReadLogins};
use std::sync::Arc;
use std::time::Duration;

/// A comment line this often keeps proxies from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Milliseconds a reader waits before it connects again.
const RETRY_MILLIS: u64 = 5000;

/// Codes of calls with a filter.
pub(super) struct FilterCodes;

impl Codes for FilterCodes {
    type Set = AdminCode;
    const OWN: &'static [AdminCode] = &[AdminCode::InvalidParameter];
}

/// Codes of the stream.
struct StreamCodes;

impl Codes for StreamCodes {
    type Set = AdminCode;
    const OWN: &'static [AdminCode] = &[];
}

/// The newest attempts, whole each time.
#[derive(Debug, Object)]
pub(super) struct NewestLogins {
    /// The newest first.
    items: Vec<AttemptView>,
}

impl NewestLogins {
    fn of(newest: Newest) -> Self {
        let Newest { attempts, names } = newest;
        Self { items: attempts.into_iter().map(|attempt| AttemptView::new(attempt, &names)).collect() }
    }
}

#[derive(ApiResponse)]
enum LiveResponse {
    /// Events named `logins`; the data is the newest attempts, sent anew with each change.
    #[oai(status = 200)]
    Stream(LoginEvents),
}

/// A stream of lists; the document describes one event's data.
struct LoginEvents(BoxStream<'static, NewestLogins>);

impl Payload for LoginEvents {
    const CONTENT_TYPE: &'static str = "text/event-stream";

    fn schema_ref() -> MetaSchemaRef {
        NewestLogins::schema_ref()
    }

    fn register(registry: &mut Registry) {
        NewestLogins::register(registry);
    }
}

impl IntoResponse for LoginEvents {
    fn into_response(self) -> Response {
        let first = stream::iter([Event::retry(RETRY_MILLIS)]);
        let events = self.0.map(|newest| Event::message(newest.to_json_string()).event_type("logins"));
        let mut response = SSE::new(first.chain(events)).keep_alive(HEARTBEAT).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }
}

/// Attempts.
pub(crate) struct AdminLoginsApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl AdminLoginsApi {
    /// List logins
    ///
    /// Every attempt, the newest first. Where no index answers all that is asked, a page may hold fewer
    /// than `limit`, even none, and still have a `next`.
    #[oai(path = "/logins", method = "get", operation_id = "list_logins")]
    async fn list_logins(
        &self,
        permit: Allowed<ReadLogins>,
        admin: Data<&Arc<Admin>>,
        search: Searched,
        /// How many at most, from 1 to 200.
        limit: Query<Option<u16>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<PageOf<AttemptView>>, Failure<FilterCodes>> {
        let filter = search.0.within(admin.house.zone());
        let page = page_request(limit.0, after.0)?;
        let found = admin.logbook.list(&permit, &filter, &page).await.map_err(AdminProblem::from)?;
        let names = Names::load(&admin, permit.shared_caller()).await.map_err(AdminProblem::from)?;
        Ok(Json(PageOf::of(found, |attempt| AttemptView::new(attempt, &names))))
    }

    /// Take logins away as a file
    ///
    /// Exactly what the filter shows at this moment; that it was done is in the audit.
    #[oai(path = "/logins/export", method = "get", operation_id = "export_logins")]
    async fn export_logins(
        &self,
        permit: Allowed<ExportLogins>,
        admin: Data<&Arc<Admin>>,
        search: Searched,
        /// Which file; a table when absent.
        format: Query<Option<FormatName>>,
    ) -> Result<Exported, Failure<FilterCodes>> {
        let format = FileFormat::from(format.0.unwrap_or_default());
        let names = Names::load(&admin, permit.shared_caller()).await.map_err(AdminProblem::from)?;
        let begun = admin.login_exports.begin(&permit, &search.0, format.as_str()).await;
        let export = begun.map_err(AdminProblem::from)?;
        Ok(Exported::new("logins", format, LoginFile { format, export, names }))
    }

    /// Follow logins
    ///
    /// The newest attempts within reach as server-sent events. The stream ends with the session.
    #[oai(path = "/logins/events", method = "get", operation_id = "follow_logins")]
    #[expect(clippy::unused_async, reason = "the framework awaits every call")]
    async fn follow_logins(
        &self,
        request: &Request,
        permit: Allowed<ReadLogins>,
        admin: Data<&Arc<Admin>>,
    ) -> Result<LiveResponse, Failure<StreamCodes>> {
        let place = Place::take(&admin).ok_or_else(|| AdminProblem::wait(AdminCode::RateLimited, 30))?;
        let follower = Follower::new(request, &admin, permit.0.clone(), place);
        let follower = follower.ok_or(AdminCode::CredentialRequired).map_err(AdminProblem::from)?;
        Ok(LiveResponse::Stream(LoginEvents(follower.changes().map(NewestLogins::of).boxed())))
    }

    /// Read a login
    #[oai(path = "/logins/:login_id", method = "get", operation_id = "read_login")]
    async fn read_login(
        &self,
        permit: Allowed<ReadLogins>,
        admin: Data<&Arc<Admin>>,
        login_id: Path<String>,
    ) -> Result<Json<TimelineView>, Failure<ReadCodes>> {
        let id = login_id.parse().map_err(|_| ChangeError::NotFound)?;
        let found = admin.logbook.find(&permit, &id).await.map_err(AdminProblem::from)?;
        let attempt = found.ok_or(ChangeError::NotFound)?;
        let names = Names::load(&admin, permit.shared_caller()).await.map_err(AdminProblem::from)?;
        Ok(Json(TimelineView::new(attempt, &names)))
    }
}
