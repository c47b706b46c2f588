//! `wxa/generatescheme` and `wxa/generate_urllink`: the rules of path, query, version and expiry, then a ticket.
//! What opening one does is the phone's business.

use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;

use super::refusal::Refusal;
use super::{Notes, Outcome, Success, bearer};
use crate::call::Call;
use crate::clock::Moment;
use crate::links::{Link, LinkForm};
use crate::model::{App, AppKind};
use crate::quota::Limit;
use crate::state::State;
use crate::wxacode::{EnvVersion, WxaCode};

const QUERY_LIMIT: usize = 1024;
const QUERY_MARKS: &[u8] = b"!#$&'()*+,/:;=?@-._~%";
const MINUTE_SECONDS: i64 = 60;
const DAY_SECONDS: i64 = 86_400;
const LONGEST_DAYS: i64 = 30;

/// Where a link leads.
#[derive(Default, Deserialize)]
struct Place {
    #[serde(default)]
    path: String,
    #[serde(default)]
    query: String,
    env_version: Option<String>,
}

#[derive(Default, Deserialize)]
struct Expiry {
    #[serde(rename = "expire_type")]
    form: Option<u8>,
    #[serde(rename = "expire_time")]
    time: Option<i64>,
    #[serde(rename = "expire_interval")]
    days: Option<i64>,
}

#[derive(Deserialize)]
struct SchemeBody {
    #[serde(default)]
    jump_wxa: Place,
    #[serde(flatten)]
    expiry: Expiry,
}

#[derive(Deserialize)]
struct UrlLinkBody {
    #[serde(flatten)]
    place: Place,
    #[serde(flatten)]
    expiry: Expiry,
}

/// `POST /wxa/generatescheme`.
pub(super) fn scheme(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let body: SchemeBody = bearer::parse(&call.body, notes)?;
    make(state, call, notes, (body.jump_wxa, &body.expiry), LinkForm::Scheme)
}

/// `POST /wxa/generate_urllink`.
pub(super) fn url_link(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let body: UrlLinkBody = bearer::parse(&call.body, notes)?;
    make(state, call, notes, (body.place, &body.expiry), LinkForm::UrlLink)
}

fn make(
    state: &State,
    call: &Call,
    notes: &mut Notes,
    (place, expiry): (Place, &Expiry),
    form: LinkForm,
) -> Outcome {
    bearer::watch_body(&call.body, notes);
    let now = state.clock.now();
    let mut world = state.world();
    let appid = bearer::appid_of_token(&world, call, now, notes)?;
    let app = world.apps.get(&appid).ok_or(Refusal::BAD_CREDENTIAL)?;
    if app.kind != AppKind::MiniProgram || !app.verified {
        return Err(Refusal::LINK_NOT_PERMITTED);
    }
    let opens = opened(app, &place)?;
    let expires = expires(expiry, now)?;
    if !world.spend(Limit::LinksPerDay, &appid, &appid, now) {
        return Err(Refusal::LINKS_PER_DAY);
    }
    let ticket = state.dice.uuid();
    let address = form.address(&ticket);
    world.links.insert(ticket, Link { opens, expires });
    let field = match form {
        LinkForm::Scheme => "openlink",
        LinkForm::UrlLink => "url_link",
    };
    Ok(Success::Json(json!({"errcode": 0, "errmsg": "ok", field: address})))
}

fn opened(app: &App, place: &Place) -> Result<WxaCode, Refusal> {
    if app.pages.is_empty() {
        return Err(Refusal::NOTHING_RELEASED);
    }
    let page = place.path.trim_start_matches('/');
    if place.path.contains('?') || !(page.is_empty() || app.pages.iter().any(|known| known == page)) {
        return Err(Refusal::BAD_LINK_PATH);
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || QUERY_MARKS.contains(&byte);
    if place.query.len() > QUERY_LIMIT || !place.query.bytes().all(allowed) {
        return Err(Refusal::BAD_LINK_QUERY);
    }
    let env_version = match place.env_version.as_deref() {
        Some(text) => EnvVersion::parse(text).ok_or(Refusal::BAD_LINK_VERSION)?,
        None => EnvVersion::default(),
    };
    let scene = form_urlencoded::parse(place.query.as_bytes()).find(|(name, _)| name == "scene");
    Ok(WxaCode {
        appid: app.appid.clone(),
        scene: scene.map(|(_, value)| value.into_owned()).unwrap_or_default(),
        page: page.to_owned(),
        env_version,
    })
}

/// From a minute to thirty days; without a word of it, the longest.
fn expires(expiry: &Expiry, now: Moment) -> Result<Moment, Refusal> {
    let seconds = match (expiry.form.unwrap_or(0), expiry.time, expiry.days) {
        (0, Some(time), _) => time.saturating_sub(now.unix_seconds()),
        (1, _, Some(days)) => days.saturating_mul(DAY_SECONDS),
        (0 | 1, None, None) => LONGEST_DAYS * DAY_SECONDS,
        _ => return Err(Refusal::BAD_LINK_EXPIRY),
    };
    if (MINUTE_SECONDS..=LONGEST_DAYS * DAY_SECONDS).contains(&seconds) {
        Ok(now.plus_seconds(seconds))
    } else {
        Err(Refusal::BAD_LINK_EXPIRY)
    }
}
