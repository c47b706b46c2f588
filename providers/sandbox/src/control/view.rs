//! Reading the stage: apps without their secrets, persons, and the codes made lately with their pictures.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::Answer;
use super::problem::Problem;
use crate::call::Reply;
use crate::picture;
use crate::state::State;

/// Codes older than this are no longer on any screen.
const LATELY_SECONDS: i64 = 600;
const SHOWN: usize = 50;

/// `GET /apps`.
pub(super) fn apps(state: &State) -> Reply {
    let world = state.world();
    let apps: Vec<Value> = world
        .apps
        .values()
        .map(|app| {
            json!({
                "appid": app.appid,
                "kind": app.kind,
                "name": app.name,
                "pages": app.pages,
                "open_platform": app.open_platform,
                "ip_allow_list": app.ip_allow_list,
                "companion_url": app.companion_url,
            })
        })
        .collect();
    Reply::ok(&json!({"apps": apps}))
}

/// `GET /persons`.
pub(super) fn persons(state: &State) -> Reply {
    Reply::ok(&json!({"persons": state.world().persons}))
}

/// `GET /codes`, newest first.
pub(super) fn codes(state: &State) -> Reply {
    let now = state.clock.now();
    let world = state.world();
    let codes: Vec<Value> = world
        .codes
        .newest_first()
        .take(SHOWN)
        .take_while(|(_, made)| now < made.made_at.plus_seconds(LATELY_SECONDS))
        .map(|(id, made)| {
            json!({
                "appid": made.code.appid,
                "app_name": world.apps.get(&made.code.appid).map(|app| &app.name),
                "scene": made.code.scene,
                "page": made.code.page,
                "env_version": made.code.env_version,
                "made_at": made.made_at,
                "age_seconds": made.made_at.seconds_until(now),
                "image_url": format!("/_sandbox/v1/codes/{id}/image"),
            })
        })
        .collect();
    Reply::ok(&json!({"codes": codes}))
}

/// `GET /codes/{id}/image`: drawn again, byte for byte the vendor's answer.
pub(super) fn code_image(state: &State, id: &str) -> Answer {
    let unknown = || Problem::new(404, "unknown_code", "There is no such code, or it is long gone.");
    let id: u64 = id.parse().map_err(|_| unknown())?;
    let made = state.world().codes.get(&id).cloned().ok_or_else(unknown)?;
    let jpeg = picture::draw(&made.code.text(), made.width).ok_or_else(unknown)?;
    Ok(Reply::new(StatusCode::OK, "image/jpeg", jpeg))
}

/// `GET /pictures/{sha256}`: the scene a picture shows, by the digest of its bytes.
pub(super) fn picture(state: &State, digest: &str) -> Answer {
    let unknown = || Problem::new(404, "unknown_code", "There is no such picture, or it is long gone.");
    let scene = state.world().pictures.get(&digest.to_owned()).cloned().ok_or_else(unknown)?;
    Ok(Reply::ok(&json!({"scene": scene})))
}
