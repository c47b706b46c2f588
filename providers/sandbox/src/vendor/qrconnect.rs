//! `connect/qrconnect`: the login page of websites, its code, the poll by which it learns of the scan, and quick login.
//! Mistakes in the address are pages, never redirects; what the phone does to a page is in `control`.

use std::time::Duration;

use hyper::StatusCode;
use serde_json::json;

use super::authorize::redirect_uri;
use super::refusal::Refusal;
use super::{Notes, Outcome, Success};
use crate::call::{Call, Reply};
use crate::model::AppKind;
use crate::pages;
use crate::picture;
use crate::state::State;
use crate::web::{Consent, Scope, Stage, WebsitePage, confirm_address, return_address};

/// Where the pictures of pages' codes are.
pub(crate) const PICTURES: &str = "/connect/qrcode/";
/// 45 modules of eight pixels: the code and the light border that readers need.
const PICTURE_SIDE: u16 = 360;
/// How long a poll waits for news.
const PATIENCE: Duration = Duration::from_secs(25);

/// `GET /connect/qrconnect`.
pub(super) fn page(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let now = state.clock.now();
    let mut world = state.world();
    let app = call.param("appid").and_then(|appid| world.apps.get(appid)).ok_or(Refusal::PAGE_APPID)?.clone();
    let granted = app.kind == AppKind::Website && app.verified;
    if !granted || call.param("scope") != Some("snsapi_login") {
        return Err(Refusal::PAGE_SCOPE);
    }
    let redirect_uri = redirect_uri(&app, call, notes)?;
    if call.param("response_type") != Some("code") {
        return Err(Refusal::PAGE_FORMAT);
    }
    let asked = call.param("state").unwrap_or_default().to_owned();
    let cancelled = if world.web.rules.cancel_redirects {
        return_address(&redirect_uri, None, &asked)
    } else {
        String::new()
    };
    let uuid = state.dice.uuid();
    let page = WebsitePage { appid: app.appid.clone(), made: now, stage: Stage::Waiting };
    world.web.pages.insert(uuid.clone(), page);
    if call.param("f") == Some("xml") {
        let body = format!("<xml><uuid><![CDATA[{uuid}]]></uuid></xml>");
        return Ok(Success::Reply(Reply::new(StatusCode::OK, "text/xml; charset=utf-8", body)));
    }
    let quick = call.person.as_deref().filter(|_| call.param("fast_login") != Some("0"));
    let nickname = quick.and_then(|person| world.person(person)).map(|person| person.nickname.clone());
    let english = call.param("lang") == Some("en");
    let values = [
        ("app", app.name.as_str()),
        ("uuid", &uuid),
        ("redirect", redirect_uri.as_str()),
        ("state", &asked),
        ("cancelled", &cancelled),
        ("nickname", nickname.as_deref().unwrap_or_default()),
    ];
    Ok(Success::Reply(pages::render("qrconnect.html", english, &values)))
}

/// `GET /connect/qrcode/{uuid}`: a JPEG.
pub(super) fn code(state: &State, call: &Call) -> Success {
    let uuid = call.path.strip_prefix(PICTURES).unwrap_or_default();
    let known = state.world().web.pages.get(&uuid.to_owned()).is_some();
    let drawn = known.then(|| picture::draw(&confirm_address(uuid), PICTURE_SIDE)).flatten();
    match drawn {
        Some(jpeg) => Success::Jpeg(jpeg),
        None => Success::Reply(Reply::new(StatusCode::NOT_FOUND, "text/plain", "not found\n")),
    }
}

/// `GET /connect/l/qrconnect`: waits until the page has news, then says it as a line of script.
pub(super) async fn poll(state: &State, call: &Call) -> Outcome {
    let uuid = call.param("uuid").unwrap_or_default().to_owned();
    let known_scanned = call.param("last") == Some("404");
    let news = async {
        loop {
            let moved = state.page_moved.notified();
            tokio::pin!(moved);
            // Listening begins before the look, so that nothing is missed in between.
            moved.as_mut().enable();
            let (errcode, code) = look(state, &uuid, known_scanned);
            if errcode != 408 {
                return (errcode, code);
            }
            moved.await;
        }
    };
    let (errcode, code) = tokio::time::timeout(PATIENCE, news).await.unwrap_or_else(|_| (408, String::new()));
    let script = format!("window.wx_errcode={errcode};window.wx_code='{code}';");
    Ok(Success::Reply(Reply::new(StatusCode::OK, "text/javascript; charset=utf-8", script)))
}

fn look(state: &State, uuid: &str, known_scanned: bool) -> (u16, String) {
    let now = state.clock.now();
    let world = state.world();
    match world.web.pages.get(&uuid.to_owned()) {
        Some(WebsitePage { stage: Stage::Confirmed { code }, .. }) => (405, code.clone()),
        Some(WebsitePage { stage: Stage::Cancelled, .. }) => (403, String::new()),
        None => (402, String::new()),
        Some(page) if page.lapsed(now) => (402, String::new()),
        Some(WebsitePage { stage: Stage::Scanned { .. }, .. }) if !known_scanned => (404, String::new()),
        Some(_) => (408, String::new()),
    }
}

/// `POST /connect/quick`: the WeChat of this computer confirms without a scan.
pub(super) fn quick(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    if call.foreign {
        return Err(Refusal::PAGE_FORMAT);
    }
    let fields = Call::parse_query(std::str::from_utf8(&call.body).ok());
    let uuid = fields.into_iter().find(|(name, _)| name == "uuid").map(|(_, uuid)| uuid).unwrap_or_default();
    let now = state.clock.now();
    let mut world = state.world();
    let person =
        call.person.as_deref().and_then(|person| world.person(person)).map(|person| person.id.clone());
    let person = person.ok_or(Refusal::PAGE_FORMAT)?;
    let page = world.web.pages.get(&uuid).filter(|page| !page.lapsed(now)).ok_or(Refusal::PAGE_FORMAT)?;
    notes.appid = Some(page.appid.clone());
    if !matches!(page.stage, Stage::Waiting | Stage::Scanned { .. }) {
        return Err(Refusal::PAGE_FORMAT);
    }
    let consent = Consent { appid: page.appid.clone(), person, scope: Scope::Login };
    let code = world.web.agree(consent, now, state.dice.oauth_code());
    if let Some(page) = world.web.pages.get_mut(&uuid) {
        page.stage = Stage::Confirmed { code };
    }
    drop(world);
    state.page_moved.notify_waiters();
    Ok(Success::Reply(Reply::ok(&json!({"confirmed": true}))))
}
