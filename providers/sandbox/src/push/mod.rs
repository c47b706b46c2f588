//! Pushes: tells an app's server what happened, as often and as late as WeChat does, and takes its answer into the chat.
//! Nothing is pushed for an app without an address; the rules in `log` make pushes go wrong on demand.

pub(crate) mod answer;
pub(crate) mod envelope;
pub(crate) mod event;
pub(crate) mod log;
pub(crate) mod send;

use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::chat::{FAULT_NOTICE, From, Message};
use crate::crypt::Key;
use crate::model::{App, PushSettings, openid};
use crate::state::State;
use answer::{Expected, Judged, Passive};
use envelope::{Envelope, Forged, Letter, Stamp};
use event::{Happening, Parties};
use log::{Fate, PushRules, Record, Standing};
use send::{Answer, Attempt};

/// A push that is composed and not yet signed.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) id: u64,
    app: App,
    settings: PushSettings,
    person: String,
    openid: String,
    text: String,
    to_a_message: bool,
    of_the_chat: bool,
}

/// Tells the app; the result as the control interface shows it, `None` for an app that wants no pushes.
pub(crate) async fn dispatch(state: &State, app: &App, person: &str, happening: &Happening) -> Option<Value> {
    let outgoing = compose(state, app, person, happening)?;
    let id = outgoing.id;
    let fate = state.pushes().admit(outgoing);
    match fate {
        Fate::Dropped => {
            state.pushes().change(id, |record| record.standing = Standing::Dropped);
            Some(json!({"id": id, "dropped": true}))
        }
        Fate::Held => {
            state.pushes().change(id, |record| record.standing = Standing::Held);
            Some(json!({"id": id, "held": true}))
        }
        Fate::Go(in_order) => deliver_all(state, in_order).await.into_iter().next(),
    }
}

/// Sends one after the other; the results in the same order.
pub(crate) async fn deliver_all(state: &State, in_order: Vec<Outgoing>) -> Vec<Value> {
    let mut results = Vec::new();
    for outgoing in in_order {
        results.push(Box::pin(deliver(state, &outgoing)).await);
    }
    results
}

fn compose(state: &State, app: &App, person: &str, happening: &Happening) -> Option<Outgoing> {
    let settings = app.push.clone()?;
    let openid = openid(&app.appid, person);
    let parties = Parties { to: &app.original_id, from: &openid, at: state.clock.now() };
    let text = happening.written(&parties, &app.appid, settings.format);
    let id = new_record(state, &app.appid, happening.name());
    Some(Outgoing {
        id,
        app: app.clone(),
        settings,
        person: person.to_owned(),
        openid,
        text,
        to_a_message: happening.is_message(),
        of_the_chat: happening.is_of_the_chat(),
    })
}

/// Opens a record for a push that is about to be sent.
pub(crate) fn new_record(state: &State, appid: &str, event: &str) -> u64 {
    let mut pushes = state.pushes();
    let id = pushes.number();
    pushes.record(Record {
        id,
        at: state.clock.now(),
        appid: appid.to_owned(),
        event: event.to_owned(),
        standing: Standing::Sending,
        envelope: None,
        attempts: Vec::new(),
        reply_status: None,
        reply_raw: None,
        reply_text: None,
        reply: None,
    });
    id
}

/// The sandbox's time and a number nobody can foresee.
pub(crate) fn stamp(state: &State) -> Stamp {
    let timestamp = state.clock.now().unix_seconds().to_string();
    Stamp { timestamp, nonce: state.dice.number(10) }
}

