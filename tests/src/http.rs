//! The tests' HTTP client: for loopback, so it reads no root certificates and asks no proxy. To read the system's
//! certificates takes longer than most tests, and there are thousands of clients.

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};

/// A client that follows no redirect, to be changed by who needs it otherwise.
pub fn builder() -> ClientBuilder {
    Client::builder().no_proxy().tls_certs_only([]).redirect(Policy::none())
}

/// The same, as it is.
pub fn client() -> Client {
    builder().build().unwrap()
}

/// What is at an address.
pub async fn get(address: &str) -> Response {
    client().get(address).send().await.unwrap()
}
