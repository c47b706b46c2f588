//! Accepting connections: HTTP/1.1 with a header time-out, no delay, small buffers.
//!
//! The framework's own server has none of the three. A request that changes something runs as a
//! task of its own from the moment its head is read: a connection that breaks cannot leave it half
//! done. On a stop: no new connections, streams end (they watch `stopping` themselves), requests in
//! flight are finished.

use crate::tasks::Tasks;
use futures_util::future::Either;
use hyper::Method;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Request, Response};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// hyper's smallest comfortable buffers; an idle stream costs little memory.
const BUFFER_BYTES: usize = 16 * 1024;
/// Pause after a failed accept (usually: out of file handles), so that it cannot spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until the stop begins.
pub(crate) async fn serve(
    listener: TcpListener,
    endpoint: impl Endpoint<Output = Response> + 'static,
    tasks: Tasks,
) {
    let endpoint = Arc::new(endpoint);
    let stopping = tasks.stopping();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection(stream, peer, Arc::clone(&endpoint), tasks.clone());
                drop(tasks.spawn(connection));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection<E: Endpoint<Output = Response> + 'static>(
    stream: TcpStream,
    peer: SocketAddr,
    endpoint: Arc<E>,
    tasks: Tasks,
) {
    let Ok(local) = stream.local_addr() else { return };
    // Small answers must not wait for the kernel to fill a packet; a socket that refuses still works.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let beside = tasks.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let endpoint = Arc::clone(&endpoint);
        let (local, peer) = (LocalAddr(Addr::SocketAddr(local)), RemoteAddr(Addr::SocketAddr(peer)));
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        let answered = async move {
            let request = Request::from((request, local, peer, Scheme::HTTP));
            hyper::Response::from(endpoint.get_response(request).await)
        };
        // Spawned here and not when first polled: hyper drops a request unpolled when the end of
        // the connection comes right behind it. Reads go with their connection, so that whoever
        // hangs up on a stream frees it at once.
        let task = if is_read { Either::Left(answered) } else { Either::Right(beside.spawn(answered)) };
        async move {
            match task {
                Either::Left(answered) => Ok(answered.await),
                Either::Right(task) => task.await,
            }
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(BUFFER_BYTES);
    let serving = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    let mut serving = std::pin::pin!(serving);
    let stopping = tasks.stopping();
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stopping.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
