//! Pushes by hand: what was sent, the rules by which pushes go wrong, forged ones, replays, and address verification.
//! The answers of forged pushes go to whoever asked, not into a chat.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::problem::Problem;
use super::{Answer, parse};
use crate::call::{Call, Reply};
use crate::companion::is_loopback_http;
use crate::crypt::signature;
use crate::model::{App, PushMode, PushSettings, openid};
use crate::push::envelope::{Envelope, Forged, Letter};
use crate::push::event::Parties;
use crate::push::log::{PushRules, Standing};
use crate::push::send::Exchange;
use crate::push::{deliver_all, expected, judge, new_record, stamp};
use crate::state::State;

const MOST_TIMES: u32 = 1000;
const MOST_AT_ONCE: usize = 100;

/// `GET /pushes`, newest first.
pub(super) fn list(state: &State) -> Reply {
    Reply::ok(&json!({"pushes": state.pushes().shown()}))
}

/// `GET /push_rules`.
pub(super) fn rules(state: &State) -> Reply {
    let pushes = state.pushes();
    let mut shown = serde_json::to_value(pushes.rules).unwrap_or_default();
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("held".to_owned(), json!(pushes.held()));
    }
    Reply::ok(&shown)
}

/// `PUT /push_rules`: fields left out take the usual value.
pub(super) fn set_rules(state: &State, call: &Call) -> Answer {
    let rules: PushRules = parse(call)?;
    if rules.attempts == 0 || rules.attempts > 10 || rules.duplicate > 100 || rules.deadline_ms > 60_000 {
        let detail = "attempts 1 to 10, duplicate up to 100, deadline_ms up to 60000.";
        return Err(Problem::new(422, "bad_rules", detail));
    }
    state.pushes().rules = rules;
    Ok(Reply::ok(&rules))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseBody {
    order: Option<Vec<u64>>,
}

/// `POST /pushes/release`.
pub(super) async fn release(state: &State, call: &Call) -> Answer {
    let body: ReleaseBody = if call.body.is_empty() { ReleaseBody::default() } else { parse(call)? };
    let released = state.pushes().release(body.order);
    Ok(Reply::ok(&json!({"pushes": deliver_all(state, released).await})))
}

/// All at once, or so many.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Parallel {
    All(bool),
    Some(usize),
}

