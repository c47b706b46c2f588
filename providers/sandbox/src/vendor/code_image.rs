//! `wxa/getwxacodeunlimit`: the rules of scene, page, version and width, then a real QR code as JPEG.
//! Out-of-range widths are refused (40097); the real servers' behaviour there is not published.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::{Notes, Outcome, Success, bearer};
use crate::call::Call;
use crate::model::App;
use crate::picture;
use crate::quota::Limit;
use crate::state::{MadeCode, State, World};
use crate::wxacode::{EnvVersion, WxaCode};

const DEFAULT_WIDTH: i64 = 430;
const SCENE_LIMIT: usize = 32;
const SCENE_MARKS: &[u8] = b"!#$&'()*+,/:;=?@-._~";

#[derive(Deserialize)]
struct Body {
    scene: Option<Value>,
    #[serde(default)]
    page: String,
    check_path: Option<bool>,
    env_version: Option<String>,
    width: Option<i64>,
    #[serde(rename = "auto_color")]
    _auto_color: Option<bool>,
    #[serde(rename = "line_color")]
    _line_color: Option<Map<String, Value>>,
    #[serde(rename = "is_hyaline")]
    _is_hyaline: Option<bool>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// `POST /wxa/getwxacodeunlimit`.
pub(super) fn make(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let made = commit(state, call, notes)?;
    let jpeg = picture::draw(&made.code.text(), made.width).ok_or(Refusal::BAD_ARGS)?;
    state.world().remember_picture(&jpeg, made.code.scene);
    Ok(Success::Jpeg(jpeg))
}

fn commit(state: &State, call: &Call, notes: &mut Notes) -> Result<MadeCode, Refusal> {
    bearer::watch_body(&call.body, notes);
    let now = state.clock.now();
    let mut world = state.world();
    let appid = bearer::appid_of_token(&world, call, now, notes)?;
    if !world.spend(Limit::CodesPerMinute, &appid, &appid, now) {
        return Err(Refusal::CODES_PER_MINUTE);
    }
    let body = parse(&call.body, notes)?;
    let (code, width) = check(&world, appid, body)?;
    let made = MadeCode { code, width, made_at: now };
    world.remember_code(made.clone());
    Ok(made)
}

fn parse(body: &[u8], notes: &mut Notes) -> Result<Body, Refusal> {
    let parsed: Body = bearer::parse(body, notes)?;
    if parsed.others.keys().any(|field| field != "access_token") {
        notes.violation("undocumented field in the body");
    }
    Ok(parsed)
}

fn check(world: &World, appid: String, body: Body) -> Result<(WxaCode, u16), Refusal> {
    let app = world.apps.get(&appid).ok_or(Refusal::BAD_CREDENTIAL)?;
    let scene = scene(body.scene)?;
    if scene.contains("scancode_time") || body.page.contains("scancode_time") {
        return Err(Refusal::RESERVED_NAME);
    }
    page(app, &body.page, body.check_path.unwrap_or(true))?;
    let env_version = match body.env_version {
        Some(text) => EnvVersion::parse(&text).ok_or(Refusal::BAD_ARGS)?,
        None => EnvVersion::default(),
    };
    let width = body.width.unwrap_or(DEFAULT_WIDTH);
    let width = u16::try_from(width).ok().filter(|width| (280..=1280).contains(width));
    let width = width.ok_or(Refusal::BAD_ARGS)?;
    Ok((WxaCode { appid, scene, page: body.page, env_version }, width))
}

fn scene(scene: Option<Value>) -> Result<String, Refusal> {
    let Some(Value::String(scene)) = scene else { return Err(Refusal::BAD_SCENE_LENGTH) };
    if scene.is_empty() || scene.chars().count() > SCENE_LIMIT {
        return Err(Refusal::BAD_SCENE_LENGTH);
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || SCENE_MARKS.contains(&byte);
    if scene.bytes().all(allowed) { Ok(scene) } else { Err(Refusal::BAD_SCENE) }
}

fn page(app: &App, page: &str, check_path: bool) -> Result<(), Refusal> {
    let malformed = page.starts_with('/') || page.contains('?');
    let released = page.is_empty() || app.pages.iter().any(|known| known == page);
    if malformed || (check_path && !released) { Err(Refusal::BAD_PAGE) } else { Ok(()) }
}
