//! The pretend WeChat's front desk: finds the call, lets a fault have its way, writes the journal, writes the reply.
//! API errors travel with HTTP status 200, as on the real servers; each call's rules are in its own file.

mod account;
mod account_code;
pub(crate) mod api;
mod authorize;
mod bearer;
mod code_image;
mod link;
mod phone_number;
mod qrconnect;
mod quota;
mod refusal;
mod session;
mod sns;
#[cfg(test)]
mod tests;
mod token;

use std::time::Duration;

use bytes::Bytes;
use hyper::header::{DATE, HeaderValue};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::avatar;
use crate::call::{Call, Reply};
use crate::faults::{FaultKind, NamedFault};
use crate::journal::Entry;
use crate::pages;
use crate::state::State;
use api::{Api, Family};
use refusal::Refusal;

/// The connection is to be reset instead of answered.
#[derive(Debug)]
pub(crate) struct Reset;

/// What a call that went well gives.
enum Success {
    Json(Value),
    Jpeg(Bytes),
    /// JSON already written, with whatever bytes are in it.
    Raw(Bytes),
    /// Anything that is no JSON.
    Reply(Reply),
}

/// What a call tells the journal besides its result.
#[derive(Default)]
struct Notes {
    appid: Option<String>,
    violations: Vec<&'static str>,
}

impl Notes {
    fn violation(&mut self, rule: &'static str) {
        self.violations.push(rule);
    }
}

type Outcome = Result<Success, Refusal>;

/// Answers one call to the vendor's addresses.
pub(crate) async fn answer(state: &State, call: &Call) -> Result<Reply, Reset> {
    let Some(api) = Api::find(&call.path) else {
        return Ok(unknown_path(state, call));
    };
    let fault = state.faults().take(api);
    let mut notes = Notes { appid: call.param("appid").map(str::to_owned), ..Notes::default() };
    if let Some(FaultKind::Delay(delay)) = &fault {
        tokio::time::sleep(Duration::from_millis(delay.delay_ms)).await;
    }
    let (reply, errcode) = match &fault {
        Some(FaultKind::Status(fault)) => (bare_status(fault.status), None),
        Some(FaultKind::Named(NamedFault::Garbage)) => (garbage(api.family()), None),
        Some(FaultKind::Errcode(fault)) => {
            let refusal = Refusal::injected(fault.errcode, fault.errmsg.clone());
            written(state, call, api.family(), Err(refusal))
        }
        Some(
            FaultKind::Delay(_)
            | FaultKind::ClockSkew(_)
            | FaultKind::Named(NamedFault::ResetAfterCommit | NamedFault::NoUnionid),
        )
        | None => {
            let mut outcome = Box::pin(perform(state, api, call, &mut notes)).await;
            if let (Some(FaultKind::Named(NamedFault::NoUnionid)), Ok(Success::Json(Value::Object(fields)))) =
                (&fault, &mut outcome)
            {
                fields.remove("unionid");
            }
            written(state, call, api.family(), outcome)
        }
    };
    let fault_skew = match &fault {
        Some(FaultKind::ClockSkew(skew)) => i64::from(skew.clock_skew_seconds),
        _ => 0,
    };
    let reset = matches!(fault, Some(FaultKind::Named(NamedFault::ResetAfterCommit)));
    let status = (!reset).then(|| reply.status().as_u16());
    let fault = fault.as_ref().map(FaultKind::name);
    record(state, call, Some(api), Line { status, errcode, fault }, notes);
    if reset { Err(Reset) } else { Ok(dated(state, fault_skew, reply)) }
}

/// With the sandbox's own time: the transport would tell the machine's.
fn dated(state: &State, skew: i64, reply: Reply) -> Reply {
    let date = state.clock.now().plus_seconds(skew).http_date();
    match HeaderValue::from_str(&date) {
        Ok(date) => reply.replacing(DATE, date),
        Err(_) => reply,
    }
}

