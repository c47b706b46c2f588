//! New addresses that an app's administrator must let in: the first token call is put off, then allowed or refused.
//! It keeps what was decided; who asks when is a rule of `vendor`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::clock::Moment;

const HOUR_SECONDS: i64 = 3600;
const DAY_SECONDS: i64 = 86_400;

/// What the administrator answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Allow,
    RefuseForAnHour,
    RefuseForADay,
}

/// How an address stands with an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Allowed,
    /// The administrator has been asked and has yet to answer.
    Waiting,
    RefusedForAnHour,
    RefusedForADay,
}

#[derive(Clone, Copy)]
enum Kept {
    Allowed,
    Refused { answer: Admission, until: Moment },
}

/// The answers of all administrators.
#[derive(Default)]
pub(crate) struct Admissions(BTreeMap<String, Kept>);

impl Admissions {
    /// How it stands now; a refusal lapses and the administrator is asked again.
    pub(crate) fn of(&self, appid: &str, now: Moment) -> Admission {
        match self.0.get(appid) {
            Some(Kept::Allowed) => Admission::Allowed,
            Some(Kept::Refused { answer, until }) if now < *until => *answer,
            Some(Kept::Refused { .. }) | None => Admission::Waiting,
        }
    }

    pub(crate) fn answer(&mut self, appid: &str, answer: Answer, now: Moment) {
        let refused = |answer, seconds| Kept::Refused { answer, until: now.plus_seconds(seconds) };
        let kept = match answer {
            Answer::Allow => Kept::Allowed,
            Answer::RefuseForAnHour => refused(Admission::RefusedForAnHour, HOUR_SECONDS),
            Answer::RefuseForADay => refused(Admission::RefusedForADay, DAY_SECONDS),
        };
        self.0.insert(appid.to_owned(), kept);
    }
}
