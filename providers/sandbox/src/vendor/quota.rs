//! `cgi-bin/openapi/quota/get`: what is left of a call's day, or how many there may be in a minute.
//! Calls of web logins have no quota to look up; a call without a limit a day says 0.

use serde::Deserialize;
use serde_json::json;

use super::refusal::Refusal;
use super::{Notes, Outcome, Success, bearer};
use crate::call::Call;
use crate::quota::Limit;
use crate::state::State;

#[derive(Deserialize)]
struct Body {
    cgi_path: String,
}

/// `POST /cgi-bin/openapi/quota/get`.
pub(super) fn get(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    bearer::watch_body(&call.body, notes);
    let now = state.clock.now();
    let world = state.world();
    let appid = bearer::appid_of_token(&world, call, now, notes)?;
    let body: Body = bearer::parse(&call.body, notes)?;
    let limit = match body.cgi_path.as_str() {
        "/cgi-bin/token" => Limit::TokensPerDay,
        "/cgi-bin/stable_token" => Limit::StableTokensPerDay,
        "/cgi-bin/qrcode/create" => Limit::AccountCodesPerDay,
        "/cgi-bin/user/info" => Limit::UserInfosPerDay,
        "/wxa/generatescheme" | "/wxa/generate_urllink" => Limit::LinksPerDay,
        "/wxa/getwxacodeunlimit" => {
            let (ceiling, _) = world.meter.standing(Limit::CodesPerMinute, &appid, now);
            return Ok(Success::Json(json!({
                "errcode": 0, "errmsg": "ok",
                "quota": {"daily_limit": 0, "used": 0, "remain": 0},
                "rate_limit": {"call_count": ceiling, "refresh_second": 60},
            })));
        }
        path if path.starts_with("/sns/") => return Err(Refusal::NO_QUOTA),
        _ => return Err(Refusal::UNKNOWN_CALL),
    };
    let (ceiling, used) = world.meter.standing(limit, &appid, now);
    Ok(Success::Json(json!({
        "errcode": 0, "errmsg": "ok",
        "quota": {"daily_limit": ceiling, "used": used, "remain": ceiling - used},
    })))
}