async fn perform(state: &State, api: Api, call: &Call, notes: &mut Notes) -> Outcome {
    if call.method != api.method() {
        notes.violation("wrong method");
        if api.family() == Family::Page {
            let allow = if api.method() == Method::GET { "GET" } else { "POST" };
            return Ok(Success::Reply(Reply::method_not_allowed(allow)));
        }
        let get = api.method() == Method::GET;
        return Err(if get { Refusal::REQUIRE_GET } else { Refusal::REQUIRE_POST });
    }
    match api {
        Api::Token => token::plain(state, call, notes),
        Api::StableToken => token::stable(state, call, notes),
        Api::CodeImage => code_image::make(state, call, notes),
        Api::Scheme => link::scheme(state, call, notes),
        Api::UrlLink => link::url_link(state, call, notes),
        Api::PhoneNumber => phone_number::exchange(state, call, notes),
        Api::Session => session::exchange(state, call, notes),
        Api::AccountCode => account_code::create(state, call, notes),
        Api::ShowAccountCode => Ok(account_code::show(state, call)),
        Api::UserInfo => account::user_info(state, call, notes),
        Api::Quota => quota::get(state, call, notes),
        Api::CallbackIp => account::callback_ip(state, call, notes),
        Api::Authorize => authorize::authorize(state, call, notes),
        Api::Consent => authorize::decide(state, call, notes),
        Api::Qrconnect => qrconnect::page(state, call, notes),
        Api::QrconnectCode => Ok(qrconnect::code(state, call)),
        Api::QrconnectPoll => qrconnect::poll(state, call).await,
        Api::QrconnectQuick => qrconnect::quick(state, call, notes),
        Api::SnsToken => sns::access_token(state, call, notes),
        Api::SnsRefresh => sns::refresh_token(state, call, notes),
        Api::SnsAuth => sns::auth(state, call, notes),
        Api::SnsUserinfo => sns::userinfo(state, call, notes),
        Api::Avatar => Ok(portrait(state, call)),
    }
}

fn portrait(state: &State, call: &Call) -> Success {
    let found = avatar::find(&state.world(), &call.path);
    let drawn = found.and_then(|(key, side)| avatar::draw(&key, side));
    drawn.map_or_else(|| Success::Reply(bare_status(404)), Success::Jpeg)
}

fn written(state: &State, call: &Call, family: Family, outcome: Outcome) -> (Reply, Option<i32>) {
    match outcome {
        Ok(Success::Json(value)) => (json_reply(family, &value), None),
        Ok(Success::Jpeg(bytes)) => (Reply::new(StatusCode::OK, "image/jpeg", bytes), None),
        Ok(Success::Raw(bytes)) => (Reply::new(StatusCode::OK, family.json_type(), bytes), None),
        Ok(Success::Reply(reply)) => (reply, None),
        Err(refusal) if family == Family::Page => {
            let number = refusal.errcode.to_string();
            let values = [("message", refusal.errmsg.as_ref()), ("number", &number)];
            (pages::render("mistake.html", call.english, &values), Some(refusal.errcode))
        }
        Err(refusal) => {
            let rid = state.dice.rid(state.clock.now());
            let errmsg = family.with_rid(&refusal.errmsg, &rid);
            let value = json!({"errcode": refusal.errcode, "errmsg": errmsg});
            (json_reply(family, &value), Some(refusal.errcode))
        }
    }
}

/// The real servers write `\/` for `/`; a slash in JSON can only stand inside a string.
fn json_reply(family: Family, value: &Value) -> Reply {
    Reply::new(StatusCode::OK, family.json_type(), slashed(value))
}

fn slashed(value: &Value) -> String {
    value.to_string().replace('/', "\\/")
}

fn bare_status(status: u16) -> Reply {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let page = format!("<html><body><h1>{status}</h1></body></html>\n");
    Reply::new(status, "text/html", page)
}

/// Broken off in the middle, with bytes that are not UTF-8.
fn garbage(family: Family) -> Reply {
    Reply::new(
        StatusCode::OK,
        family.json_type(),
        Bytes::from_static(b"{\"access_to\xff\xfeken\":\"91_\x00\x14"),
    )
}

fn unknown_path(state: &State, call: &Call) -> Reply {
    let mut notes = Notes::default();
    notes.violation("no such path");
    let status = StatusCode::NOT_FOUND;
    record(state, call, None, Line { status: Some(status.as_u16()), errcode: None, fault: None }, notes);
    Reply::new(status, "text/plain", "404 Not Found\n")
}

#[derive(Clone, Copy)]
struct Line {
    status: Option<u16>,
    errcode: Option<i32>,
    fault: Option<&'static str>,
}

fn record(state: &State, call: &Call, api: Option<Api>, line: Line, notes: Notes) {
    let entry = Entry {
        at: state.clock.now(),
        method: call.method.to_string(),
        // The last part of a picture's path is of no use here, and may open something.
        path: api.map_or_else(|| call.path.chars().take(200).collect(), |api| api.path().to_owned()),
        status: line.status,
        appid: notes.appid.map(|appid| appid.chars().take(64).collect()),
        errcode: line.errcode,
        fault: line.fault,
        violations: notes.violations,
    };
    state.journal().record(api.map(Api::path), entry);
}
