//! `GET …/ws`: the Login's stages over a WebSocket (RFC 6455), for readers that have no streaming
//! fetch. The same events as `…/events`, each a text message `{event, id, data}`.
//!
//! A browser cannot set headers here, so the secret comes as a subprotocol: `saoma.v1,
//! bearer.<secret>`. Nothing that is sent to us is looked at.

use super::events::Follower;
use super::view::LoginView;
use crate::http::address::client_address;
use crate::http::browser::{credential, origin};
use crate::http::code::Code;
use crate::http::parameters;
use crate::http::problem::Problem;
use crate::http::public_state::Public;
use crate::http::shared::login_id;
use futures_util::{SinkExt as _, StreamExt as _};
use poem::http::header::SEC_WEBSOCKET_PROTOCOL;
use poem::web::websocket::{CloseCode, Message, WebSocket, WebSocketStream};
use poem::web::{Data, Path};
use poem::{IntoResponse as _, Request, Response, Result, handler};
use poem_openapi::types::ToJSON as _;
use saoma_core::Secret;
use saoma_core::login::{BrowserCredential, Login};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// The subprotocol we speak.
const PROTOCOL: &str = "saoma.v1";
const BEARER: &str = "bearer.";
/// A ping this often keeps proxies from closing a quiet socket, and finds readers that are gone.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Nobody has anything to tell us; control frames are smaller than this.
const MAX_MESSAGE_BYTES: usize = 1024;

/// See the module.
#[handler]
pub(in crate::http) async fn follow_by_socket(
    request: &Request,
    Data(public): Data<&Arc<Public>>,
    Path(id): Path<String>,
    socket: Result<WebSocket>,
) -> Response {
    match follow(request, public, &id).await {
        Ok((follower, login)) => match socket {
            Ok(socket) => {
                let config = WebSocketConfig::default()
                    .max_message_size(Some(MAX_MESSAGE_BYTES))
                    .max_frame_size(Some(MAX_MESSAGE_BYTES));
                let upgraded = socket.config(config).protocols([PROTOCOL]);
                let tasks = public.tasks.clone();
                // A task of ours, so that a stop waits until its reader has been told.
                let telling = async move |stream| drop(tasks.spawn(tell(stream, follower, login)).await);
                upgraded.on_upgrade(telling).into_response()
            }
            Err(_) => Problem::from(Code::NotAWebSocket).into_response(),
        },
        Err(problem) => problem.into_response(),
    }
}

async fn follow(
    request: &Request,
    public: &Arc<Public>,
    id: &str,
) -> Result<(Follower, Option<Login>), Problem> {
    let address = client_address(request, &public.settings);
    public.limits.read(address)?;
    let credential = socket_credential(request, public)?;
    let id = login_id(id)?;
    let login = public.logins.find(&id, &credential).await?;
    let known = known_version(request);
    let place = public.limits.open_stream(address)?;
    let is_known_end = login.stage.is_end() && known >= login.version;
    let follower = Follower::new(public, id, credential, known.min(login.version - 1), place);
    Ok((follower, (!is_known_end).then_some(login)))
}

/// The secret among the subprotocols, or our own page's cookie.
fn socket_credential(request: &Request, public: &Public) -> Result<BrowserCredential, Problem> {
    let offered = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL);
    let mut offered =
        offered.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    match offered.find_map(|one| one.trim().strip_prefix(BEARER)) {
        Some(secret) => Ok(BrowserCredential { secret: Secret::new(secret), origin: origin(request) }),
        None => credential(request, public),
    }
}

/// `after_version` of the query: what the reader has already.
fn known_version(request: &Request) -> i64 {
    let query = parameters::parse(request.uri().query().unwrap_or_default().as_bytes()).unwrap_or_default();
    query.get("after_version").and_then(|text| text.parse().ok()).unwrap_or(0)
}

async fn tell(socket: WebSocketStream, follower: Follower, first: Option<Login>) {
    let (mut sink, mut source) = socket.split();
    let stopping = follower.stopping();
    let mut views = first.map(|login| follower.views(login));
    let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
    let closing = loop {
        let next = async {
            match &mut views {
                Some(views) => views.next().await,
                None => None,
            }
        };
        let message = tokio::select! {
            view = next => match view {
                Some(view) => message(&view),
                None if stopping.is_cancelled() => break (CloseCode::Away, "the server stops"),
                None => break (CloseCode::Normal, "the login is over"),
            },
            // Pongs and closes are the library's; whatever else comes is not for us.
            heard = source.next() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
            _ = beat.tick() => Message::Ping(Vec::new()),
        };
        if sink.send(message).await.is_err() {
            return;
        }
    };
    // Whoever is gone need not be told.
    let _told = sink.send(Message::Close(Some((closing.0, closing.1.to_owned())))).await;
}

fn message(view: &LoginView) -> Message {
    let event = json!({ "event": "stage", "id": view.version.to_string(), "data": view.to_json() });
    Message::Text(event.to_string())
}
