//! The accept loop: one loopback listener, HTTP/1, three surfaces told apart by path.
//! Its own loop and no framework, because a fault must be able to reset a TCP connection.

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;

use crate::call::{Call, Reply, is_foreign, person_of, prefers_english};
use crate::state::State;
use crate::{control, pages, phone, vendor};

/// A picture taken with a phone fits; nothing larger is read.
const LARGEST_BODY: usize = 12 * 1024 * 1024;
const PAUSE_AFTER_ACCEPT_ERROR: Duration = Duration::from_millis(50);

/// Tells the connection's owner to reset it.
#[derive(Debug)]
struct ResetRequested;

impl fmt::Display for ResetRequested {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a fault asked for a reset")
    }
}

impl Error for ResetRequested {}

/// Accepts until the sandbox stops.
pub(crate) async fn accept(listener: TcpListener, state: Arc<State>, tasks: TaskTracker) {
    loop {
        let accepted = tokio::select! {
            () = state.stopping.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                tasks.spawn(connection(stream, peer.ip(), Arc::clone(&state)));
            }
            Err(_) => tokio::time::sleep(PAUSE_AFTER_ACCEPT_ERROR).await,
        }
    }
}

async fn connection(stream: TcpStream, peer: IpAddr, state: Arc<State>) {
    // A failure here shows itself at the first read.
    drop(stream.set_nodelay(true));
    let stopping = state.stopping.clone();
    let service = service_fn(move |request| Box::pin(serve(Arc::clone(&state), peer, request)));
    let mut connection =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    // Stopping comes first, so that nothing half done is still answered.
    let ended = tokio::select! {
        biased;
        () = stopping.cancelled() => return,
        ended = poll_fn(|context| connection.poll_without_shutdown(context)) => ended,
    };
    if ended.is_err_and(|error| error.source().is_some_and(<dyn Error>::is::<ResetRequested>)) {
        // Lingering for zero seconds makes closing send RST instead of FIN.
        drop(connection.into_parts().io.into_inner().set_zero_linger());
    }
}

async fn serve(
    state: Arc<State>,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, ResetRequested> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        let reply = Reply::new(StatusCode::PAYLOAD_TOO_LARGE, "text/plain", "body too large\n");
        return Ok(reply.into_http());
    };
    let call = Call {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: Call::parse_query(head.uri.query()),
        body: body.to_bytes(),
        peer,
        person: person_of(&head.headers),
        english: prefers_english(&head.headers),
        foreign: is_foreign(&head.headers),
    };
    let reply = if control::owns(&call.path) {
        Box::pin(control::answer(&state, &call)).await
    } else if phone::owns(&call.path) {
        phone::answer(&call)
    } else if pages::owns(&call.path) {
        pages::answer(&call)
    } else {
        vendor::answer(&state, &call).await.map_err(|vendor::Reset| ResetRequested)?
    };
    Ok(reply.into_http())
}
