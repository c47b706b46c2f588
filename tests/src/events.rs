//! Server-sent events as a page reads them: by fetch, the secret in a header, frame by frame.

use crate::visitor::{Held, Visitor};
use reqwest::Method;
use serde_json::Value;
use std::time::Duration;

/// One frame: its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame(pub Vec<String>);

impl Frame {
    /// The value of a field; `""` names comments.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim_start()))
    }
}

/// An open stream.
pub struct EventStream {
    /// The answer's status and headers; its body is read by `next`.
    pub response: reqwest::Response,
    read: Vec<u8>,
}

impl EventStream {
    /// Follows a Login; `last_event_id` as a reader that connects again.
    pub async fn open(visitor: &Visitor, held: &Held, last_event_id: Option<i64>) -> Self {
        let path = format!("/api/v1/logins/{}/events", held.id);
        let mut request = visitor.request(Method::GET, &path).bearer_auth(&held.secret);
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        Self { response: request.send().await.unwrap(), read: Vec::new() }
    }

    /// The next frame, or none when the stream has ended. Waits longer than a heartbeat takes.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(end) = self.read.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.read.drain(..end + 2).collect();
                let text = String::from_utf8(frame).unwrap();
                return Some(Frame(
                    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect(),
                ));
            }
            let chunk = tokio::time::timeout(Duration::from_secs(30), self.response.chunk()).await;
            let chunk = chunk.expect("a stream is never quiet for 30 seconds").ok().flatten();
            self.read.extend_from_slice(&chunk?);
        }
    }

    /// The next event's id and view, past `retry` and heartbeats.
    pub async fn stage(&mut self) -> Option<(i64, Value)> {
        loop {
            let frame = self.next().await?;
            if let Some(data) = frame.field("data") {
                assert_eq!(frame.field("event"), Some("stage"));
                return Some((
                    frame.field("id").unwrap().parse().unwrap(),
                    serde_json::from_str(data).unwrap(),
                ));
            }
        }
    }
}
