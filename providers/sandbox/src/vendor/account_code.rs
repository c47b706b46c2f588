//! `cgi-bin/qrcode/create` and `showqrcode`: parametric QR codes of a service account.
//! An `action_info` without the inner `scene` is accepted, as in life, and its scans tell nothing (`0`).

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, HeaderValue};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use super::{Notes, Outcome, Success, bearer};
use crate::accounts::{AccountCode, QrScene, address, ticket};
use crate::call::{Call, Reply};
use crate::picture;
use crate::quota::Limit;
use crate::state::State;

const LIFE_IF_MISSING: u32 = 60;
const LONGEST_LIFE: u32 = 2_592_000;
const LARGEST_PERMANENT: u64 = 100_000;
const LONGEST_SCENE: usize = 64;
const PICTURE_SIDE: u16 = 430;

#[derive(Deserialize)]
struct Body {
    action_name: Option<String>,
    action_info: Option<Value>,
    expire_seconds: Option<i64>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Number,
    Text,
    PermanentNumber,
    PermanentText,
}

impl Action {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "QR_SCENE" => Some(Self::Number),
            "QR_STR_SCENE" => Some(Self::Text),
            "QR_LIMIT_SCENE" => Some(Self::PermanentNumber),
            "QR_LIMIT_STR_SCENE" => Some(Self::PermanentText),
            _ => None,
        }
    }

    fn is_permanent(self) -> bool {
        matches!(self, Self::PermanentNumber | Self::PermanentText)
    }
}

/// `POST /cgi-bin/qrcode/create`.
pub(super) fn create(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    bearer::watch_body(&call.body, notes);
    let now = state.clock.now();
    let mut world = state.world();
    let app = bearer::service_account(&world, call, now, notes)?;
    if !world.spend(Limit::AccountCodesPerDay, &app.appid, &app.appid, now) {
        return Err(Refusal::DAILY_QUOTA);
    }
    let body: Body = bearer::parse(&call.body, notes)?;
    if body.others.keys().any(|field| field != "access_token") {
        notes.violation("undocumented field in the body");
    }
    let action = body.action_name.as_deref().and_then(Action::parse).ok_or(Refusal::BAD_PARAMETER)?;
    let scene = scene(action, body.action_info.as_ref(), notes)?;
    let life_seconds = life(action, body.expire_seconds, notes)?;
    if life_seconds.is_none() && world.accounts.permanent(&app.appid) >= world.meter.quotas.permanent_codes {
        return Err(Refusal::PERMANENT_CODES_FULL);
    }
    let id = state.dice.account_code();
    let url = address(&id);
    let ticket = ticket(state.dice.noise(), &url, now, life_seconds);
    let code = AccountCode { appid: app.appid, scene, made: now, life_seconds, ticket: ticket.clone() };
    world.accounts.remember(id, code);
    let mut reply = json!({"ticket": ticket, "url": url});
    if let (Some(life), Some(fields)) = (life_seconds, reply.as_object_mut()) {
        fields.insert("expire_seconds".to_owned(), life.into());
    }
    Ok(Success::Json(reply))
}

fn life(action: Action, asked: Option<i64>, notes: &mut Notes) -> Result<Option<u32>, Refusal> {
    if action.is_permanent() {
        return Ok(None);
    }
    let Some(asked) = asked else { return Ok(Some(LIFE_IF_MISSING)) };
    let asked = u32::try_from(asked).ok().filter(|seconds| *seconds > 0).ok_or(Refusal::BAD_PARAMETER)?;
    if asked > LONGEST_LIFE {
        notes.violation("expire_seconds above 30 days");
    }
    Ok(Some(asked.min(LONGEST_LIFE)))
}

fn scene(action: Action, info: Option<&Value>, notes: &mut Notes) -> Result<QrScene, Refusal> {
    let info = info.and_then(Value::as_object).ok_or(Refusal::BAD_ACTION_INFO)?;
    let Some(scene) = info.get("scene") else {
        notes.violation("action_info without scene");
        return Ok(QrScene::Number(0));
    };
    match action {
        Action::Text | Action::PermanentText => {
            let text = scene.get("scene_str").and_then(Value::as_str).ok_or(Refusal::BAD_ACTION_INFO)?;
            let fits = (1..=LONGEST_SCENE).contains(&text.chars().count());
            if fits { Ok(QrScene::Text(text.to_owned())) } else { Err(Refusal::BAD_PARAMETER) }
        }
        Action::Number | Action::PermanentNumber => {
            let number = scene.get("scene_id").and_then(Value::as_u64).ok_or(Refusal::BAD_ACTION_INFO)?;
            let number = match action {
                Action::PermanentNumber if number > LARGEST_PERMANENT => 0,
                // Observed: what does not fit comes back as the largest number.
                _ => u32::try_from(number).unwrap_or(u32::MAX),
            };
            Ok(QrScene::Number(number))
        }
    }
}

/// `GET /cgi-bin/showqrcode`: no token, and no JSON when the ticket is none.
pub(super) fn show(state: &State, call: &Call) -> Success {
    let address = call.param("ticket").and_then(|ticket| state.world().accounts.address_of_ticket(ticket));
    let picture = address.and_then(|address| picture::draw(&address, PICTURE_SIDE));
    Success::Reply(match picture {
        Some(jpeg) => Reply::new(StatusCode::OK, "image/jpg", jpeg)
            .replacing(CACHE_CONTROL, HeaderValue::from_static("max-age=604800")),
        None => Reply::new(StatusCode::NOT_FOUND, "text/html", "<html><body><h1>404</h1></body></html>\n"),
    })
}