async fn deliver(state: &State, outgoing: &Outgoing) -> Value {
    let rules = state.pushes().rules;
    let letter = Letter {
        app: &outgoing.app,
        settings: &outgoing.settings,
        openid: &outgoing.openid,
        text: &outgoing.text,
    };
    let sealed = Envelope::seal(&letter, state.dice.head(), stamp(state), &Forged::default());
    let Ok(envelope) = sealed else {
        let reason = "the account has no usable EncodingAESKey";
        return conclude(state, outgoing, Run::failed(reason));
    };
    state.pushes().change(outgoing.id, |record| record.envelope = Some(envelope.clone()));
    let expected =
        expected(&outgoing.app, &outgoing.settings, &envelope, &outgoing.openid, outgoing.to_a_message);
    let deadline = Duration::from_millis(rules.deadline_ms);
    let address = envelope.address();
    let copies = (0..rules.duplicate).map(|_| state.sender.send(&address, Some(envelope.letter()), deadline));
    let (mut run, copies) =
        join(Box::pin(tries(state, rules, envelope.clone(), &expected)), join_all(copies)).await;
    run.attempts.extend(copies.into_iter().map(|copy| copy.attempt));
    conclude(state, outgoing, run)
}

/// What came of all tries of one push.
struct Run {
    attempts: Vec<Attempt>,
    answer: Option<Answer>,
    judged: Judged,
}

impl Run {
    fn failed(reason: &'static str) -> Self {
        let judged = Judged { reply: Passive::Fault { reason }, opened: None };
        Self { attempts: Vec::new(), answer: None, judged }
    }
}

async fn tries(state: &State, rules: PushRules, mut envelope: Envelope, expected: &Expected) -> Run {
    let mut run = Run::failed("the server was not asked");
    for number in 0..rules.attempts {
        if number > 0 && rules.fresh_signatures {
            envelope.sign_again(stamp(state));
        }
        let deadline = Duration::from_millis(rules.deadline_ms);
        let exchange = state.sender.send(&envelope.address(), Some(envelope.letter()), deadline).await;
        run.attempts.push(exchange.attempt);
        run.judged = judge(expected, exchange.answer.as_ref());
        run.answer = exchange.answer;
        if !matches!(run.judged.reply, Passive::Fault { .. }) {
            break;
        }
    }
    run
}

/// Reads an answer, or the lack of one.
pub(crate) fn judge(expected: &Expected, answer: Option<&Answer>) -> Judged {
    let fault = |reason| Judged { reply: Passive::Fault { reason }, opened: None };
    match answer {
        None => fault("the server did not answer in time"),
        Some(answer) if answer.status != 200 => fault("the answer's status is not 200"),
        Some(answer) => expected.judge(&answer.body),
    }
}

/// What a good answer to this envelope must fit.
pub(crate) fn expected(
    app: &App,
    settings: &PushSettings,
    envelope: &Envelope,
    openid: &str,
    to_a_message: bool,
) -> Expected {
    let others = [settings.aes_key.as_deref(), settings.aes_key_previous.as_deref()];
    let others = others.into_iter().flatten().filter_map(Key::parse);
    Expected {
        mode: envelope.mode,
        format: envelope.format,
        keys: envelope.key.iter().cloned().chain(others).collect(),
        token: settings.token.clone(),
        appid: app.appid.clone(),
        original_id: app.original_id.clone(),
        openid: openid.to_owned(),
        to_a_message,
    }
}

fn conclude(state: &State, outgoing: &Outgoing, run: Run) -> Value {
    let result = json!({"id": outgoing.id, "attempts": run.attempts, "reply": run.judged.reply});
    if outgoing.of_the_chat {
        show(state, outgoing, &run.judged.reply);
    }
    state.pushes().change(outgoing.id, |record| {
        record.standing = Standing::Sent;
        record.attempts = run.attempts;
        record.reply_status = run.answer.as_ref().map(|answer| answer.status);
        record.reply_raw = run.answer.map(|answer| String::from_utf8_lossy(&answer.body).into_owned());
        record.reply_text = run.judged.opened;
        record.reply = Some(run.judged.reply);
    });
    result
}

fn show(state: &State, outgoing: &Outgoing, reply: &Passive) {
    let at = state.clock.now();
    let message = match reply {
        Passive::None => return,
        Passive::Text { text, links } => {
            Message { links: links.clone(), ..Message::plain(From::Account, at, text) }
        }
        Passive::News { news } => Message { news: news.clone(), ..Message::plain(From::Account, at, "") },
        Passive::Fault { .. } => Message::plain(From::System, at, FAULT_NOTICE),
    };
    state.world().chats.add(&outgoing.person, &outgoing.app.appid, message);
}
