//! Setting the stage: apps, persons, codes of `wx.login`, faults, revoked tokens, quotas, time.
//! Every body is read strictly; an unknown field is an error, so that a typing mistake cannot pass for a setting.

use std::net::IpAddr;
use std::sync::MutexGuard;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::problem::Problem;
use super::{Answer, parse};
use crate::admission;
use crate::call::{Call, Reply};
use crate::companion::is_loopback_http;
use crate::crypt::Key;
use crate::faults::FaultKind;
use crate::model::{App, AppKind, Person, PushMode, PushSettings};
use crate::quota::Quotas;
use crate::state::{JsCode, State, World};
use crate::tokens::Slot;
use crate::vendor::api::Api;
use crate::web::WireRules;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppBody {
    secret: String,
    #[serde(default)]
    kind: AppKind,
    #[serde(default)]
    pages: Vec<String>,
    open_platform: Option<String>,
    ip_allow_list: Option<Vec<IpAddr>>,
    #[serde(default)]
    admin_confirms: bool,
    companion_url: Option<Url>,
    name: String,
    verified: Option<bool>,
    #[serde(default)]
    test_account: bool,
    original_id: Option<String>,
    #[serde(default)]
    domains: Vec<String>,
    push: Option<PushSettings>,
    avatar: Option<String>,
}

/// `PUT /apps/{appid}`.
pub(super) fn put_app(state: &State, appid: &str, call: &Call) -> Answer {
    let body: AppBody = parse(call)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if appid.is_empty() || appid.len() > 64 || !appid.bytes().all(plain) {
        return Err(Problem::new(422, "bad_appid", "An appid is 1 to 64 letters, digits, - and _."));
    }
    if body.companion_url.as_ref().is_some_and(|url| !is_loopback_http(url)) {
        return Err(crate::companion::NoAnswer::NotLoopback.into());
    }
    if let Some(push) = &body.push {
        check_push(push)?;
    }
    let new = App::new(body.kind, appid, &body.secret, &body.name);
    let app = App {
        pages: body.pages,
        open_platform: body.open_platform,
        ip_allow_list: body.ip_allow_list,
        admin_confirms: body.admin_confirms,
        companion_url: body.companion_url,
        verified: body.verified.unwrap_or(true),
        test_account: body.test_account,
        original_id: body.original_id.unwrap_or(new.original_id),
        domains: body.domains,
        push: body.push,
        avatar: body.avatar,
        ..new
    };
    state.world().apps.insert(appid.to_owned(), app);
    Ok(Reply::empty())
}

