//! Plays the phone towards service accounts: scans, follows, unfollows, talks; shows the chats.
//! What the account's server answers to each comes back with the answer, as `push` tells it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::act::ActBody;
use super::problem::Problem;
use super::{Answer, parse};
use crate::accounts::{AccountCode, Follow, QrScene};
use crate::call::{Call, Reply};
use crate::chat::{From, Message};
use crate::model::{App, AppKind};
use crate::push::dispatch;
use crate::push::event::{Happening, PrivacyEvent, Scanned};
use crate::state::State;

const LONGEST_MESSAGE: usize = 2048;

/// A follower's scan is told at once; a stranger only sees the account's page.
pub(super) async fn scan(state: &State, person: &str, id: String, code: AccountCode) -> Answer {
    let (app, following) = {
        let mut world = state.world();
        let app = world.apps.get(&code.appid).ok_or_else(|| Problem::unknown_app(&code.appid))?.clone();
        let following = world.accounts.follows(&app.appid, person);
        if !following {
            world.accounts.saw(&app.appid, person, id);
        }
        (app, following)
    };
    let push =
        if following { dispatch(state, &app, person, &Happening::Scan(told(&code))).await } else { None };
    Ok(answer(&app, following, push, Some("service_account")))
}

fn told(code: &AccountCode) -> Scanned {
    Scanned { scene: code.scene.value(), ticket: code.ticket.clone() }
}

/// `follow`: with the scene, when a code of this account was scanned just before.
pub(super) async fn follow(state: &State, body: &ActBody) -> Answer {
    let (app, code) = {
        let mut world = state.world();
        let app = account(&world.apps, body)?;
        if world.accounts.follows(&app.appid, &body.person) {
            return Err(Problem::new(409, "already_following", "This person follows the account already."));
        }
        let code = world.accounts.take_seen(&app.appid, &body.person);
        let scene: Option<QrScene> = code.as_ref().map(|code| code.scene.clone());
        let follow = Follow { since: state.clock.now(), scene };
        world.accounts.follow(&app.appid, &body.person, follow);
        (app, code)
    };
    let happening = Happening::Subscribe(code.as_ref().map(told));
    let push = dispatch(state, &app, &body.person, &happening).await;
    Ok(answer(&app, true, push, None))
}

/// `unfollow`.
pub(super) async fn unfollow(state: &State, body: &ActBody) -> Answer {
    let app = {
        let mut world = state.world();
        let app = account(&world.apps, body)?;
        must_follow(world.accounts.follows(&app.appid, &body.person))?;
        world.accounts.unfollow(&app.appid, &body.person);
        app
    };
    let push = dispatch(state, &app, &body.person, &Happening::Unsubscribe).await;
    Ok(answer(&app, false, push, None))
}

/// `say`.
pub(super) async fn say(state: &State, body: &ActBody) -> Answer {
    let text = body.text.as_deref().filter(|text| (1..=LONGEST_MESSAGE).contains(&text.len()));
    let text =
        text.ok_or_else(|| Problem::new(400, "bad_body", "A message is a text of 1 to 2048 bytes."))?;
    let app = {
        let mut world = state.world();
        let app = account(&world.apps, body)?;
        must_follow(world.accounts.follows(&app.appid, &body.person))?;
        let message = Message::plain(From::Person, state.clock.now(), text);
        world.chats.add(&body.person, &app.appid, message);
        app
    };
    let happening = Happening::Text { content: text.to_owned(), msg_id: state.dice.number(19) };
    let push = dispatch(state, &app, &body.person, &happening).await;
    Ok(answer(&app, true, push, None))
}

fn must_follow(follows: bool) -> Result<(), Problem> {
    if follows {
        return Ok(());
    }
    Err(Problem::new(409, "not_following", "This person does not follow the account."))
}

