//! Reading the stage: apps without their secrets, persons, and the codes made lately with their pictures.

use hyper::StatusCode;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Answer;
use super::problem::Problem;
use crate::accounts;
use crate::avatar;
use crate::call::Reply;
use crate::clock::Moment;
use crate::model::Person;
use crate::picture;
use crate::state::{State, World};
use crate::web::{Stage, WebsitePage, confirm_address};

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
                "admin_confirms": app.admin_confirms,
                "companion_url": app.companion_url,
                "verified": app.verified,
                "test_account": app.test_account,
                "original_id": app.original_id,
                "domains": app.domains,
                "push": app.push.as_ref().map(|push| json!({"url": push.url, "mode": push.mode})),
                "avatar": app.avatar,
            })
        })
        .collect();
    Reply::ok(&json!({"apps": apps}))
}

/// `GET /persons`.
pub(super) fn persons(state: &State) -> Reply {
    let world = state.world();
    let persons: Vec<Value> = world.persons.iter().map(|known| person(&world, known)).collect();
    Reply::ok(&json!({"persons": persons}))
}

/// One person as the phone shows them.
pub(super) fn person(world: &World, person: &Person) -> Value {
    json!({
        "id": person.id,
        "name": person.name,
        "nickname": person.nickname,
        "high_risk": person.high_risk,
        "snapshot": person.snapshot,
        "has_avatar": person.has_avatar,
        "avatar_url": avatar::path(world, &person.id),
    })
}

/// `GET /codes`, newest first: of all three kinds, as far as they may still be on a screen.
pub(super) fn codes(state: &State) -> Reply {
    let now = state.clock.now();
    let world = state.world();
    let mut codes: Vec<(Moment, Value)> = mini_program_codes(&world, now).collect();
    codes.extend(account_codes(&world, now));
    codes.extend(website_codes(&world, now));
    codes.sort_by_key(|(made, _)| std::cmp::Reverse(*made));
    let codes: Vec<Value> = codes.into_iter().take(SHOWN).map(|(_, code)| code).collect();
    Reply::ok(&json!({"codes": codes}))
}

fn mini_program_codes(world: &World, now: Moment) -> impl Iterator<Item = (Moment, Value)> {
    let lately = world.codes.newest_first().take(SHOWN);
    let lately = lately.take_while(move |(_, made)| now < made.made_at.plus_seconds(LATELY_SECONDS));
    lately.map(move |(id, made)| {
        let address = format!("/_sandbox/v1/codes/{id}/image");
        let mut code = shown(world, "mini_program", &made.code.appid, &made.code.text(), (made.made_at, now));
        if let Some(fields) = code.as_object_mut() {
            fields.insert("scene".to_owned(), json!(made.code.scene));
            fields.insert("page".to_owned(), json!(made.code.page));
            fields.insert("env_version".to_owned(), json!(made.code.env_version));
            fields.insert("image_url".to_owned(), address.into());
        }
        (made.made_at, code)
    })
}

fn account_codes(world: &World, now: Moment) -> impl Iterator<Item = (Moment, Value)> {
    let lately = world.accounts.newest_codes().take(SHOWN).filter(move |(_, code)| !code.lapsed(now));
    lately.map(move |(id, code)| {
        let ticket: String = form_urlencoded::byte_serialize(code.ticket.as_bytes()).collect();
        let text = accounts::address(id);
        let mut value = shown(world, "service_account", &code.appid, &text, (code.made, now));
        if let Some(fields) = value.as_object_mut() {
            fields.insert("image_url".to_owned(), format!("/cgi-bin/showqrcode?ticket={ticket}").into());
        }
        (code.made, value)
    })
}

fn website_codes(world: &World, now: Moment) -> impl Iterator<Item = (Moment, Value)> {
    let open = |page: &WebsitePage| matches!(page.stage, Stage::Waiting | Stage::Scanned { .. });
    let lately = world.web.pages.newest_first().take(SHOWN);
    let lately = lately.filter(move |(_, page)| open(page) && !page.lapsed(now));
    lately.map(move |(uuid, page)| {
        let text = confirm_address(uuid);
        let mut value = shown(world, "website", &page.appid, &text, (page.made, now));
        if let Some(fields) = value.as_object_mut() {
            fields.insert("image_url".to_owned(), format!("/connect/qrcode/{uuid}").into());
        }
        (page.made, value)
    })
}

fn shown(world: &World, kind: &str, appid: &str, text: &str, (made, now): (Moment, Moment)) -> Value {
    json!({
        "kind": kind,
        "appid": appid,
        "app_name": world.apps.get(appid).map(|app| &app.name),
        "text": text,
        "made_at": made,
        "age_seconds": made.seconds_until(now),
    })
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
