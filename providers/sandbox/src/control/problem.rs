//! What went wrong with a control call: a status, a stable code, a sentence (RFC 9457).
//! Vendor errors never come this way, they have their own wire form.

use hyper::StatusCode;
use serde_json::json;

use crate::call::Reply;
use crate::companion::NoAnswer;

/// A refused control call.
#[derive(Debug)]
pub(super) struct Problem {
    status: u16,
    code: &'static str,
    detail: String,
}

impl Problem {
    pub(super) fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into() }
    }

    pub(super) fn unknown_person(id: &str) -> Self {
        Self::new(404, "unknown_person", format!("Nobody here is called {id:?}."))
    }

    pub(super) fn unknown_app(appid: &str) -> Self {
        Self::new(404, "unknown_app", format!("No app is registered as {appid:?}."))
    }

    pub(super) fn into_reply(self) -> Reply {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        });
        Reply::new(status, "application/problem+json", body.to_string())
    }
}

impl From<NoAnswer> for Problem {
    fn from(no_answer: NoAnswer) -> Self {
        match no_answer {
            NoAnswer::NotLoopback => Self::new(
                422,
                "companion_url_not_loopback",
                "The sandbox calls plain http addresses of this machine only.",
            ),
            NoAnswer::Unreachable => {
                Self::new(502, "companion_unreachable", "The server set in the mini-program does not answer.")
            }
            NoAnswer::TooSlow => {
                Self::new(504, "companion_timeout", "The server set in the mini-program took too long.")
            }
        }
    }
}
