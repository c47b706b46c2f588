//! The `sns` calls of web logins: a code for a token, once; the token for a name and a picture.
//! None of them knows the access tokens of the `cgi-bin` calls.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{Notes, Outcome, Success};
use crate::avatar;
use crate::call::Call;
use crate::clock::Moment;
use crate::model::{App, Person, openid, unionid, virtual_openid};
use crate::state::{State, World};
use crate::web::{Consent, Scope, SnsToken};

const LIFE_SECONDS: i64 = 7200;
const REFRESH_LIFE_SECONDS: i64 = 30 * 86_400;
/// Stands where raw bytes of a nickname go; no person is called that.
const NICKNAME_MARK: &str = "\u{e000}nickname\u{e000}";

/// `GET /sns/oauth2/access_token`.
pub(super) fn access_token(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let appid = call.param("appid").ok_or(Refusal::NO_APPID)?;
    let secret = call.param("secret").ok_or(Refusal::NO_SECRET)?;
    let code = call.param("code").ok_or(Refusal::NO_CODE)?;
    if call.param("grant_type") != Some("authorization_code") {
        notes.violation("grant_type is not authorization_code");
        return Err(Refusal::BAD_GRANT_TYPE);
    }
    let now = state.clock.now();
    let mut world = state.world();
    let app = world.apps.get(appid).ok_or(Refusal::BAD_APPID)?.clone();
    if app.secret != secret {
        return Err(Refusal::BAD_SECRET);
    }
    let consent = spend(&mut world, &app, code, now, notes)?;
    let (token, refresh) = (state.dice.access_token(), state.dice.access_token());
    let access = SnsToken { consent, expires: now.plus_seconds(LIFE_SECONDS), access_token: None };
    let renewal = SnsToken {
        expires: now.plus_seconds(REFRESH_LIFE_SECONDS),
        access_token: Some(token.clone()),
        ..access.clone()
    };
    let mut reply = told(&world, &access.consent, &token, &refresh);
    if let Some(fields) = reply.as_object_mut() {
        if let Some(unionid) = unionid_for(&world, &app, &access.consent) {
            fields.insert("unionid".to_owned(), unionid.into());
        }
        if is_snapshot(&world, &access.consent) {
            fields.insert("is_snapshotuser".to_owned(), 1.into());
        }
    }
    world.web.tokens.insert(token, access);
    world.web.refresh_tokens.insert(refresh, renewal);
    Ok(Success::Json(reply))
}

/// Uses the code up and tells what it stands for.
fn spend(
    world: &mut World,
    app: &App,
    code: &str,
    now: Moment,
    notes: &mut Notes,
) -> Result<Consent, Refusal> {
    let expired =
        if world.web.rules.expired_code == 40029 { Refusal::BAD_CODE } else { Refusal::EXPIRED_CODE };
    let known = world.web.codes.get_mut(&code.to_owned()).ok_or(Refusal::BAD_CODE)?;
    if known.consent.appid != app.appid {
        notes.violation("code of another app");
        return Err(Refusal::BAD_CODE);
    }
    if known.used {
        notes.violation("code used again");
        return Err(Refusal::USED_CODE);
    }
    if now >= known.made.plus_seconds(known.consent.scope.code_life_seconds()) {
        return Err(expired);
    }
    known.used = true;
    Ok(known.consent.clone())
}

fn told(world: &World, consent: &Consent, token: &str, refresh: &str) -> Value {
    let comma = if world.web.rules.scope_trailing_comma { "," } else { "" };
    json!({
        "access_token": token,
        "expires_in": LIFE_SECONDS,
        "refresh_token": refresh,
        "openid": openid_for(world, consent),
        "scope": format!("{}{comma}", consent.scope.name()),
    })
}

/// Snapshots exist on the pages of service accounts only.
fn is_snapshot(world: &World, consent: &Consent) -> bool {
    consent.scope != Scope::Login && world.person(&consent.person).is_some_and(|person| person.snapshot)
}

fn openid_for(world: &World, consent: &Consent) -> String {
    if is_snapshot(world, consent) {
        return virtual_openid(&consent.appid, &consent.person);
    }
    openid(&consent.appid, &consent.person)
}

