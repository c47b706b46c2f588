//! An app's own server for the tests: keeps every push and answers by a rule; some answers never come.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use url::{Url, form_urlencoded};

use crate::crypt::{Key, signature};
use crate::testing::*;
use crate::{App, PushFormat, PushMode, PushSettings};

pub(super) const SERVICE: &str = "wx00000000000000c3";
pub(super) const TOKEN: &str = "pushtoken";
pub(super) const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// A push as it arrived.
#[derive(Clone)]
pub(super) struct Pushed {
    pub(super) method: Method,
    pub(super) query: BTreeMap<String, String>,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Pushed {
    /// The text of an element, taken out by hand so that no parser is trusted.
    pub(super) fn field(text: &str, name: &str) -> String {
        let inside = text.split(&format!("<{name}>")).nth(1).unwrap_or_default();
        let inside = inside.split(&format!("</{name}>")).next().unwrap_or_default();
        inside.trim_start_matches("<![CDATA[").trim_end_matches("]]>").to_owned()
    }

    /// The message inside, after checking its signature.
    pub(super) fn opened(&self) -> String {
        let encrypt = Self::field(&self.body, "Encrypt");
        let [timestamp, nonce] = ["timestamp", "nonce"].map(|name| self.query[name].as_str());
        assert_eq!(self.query["msg_signature"], signature(&[TOKEN, timestamp, nonce, &encrypt]));
        assert_eq!(self.query["signature"], signature(&[TOKEN, timestamp, nonce]));
        let (message, appid) = Key::parse(KEY).unwrap().decrypt(&encrypt).unwrap();
        assert_eq!(appid, SERVICE);
        message
    }

    /// What a server answers with a text.
    pub(super) fn text_reply(message: &str, content: &str) -> String {
        let [to, from] = ["FromUserName", "ToUserName"].map(|name| Self::field(message, name));
        format!(
            "<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{from}]]></FromUserName>\
             <CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content></xml>"
        )
    }
}

/// An encrypted answer.
pub(super) fn sealed(message: &str) -> String {
    let encrypt = Key::parse(KEY).unwrap().encrypt([9; 16], message, SERVICE).unwrap();
    let signed = signature(&[TOKEN, "1", "n", &encrypt]);
    format!(
        "<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt><MsgSignature><![CDATA[{signed}]]></MsgSignature>\
         <TimeStamp>1</TimeStamp><Nonce><![CDATA[n]]></Nonce></xml>"
    )
}

/// What the server does with a push.
pub(super) enum Says {
    Answer(u16, String),
    Nothing,
}

pub(super) fn success() -> Says {
    Says::Answer(200, "success".to_owned())
}

type Rule = dyn Fn(&Pushed, usize) -> Says + Send + Sync;

/// The server.
pub(super) struct Server {
    pub(super) base: Url,
    pushed: Arc<Mutex<Vec<Pushed>>>,
    _tasks: TaskTracker,
}

impl Server {
    /// The rule is given each push and its number, from 0.
    pub(super) async fn start(rule: impl Fn(&Pushed, usize) -> Says + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(loopback()).await.unwrap();
        let base = Url::parse(&format!("http://{}/push", listener.local_addr().unwrap())).unwrap();
        let (pushed, tasks) = (Arc::new(Mutex::new(Vec::new())), TaskTracker::new());
        let (kept, rule, spawner) = (Arc::clone(&pushed), Arc::new(rule) as Arc<Rule>, tasks.clone());
        tasks.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, rule) = (Arc::clone(&kept), Arc::clone(&rule));
                let service =
                    service_fn(move |request| answer(request, Arc::clone(&kept), Arc::clone(&rule)));
                spawner.spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { base, pushed, _tasks: tasks }
    }

    pub(super) fn all(&self) -> Vec<Pushed> {
        self.pushed.lock().unwrap().clone()
    }

    pub(super) fn last(&self) -> Pushed {
        self.all().pop().unwrap()
    }
}

async fn answer(
    request: Request<Incoming>,
    kept: Arc<Mutex<Vec<Pushed>>>,
    rule: Arc<Rule>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let query =
        form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let pushed = Pushed { method: head.method, query, headers: head.headers, body };
    let number = {
        let mut kept = kept.lock().unwrap();
        kept.push(pushed.clone());
        kept.len() - 1
    };
    match rule(&pushed, number) {
        Says::Nothing => std::future::pending().await,
        Says::Answer(status, body) => Ok(Response::builder().status(status).body(Full::from(body)).unwrap()),
    }
}

/// The service account of the tests, with its pushes going to this server.
pub(super) fn account(server: &Server, mode: PushMode) -> App {
    App {
        open_platform: Some("main".to_owned()),
        domains: vec!["localhost".to_owned()],
        push: Some(PushSettings {
            url: server.base.clone(),
            token: TOKEN.to_owned(),
            aes_key: Some(KEY.to_owned()),
            aes_key_previous: None,
            mode,
            format: PushFormat::Xml,
        }),
        ..App::service_account(SERVICE, SECRET, "扫码公众号")
    }
}

pub(super) async fn rig(server: &Server, mode: PushMode) -> Rig {
    let rig = Rig::start().await;
    rig.sandbox.register_app(account(server, mode));
    rig
}

/// A code with this scene; its text.
pub(super) async fn code(rig: &Rig, scene: &str) -> Value {
    let token = rig.token_of(SERVICE).await;
    let body = json!({
        "expire_seconds": 120, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": scene}},
    });
    let seen = rig.post(&format!("/cgi-bin/qrcode/create?access_token={token}"), &body).await;
    assert_eq!(seen.errcode(), 0);
    seen.json()
}

pub(super) async fn scan(rig: &Rig, person: &str, text: &Value) -> Seen {
    rig.act(&json!({"person": person, "action": "scan", "text": text})).await
}

pub(super) async fn chat(rig: &Rig, person: &str) -> Value {
    rig.get(&format!("/_sandbox/v1/chats?person={person}")).await.json()["chats"].clone()
}
