//! Reads WeChat's replies: by their bytes, never by their content type.
//!
//! Tolerates what the servers are known to send (control bytes, broken UTF-8, a code as text)
//! and nothing else.

use super::failure::{Failure, Refusal};
use bytes::Bytes;
use saoma_core::provider::{Image, VendorResponse};
use serde_json::{Map, Value};
use std::net::IpAddr;

/// A JSON reply of success.
pub(crate) fn json(response: &VendorResponse) -> Result<Map<String, Value>, Failure> {
    if response.status >= 500 {
        return Err(Failure::Status(response.status));
    }
    let object = parse(&response.body);
    match object.as_ref().map(errcode) {
        Some(Some(0)) if response.status == 200 => object.ok_or(Failure::Garbage),
        Some(Some(code)) if code != 0 => Err(Failure::Refused(refusal(code, object.as_ref()))),
        _ if response.status != 200 => Err(Failure::Status(response.status)),
        _ => Err(Failure::Garbage),
    }
}

/// A picture, or the JSON of a failure in its place.
pub(crate) fn image(response: &VendorResponse) -> Result<Image, Failure> {
    if response.status == 200
        && let Some(media_type) = media_type(&response.body)
    {
        return Ok(Image { media_type, bytes: Bytes::clone(&response.body) });
    }
    // A success without a picture is as good as nothing.
    json(response).and(Err(Failure::Garbage))
}

/// A text field, if it is one and not empty.
pub(crate) fn text<'a>(object: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    object.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A number, or a text that is one.
pub(crate) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn parse(body: &[u8]) -> Option<Map<String, Value>> {
    // Some nicknames carry raw control bytes, which JSON forbids inside texts; outside of texts
    // they only ever stand for white space.
    let blanked: Vec<u8> = body.iter().map(|byte| if *byte < 0x20 { b' ' } else { *byte }).collect();
    serde_json::from_str(String::from_utf8_lossy(&blanked).trim_start_matches('\u{feff}')).ok()
}

/// The code of a reply; 0 when there is none, nothing when it is not a number.
fn errcode(object: &Map<String, Value>) -> Option<i64> {
    object.get("errcode").map_or(Some(0), number)
}

fn refusal(code: i64, object: Option<&Map<String, Value>>) -> Refusal {
    let message = object.and_then(|object| text(object, "errmsg")).unwrap_or_default();
    let address = if code == 40164 { refused_address(message) } else { None };
    Refusal { code, trace_id: trace_id(message), address }
}

/// The id after `rid:` (or, before 2020, `req_id:`), for WeChat's own look-up.
fn trace_id(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("rid:").or_else(|| message.split_once("req_id:"))?;
    let is_part = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
    let id: String = rest.trim_start().chars().take_while(is_part).take(64).collect();
    (!id.is_empty()).then_some(id)
}

/// The address after `invalid ip`: ours, as WeChat saw it.
fn refused_address(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("invalid ip ")?;
    let word = rest.split([' ', ',']).next()?;
    word.parse::<IpAddr>().ok().map(|address| address.to_string())
}

fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &[u8]) -> VendorResponse {
        VendorResponse { status, body: Bytes::copy_from_slice(body), date: None }
    }

    fn refused(body: &str) -> Refusal {
        match json(&response(200, body.as_bytes())) {
            Err(Failure::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn success_has_no_code_or_zero_in_any_dress() {
        for body in [r#"{"a":1}"#, r#"{"errcode":0,"a":1}"#, "\u{feff} {\"errcode\":\"0\",\"a\":1}\r\n"] {
            assert_eq!(json(&response(200, body.as_bytes())).unwrap()["a"], 1, "{body}");
        }
    }

    #[test]
    fn control_bytes_and_broken_utf8_are_survived() {
        let body = b"{\"nickname\":\"\x14a\n\xff\xf0b\",\"url\":\"http:\\/\\/x\"}";
        let object = json(&response(200, body)).unwrap();
        assert_eq!(text(&object, "nickname"), Some(" a \u{fffd}\u{fffd}b"));
        assert_eq!(text(&object, "url"), Some("http://x"));
    }

    #[test]
    fn refusals_carry_code_and_trace_id() {
        let id = Some("652d44d0-1d0af18b-5b069232".to_owned());
        let comma = r#"{"errcode":40029,"errmsg":"invalid code, rid: 652d44d0-1d0af18b-5b069232"}"#;
        assert_eq!(refused(comma), Refusal { code: 40029, trace_id: id.clone(), address: None });
        let bare = r#"{"errcode":"42001","errmsg":"access_token expired rid: 652d44d0-1d0af18b-5b069232"}"#;
        assert_eq!(refused(bare), Refusal { code: 42001, trace_id: id, address: None });
        let old = r#"{"errcode":-1,"errmsg":"system error, hints: [ req_id: aB3_x ]"}"#;
        assert_eq!(refused(old), Refusal { code: -1, trace_id: Some("aB3_x".to_owned()), address: None });
        assert_eq!(refused(r#"{"errcode":7}"#), Refusal { code: 7, trace_id: None, address: None });
    }

    #[test]
    fn the_refused_address_is_read_from_40164_only() {
        let message = "invalid ip 116.25.45.231 ipv6 ::ffff:116.25.45.231, not in whitelist rid: 1-2-3";
        let body = |code: i32| format!(r#"{{"errcode":{code},"errmsg":"{message}"}}"#);
        assert_eq!(refused(&body(40164)).address.as_deref(), Some("116.25.45.231"));
        assert_eq!(refused(&body(40013)).address, None);
        assert_eq!(refused(r#"{"errcode":40164,"errmsg":"invalid ip <b>x</b>"}"#).address, None);
    }

    #[test]
    fn garbage_is_garbage() {
        for body in ["", "[]", "5", "<html>", "{", "{\"errcode\":null}", "{\"errcode\":\"x\"}", "\u{ff}"] {
            assert!(matches!(json(&response(200, body.as_bytes())), Err(Failure::Garbage)), "{body}");
        }
        let deep = "[".repeat(100_000);
        assert!(matches!(json(&response(200, deep.as_bytes())), Err(Failure::Garbage)));
    }

    #[test]
    fn statuses_count_where_the_body_says_nothing() {
        let refusal = br#"{"errcode":40013}"#;
        assert!(matches!(json(&response(502, refusal)), Err(Failure::Status(502))));
        assert!(matches!(json(&response(404, b"<html>")), Err(Failure::Status(404))));
        assert!(matches!(json(&response(404, b"{}")), Err(Failure::Status(404))));
        assert!(matches!(json(&response(403, refusal)), Err(Failure::Refused(_))));
    }

    #[test]
    fn pictures_are_told_from_json_by_their_bytes() {
        assert_eq!(image(&response(200, b"\xff\xd8\xff\xe0..")).unwrap().media_type, "image/jpeg");
        assert_eq!(image(&response(200, b"\x89PNG\r\n\x1a\n")).unwrap().media_type, "image/png");
        let refusal = image(&response(200, b" \n{\"errcode\":41030}"));
        assert!(matches!(refusal, Err(Failure::Refused(Refusal { code: 41030, .. }))));
        for body in [&b"{}"[..], b"GIF89a", b"", b"<svg/>"] {
            assert!(matches!(image(&response(200, body)), Err(Failure::Garbage)));
        }
        assert!(matches!(image(&response(502, b"\xff\xd8\xff")), Err(Failure::Status(502))));
    }
}