fn account(apps: &std::collections::BTreeMap<String, App>, body: &ActBody) -> Result<App, Problem> {
    let appid =
        body.appid.as_deref().ok_or_else(|| Problem::new(400, "bad_body", "The appid is missing."))?;
    let app = apps.get(appid).ok_or_else(|| Problem::unknown_app(appid))?;
    if app.kind == AppKind::ServiceAccount {
        return Ok(app.clone());
    }
    Err(Problem::new(422, "not_a_service_account", "Only service accounts can be followed and talked to."))
}

fn answer(app: &App, following: bool, push: Option<Value>, kind: Option<&str>) -> Reply {
    let mut body = json!({"appid": app.appid, "app_name": app.name, "following": following});
    if let Some(fields) = body.as_object_mut() {
        fields.extend(kind.map(|kind| ("kind".to_owned(), kind.into())));
        fields.extend(push.map(|push| ("push".to_owned(), push)));
    }
    Reply::ok(&body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FollowerBody {
    appid: String,
    person: String,
    following: bool,
}

/// `PUT /followers`: without a word to the account.
pub(super) fn set_following(state: &State, call: &Call) -> Answer {
    let body: FollowerBody = parse(call)?;
    let mut world = state.world();
    if !world.apps.contains_key(&body.appid) {
        return Err(Problem::unknown_app(&body.appid));
    }
    if world.person(&body.person).is_none() {
        return Err(Problem::unknown_person(&body.person));
    }
    world.set_following(&body.appid, &body.person, body.following.then_some(state.clock.now()));
    Ok(Reply::empty())
}

/// `GET /followers?appid=`.
pub(super) fn followers(state: &State, call: &Call) -> Answer {
    let appid = call.param("appid").unwrap_or_default();
    let world = state.world();
    if !world.apps.contains_key(appid) {
        return Err(Problem::unknown_app(appid));
    }
    let followers = world.persons.iter().filter(|person| world.accounts.follows(appid, &person.id));
    let followers: Vec<Value> = followers.map(|person| super::view::person(&world, person)).collect();
    Ok(Reply::ok(&json!({"followers": followers})))
}

/// `GET /chats?person=`: with every account the person follows or has talked to.
pub(super) fn chats(state: &State, call: &Call) -> Answer {
    let person = call.param("person").unwrap_or_default();
    let world = state.world();
    if world.person(person).is_none() {
        return Err(Problem::unknown_person(person));
    }
    let accounts = world.apps.values().filter(|app| app.kind == AppKind::ServiceAccount);
    let chats: Vec<Value> = accounts
        .map(|app| (app, world.chats.of(person, &app.appid).collect::<Vec<_>>()))
        .map(|(app, messages)| (app, world.accounts.follows(&app.appid, person), messages))
        .filter(|(_, following, messages)| *following || !messages.is_empty())
        .map(|(app, following, messages)| {
            json!({
                "appid": app.appid,
                "app_name": app.name,
                "avatar": app.avatar,
                "following": following,
                "messages": messages,
            })
        })
        .collect();
    Ok(Reply::ok(&json!({"chats": chats})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrivacyBody {
    appid: String,
    person: String,
    event: PrivacyEvent,
}

/// `POST /privacy`: the person changed their profile, took consent back, or closed their account.
pub(super) async fn privacy(state: &State, call: &Call) -> Answer {
    let body: PrivacyBody = parse(call)?;
    let app = {
        let mut world = state.world();
        if world.person(&body.person).is_none() {
            return Err(Problem::unknown_person(&body.person));
        }
        let app = world.apps.get(&body.appid).cloned().ok_or_else(|| Problem::unknown_app(&body.appid))?;
        if body.event == PrivacyEvent::InfoModified {
            // The address of the old picture dies with it.
            *world.avatar_changes.entry(body.person.clone()).or_default() += 1;
        }
        app
    };
    let push = dispatch(state, &app, &body.person, &Happening::Privacy(body.event)).await;
    Ok(Reply::ok(&json!({"push": push})))
}
