//! What the mini-program's own code does on the phone: calls the server whose address is set in it.
//! Plain http to loopback only, bounded in time and size; nothing else of this crate speaks to the outside.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{CONTENT_TYPE, REFERER, USER_AGENT};
use hyper::{Method, Request, Response, body::Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use url::{Host, Url};

const PATIENCE: Duration = Duration::from_secs(15);
const LARGEST_ANSWER: usize = 1024 * 1024;
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                     Mobile/15E148 MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN MiniProgramEnv/sandbox";

/// What the server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as JSON; text that is none comes as a JSON string.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&self.body).into_owned()))
    }
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    NotLoopback,
    Unreachable,
    TooSlow,
}

/// The phone's HTTP client.
pub(crate) struct Companion(Client<HttpConnector, Full<Bytes>>);

/// A client that keeps no connection: a server closes an idle one when it likes, and a call that is just then
/// written to it fails for no fault of anybody's.
pub(crate) fn fresh_connections() -> Client<HttpConnector, Full<Bytes>> {
    Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http()
}

impl Companion {
    pub(crate) fn new() -> Self {
        Self(fresh_connections())
    }

    /// `POST {base}/api/v1/companion/{name}` as the mini-program `appid`.
    pub(crate) async fn post(
        &self,
        base: &Url,
        appid: &str,
        name: &str,
        body: &Value,
    ) -> Result<Answer, NoAnswer> {
        let address = format!("{}/api/v1/companion/{name}", base.as_str().trim_end_matches('/'));
        let address = Url::parse(&address).map_err(|_| NoAnswer::Unreachable)?;
        let request = request(&address, Method::POST)?
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, PHONE)
            // WeChat sets it on every request of a mini-program; the page cannot change it.
            .header(REFERER, format!("https://servicewechat.com/{appid}/1/page-frame.html"))
            .body(Full::from(body.to_string()))
            .map_err(|_| NoAnswer::Unreachable)?;
        self.send(request).await
    }

    /// Fetches a picture that the page shows.
    pub(crate) async fn get(&self, address: &Url) -> Result<Answer, NoAnswer> {
        let request = request(address, Method::GET)?
            .header(USER_AGENT, PHONE)
            .body(Full::default())
            .map_err(|_| NoAnswer::Unreachable)?;
        self.send(request).await
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer> {
        let exchange = async {
            let response = self.0.request(request).await.map_err(|_| NoAnswer::Unreachable)?;
            read(response).await
        };
        tokio::time::timeout(PATIENCE, exchange).await.map_err(|_| NoAnswer::TooSlow)?
    }
}

async fn read(response: Response<Incoming>) -> Result<Answer, NoAnswer> {
    let (head, body) = response.into_parts();
    let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let body = Limited::new(body, LARGEST_ANSWER).collect().await.map_err(|_| NoAnswer::Unreachable)?;
    Ok(Answer { status: head.status.as_u16(), content_type, body: body.to_bytes() })
}

fn request(address: &Url, method: Method) -> Result<hyper::http::request::Builder, NoAnswer> {
    if !is_loopback_http(address) {
        return Err(NoAnswer::NotLoopback);
    }
    Ok(Request::builder().method(method).uri(address.as_str()))
}

/// The only addresses a pretend mini-program may have.
pub(crate) fn is_loopback_http(address: &Url) -> bool {
    let loopback = match address.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(v4)) => v4.is_loopback(),
        Some(Host::Ipv6(v6)) => v6.is_loopback(),
        None => false,
    };
    address.scheme() == "http" && loopback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_loopback_addresses_are_called() {
        let allowed = |text: &str| is_loopback_http(&Url::parse(text).unwrap());
        assert!(allowed("http://127.0.0.1:8080") && allowed("http://[::1]:80/x"));
        assert!(allowed("http://localhost:8080") && allowed("http://saoma.localhost"));
        assert!(!allowed("https://127.0.0.1") && !allowed("http://example.org"));
        assert!(!allowed("http://10.0.0.1") && !allowed("http://localhost.example.org"));
    }
}