fn check_push(push: &PushSettings) -> Result<(), Problem> {
    if !is_loopback_http(&push.url) {
        return Err(super::pushes::not_loopback());
    }
    let keys = [&push.aes_key, &push.aes_key_previous];
    let readable = keys.into_iter().flatten().all(|key| Key::parse(key).is_some());
    if readable && (push.mode == PushMode::Plain || push.aes_key.is_some()) {
        return Ok(());
    }
    Err(Problem::new(422, "no_aes_key", "This mode needs an EncodingAESKey of 43 characters."))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonBody {
    name: String,
    #[serde(default)]
    nickname: String,
    #[serde(default)]
    high_risk: bool,
    #[serde(default)]
    snapshot: bool,
    nickname_raw_base64: Option<String>,
    has_avatar: Option<bool>,
}

/// `PUT /persons/{id}`.
pub(super) fn put_person(state: &State, id: &str, call: &Call) -> Answer {
    let body: PersonBody = parse(call)?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.is_empty() || id.len() > 40 || !id.bytes().all(plain) {
        return Err(Problem::new(422, "bad_person_id", "A person's id is 1 to 40 of a-z, 0-9 and -."));
    }
    let raw = body.nickname_raw_base64.map(|text| STANDARD.decode(text)).transpose();
    let nickname_raw =
        raw.map_err(|_| Problem::new(422, "bad_base64", "nickname_raw_base64 is not standard base64."))?;
    let person = Person {
        nickname: body.nickname,
        high_risk: body.high_risk,
        snapshot: body.snapshot,
        nickname_raw,
        has_avatar: body.has_avatar.unwrap_or(true),
        ..Person::new(id, &body.name)
    };
    state.world().put_person(person);
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsCodeBody {
    person: String,
    appid: String,
}

/// `POST /js_codes`: what `wx.login` gives.
pub(super) fn js_code(state: &State, call: &Call) -> Answer {
    let (body, mut world) = someone_in_an_app(state, call)?;
    let code = world.wx_login(&body.appid, &body.person, state.clock.now(), state.dice.js_code());
    Ok(Reply::json(StatusCode::CREATED, &json!({"js_code": code})))
}

/// `POST /phone_codes`: what the phone-number button gives.
pub(super) fn phone_code(state: &State, call: &Call) -> Answer {
    let (body, mut world) = someone_in_an_app(state, call)?;
    let code = state.dice.phone_code();
    let given = JsCode { appid: body.appid, person: body.person, made: state.clock.now(), used: false };
    world.phone_codes.insert(code.clone(), given);
    Ok(Reply::json(StatusCode::CREATED, &json!({"code": code})))
}

fn someone_in_an_app<'a>(
    state: &'a State,
    call: &Call,
) -> Result<(JsCodeBody, MutexGuard<'a, World>), Problem> {
    let body: JsCodeBody = parse(call)?;
    let world = state.world();
    if world.person(&body.person).is_none() {
        return Err(Problem::unknown_person(&body.person));
    }
    if !world.apps.contains_key(&body.appid) {
        return Err(Problem::unknown_app(&body.appid));
    }
    Ok((body, world))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdmissionBody {
    answer: admission::Answer,
}

/// `POST /apps/{appid}/admission`: its administrator answers.
pub(super) fn admit(state: &State, appid: &str, call: &Call) -> Answer {
    let body: AdmissionBody = parse(call)?;
    let mut world = state.world();
    if !world.apps.contains_key(appid) {
        return Err(Problem::unknown_app(appid));
    }
    world.admissions.answer(appid, body.answer, state.clock.now());
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultBody {
    path: String,
    kind: FaultKind,
    times: Option<u32>,
}

/// `POST /faults`.
pub(super) fn add_fault(state: &State, call: &Call) -> Answer {
    let body: FaultBody = parse(call)?;
    let api = Api::find(&body.path).ok_or_else(|| {
        let known = Api::ALL.map(Api::path).join(", ");
        Problem::new(422, "unknown_path", format!("Faults can be set on {known}."))
    })?;
    if matches!(&body.kind, FaultKind::Status(fault) if !(500..=599).contains(&fault.status)) {
        return Err(Problem::new(422, "bad_status", "A fault's status is 500 to 599."));
    }
    state.faults().add(api, body.kind, body.times);
    Ok(Reply::empty())
}

/// `DELETE /faults`.
pub(super) fn clear_faults(state: &State) -> Reply {
    state.faults().clear();
    Reply::empty()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokeBody {
    appid: String,
    slot: Option<Slot>,
}

/// `POST /tokens/revoke`: both slots unless one is named.
pub(super) fn revoke(state: &State, call: &Call) -> Answer {
    let body: RevokeBody = parse(call)?;
    let now = state.clock.now();
    let mut world = state.world();
    if !world.apps.contains_key(&body.appid) {
        return Err(Problem::unknown_app(&body.appid));
    }
    let slots = body.slot.map_or(vec![Slot::Token, Slot::Stable], |slot| vec![slot]);
    let revoked: usize = slots.into_iter().map(|slot| world.tokens.revoke(&body.appid, slot, now)).sum();
    Ok(Reply::ok(&json!({"revoked": revoked})))
}

/// `PUT /quotas`: fields left out take the documented value.
pub(super) fn quotas(state: &State, call: &Call) -> Answer {
    let quotas: Quotas = parse(call)?;
    state.world().meter.quotas = quotas;
    Ok(Reply::ok(&quotas))
}

/// `PUT /wire_rules`: fields left out take the usual value.
pub(super) fn wire_rules(state: &State, call: &Call) -> Answer {
    let rules: WireRules = parse(call)?;
    if !matches!(rules.expired_code, 42003 | 40029) {
        return Err(Problem::new(422, "bad_rules", "expired_code is 42003 or 40029."));
    }
    state.world().web.rules = rules;
    Ok(Reply::ok(&rules))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockBody {
    advance_seconds: u32,
}

/// `POST /clock`.
pub(super) fn advance(state: &State, call: &Call) -> Answer {
    let body: ClockBody = parse(call)?;
    if !state.clock.advance(body.advance_seconds) {
        return Err(Problem::new(422, "jump_too_long", "Time moves by at most ten years at once."));
    }
    // Pages that wait for a scan look again: their code may have lapsed.
    state.page_moved.notify_waiters();
    Ok(Reply::ok(&json!({"now": state.clock.now()})))
}
