//! `wxa/business/getuserphonenumber`: turns what the phone-number button gave into a number, once, within five minutes.
//! For verified mini-programs only; numbers are made up and the same for a person every time.

use serde::Deserialize;
use serde_json::json;

use super::refusal::Refusal;
use super::{Notes, Outcome, Success, bearer};
use crate::call::Call;
use crate::crypt;
use crate::model::{AppKind, openid};
use crate::state::State;
use sha2::{Digest as _, Sha256};

const LIFE_SECONDS: i64 = 300;

#[derive(Deserialize)]
struct Body {
    code: Option<String>,
    openid: Option<String>,
}

/// `POST /wxa/business/getuserphonenumber`.
pub(super) fn exchange(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    bearer::watch_body(&call.body, notes);
    let now = state.clock.now();
    let mut world = state.world();
    let appid = bearer::appid_of_token(&world, call, now, notes)?;
    let granted = |kind, verified| kind == AppKind::MiniProgram && verified;
    if !world.apps.get(&appid).is_some_and(|app| granted(app.kind, app.verified)) {
        return Err(Refusal::UNAUTHORIZED);
    }
    let body: Body = bearer::parse(&call.body, notes)?;
    let code = body.code.filter(|code| !code.is_empty()).ok_or(Refusal::NO_CODE)?;
    let given = world.phone_codes.get_mut(&code).ok_or(Refusal::BAD_CODE)?;
    if given.appid != appid {
        notes.violation("code of another app");
        return Err(Refusal::BAD_APPID);
    }
    if given.used {
        notes.violation("code used again");
        return Err(Refusal::USED_CODE);
    }
    if now >= given.made.plus_seconds(LIFE_SECONDS) {
        return Err(Refusal::BAD_CODE);
    }
    if body.openid.is_some_and(|asked| asked != openid(&appid, &given.person)) {
        return Err(Refusal::BAD_OPENID);
    }
    given.used = true;
    let number = number_of(&given.person);
    Ok(Success::Json(json!({
        "errcode": 0,
        "errmsg": "ok",
        "phone_info": {
            "phoneNumber": format!("+86{number}"),
            "purePhoneNumber": number,
            "countryCode": "86",
            "watermark": {"timestamp": now.unix_seconds(), "appid": appid},
        },
    })))
}

/// Of a range that nobody has.
fn number_of(person: &str) -> String {
    let digest = crypt::hex(&Sha256::digest(format!("phone {person}")));
    let digits: String =
        digest.chars().filter(char::is_ascii_digit).chain("00000000".chars()).take(8).collect();
    format!("100{digits}")
}
