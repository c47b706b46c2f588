//! The egress client against real sockets: every rule of NET-01 that a server or a resolver can
//! try to break.

use super::*;
use crate::testing::{Answer, ScriptedResolver, TinyServer, answer, get, impatient, ok, request};
use std::sync::atomic::Ordering;

fn client() -> EgressClient {
    EgressClient::new(EgressOptions::default()).unwrap()
}

fn outcome(answer: Result<VendorResponse, CallError>) -> Result<u16, CallError> {
    answer.map(|response| response.status)
}

#[tokio::test]
async fn a_call_arrives_and_its_answer_comes_back_as_bytes() {
    let server = TinyServer::start(|_| ok("text/plain", b"\xff\xd8\xff not text")).await;
    let answer = get(EgressOptions::default(), server.base.as_str()).await.unwrap();
    assert_eq!((answer.status, &*answer.body), (200, &b"\xff\xd8\xff not text"[..]));
    let sent = server.requests().remove(0);
    assert!(sent.starts_with("GET /x?secret=a+b%26c HTTP/1.1\r\n"), "{sent}");
}

#[tokio::test]
async fn json_is_sent_as_raw_utf8_and_statuses_are_passed_on() {
    let server = TinyServer::start(|_| answer("503 Busy", "", b"<html>")).await;
    let permit = Permit::new(std::slice::from_ref(&server.base));
    let json = Some(serde_json::json!({ "scene": "扫码" }));
    let call = VendorRequest { method: Method::Post, json, query: vec![], ..request(&server.base, "/y") };
    let answer = client().call(&permit, call).await.unwrap();
    assert_eq!((answer.status, &*answer.body), (503, &b"<html>"[..]));
    let sent = server.requests().remove(0);
    assert!(
        sent.starts_with("POST /y HTTP/1.1\r\n") && sent.ends_with("\r\n\r\n{\"scene\":\"扫码\"}"),
        "{sent}"
    );
}

#[tokio::test]
async fn connections_are_kept_and_used_again() {
    let server = TinyServer::start(|_| ok("text/plain", b"{}")).await;
    let (client, permit) = (client(), Permit::new(std::slice::from_ref(&server.base)));
    for _ in 0..5 {
        client.call(&permit, request(&server.base, "/x")).await.unwrap();
    }
    assert_eq!((server.connections(), server.requests().len()), (1, 5));
}

#[tokio::test]
async fn net_01_redirects_are_refused_even_to_loopback() {
    let inner = TinyServer::start(|_| ok("text/plain", b"inner")).await;
    let to = inner.base.clone();
    let server = TinyServer::start(move |head| {
        let status = head.trim_start_matches("GET /").split('?').next().unwrap_or_default();
        answer(&format!("{status} Moved"), &format!("Location: {to}\r\n"), b"")
    })
    .await;
    let (client, permit) = (client(), Permit::new(&[server.base.clone(), inner.base.clone()]));
    for status in ["301", "302", "303", "307", "308"] {
        let answer = client.call(&permit, request(&server.base, status)).await;
        assert_eq!(outcome(answer), Err(CallError::Unreachable), "{status}");
    }
    assert_eq!((server.requests().len(), inner.connections()), (5, 0));
}

#[tokio::test]
async fn net_01_another_origin_is_not_called() {
    let server = TinyServer::start(|_| ok("text/plain", b"{}")).await;
    let permit = Permit::new(&["https://api.weixin.qq.com".parse().unwrap()]);
    let answer = client().call(&permit, request(&server.base, "/x")).await;
    assert_eq!((outcome(answer), server.connections()), (Err(CallError::Forbidden), 0));
}

#[tokio::test]
async fn net_01_private_addresses_are_refused_however_they_are_written() {
    for base in [
        "https://10.0.0.1",
        "https://0x0a000001",
        "https://167772161",
        "https://012.1",
        "https://169.254.169.254",
        "https://100.100.100.200",
        "https://127.0.0.2",
        "https://0.0.0.0",
        "https://[::ffff:127.0.0.1]",
        "https://[::ffff:7f00:1]",
        "https://[64:ff9b::7f00:1]",
        "https://[fe80::1]",
        "https://[fd00:ec2::254]",
        "http://10.0.0.1",
        "http://vendor.test",
    ] {
        assert_eq!(outcome(get(EgressOptions::default(), base).await), Err(CallError::Forbidden), "{base}");
    }
}

