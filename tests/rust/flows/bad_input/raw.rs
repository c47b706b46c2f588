//! What no client library would send: bodies without an end, headers and paths without measure.

use saoma_tests::inspect::pour;
use saoma_tests::visitor::{Visitor, send};

/// None of it is answered with more than a refusal, and the server goes on.
pub(super) async fn check(visitor: &Visitor) {
    let address = visitor.saoma.strip_prefix("http://").unwrap();
    let head = |rest: &str| {
        format!("POST /api/v1/logins HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{rest}\r\n")
    };
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(4096));
    let (answer, sent) = pour(address, &head("transfer-encoding: chunked\r\n"), chunk.as_bytes()).await;
    assert_eq!(status(&answer), 413, "{answer}");
    assert!(answer.contains("\"payload_too_large\""), "{answer}");
    // The cap is counted on what is read; the rest lies in socket buffers.
    assert!(sent < 32 * 1024 * 1024, "{sent} bytes were taken from an endless body");
    let (answer, _) = pour(address, &head("content-length: 99999999999\r\n"), &[b' '; 4096]).await;
    assert_eq!(status(&answer), 413, "{answer}");
    let (answer, _) = pour(address, &head("transfer-encoding: chunked\r\n"), b"not a chunk\r\n").await;
    assert_eq!(status(&answer), 400, "{answer}");
    for long in [
        format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "p".repeat(70_000)),
        format!("GET / HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "h".repeat(70_000)),
        format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x-many: 1\r\n".repeat(500)),
    ] {
        let (answer, _) = pour(address, &long, b"").await;
        assert!(matches!(status(&answer), 414 | 431), "{answer:.200}");
    }
    for garbage in
        ["GET\r\n\r\n", "\0\0\0\0\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nbad header\r\n\r\n"]
    {
        let (answer, _) = pour(address, garbage, b"").await;
        assert_eq!(status(&answer), 400, "{garbage:?}: {answer}");
    }
    let client = send(visitor.request(reqwest::Method::GET, "/api/v1/clients/shop")).await;
    assert_eq!(client.status, 200);
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|text| text.parse().ok()).unwrap_or(0)
}
