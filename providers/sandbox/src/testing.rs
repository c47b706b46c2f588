//! What the tests share: a sandbox with a cast, a small HTTP client, and a stub of the companion's server.
//! Everything binds port 0 on loopback; nothing here is part of the library.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::{App, Options, Person, Sandbox};

pub(crate) const APPID: &str = "wx0123456789abcdef";
pub(crate) const OTHER_APPID: &str = "wxfedcba9876543210";
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const PAGE: &str = "pages/login/index";
pub(crate) const SCENE: &str = "Zm9vYmFyYmF6cXV4MDEyMw";

pub(crate) fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

pub(crate) fn app() -> App {
    App {
        pages: vec![PAGE.to_owned()],
        open_platform: Some("main".to_owned()),
        ..App::mini_program(APPID, SECRET, "Saoma")
    }
}

/// What came back.
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn errcode(&self) -> i64 {
        assert_eq!(self.status, 200);
        self.json()["errcode"].as_i64().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn code(&self) -> String {
        assert_eq!(self.content_type, "application/problem+json");
        let body = self.json();
        assert_eq!(body["status"], self.status);
        body["code"].as_str().unwrap().to_owned()
    }
}

/// A sandbox with two apps (the first bound to an open platform) and three persons.
pub(crate) struct Rig {
    pub(crate) sandbox: Sandbox,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Rig {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start(Options { listen: loopback() }).await.unwrap();
        sandbox.register_app(app());
        let appid = OTHER_APPID.to_owned();
        sandbox.register_app(App { appid, open_platform: None, name: "Other".to_owned(), ..app() });
        for (id, name, high_risk) in [("ming", "小明", false), ("hong", "小红", false), ("risky", "?", true)]
        {
            sandbox.add_person(Person { high_risk, ..Person::new(id, name) });
        }
        Self { sandbox, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: impl Into<Bytes>) -> Seen {
        self.send_with(method, path, &[], body).await
    }

    pub(crate) async fn send_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Seen {
        let address = format!("http://{}{path}", self.sandbox.addr());
        let request = Request::builder().method(method).uri(address);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.body(Full::new(body.into())).unwrap();
        let (head, body) = self.client.request(request).await.unwrap().into_parts();
        let content_type = head.headers.get("content-type").map(|value| value.to_str().unwrap());
        Seen {
            status: head.status.as_u16(),
            content_type: content_type.unwrap_or_default().to_owned(),
            headers: head.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Seen {
        self.send(Method::GET, path, "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Seen {
        self.send(Method::POST, path, body.to_string()).await
    }

    pub(crate) async fn control(&self, method: Method, path: &str, body: &Value) -> Seen {
        self.send(method, &format!("/_sandbox/v1{path}"), body.to_string()).await
    }

    pub(crate) async fn act(&self, body: &Value) -> Seen {
        self.control(Method::POST, "/act", body).await
    }

    pub(crate) async fn fault(&self, path: &str, kind: &Value, times: u32) {
        let body = json!({"path": path, "kind": kind, "times": times});
        assert_eq!(self.control(Method::POST, "/faults", &body).await.status, 204);
    }

    pub(crate) async fn advance(&self, seconds: u32) {
        let body = json!({"advance_seconds": seconds});
        assert_eq!(self.control(Method::POST, "/clock", &body).await.status, 200);
    }

    /// As the browser of somebody's WeChat.
    pub(crate) async fn browse(&self, person: &str, path: &str) -> Seen {
        let cookie = format!("other=1; sandbox_person={person}");
        self.send_with(Method::GET, path, &[("cookie", &cookie)], "").await
    }

    pub(crate) async fn token_of(&self, appid: &str) -> String {
        let body = json!({"grant_type": "client_credential", "appid": appid, "secret": SECRET});
        let seen = self.post("/cgi-bin/stable_token", &body).await;
        seen.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn stable(&self, force_refresh: bool) -> Seen {
        let body = json!({
            "grant_type": "client_credential", "appid": APPID, "secret": SECRET, "force_refresh": force_refresh,
        });
        self.post("/cgi-bin/stable_token", &body).await
    }

    pub(crate) async fn token(&self) -> String {
        self.stable(false).await.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn code_image(&self, token: &str, body: &Value) -> Seen {
        self.post(&format!("/wxa/getwxacodeunlimit?access_token={token}"), body).await
    }

    pub(crate) async fn js_code(&self, person: &str, appid: &str) -> String {
        let body = json!({"person": person, "appid": appid});
        let seen = self.control(Method::POST, "/js_codes", &body).await;
        seen.json()["js_code"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn session(&self, appid: &str, code: &str) -> Seen {
        let query = format!("appid={appid}&secret={SECRET}&js_code={code}&grant_type=authorization_code");
        self.get(&format!("/sns/jscode2session?{query}")).await
    }

    /// The violations of the newest call.
    pub(crate) async fn violations(&self) -> Vec<String> {
        let calls = self.control(Method::GET, "/calls", &json!({})).await.json();
        serde_json::from_value(calls["calls"][0]["violations"].clone()).unwrap()
    }
}

/// A server for the mini-program to call: keeps what was asked and answers what it was told to.
pub(crate) struct Stub {
    pub(crate) base: Url,
    pub(crate) asked: Arc<Mutex<Vec<(String, Value)>>>,
    _tasks: TaskTracker,
}

impl Stub {
    pub(crate) async fn start(answer: fn(&str, &Value) -> (u16, &'static str, String)) -> Self {
        let listener = TcpListener::bind(loopback()).await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (tasks, kept) = (TaskTracker::new(), Arc::clone(&asked));
        let spawner = tasks.clone();
        tasks.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                let service = service_fn(move |request| stub_answer(request, Arc::clone(&kept), answer));
                spawner.spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { base, asked, _tasks: tasks }
    }

    pub(crate) fn last(&self) -> (String, Value) {
        self.asked.lock().unwrap().last().unwrap().clone()
    }
}

async fn stub_answer(
    request: Request<Incoming>,
    kept: Arc<Mutex<Vec<(String, Value)>>>,
    answer: fn(&str, &Value) -> (u16, &'static str, String),
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (status, content_type, text) = answer(&path, &body);
    kept.lock().unwrap().push((path, body));
    let response = Response::builder().status(status).header("content-type", content_type);
    Ok(response.body(Full::from(text)).unwrap())
}
