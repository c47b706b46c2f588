//! Plays the phone: scans a code as somebody and does what its kind of code leads to; runs the mini-program page.
//! The companion token stays in here as it stays in the page's memory on a real phone; no answer shows it.

use hyper::StatusCode;
use hyper::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::problem::Problem;
use super::scan::{Scanned, scanned};
use super::{Answer, account, parse, website};
use crate::call::{Call, Reply};
use crate::model::App;
use crate::state::{OpenPage, State};
use crate::wxacode::{EnvVersion, WxaCode};

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Scan,
    Confirm,
    Deny,
    NotMe,
    Follow,
    Unfollow,
    Say,
    WebsiteConfirm,
    WebsiteCancel,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActBody {
    pub(super) person: String,
    action: Action,
    pub(super) appid: Option<String>,
    pub(super) scene: Option<String>,
    pub(super) image: Option<String>,
    pub(super) text: Option<String>,
    pub(super) uuid: Option<String>,
    nickname: Option<String>,
    number: Option<String>,
}

/// `POST /act`.
pub(super) async fn act(state: &State, call: &Call) -> Answer {
    let body: ActBody = parse(call)?;
    if state.world().person(&body.person).is_none() {
        return Err(Problem::unknown_person(&body.person));
    }
    match body.action {
        Action::Scan => Box::pin(scan(state, body)).await,
        Action::Confirm => decide(state, &body, "confirm").await,
        Action::Deny => decide(state, &body, "deny").await,
        Action::NotMe => decide(state, &body, "not-me").await,
        Action::Follow => Box::pin(account::follow(state, &body)).await,
        Action::Unfollow => Box::pin(account::unfollow(state, &body)).await,
        Action::Say => Box::pin(account::say(state, &body)).await,
        Action::WebsiteConfirm => website::decide(state, &body, true),
        Action::WebsiteCancel => website::decide(state, &body, false),
    }
}

async fn scan(state: &State, mut body: ActBody) -> Answer {
    match scanned(state, &mut body).await? {
        Scanned::MiniProgram(code) => open(state, body.person, code).await,
        Scanned::Account { id, code } => account::scan(state, &body.person, id, code).await,
        Scanned::Website { uuid } => website::scan(state, &body.person, &uuid),
    }
}

/// Opens the page of this code on the phone of this person.
pub(super) async fn open(state: &State, person: String, code: WxaCode) -> Answer {
    let (app, server) = app_with_server(state, &code.appid)?;
    if code.env_version == EnvVersion::Release && !code.page.is_empty() && !app.pages.contains(&code.page) {
        let detail = "The released version of the mini-program has no such page.";
        return Err(Problem::new(422, "page_not_released", detail));
    }
    let now = state.clock.now();
    let js_code = state.world().wx_login(&app.appid, &person, now, state.dice.js_code());
    let sent = json!({"scene": code.scene, "js_code": js_code});
    let answer = state.companion.post(&server, &app.appid, "scan", &sent).await?;
    let mut value = answer.value();
    let token = value.as_object_mut().and_then(|fields| fields.remove("companion_token"));
    if let Some(Value::String(companion_token)) = token {
        let logo_url = value.pointer("/client/logo_url").and_then(Value::as_str).map(str::to_owned);
        let page = OpenPage { appid: app.appid.clone(), companion_token, logo_url };
        state.world().pages.insert((person, code.scene.clone()), page);
    }
    Ok(told(&app, &code.scene, answer.status, &value))
}

async fn decide(state: &State, body: &ActBody, decision: &str) -> Answer {
    let (scene, page) = open_page(state, &body.person, body.scene.as_deref())?;
    let typed = [("nickname", body.nickname.as_deref()), ("number", body.number.as_deref())];
    press(state, &scene, &page, decision, &typed).await
}

/// Presses a button of an open page, with what was typed or chosen there.
pub(super) async fn press(
    state: &State,
    scene: &str,
    page: &OpenPage,
    decision: &str,
    typed: &[(&str, Option<&str>)],
) -> Answer {
    let (app, server) = app_with_server(state, &page.appid)?;
    let mut sent = json!({"companion_token": page.companion_token});
    for (name, value) in typed {
        if let (Some(value), Some(fields)) = (value, sent.as_object_mut()) {
            fields.insert((*name).to_owned(), (*value).into());
        }
    }
    let answer = state.companion.post(&server, &app.appid, decision, &sent).await?;
    Ok(told(&app, scene, answer.status, &answer.value()))
}

fn told(app: &App, scene: &str, status: u16, body: &Value) -> Reply {
    Reply::ok(&json!({
        "status": status,
        "body": body,
        "appid": app.appid,
        "app_name": app.name,
        "scene": scene,
    }))
}

fn app_with_server(state: &State, appid: &str) -> Result<(App, Url), Problem> {
    let app = state.world().apps.get(appid).cloned().ok_or_else(|| Problem::unknown_app(appid))?;
    let server = app.companion_url.clone().ok_or_else(|| {
        Problem::new(422, "no_companion_url", "No server address is set in this mini-program.")
    })?;
    Ok((app, server))
}

fn open_page(state: &State, person: &str, scene: Option<&str>) -> Result<(String, OpenPage), Problem> {
    let world = state.world();
    let fits = |owner: &str, shown: &str| owner == person && scene.is_none_or(|scene| scene == shown);
    let mut pages = world.pages.newest_first();
    pages
        .find(|((owner, shown), _)| fits(owner, shown))
        .map(|((_, shown), page)| (shown.clone(), page.clone()))
        .ok_or_else(|| Problem::new(409, "nothing_scanned", "This phone has not scanned anything yet."))
}

/// `GET /logo?person=&scene=`: the site's logo of an open page, so that the browser asks only us.
pub(super) async fn logo(state: &State, call: &Call) -> Answer {
    let none = || Problem::new(404, "no_logo", "This page has no logo.");
    let (_, page) = open_page(state, call.param("person").unwrap_or_default(), call.param("scene"))?;
    let (_, server) = app_with_server(state, &page.appid)?;
    let address = page.logo_url.as_deref().and_then(|logo| server.join(logo).ok()).ok_or_else(none)?;
    let answer = state.companion.get(&address).await?;
    let kinds = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml"];
    let found = kinds.into_iter().find(|kind| answer.content_type.starts_with(kind));
    match (answer.status, found) {
        (200, Some(kind)) => {
            // An SVG may hold scripts; opened by itself it must not run them as the sandbox.
            let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
            Ok(Reply::new(StatusCode::OK, kind, answer.body).with(CONTENT_SECURITY_POLICY, policy))
        }
        _ => Err(none()),
    }
}
