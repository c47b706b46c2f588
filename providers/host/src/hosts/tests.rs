//! Hosts as plugins see them, over a real socket: tokens in a crowd, pictures, borders.

use super::*;
use crate::testing::{TinyServer, ok, request};
use bytes::Bytes;
use futures_util::future::join_all;
use saoma_core::Secret;
use saoma_core::entropy::SeededEntropy;
use saoma_core::provider::{Kind, Minted, Step};
use saoma_core::time::ManualClock;
use std::sync::Mutex;

fn hosts() -> VendorHosts {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000)));
    VendorHosts::new(EgressOptions::default(), clock, Arc::new(SeededEntropy::new(3))).unwrap()
}

/// Reads the token as the body of the answer.
struct TokenCall(Url);

#[async_trait]
impl Mint for TokenCall {
    async fn mint(&self, host: &dyn Host) -> Result<Minted, ProviderError> {
        let unavailable = |_| ProviderError::silent(Step::AppToken, Kind::Unavailable);
        let answer = host.call(request(&self.0, "/token")).await.map_err(unavailable)?;
        let value = Secret::new(String::from_utf8_lossy(&answer.body));
        Ok(Minted { value, expires_in: 7200 })
    }
}

/// A vendor that mints `t1`, `t2`, … and knows only the newest.
async fn vendor() -> TinyServer {
    let minted = Mutex::new(0);
    TinyServer::start(move |head| {
        let mut minted = minted.lock().unwrap();
        if head.starts_with("GET /token") {
            *minted += 1;
            return ok("text/plain", format!("t{minted}").as_bytes());
        }
        if head.starts_with("GET /revoke") {
            *minted += 1;
        }
        let known = head.starts_with(&format!("GET /use/t{minted}?"));
        ok("text/plain", if known { b"yes" } else { b"no" })
    })
    .await
}

fn mints(server: &TinyServer) -> usize {
    server.requests().iter().filter(|head| head.starts_with("GET /token")).count()
}

async fn used(host: &dyn Host, base: &Url) -> bool {
    for _ in 0..2 {
        let token = host.app_token(&TokenCall(base.clone())).await.unwrap();
        let answer = host.call(request(base, &format!("/use/{}", token.value.expose()))).await.unwrap();
        if &*answer.body == b"yes" {
            return true;
        }
        host.reject_app_token(&token);
    }
    false
}

#[tokio::test]
async fn two_hundred_users_of_a_token_cause_one_mint() {
    let server = vendor().await;
    let host = hosts().host_for("mini", std::slice::from_ref(&server.base));
    let outcomes = join_all((0..200).map(|_| used(&*host, &server.base))).await;
    assert!(outcomes.into_iter().all(|fine| fine));
    assert_eq!(mints(&server), 1);
}

#[tokio::test]
async fn a_token_revoked_under_two_hundred_users_costs_one_refresh() {
    let server = vendor().await;
    let host = hosts().host_for("mini", std::slice::from_ref(&server.base));
    assert!(used(&*host, &server.base).await);
    host.call(request(&server.base, "/revoke")).await.unwrap();
    let outcomes = join_all((0..200).map(|_| used(&*host, &server.base))).await;
    assert!(outcomes.into_iter().all(|fine| fine));
    assert_eq!(mints(&server), 2);
}

#[tokio::test]
async fn instances_hold_different_tokens_and_permits() {
    let (here, there) = (vendor().await, vendor().await);
    let hosts = hosts();
    let one = hosts.host_for("one", std::slice::from_ref(&here.base));
    let two = hosts.host_for("two", std::slice::from_ref(&here.base));
    assert!(used(&*one, &here.base).await && used(&*two, &here.base).await);
    assert_eq!(mints(&here), 2);
    assert!(matches!(one.call(request(&there.base, "/x")).await, Err(CallError::Forbidden)));
    assert_eq!(there.connections(), 0);
}

#[tokio::test]
async fn pictures_are_kept_and_the_time_is_the_clocks() {
    let host = hosts().host_for("mini", &[]);
    let login = LoginId::generate(host.entropy());
    assert_eq!(host.image(&login), None);
    let image = Image { media_type: "image/png", bytes: Bytes::from_static(b"\x89PNG") };
    host.keep_image(&login, image.clone());
    assert_eq!((host.image(&login), host.now()), (Some(image), Timestamp(1_000)));
    host.pause(1).await;
}
