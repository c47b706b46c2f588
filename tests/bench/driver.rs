//! A lean HTTP client: one kept connection a worker, so that the driver takes little of the cores.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// A connection.
pub struct Wire {
    host: String,
    sender: SendRequest<Full<Bytes>>,
}

/// A request to send over and over.
#[derive(Clone)]
pub struct Call {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Call {
    /// A GET.
    pub fn get(path: &str, headers: &[(&str, &str)]) -> Self {
        let owned = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        Self { method: Method::GET, path: path.to_owned(), headers: owned.collect(), body: Bytes::new() }
    }

    /// A POST of JSON.
    pub fn post(path: &str, headers: &[(&str, &str)], body: &Value) -> Self {
        let mut call =
            Self { method: Method::POST, body: body.to_string().into(), ..Self::get(path, headers) };
        call.headers.push(("content-type".to_owned(), "application/json".to_owned()));
        call
    }

    /// A POST of a form, already encoded.
    pub fn form(path: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let mut call =
            Self { method: Method::POST, body: body.to_owned().into(), ..Self::get(path, headers) };
        call.headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        call
    }

    /// The same with this at the end of its body.
    pub fn ending_with(&self, text: &str) -> Self {
        Self { body: [&self.body[..], text.as_bytes()].concat().into(), ..self.clone() }
    }
}

/// An answer.
pub struct Got {
    /// HTTP status.
    pub status: StatusCode,
    headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Got {
    /// A header's text.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("no {name}: {} {:?}", self.status, self.body))
            .to_str()
            .unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Wire {
    /// Connects to `host:port`.
    pub async fn open(host: &str) -> Self {
        let stream = TcpStream::connect(host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self { host: host.to_owned(), sender }
    }

    /// Sends and reads the whole answer.
    pub async fn call(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Got {
        let owned = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        self.send(&Call { method, path: path.to_owned(), headers: owned.collect(), body: body.into() }).await
    }

    /// Sends a prepared request and reads the whole answer.
    pub async fn send(&mut self, call: &Call) -> Got {
        let mut request = Request::builder().method(&call.method).uri(&call.path).header("host", &self.host);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        self.sender.ready().await.unwrap();
        let answer =
            self.sender.send_request(request.body(Full::from(call.body.clone())).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Got { status: head.status, headers: head.headers, body }
    }

    /// POSTs JSON.
    pub async fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &Value) -> Got {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.call(Method::POST, path, &all, body.to_string()).await
    }

    /// GETs.
    pub async fn get(&mut self, path: &str, headers: &[(&str, &str)]) -> Got {
        self.call(Method::GET, path, headers, String::new()).await
    }
}
