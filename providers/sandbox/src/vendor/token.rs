//! `cgi-bin/token` and `cgi-bin/stable_token`: who may have a token, and how often.
//! What tokens are and how long they live is in `tokens`.

use serde::Deserialize;
use serde_json::json;

use super::refusal::Refusal;
use super::{Notes, Outcome, Success};
use crate::admission::Admission;
use crate::call::Call;
use crate::clock::Moment;
use crate::quota::Limit;
use crate::state::{State, World};
use crate::tokens::Handed;

struct Asked<'a> {
    grant_type: Option<&'a str>,
    appid: Option<&'a str>,
    secret: Option<&'a str>,
}

#[derive(Deserialize)]
struct StableBody {
    grant_type: Option<String>,
    appid: Option<String>,
    secret: Option<String>,
    #[serde(default)]
    force_refresh: bool,
}

/// `GET /cgi-bin/token`.
pub(super) fn plain(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let asked = Asked {
        grant_type: call.param("grant_type"),
        appid: call.param("appid"),
        secret: call.param("secret"),
    };
    let now = state.clock.now();
    let mut world = state.world();
    let appid = admit(&world, &asked, call, now, notes)?;
    if !world.spend(Limit::TokensPerDay, appid, appid, now) {
        return Err(Refusal::DAILY_QUOTA);
    }
    let handed = world.tokens.fresh(appid, now, state.dice.access_token());
    Ok(reply(&handed, notes))
}

/// `POST /cgi-bin/stable_token`.
pub(super) fn stable(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    if call.param("secret").is_some() {
        notes.violation("secret in the query");
    }
    let body: StableBody = serde_json::from_slice(&call.body).map_err(|_| {
        notes.violation("body is not the documented JSON");
        Refusal::NOT_JSON
    })?;
    notes.appid.clone_from(&body.appid);
    let asked = Asked {
        grant_type: filled(body.grant_type.as_deref()),
        appid: filled(body.appid.as_deref()),
        secret: filled(body.secret.as_deref()),
    };
    let now = state.clock.now();
    let mut world = state.world();
    let appid = admit(&world, &asked, call, now, notes)?;
    if !world.spend(Limit::StableTokensPerMinute, appid, appid, now) {
        return Err(Refusal::MINUTE_QUOTA);
    }
    if !world.spend(Limit::StableTokensPerDay, appid, appid, now) {
        return Err(Refusal::DAILY_QUOTA);
    }
    let new = state.dice.access_token();
    if !body.force_refresh {
        return Ok(reply(&world.tokens.stable(appid, now, new), notes));
    }
    if world.tokens.force_too_soon(appid, now) {
        notes.violation("force_refresh again within 30 seconds");
        return Ok(reply(&world.tokens.stable(appid, now, new), notes));
    }
    if !world.spend(Limit::ForcedRefreshesPerDay, appid, appid, now) {
        return Err(Refusal::DAILY_QUOTA);
    }
    Ok(reply(&world.tokens.forced(appid, now, new), notes))
}

fn filled(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.is_empty())
}

fn admit<'a>(
    world: &World,
    asked: &Asked<'a>,
    call: &Call,
    now: Moment,
    notes: &mut Notes,
) -> Result<&'a str, Refusal> {
    if asked.grant_type != Some("client_credential") {
        notes.violation("grant_type is not client_credential");
        return Err(Refusal::BAD_GRANT_TYPE);
    }
    let appid = asked.appid.ok_or(Refusal::NO_APPID)?;
    let secret = asked.secret.ok_or(Refusal::NO_SECRET)?;
    let app = world.apps.get(appid).ok_or(Refusal::BAD_APPID)?;
    if app.secret != secret {
        return Err(Refusal::BAD_SECRET);
    }
    match &app.ip_allow_list {
        Some(list) if !list.contains(&call.peer) => Err(Refusal::address_not_listed(call.peer)),
        _ if app.admin_confirms => match world.admissions.of(appid, now) {
            Admission::Allowed => Ok(appid),
            Admission::Waiting => Err(Refusal::ASK_ADMIN),
            Admission::RefusedForAnHour => Err(Refusal::REFUSED_FOR_AN_HOUR),
            Admission::RefusedForADay => Err(Refusal::REFUSED_FOR_A_DAY),
        },
        _ => Ok(appid),
    }
}

fn reply(handed: &Handed, notes: &mut Notes) -> Success {
    if handed.refreshed_again {
        notes.violation("more than one refresh after a revocation");
    }
    // No errcode on success: the real calls leave it out.
    Success::Json(json!({"access_token": handed.token, "expires_in": handed.expires_in}))
}
