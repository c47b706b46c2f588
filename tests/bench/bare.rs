//! What calls are compared with: a bare handler of the same framework, alone in its own process, that
//! parses and answers JSON of the same size and does nothing else.

use crate::driver::Wire;
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::web::{Data, Form, Json, Path};
use poem::{EndpointExt as _, Route, Server, get, handler, post};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, RwLock};

/// What it was taught to answer, by name.
type Taught = Arc<RwLock<BTreeMap<String, Value>>>;

/// The process; it goes with this value.
pub struct Bare {
    child: Child,
    /// Its `host:port`.
    pub host: String,
}

impl Bare {
    /// Starts this program again as the handler.
    pub fn start() -> Self {
        let this = std::env::current_exe().unwrap();
        let mut child = Command::new(this).arg("--bare").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self { child, host: line.trim().to_owned() }
    }

    /// From now on it answers this at a path below `/oauth2`, by GET and to a form.
    pub async fn teach(&self, path: &str, answer: &Value) {
        let headers = [("content-type", "application/json")];
        let mut wire = Wire::open(&self.host).await;
        let got = wire.call(hyper::Method::PUT, path, &headers, answer.to_string()).await;
        assert!(got.status.is_success(), "{} {:?}", got.status, got.body);
    }

    /// Its pid.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[handler]
fn read() -> Json<Value> {
    Json(json!({
        "login_id": "lgn_0000000000000000000000", "stage": "pending", "awaiting": "scan", "version": 1,
        "expires_at": "2026-01-01T00:00:00.000Z", "expires_in": 120,
        "challenge": {"type": "qr_image", "image_url": "http://127.0.0.1:8080/api/v1/qr/0000000000000000000000"}
    }))
}

#[handler]
fn begin(body: Json<Value>) -> Json<Value> {
    Json(json!({"echo": body.0}))
}

#[handler]
fn learn(Path(name): Path<String>, Json(answer): Json<Value>, Data(taught): Data<&Taught>) {
    taught.write().unwrap().insert(name, answer);
}

#[handler]
fn tell(Path(name): Path<String>, Data(taught): Data<&Taught>) -> Json<Value> {
    Json(taught.read().unwrap()[&name].clone())
}

#[handler]
fn tell_form(
    Path(name): Path<String>,
    Form(form): Form<BTreeMap<String, String>>,
    Data(taught): Data<&Taught>,
) -> Json<Value> {
    assert!(!form.is_empty());
    Json(taught.read().unwrap()[&name].clone())
}

/// Serves on a free port and prints it.
pub fn serve() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = acceptor.local_addr().remove(0).0.as_socket_addr().copied().unwrap();
        println!("{address}");
        let app = Route::new()
            .at("/read", get(read))
            .at("/begin", post(begin))
            .at("/oauth2/:name", get(tell).post(tell_form).put(learn))
            .data(Taught::default());
        Server::new_with_acceptor(acceptor).run(app).await.unwrap();
    });
}
