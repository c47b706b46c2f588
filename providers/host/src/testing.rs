//! A tiny HTTP server over a real socket, whose answers are raw bytes and may break every rule.

use crate::{EgressClient, EgressOptions, Limits, Permit, Resolve};
use saoma_core::Secret;
use saoma_core::provider::{CallError, Method, VendorRequest, VendorResponse};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

/// What the server does with a request.
pub(crate) enum Answer {
    /// These bytes; the connection stays open.
    Bytes(Vec<u8>),
    /// These bytes; then the connection is closed.
    Last(Vec<u8>),
    /// These bytes, then these again without end.
    Endless(Vec<u8>, Vec<u8>),
}

/// A complete answer of a vendor.
pub(crate) fn ok(content_type: &str, body: &[u8]) -> Answer {
    answer("200 OK", &format!("Content-Type: {content_type}\r\n"), body)
}

pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Answer {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    Answer::Bytes([head.as_bytes(), body].concat())
}

/// The server; it ends when dropped.
pub(crate) struct TinyServer {
    pub(crate) base: Url,
    pub(crate) port: u16,
    seen: Arc<Seen>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

impl TinyServer {
    pub(crate) async fn start(handler: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let mut tasks = JoinSet::new();
        let accepting = Arc::clone(&seen);
        tasks.spawn(async move {
            let handler = Arc::new(handler);
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                accepting.connections.fetch_add(1, Ordering::SeqCst);
                let (handler, seen) = (Arc::clone(&handler), Arc::clone(&accepting));
                connections.spawn(async move { serve(stream, &*handler, &seen).await });
            }
        });
        let base = format!("http://127.0.0.1:{port}").parse().unwrap();
        Self { base, port, seen, _tasks: tasks }
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, handler: &(dyn Fn(&str) -> Answer + Send + Sync), seen: &Seen) {
    while let Some(request) = read_request(&mut stream).await {
        seen.requests.lock().unwrap().push(request.clone());
        let written = match handler(&request) {
            Answer::Bytes(bytes) => stream.write_all(&bytes).await,
            Answer::Last(bytes) => {
                let _ended = stream.write_all(&bytes).await;
                return;
            }
            Answer::Endless(head, piece) => {
                let mut written = stream.write_all(&head).await;
                while written.is_ok() {
                    written = stream.write_all(&piece).await;
                }
                written
            }
        };
        if written.is_err() {
            return;
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text.into_owned());
            }
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            // 22 opens a TLS handshake, which this server does not speak.
            Ok(count) if count > 0 && piece[0] != 22 => bytes.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
}

/// Gives the first answer to the first question and so on; the last one for ever.
pub(crate) struct ScriptedResolver {
    answers: Vec<Vec<IpAddr>>,
    pub(crate) asked: AtomicUsize,
}

impl ScriptedResolver {
    pub(crate) fn new(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |list: &&[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self { answers: answers.iter().map(parse).collect(), asked: AtomicUsize::new(0) })
    }
}

#[async_trait::async_trait]
impl Resolve for ScriptedResolver {
    async fn resolve(&self, _name: &str) -> std::io::Result<Vec<IpAddr>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.answers[turn.min(self.answers.len() - 1)].clone())
    }
}

/// The limits of production with less patience, for tests of time-outs.
pub(crate) fn impatient() -> EgressOptions {
    let total = Duration::from_millis(300);
    EgressOptions { limits: Limits { total, ..Limits::default() }, ..EgressOptions::default() }
}

pub(crate) fn request(url: &Url, path: &str) -> VendorRequest {
    let query = vec![("secret", Secret::new("a b&c"))];
    VendorRequest { method: Method::Get, url: url.join(path).unwrap(), query, json: None }
}

/// One call by a client with these options to a base it has declared.
pub(crate) async fn get(options: EgressOptions, base: &str) -> Result<VendorResponse, CallError> {
    let url: Url = base.parse().unwrap();
    let permit = Permit::new(std::slice::from_ref(&url));
    EgressClient::new(options).unwrap().call(&permit, request(&url, "/x")).await
}
