//! A Login's stages over a WebSocket, as a page without a streaming fetch reads them.

use crate::visitor::{Answer, Held, Visitor, send};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

/// What a page offers: our protocol, and the secret as another.
pub fn protocols(secret: &str) -> String {
    format!("saoma.v1, bearer.{secret}")
}

/// The address of a Login's socket, below the server's.
pub fn path(login_id: &str) -> String {
    format!("/api/v1/logins/{login_id}/ws")
}

/// A request for a socket as a browser writes it, for answers that are none.
pub fn knock(visitor: &Visitor, path: &str) -> RequestBuilder {
    let request = visitor.request(Method::GET, path).header("connection", "upgrade");
    let request = request.header("upgrade", "websocket").header("sec-websocket-version", "13");
    request.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
}

/// The same with this Login's secret.
pub async fn knock_with(visitor: &Visitor, held: &Held) -> Answer {
    send(knock(visitor, &path(&held.id)).header("sec-websocket-protocol", protocols(&held.secret))).await
}

/// An open socket.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// The protocol that the server has chosen.
    pub protocol: String,
}

impl Socket {
    /// Follows a Login with its secret.
    pub async fn open(visitor: &Visitor, held: &Held) -> Self {
        Self::open_at(visitor, held, "").await
    }

    /// The same with a query.
    pub async fn open_at(visitor: &Visitor, held: &Held, query: &str) -> Self {
        let offered = protocols(&held.secret);
        let headers = [("sec-websocket-protocol", offered.as_str())];
        Self::with(visitor, &format!("{}{query}", path(&held.id)), &headers).await
    }

    /// A socket at this path, asked for with these headers.
    pub async fn with(visitor: &Visitor, path: &str, headers: &[(&'static str, &str)]) -> Self {
        let address = format!("{}{path}", visitor.saoma.replace("http://", "ws://"));
        let mut request = address.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let tcp = TcpStream::connect(visitor.saoma.strip_prefix("http://").unwrap()).await.unwrap();
        let (stream, answer) = tokio_tungstenite::client_async(request, tcp).await.unwrap();
        let protocol = answer.headers().get("sec-websocket-protocol");
        let protocol = protocol.map_or("", |value| value.to_str().unwrap()).to_owned();
        Self { stream, protocol }
    }

    /// The next message, none when the connection is gone. Waits longer than a heartbeat takes.
    pub async fn next(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(Duration::from_secs(30), self.stream.next()).await;
        next.expect("a socket is never quiet for 30 seconds")?.ok()
    }

    /// The next event's id and view; or why it was closed.
    pub async fn stage(&mut self) -> Result<(i64, Value), Option<u16>> {
        loop {
            match self.next().await {
                Some(Message::Text(text)) => {
                    let event: Value = serde_json::from_str(&text).unwrap();
                    assert_eq!(event["event"], "stage", "{event}");
                    return Ok((event["id"].as_str().unwrap().parse().unwrap(), event["data"].clone()));
                }
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                Some(Message::Close(frame)) => return Err(frame.map(|frame| u16::from(frame.code))),
                Some(other) => panic!("nobody sends this: {other:?}"),
                None => return Err(None),
            }
        }
    }

    /// Sends a text, as nobody should.
    pub async fn say(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    /// Closes as a page does that is left.
    pub async fn close(mut self) {
        self.stream.close(None).await.unwrap();
    }
}