fn unionid_for(world: &World, app: &App, consent: &Consent) -> Option<String> {
    let open_platform = app.open_platform.as_deref()?;
    // The silent scope tells it of followers only.
    let allowed = consent.scope != Scope::Base || world.accounts.follows(&app.appid, &consent.person);
    (allowed && !is_snapshot(world, consent)).then(|| unionid(open_platform, &consent.person))
}

/// `GET /sns/oauth2/refresh_token`: the same token for longer, or a new one when it has lapsed.
pub(super) fn refresh_token(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let appid = call.param("appid").ok_or(Refusal::NO_APPID)?;
    if call.param("grant_type") != Some("refresh_token") {
        notes.violation("grant_type is not refresh_token");
        return Err(Refusal::BAD_GRANT_TYPE);
    }
    let refresh = call.param("refresh_token").ok_or(Refusal::NO_REFRESH_TOKEN)?.to_owned();
    let now = state.clock.now();
    let mut world = state.world();
    if !world.apps.contains_key(appid) {
        return Err(Refusal::BAD_APPID);
    }
    let known = world.web.refresh_tokens.get(&refresh).filter(|known| known.consent.appid == appid);
    let known = known.ok_or(Refusal::BAD_REFRESH_TOKEN)?.clone();
    if known.expires <= now {
        return Err(Refusal::EXPIRED_REFRESH_TOKEN);
    }
    let alive = |token: &String| world.web.tokens.get(token).is_some_and(|access| access.expires > now);
    let token = known.access_token.clone().filter(alive).unwrap_or_else(|| state.dice.access_token());
    let reply = told(&world, &known.consent, &token, &refresh);
    let access = SnsToken {
        consent: known.consent.clone(),
        expires: now.plus_seconds(LIFE_SECONDS),
        access_token: None,
    };
    world.web.tokens.insert(token.clone(), access);
    world.web.refresh_tokens.insert(refresh, SnsToken { access_token: Some(token), ..known });
    Ok(Success::Json(reply))
}

/// `GET /sns/auth`: whether a token is good for an openid.
pub(super) fn auth(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let world = state.world();
    consent_of(&world, call, state.clock.now(), notes)?;
    Ok(Success::Json(json!({"errcode": 0, "errmsg": "ok"})))
}

fn consent_of(world: &World, call: &Call, now: Moment, notes: &mut Notes) -> Result<Consent, Refusal> {
    let token = call.param("access_token").ok_or(Refusal::NO_TOKEN)?;
    let openid = call.param("openid").ok_or(Refusal::NO_OPENID)?;
    let known = world.web.tokens.get(&token.to_owned()).ok_or(Refusal::BAD_SNS_TOKEN)?;
    notes.appid = Some(known.consent.appid.clone());
    if known.expires <= now {
        return Err(Refusal::EXPIRED_TOKEN);
    }
    if openid_for(world, &known.consent) != openid {
        notes.violation("openid of somebody else");
        return Err(Refusal::BAD_OPENID);
    }
    Ok(known.consent.clone())
}

/// `GET /sns/userinfo`.
pub(super) fn userinfo(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let world = state.world();
    let consent = consent_of(&world, call, state.clock.now(), notes)?;
    if consent.scope == Scope::Base {
        notes.violation("userinfo with the silent scope");
        return Err(Refusal::UNAUTHORIZED);
    }
    let person = world.person(&consent.person).ok_or(Refusal::BAD_OPENID)?;
    let app = world.apps.get(&consent.appid).ok_or(Refusal::BAD_APPID)?;
    let picture = avatar::path(&world, &person.id);
    let nickname = if person.nickname_raw.is_some() { NICKNAME_MARK } else { &person.nickname };
    let mut reply = json!({
        "openid": openid_for(&world, &consent),
        "nickname": nickname,
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": picture.map(|path| format!("{}{path}", state.base)).unwrap_or_default(),
        "privilege": [],
    });
    if let (Some(unionid), Some(fields)) = (unionid_for(&world, app, &consent), reply.as_object_mut()) {
        fields.insert("unionid".to_owned(), unionid.into());
    }
    Ok(written(person, reply))
}

/// With the odd bytes of a nickname in their place, as the real servers pass them on.
fn written(person: &Person, reply: Value) -> Success {
    let Some(raw) = &person.nickname_raw else { return Success::Json(reply) };
    let text = super::slashed(&reply);
    let (before, after) = text.split_once(NICKNAME_MARK).unwrap_or((&text, ""));
    Success::Raw([before.as_bytes(), raw, after.as_bytes()].concat().into())
}