#[tokio::test]
async fn net_01_a_name_for_a_private_address_is_refused() {
    for inside in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"] {
        let resolver = ScriptedResolver::new(&[&[inside]]);
        let options = EgressOptions { resolver: Arc::clone(&resolver) as _, ..EgressOptions::default() };
        assert_eq!(outcome(get(options, "https://vendor.test").await), Err(CallError::Forbidden), "{inside}");
        assert_eq!(resolver.asked.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn net_01_an_allowed_private_address_is_reached() {
    // The server speaks no TLS: that a connection came and nothing more is what shall be seen.
    let server = TinyServer::start(|_| Answer::Last(vec![])).await;
    let egress_allow = vec!["127.0.0.1/32".parse().unwrap()];
    let resolver = ScriptedResolver::new(&[&["127.0.0.1"]]);
    let options = EgressOptions { egress_allow, resolver, ..EgressOptions::default() };
    let answer = get(options, &format!("https://vendor.test:{}", server.port)).await;
    assert!(matches!(outcome(answer), Err(CallError::Unreachable)));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn net_01_a_rebinding_name_is_asked_once_and_pinned() {
    let server =
        TinyServer::start(|_| Answer::Last(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}".to_vec())).await;
    let resolver = ScriptedResolver::new(&[&["127.0.0.1"], &["10.0.0.1"]]);
    let client =
        EgressClient::new(EgressOptions { resolver: Arc::clone(&resolver) as _, ..EgressOptions::default() })
            .unwrap();
    let base: Url = format!("http://localhost:{}", server.port).parse().unwrap();
    let permit = Permit::new(std::slice::from_ref(&base));
    assert_eq!(outcome(client.call(&permit, request(&base, "/x")).await), Ok(200));
    assert_eq!((resolver.asked.load(Ordering::SeqCst), server.connections()), (1, 1));
    assert_eq!(outcome(client.call(&permit, request(&base, "/x")).await), Err(CallError::Forbidden));
    assert_eq!((resolver.asked.load(Ordering::SeqCst), server.connections()), (2, 1));
}

#[tokio::test]
async fn net_01_of_mixed_answers_only_the_permitted_are_used() {
    let server = TinyServer::start(|_| ok("text/plain", b"{}")).await;
    let resolver = ScriptedResolver::new(&[&["10.0.0.1", "::ffff:127.0.0.1", "127.0.0.1"]]);
    let answer = get(
        EgressOptions { resolver, ..EgressOptions::default() },
        &format!("http://localhost:{}", server.port),
    )
    .await;
    assert_eq!((outcome(answer), server.connections()), (Ok(200), 1));
}

#[tokio::test]
async fn net_01_bodies_are_capped_on_bytes_read() {
    let endless = || Answer::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 16 * 1024]);
    let announced = || Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 262145\r\n\r\n".to_vec());
    // 400 KiB of zeros in some 400 bytes.
    let bomb = || ok("text/plain\r\nContent-Encoding: gzip", include_bytes!("zeros.gz"));
    let server = TinyServer::start(move |head| match head.get(..6) {
        Some("GET /e") => endless(),
        Some("GET /a") => announced(),
        _ => bomb(),
    })
    .await;
    let (client, permit) = (client(), Permit::new(std::slice::from_ref(&server.base)));
    for path in ["/endless", "/announced", "/bomb"] {
        let answer = client.call(&permit, request(&server.base, path)).await;
        assert_eq!(outcome(answer), Err(CallError::TooLarge), "{path}");
    }
}

#[tokio::test]
async fn a_body_of_the_full_size_passes() {
    let server = TinyServer::start(|_| ok("image/jpeg", &vec![7; 256 * 1024])).await;
    assert_eq!(get(EgressOptions::default(), server.base.as_str()).await.unwrap().body.len(), 256 * 1024);
}

#[tokio::test]
async fn net_01_silence_and_slow_bodies_time_out() {
    for said in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"] {
        let server = TinyServer::start(move |_| Answer::Bytes(said.as_bytes().to_vec())).await;
        assert_eq!(
            outcome(get(impatient(), server.base.as_str()).await),
            Err(CallError::Timeout),
            "{said:?}"
        );
    }
}

#[tokio::test]
async fn garbage_and_broken_connections_are_unreachable() {
    for said in
        ["", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "HTTP/1.1 abc\r\n\r\n"]
    {
        let server = TinyServer::start(move |_| Answer::Last(said.as_bytes().to_vec())).await;
        assert_eq!(
            outcome(get(EgressOptions::default(), server.base.as_str()).await),
            Err(CallError::Unreachable),
            "{said:?}"
        );
    }
    let gone = TinyServer::start(|_| Answer::Last(vec![])).await.base;
    assert_eq!(outcome(get(EgressOptions::default(), gone.as_str()).await), Err(CallError::Unreachable));
}

/// Runs the first test again in a process with this environment.
fn first_test_passes_with(environment: &[(&str, &str)]) {
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "egress::tests::a_call_arrives_and_its_answer_comes_back_as_bytes"]);
    again.envs(environment.iter().copied()).env_remove("no_proxy").env_remove("NO_PROXY");
    let outcome = again.output().unwrap();
    let said = String::from_utf8_lossy(&outcome.stdout);
    assert!(outcome.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn net_01_proxies_of_the_environment_are_ignored() {
    let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    first_test_passes_with(&names.map(|name| (name, "http://127.0.0.1:1")));
}

#[test]
fn loopback_works_on_a_machine_without_root_certificates() {
    first_test_passes_with(&[("SSL_CERT_FILE", "/nowhere/a"), ("SSL_CERT_DIR", "/nowhere/b")]);
}

#[tokio::test]
async fn a_persons_picture_may_be_larger_but_not_endless_nor_elsewhere() {
    let server = TinyServer::start(|head| {
        let size = head.trim_start_matches("GET /").split(' ').next().unwrap_or_default();
        match size.parse() {
            Ok(size) => ok("image/jpeg", &vec![7; size]),
            Err(_) => answer("302 Found", "Location: /1\r\n", b""),
        }
    })
    .await;
    let (client, permit) = (client(), Permit::new(std::slice::from_ref(&server.base)));
    let fetch =
        async |path: &str| outcome(client.fetch_picture(&permit, server.base.join(path).unwrap()).await);
    assert_eq!(fetch("1048576").await, Ok(200));
    assert_eq!(fetch("1048577").await, Err(CallError::TooLarge));
    assert_eq!(fetch("moved").await, Err(CallError::Unreachable));
    let elsewhere = "https://169.254.169.254/1".parse().unwrap();
    assert_eq!(outcome(client.fetch_picture(&permit, elsewhere).await), Err(CallError::Forbidden));
}