impl Parallel {
    fn at_once(self) -> usize {
        match self {
            Self::All(true) => MOST_AT_ONCE,
            Self::All(false) => 1,
            Self::Some(number) => number.clamp(1, MOST_AT_ONCE),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PushBody {
    appid: String,
    xml: Option<String>,
    event: Option<Map<String, Value>>,
    person: Option<String>,
    openid: Option<String>,
    mode: Option<PushMode>,
    timestamp: Option<Text>,
    nonce: Option<Text>,
    signature: Option<String>,
    msg_signature: Option<String>,
    encrypt: Option<String>,
    aes_key: Option<String>,
    body: Option<String>,
    url: Option<Url>,
    times: Option<u32>,
    parallel: Option<Parallel>,
}

/// A number or a text; both are written the same.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Number(i64),
    Text(String),
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        match text {
            Text::Number(number) => number.to_string(),
            Text::Text(text) => text,
        }
    }
}

/// `POST /pushes`: a push made by hand, right wherever nothing wrong is given.
pub(super) async fn make(state: &State, call: &Call) -> Answer {
    let body: PushBody = parse(call)?;
    let (app, settings) = app_with_push(state, &body.appid, body.url.as_ref())?;
    let openid = match (&body.openid, &body.person) {
        (Some(openid), _) => openid.clone(),
        (None, Some(person)) => openid(&app.appid, person),
        (None, None) => String::new(),
    };
    let parties = Parties { to: &app.original_id, from: &openid, at: state.clock.now() };
    let (message, event) = match (body.xml, body.event) {
        (Some(message), None) => (message, "by hand".to_owned()),
        (None, Some(fields)) => {
            let name = fields.get("Event").or(fields.get("MsgType")).and_then(Value::as_str);
            let event = name.unwrap_or("by hand").chars().take(60).collect();
            (parties.by_hand(&texts(fields), settings.format), event)
        }
        _ => return Err(Problem::new(400, "bad_body", "A push takes either an xml or an event.")),
    };
    let forged = Forged {
        mode: body.mode,
        timestamp: body.timestamp.map(Into::into),
        nonce: body.nonce.map(Into::into),
        signature: body.signature,
        msg_signature: body.msg_signature,
        encrypt: body.encrypt,
        aes_key: body.aes_key,
        body: body.body,
        url: body.url,
    };
    let letter = Letter { app: &app, settings: &settings, openid: &openid, text: &message };
    let envelope = Envelope::seal(&letter, state.dice.head(), stamp(state), &forged).map_err(|_| {
        Problem::new(422, "no_aes_key", "This mode needs an EncodingAESKey of 43 characters.")
    })?;
    let id = new_record(state, &app.appid, &event);
    state.pushes().change(id, |record| record.envelope = Some(envelope.clone()));
    let envelopes = vec![envelope.clone(); times(body.times)];
    let exchanges = send(state, &envelopes, body.parallel).await;
    let first = exchanges.first().and_then(|exchange| exchange.answer.as_ref());
    let judged = judge(&expected(&app, &settings, &envelope, &openid, false), first);
    state.pushes().change(id, |record| {
        record.standing = Standing::Sent;
        record.attempts = exchanges.iter().map(|exchange| exchange.attempt.clone()).collect();
        record.reply_status = first.map(|answer| answer.status);
        record.reply_raw = first.map(|answer| text(&answer.body));
        record.reply_text = judged.opened;
        record.reply = Some(judged.reply);
    });
    Ok(answers(id, &exchanges))
}

fn texts(fields: Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    fields.into_iter().map(|(name, value)| (name, text(value))).collect()
}

fn text(body: &Bytes) -> String {
    String::from_utf8_lossy(body).into_owned()
}

fn times(asked: Option<u32>) -> usize {
    usize::try_from(asked.unwrap_or(1).clamp(1, MOST_TIMES)).unwrap_or(1)
}

async fn send(state: &State, envelopes: &[Envelope], parallel: Option<Parallel>) -> Vec<Exchange> {
    let deadline = Duration::from_millis(state.pushes().rules.deadline_ms);
    let at_once = parallel.map_or(1, Parallel::at_once);
    let one = |envelope: Envelope| async move {
        state.sender.send(&envelope.address(), Some(envelope.letter()), deadline).await
    };
    stream::iter(envelopes.to_vec()).map(one).buffered(at_once).collect().await
}

fn answers(id: u64, exchanges: &[Exchange]) -> Reply {
    let answers: Vec<Value> = exchanges
        .iter()
        .map(|exchange| {
            json!({
                "status": exchange.attempt.status,
                "error": exchange.attempt.error,
                "body": exchange.answer.as_ref().map(|answer| text(&answer.body)),
                "millis": exchange.attempt.millis,
            })
        })
        .collect();
    Reply::ok(&json!({"id": id, "answers": answers}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplayBody {
    times: Option<u32>,
    parallel: Option<Parallel>,
    #[serde(default)]
    fresh: bool,
}

/// `POST /pushes/{id}/replay`: the same body; the query byte for byte, or signed anew each time.
pub(super) async fn replay(state: &State, id: &str, call: &Call) -> Answer {
    let body: ReplayBody = parse(call)?;
    let unknown = || Problem::new(404, "unknown_push", "There is no such push, or it was never sent.");
    let id: u64 = id.parse().map_err(|_| unknown())?;
    let envelope = state.pushes().envelope(id).ok_or_else(unknown)?;
    let mut envelopes = vec![envelope; times(body.times)];
    if body.fresh {
        for envelope in &mut envelopes {
            envelope.sign_again(stamp(state));
        }
    }
    let exchanges = send(state, &envelopes, body.parallel).await;
    let tries: Vec<_> = exchanges.iter().map(|exchange| exchange.attempt.clone()).collect();
    state.pushes().change(id, |record| record.attempts.extend(tries));
    Ok(answers(id, &exchanges))
}

/// `POST /apps/{appid}/push_verification`: what the console does when the address is saved.
pub(super) async fn verify(state: &State, appid: &str) -> Answer {
    let (_, settings) = app_with_push(state, appid, None)?;
    let stamp = stamp(state);
    let echostr = state.dice.number(19);
    let signed = signature(&[&settings.token, &stamp.timestamp, &stamp.nonce]);
    let mut address = settings.url;
    address.query_pairs_mut().extend_pairs([
        ("signature", &signed),
        ("echostr", &echostr),
        ("timestamp", &stamp.timestamp),
        ("nonce", &stamp.nonce),
    ]);
    let deadline = Duration::from_millis(state.pushes().rules.deadline_ms);
    let exchange = state.sender.send(&address, None, deadline).await;
    let body = exchange.answer.as_ref().map(|answer| text(&answer.body));
    let ok = exchange.attempt.status == Some(200) && body.as_ref() == Some(&echostr);
    let (status, error) = (exchange.attempt.status, exchange.attempt.error);
    Ok(Reply::ok(&json!({"ok": ok, "status": status, "error": error, "body": body})))
}

/// The app and where it wants its pushes; an address given for one push must be of this machine.
fn app_with_push(state: &State, appid: &str, url: Option<&Url>) -> Result<(App, PushSettings), Problem> {
    if url.is_some_and(|url| !is_loopback_http(url)) {
        return Err(not_loopback());
    }
    let app = state.world().apps.get(appid).cloned().ok_or_else(|| Problem::unknown_app(appid))?;
    let settings =
        app.push.clone().ok_or_else(|| Problem::new(422, "no_push_url", "This app has no push address."))?;
    Ok((app, settings))
}

/// A push address beyond this machine.
pub(super) fn not_loopback() -> Problem {
    Problem::new(
        422,
        "push_url_not_loopback",
        "The sandbox pushes to plain http addresses of this machine only.",
    )
}
