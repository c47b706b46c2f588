//! `cgi-bin/user/info` and `getcallbackip`: what a service account may know of its followers and of WeChat.
//! Names and pictures are not among it: they are no longer told.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{Notes, Outcome, Success, bearer};
use crate::accounts::QrScene;
use crate::call::Call;
use crate::model::unionid;
use crate::quota::Limit;
use crate::state::State;

/// `GET /cgi-bin/user/info`.
pub(super) fn user_info(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let now = state.clock.now();
    let mut world = state.world();
    let app = bearer::service_account(&world, call, now, notes)?;
    let asked = call.param("openid").ok_or(Refusal::NO_OPENID)?;
    if !world.spend(Limit::UserInfosPerDay, &app.appid, &app.appid, now) {
        return Err(Refusal::DAILY_QUOTA);
    }
    let person = world.person_of_openid(&app.appid, asked).ok_or(Refusal::BAD_OPENID)?;
    let Some(follow) = world.accounts.follow_of(&app.appid, &person) else {
        return Ok(Success::Json(json!({"subscribe": 0, "openid": asked})));
    };
    let mut reply = json!({
        "subscribe": 1,
        "openid": asked,
        "language": call.param("lang").unwrap_or("zh_CN"),
        "subscribe_time": follow.since.unix_seconds(),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": if follow.scene.is_some() { "ADD_SCENE_QR_CODE" } else { "ADD_SCENE_SEARCH" },
        "qr_scene": if let Some(QrScene::Number(number)) = follow.scene { number } else { 0 },
        "qr_scene_str": if let Some(QrScene::Text(text)) = &follow.scene { text } else { "" },
    });
    if let (Some(open_platform), Some(fields)) = (&app.open_platform, reply.as_object_mut()) {
        fields.insert("unionid".to_owned(), Value::from(unionid(open_platform, &person)));
    }
    Ok(Success::Json(reply))
}

/// `GET /cgi-bin/getcallbackip`.
pub(super) fn callback_ip(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    bearer::appid_of_token(&state.world(), call, state.clock.now(), notes)?;
    Ok(Success::Json(json!({"ip_list": ["127.0.0.1", "::1"]})))
}
