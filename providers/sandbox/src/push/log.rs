//! What was pushed, what is held back, and the rules by which pushes go wrong on demand.
//! Bounded; addresses are shown without their query, where the signatures are.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Outgoing;
use super::answer::Passive;
use super::envelope::Envelope;
use super::send::Attempt;
use crate::clock::Moment;

const REMEMBERED: usize = 500;
const MOST_HELD: usize = 1000;

/// How pushes behave; the default is WeChat's usual way.
#[expect(clippy::struct_excessive_bools, reason = "independent switches of a JSON document")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PushRules {
    /// How long an answer may take.
    pub(crate) deadline_ms: u64,
    /// Tries in all.
    pub(crate) attempts: u32,
    /// Copies sent beside each push.
    pub(crate) duplicate: u32,
    /// Keeps pushes back until they are released.
    pub(crate) hold: bool,
    /// Loses pushes.
    pub(crate) drop: bool,
    /// The next two go in the wrong order.
    pub(crate) swap_next_two: bool,
    /// Signs each try anew instead of repeating the query.
    pub(crate) fresh_signatures: bool,
}

impl Default for PushRules {
    fn default() -> Self {
        Self {
            deadline_ms: 5000,
            attempts: 3,
            duplicate: 0,
            hold: false,
            drop: false,
            swap_next_two: false,
            fresh_signatures: false,
        }
    }
}

/// What becomes of a new push.
pub(crate) enum Fate {
    Dropped,
    Held,
    /// To be sent in this order; the first is the new one.
    Go(Vec<Outgoing>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Standing {
    Sending,
    Sent,
    Held,
    Dropped,
}

/// One push, for the record.
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) at: Moment,
    pub(crate) appid: String,
    pub(crate) event: String,
    pub(crate) standing: Standing,
    pub(crate) envelope: Option<Envelope>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) reply_status: Option<u16>,
    pub(crate) reply_raw: Option<String>,
    pub(crate) reply_text: Option<String>,
    pub(crate) reply: Option<Passive>,
}

impl Record {
    fn shown(&self) -> Value {
        let mode = self.envelope.as_ref().map(|envelope| envelope.mode);
        let url = self.envelope.as_ref().map(|envelope| {
            let mut url = envelope.url.clone();
            url.set_query(None);
            url
        });
        json!({
            "id": self.id,
            "at": self.at,
            "appid": self.appid,
            "event": self.event,
            "state": self.standing,
            "mode": mode,
            "url": url,
            "attempts": self.attempts,
            "reply_status": self.reply_status,
            "reply_raw": self.reply_raw,
            "reply_text": self.reply_text,
            "reply": self.reply,
        })
    }
}

/// All pushes of one sandbox.
#[derive(Default)]
pub(crate) struct Pushes {
    pub(crate) rules: PushRules,
    held: VecDeque<Outgoing>,
    records: VecDeque<Record>,
    swapping: Option<u64>,
    made: u64,
}

impl Pushes {
    /// A number for the next push.
    pub(crate) fn number(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    pub(crate) fn record(&mut self, record: Record) {
        self.records.push_front(record);
        self.records.truncate(REMEMBERED);
    }

    pub(crate) fn change(&mut self, id: u64, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.records.iter_mut().find(|record| record.id == id) {
            change(record);
        }
    }

    pub(crate) fn envelope(&self, id: u64) -> Option<Envelope> {
        self.records.iter().find(|record| record.id == id)?.envelope.clone()
    }

    pub(crate) fn shown(&self) -> Vec<Value> {
        self.records.iter().map(Record::shown).collect()
    }

    pub(crate) fn held(&self) -> Vec<u64> {
        self.held.iter().map(|outgoing| outgoing.id).collect()
    }

    /// Lets the rules decide about a new push.
    pub(crate) fn admit(&mut self, outgoing: Outgoing) -> Fate {
        if self.rules.drop {
            return Fate::Dropped;
        }
        if self.rules.hold {
            self.hold(outgoing);
            return Fate::Held;
        }
        if !self.rules.swap_next_two {
            return Fate::Go(vec![outgoing]);
        }
        let waiting = self.swapping.take().and_then(|id| self.take_held(id));
        if let Some(first) = waiting {
            self.rules.swap_next_two = false;
            return Fate::Go(vec![outgoing, first]);
        }
        self.swapping = Some(outgoing.id);
        self.hold(outgoing);
        Fate::Held
    }

    fn hold(&mut self, outgoing: Outgoing) {
        self.held.push_back(outgoing);
        if self.held.len() > MOST_HELD {
            self.held.pop_front();
        }
    }

    fn take_held(&mut self, id: u64) -> Option<Outgoing> {
        let at = self.held.iter().position(|outgoing| outgoing.id == id)?;
        self.held.remove(at)
    }

    /// Takes held pushes out: those named, in that order, or all of them, the newest first.
    pub(crate) fn release(&mut self, order: Option<Vec<u64>>) -> Vec<Outgoing> {
        match order {
            Some(ids) => ids.into_iter().filter_map(|id| self.take_held(id)).collect(),
            None => self.held.drain(..).rev().collect(),
        }
    }
}
