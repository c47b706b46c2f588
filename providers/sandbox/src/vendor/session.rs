//! `sns/jscode2session`: turns what `wx.login` gave into an openid, once, within five minutes, for its own app.
//! The session key is made up and forgotten: nothing here decrypts anything.

use serde_json::json;

use super::refusal::Refusal;
use super::{Notes, Outcome, Success};
use crate::call::Call;
use crate::model::{App, openid, unionid};
use crate::quota::Limit;
use crate::state::{State, World};

const LIFE_SECONDS: i64 = 300;

/// `GET /sns/jscode2session`.
pub(super) fn exchange(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let appid = call.param("appid").ok_or(Refusal::NO_APPID)?;
    let secret = call.param("secret").ok_or(Refusal::NO_SECRET)?;
    let code = call.param("js_code").ok_or(Refusal::NO_CODE)?;
    if call.param("grant_type") != Some("authorization_code") {
        notes.violation("grant_type is not authorization_code");
        return Err(Refusal::BAD_GRANT_TYPE);
    }
    let mut world = state.world();
    let app = world.apps.get(appid).ok_or(Refusal::BAD_APPID)?.clone();
    if app.secret != secret {
        return Err(Refusal::BAD_SECRET);
    }
    let person = spend(state, &mut world, &app, code, notes)?;
    let mut reply = json!({
        "session_key": state.dice.session_key(),
        "openid": openid(&app.appid, &person),
    });
    if let (Some(open_platform), Some(fields)) = (&app.open_platform, reply.as_object_mut()) {
        fields.insert("unionid".to_owned(), unionid(open_platform, &person).into());
    }
    Ok(Success::Json(reply))
}

/// Uses the code up and tells whose it was.
fn spend(
    state: &State,
    world: &mut World,
    app: &App,
    code: &str,
    notes: &mut Notes,
) -> Result<String, Refusal> {
    let now = state.clock.now();
    let login = world.js_codes.get(&code.to_owned()).ok_or(Refusal::BAD_CODE)?;
    if login.appid != app.appid {
        notes.violation("code of another app");
        return Err(Refusal::BAD_CODE);
    }
    if login.used {
        notes.violation("code used again");
        return Err(Refusal::USED_CODE);
    }
    if now >= login.made.plus_seconds(LIFE_SECONDS) {
        return Err(Refusal::BAD_CODE);
    }
    let person = login.person.clone();
    let counted = format!("{} {person}", app.appid);
    if !world.spend(Limit::SessionsPerPersonPerMinute, &app.appid, &counted, now) {
        return Err(Refusal::MINUTE_QUOTA);
    }
    if let Some(login) = world.js_codes.get_mut(&code.to_owned()) {
        login.used = true;
    }
    if world.person(&person).is_some_and(|person| person.high_risk) {
        return Err(Refusal::HIGH_RISK);
    }
    Ok(person)
}
