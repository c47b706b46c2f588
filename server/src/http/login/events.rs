//! `GET …/events`: the Login's stages as server-sent events, read by fetch with the secret.
//!
//! The current state first, then each change; the end stage closes the stream, and a reader that
//! has it already gets 204, which tells an event source to stop (WHATWG HTML, 9.2).

use super::view::{LoginView, ReadCodes};
use crate::http::address::client_address;
use crate::http::limits::StreamPlace;
use crate::http::problem::{Failure, Problem};
use crate::http::public_state::Public;
use crate::http::shared::{holder, login_id};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use poem::Request;
use poem::http::{HeaderValue, header};
use poem::web::Data;
use poem::web::sse::{Event, SSE};
use poem::{IntoResponse, Response};
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{ToJSON as _, Type as _};
use poem_openapi::{ApiResponse, OpenApi};
use saoma_core::id::LoginId;
use saoma_core::login::{BrowserCredential, Login};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A comment line this often keeps proxies from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Milliseconds a reader waits before it connects again.
const RETRY_MILLIS: u64 = 2000;
/// How long one look waits before it looks again by itself.
const LOOK_SECONDS: i64 = 60;

#[derive(ApiResponse)]
enum EventsResponse {
    /// Events named `stage`; the id is the version, the data is the login.
    #[oai(status = 200)]
    Stream(StageEvents),
    /// The login is over and the reader knows it: do not connect again.
    #[oai(status = 204)]
    Over,
}

/// Streaming.
pub(crate) struct EventsApi;

#[OpenApi]
impl EventsApi {
    /// Follow a login
    #[oai(path = "/api/v1/logins/:login_id/events", method = "get", operation_id = "follow_login")]
    async fn follow_login(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        login_id: Path<String>,
        /// The version the reader has.
        #[oai(name = "Last-Event-ID")]
        last_event_id: Header<Option<i64>>,
    ) -> Result<EventsResponse, Failure<ReadCodes>> {
        let credential = holder(request, &public)?;
        let id = self::login_id(&login_id)?;
        let login = public.logins.find(&id, &credential).await.map_err(Problem::from)?;
        let known = last_event_id.0.unwrap_or(0);
        if login.stage.is_end() && known >= login.version {
            return Ok(EventsResponse::Over);
        }
        let place = public.limits.open_stream(client_address(request, &public.settings))?;
        let follower = Follower::new(&public, id, credential, known.min(login.version - 1), place);
        Ok(EventsResponse::Stream(StageEvents(follower.views(login))))
    }
}

/// A stream of views; the document describes one event's data.
struct StageEvents(BoxStream<'static, LoginView>);

impl Payload for StageEvents {
    const CONTENT_TYPE: &'static str = "text/event-stream";

    fn schema_ref() -> MetaSchemaRef {
        LoginView::schema_ref()
    }

    fn register(registry: &mut Registry) {
        LoginView::register(registry);
    }
}

impl IntoResponse for StageEvents {
    fn into_response(self) -> Response {
        let first = stream::iter([Event::retry(RETRY_MILLIS)]);
        let events = SSE::new(first.chain(self.0.map(|view| event(&view)))).keep_alive(HEARTBEAT);
        let mut response = events.into_response();
        // The framework says no-cache, which lets a proxy keep a copy; and nginx holds answers back
        // unless it is told not to.
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }
}

fn event(view: &LoginView) -> Event {
    Event::message(view.to_json_string()).event_type("stage").id(view.version.to_string())
}

/// One reader of one Login, until its end or the server's.
pub(super) struct Follower {
    public: Arc<Public>,
    id: LoginId,
    credential: BrowserCredential,
    seen: i64,
    /// Held for as long as the stream is open.
    _place: StreamPlace,
}

fn views(follower: Follower, first: Login) -> BoxStream<'static, LoginView> {
    stream::unfold(Some((follower, Some(first))), |state| async move {
        let (mut follower, first) = state?;
        let login = match first {
            Some(login) => login,
            None => follower.next().await?,
        };
        follower.seen = login.version;
        let view = LoginView::new(&login, &follower.public);
        // The end stage is the last event; dropping the follower frees its place.
        let rest = (!login.stage.is_end()).then_some((follower, None));
        Some((view, rest))
    })
    .boxed()
}

impl Follower {
    /// A reader that has the Login up to the version `seen`.
    pub(super) fn new(
        public: &Arc<Public>,
        id: LoginId,
        credential: BrowserCredential,
        seen: i64,
        place: StreamPlace,
    ) -> Self {
        Self { public: Arc::clone(public), id, credential, seen, _place: place }
    }

    /// The Login as it stands, then each change; the end stage is the last.
    pub(super) fn views(self, first: Login) -> BoxStream<'static, LoginView> {
        views(self, first)
    }

    /// Ends when the server is about to stop.
    pub(super) fn stopping(&self) -> CancellationToken {
        self.public.stopping()
    }

    /// The next state, or none when the stream must end: the server stops, or the store fails.
    async fn next(&mut self) -> Option<Login> {
        let stopping = self.public.stopping();
        loop {
            let until = self.public.clock.now().plus_seconds(LOOK_SECONDS);
            let look = self.public.logins.find_changed(&self.id, &self.credential, self.seen, until);
            let login = tokio::select! {
                found = look => found.ok()?,
                () = stopping.cancelled() => return None,
            };
            if login.version > self.seen {
                return Some(login);
            }
        }
    }
}
