//! Looking from outside: what lies in the tables, what the document promises, what the pretend
//! WeChat was asked, and bytes over a bare socket.

use crate::database::Database;
use crate::visitor::{Answer, Visitor, send};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const TABLES: [&str; 9] = [
    "clients",
    "providers",
    "users",
    "identities",
    "aliases",
    "logins",
    "grants",
    "access_tokens",
    "audit_events",
];

/// Rows of every table.
pub async fn rows(db: &Database) -> BTreeMap<&'static str, String> {
    let mut raw = db.raw().await;
    let mut found = BTreeMap::new();
    for table in TABLES {
        let sql = format!("SELECT CAST(COUNT(*) AS TEXT) AS line FROM {table}");
        found.insert(table, raw.lines(&sql).await.unwrap().remove(0));
    }
    found
}

/// The published document of the login API.
pub fn document() -> Value {
    serde_json::from_str(&saoma::login_document().unwrap()).unwrap()
}

/// The operation an address belongs to.
pub fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<&'a Value> {
    let path = path.split('?').next().unwrap();
    let fits = |template: &str| {
        let (known, asked): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        known.len() == asked.len()
            && known.iter().zip(&asked).all(|(k, a)| k == a || (k.starts_with('{') && !a.is_empty()))
    };
    let paths = document["paths"].as_object().unwrap();
    let found = paths.iter().find(|(template, _)| fits(template))?.1;
    found.get(method.to_lowercase())
}

/// Whether the document has this answer: its status, its media type, and its code.
pub fn check_documented(document: &Value, method: &str, path: &str, answer: &Answer) -> Result<(), String> {
    let Some(operation) = operation(document, method, path) else { return Ok(()) };
    let status = answer.status.as_u16().to_string();
    let documented = &operation["responses"][&status];
    let media_type = answer.headers.get("content-type").map(|value| value.to_str().unwrap());
    let bare = media_type.map(|text| text.split(';').next().unwrap().trim());
    let has_type = match (documented.get("content"), bare) {
        (Some(content), Some(bare)) => content.get(bare).is_some(),
        (content, bare) => content.is_none() && bare.is_none(),
    };
    if !documented.is_object() || !has_type {
        return Err(format!("{method} {path}: {status} {bare:?} is not documented"));
    }
    let told = documented["description"].as_str().unwrap_or_default();
    if answer.status.as_u16() >= 400 && !told.contains(&format!("`{}`", answer.code())) {
        return Err(format!("{method} {path}: {status} {} is not documented", answer.code()));
    }
    Ok(())
}

/// Panics unless the document has this answer.
pub fn assert_documented(document: &Value, method: &str, path: &str, answer: &Answer) {
    check_documented(document, method, path, answer).unwrap();
}

/// Sets a fault of the pretend WeChat, for the next `times` calls or for ever.
pub async fn fault(visitor: &Visitor, path: &str, kind: &Value, times: Option<u32>) {
    let body = json!({"path": path, "kind": kind, "times": times});
    control(visitor, reqwest::Method::POST, "faults", Some(&body)).await;
}

/// Ends all faults.
pub async fn clear_faults(visitor: &Visitor) {
    control(visitor, reqwest::Method::DELETE, "faults", None).await;
}

/// Ends all app tokens at once.
pub async fn revoke_tokens(visitor: &Visitor) {
    let body = json!({"appid": crate::house::APPID});
    control(visitor, reqwest::Method::POST, "tokens/revoke", Some(&body)).await;
}

/// Forgets which calls were made.
pub async fn forget_calls(visitor: &Visitor) {
    control(visitor, reqwest::Method::DELETE, "calls", None).await;
}

/// How often the pretend WeChat was asked this.
pub async fn calls(visitor: &Visitor, path: &str) -> u64 {
    let answer = control(visitor, reqwest::Method::GET, "calls", None).await;
    answer.json["counts"][path].as_u64().unwrap_or(0)
}

async fn control(visitor: &Visitor, method: reqwest::Method, path: &str, body: Option<&Value>) -> Answer {
    let request = visitor.http.request(method, format!("{}/_sandbox/v1/{path}", visitor.sandbox));
    let answer = send(body.iter().fold(request, |request, body| request.json(body))).await;
    assert!(answer.status.is_success(), "{:?}", answer.json);
    answer
}

/// Writes `first`, then `more` again and again, until the other side answers or hangs up.
/// Gives the answer's beginning and how many bytes went out.
pub async fn pour(address: &str, first: &str, more: &[u8]) -> (String, usize) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let mut sent = first.len();
    writer.write_all(first.as_bytes()).await.unwrap();
    let mut answer = vec![0; 16 * 1024];
    let write = async {
        while !more.is_empty() && writer.write_all(more).await.is_ok() {
            sent += more.len();
        }
        std::future::pending::<()>().await;
    };
    let got = tokio::select! {
        got = reader.read(&mut answer) => got.unwrap_or(0),
        () = write => unreachable!(),
    };
    (String::from_utf8_lossy(&answer[..got]).into_owned(), sent)
}
