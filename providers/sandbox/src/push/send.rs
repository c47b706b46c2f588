//! WeChat's own HTTP client for pushes: plain http to this machine only, a bounded number at a time, a hard deadline.
//! It follows no redirects and judges nothing.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

use crate::companion::{fresh_connections, is_loopback_http};

const AT_ONCE: usize = 128;
const LARGEST_ANSWER: usize = 256 * 1024;

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
}

/// One try.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Attempt {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'static str>,
    pub(crate) millis: u64,
}

/// A try and its answer.
pub(crate) struct Exchange {
    pub(crate) attempt: Attempt,
    pub(crate) answer: Option<Answer>,
}

/// The client.
pub(crate) struct Sender {
    client: Client<HttpConnector, Full<Bytes>>,
    slots: Semaphore,
}

impl Sender {
    pub(crate) fn new() -> Self {
        Self { client: fresh_connections(), slots: Semaphore::new(AT_ONCE) }
    }

    /// Posts a body of this type, or asks when there is none.
    pub(crate) async fn send(
        &self,
        address: &Url,
        body: Option<(Bytes, &'static str)>,
        deadline: Duration,
    ) -> Exchange {
        if !is_loopback_http(address) {
            return Exchange::failed("not_loopback", 0);
        }
        // The semaphore is never closed, so waiting cannot fail.
        let _slot = self.slots.acquire().await;
        let started = Instant::now();
        let outcome = tokio::time::timeout(deadline, self.exchange(address, body)).await;
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match outcome {
            Err(_) => Exchange::failed("timeout", millis),
            Ok(None) => Exchange::failed("unreachable", millis),
            Ok(Some(answer)) => {
                let attempt = Attempt { status: Some(answer.status), error: None, millis };
                Exchange { attempt, answer: Some(answer) }
            }
        }
    }

    async fn exchange(&self, address: &Url, body: Option<(Bytes, &'static str)>) -> Option<Answer> {
        let request =
            Request::builder().uri(address.as_str()).header(USER_AGENT, "Mozilla/4.0").header(ACCEPT, "*/*");
        let request = match body {
            Some((body, content_type)) => {
                request.method(Method::POST).header(CONTENT_TYPE, content_type).body(Full::new(body)).ok()?
            }
            None => request.method(Method::GET).body(Full::default()).ok()?,
        };
        let (head, body) = self.client.request(request).await.ok()?.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER).collect().await.ok()?.to_bytes();
        Some(Answer { status: head.status.as_u16(), body })
    }
}

impl Exchange {
    fn failed(error: &'static str, millis: u64) -> Self {
        Self { attempt: Attempt { status: None, error: Some(error), millis }, answer: None }
    }
}
