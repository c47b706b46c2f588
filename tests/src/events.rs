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

    /// All of its data, whose lines are fields of their own.
    pub fn data(&self) -> String {
        let lines = self.0.iter().filter_map(|line| line.strip_prefix("data:"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }
}

/// The frames of an answer.
pub struct Frames {
    /// The answer's status and headers; its body is read by `next`.
    pub response: reqwest::Response,
    read: Vec<u8>,
}

impl Frames {
    /// Of this answer.
    pub fn of(response: reqwest::Response) -> Self {
        Self { response, read: Vec::new() }
    }

    /// The next frame, or none when the stream has ended. Nothing is lost when the wait for it is given up.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(end) = self.read.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.read.drain(..end + 2).collect();
                let text = String::from_utf8(frame).unwrap();
                return Some(Frame(
                    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect(),
                ));
            }
            let chunk = self.response.chunk().await.ok().flatten();
            self.read.extend_from_slice(&chunk?);
        }
    }
}

/// An open stream of a Login.
pub struct EventStream {
    /// Its frames.
    pub frames: Frames,
}

impl EventStream {
    /// Follows a Login; `last_event_id` as a reader that connects again.
    pub async fn open(visitor: &Visitor, held: &Held, last_event_id: Option<i64>) -> Self {
        let path = format!("/api/v1/logins/{}/events", held.id);
        let mut request = visitor.request(Method::GET, &path).bearer_auth(&held.secret);
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        Self { frames: Frames::of(request.send().await.unwrap()) }
    }

    /// The next frame, or none when the stream has ended. Waits longer than a heartbeat takes.
    pub async fn next(&mut self) -> Option<Frame> {
        let next = tokio::time::timeout(Duration::from_secs(30), self.frames.next()).await;
        next.expect("a stream is never quiet for 30 seconds")
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
