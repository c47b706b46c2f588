//! What the `cgi-bin` and `wxa` calls have in common: whose access token it is, and how a body is read.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Notes;
use super::refusal::Refusal;
use crate::call::Call;
use crate::clock::Moment;
use crate::model::{App, AppKind};
use crate::state::World;
use crate::tokens::Standing;

/// The app whose token is in the query.
pub(super) fn appid_of_token(
    world: &World,
    call: &Call,
    now: Moment,
    notes: &mut Notes,
) -> Result<String, Refusal> {
    let mut known = |appid: String, refusal| {
        notes.appid = Some(appid);
        refusal
    };
    match world.tokens.standing(call.param("access_token").ok_or(Refusal::NO_TOKEN)?, now) {
        Standing::Good { appid } => {
            notes.appid = Some(appid.clone());
            Ok(appid)
        }
        Standing::Expired { appid } => Err(known(appid, Refusal::EXPIRED_TOKEN)),
        Standing::NotLatest { appid } => Err(known(appid, Refusal::BAD_CREDENTIAL)),
        Standing::Unknown => Err(Refusal::BAD_CREDENTIAL),
        Standing::Malformed => Err(Refusal::BAD_TOKEN),
    }
}

/// The same, for calls that only a verified service account may make; a test number passes for one.
pub(super) fn service_account(
    world: &World,
    call: &Call,
    now: Moment,
    notes: &mut Notes,
) -> Result<App, Refusal> {
    let appid = appid_of_token(world, call, now, notes)?;
    let app = world.apps.get(&appid).ok_or(Refusal::BAD_CREDENTIAL)?;
    let granted = app.kind == AppKind::ServiceAccount && (app.verified || app.test_account);
    if granted { Ok(app.clone()) } else { Err(Refusal::UNAUTHORIZED) }
}

/// Notes a token that stands where nobody looks for it.
pub(super) fn watch_body(body: &[u8], notes: &mut Notes) {
    if serde_json::from_slice::<Map<String, Value>>(body).is_ok_and(|body| body.contains_key("access_token"))
    {
        notes.violation("access_token in the body");
    }
}

/// The body as JSON without escapes of characters, as the real servers want it.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8], notes: &mut Notes) -> Result<T, Refusal> {
    let text = std::str::from_utf8(body).unwrap_or_default();
    if has_unicode_escape(text) {
        notes.violation("\\u escape in the body");
        return Err(Refusal::ESCAPED_BODY);
    }
    serde_json::from_str(text).map_err(|_| {
        notes.violation("body is not the documented JSON");
        Refusal::NOT_JSON
    })
}

fn has_unicode_escape(text: &str) -> bool {
    let is_escape = |rest: &str| rest.bytes().take(4).filter(u8::is_ascii_hexdigit).count() == 4;
    text.split("\\u").skip(1).any(is_escape)
}
