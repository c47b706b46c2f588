//! What the API says of Logins: rows of the logbook, and one with its timeline.

use super::super::names::Names;
use poem_openapi::{Enum, Object};
use saoma_core::Timestamp;
use saoma_core::logbook::{Attempt, Moment, Passed};
use saoma_core::login::{VendorAnswer, Words};

/// A sentence in the languages the pages speak.
#[derive(Debug, Object)]
#[oai(rename = "LocalText")]
struct WordsView {
    /// English.
    en: String,
    /// Simplified Chinese.
    zh: String,
}

impl From<Words> for WordsView {
    fn from(Words { en, zh }: Words) -> Self {
        Self { en, zh }
    }
}

/// The last failure of the vendor's part.
#[derive(Debug, Object)]
#[oai(rename = "VendorAnswer", skip_serializing_if_is_none)]
struct AnswerView {
    /// RFC 3339.
    at: String,
    /// At which step.
    step: String,
    /// The code of the problem, as the outside was told.
    problem: String,
    /// The vendor's own code.
    code: Option<i64>,
    /// The code of the doctor's finding.
    finding: Option<String>,
    /// What the vendor's code means.
    meaning: Option<WordsView>,
    /// What to do about it.
    cure: Option<WordsView>,
    /// The vendor's trace id.
    trace_id: Option<String>,
    /// An address that the vendor named, e.g. ours that it does not let in.
    address: Option<String>,
}

impl From<VendorAnswer> for AnswerView {
    fn from(answer: VendorAnswer) -> Self {
        Self {
            at: Timestamp(answer.at).to_rfc3339(),
            step: answer.step,
            problem: answer.problem,
            code: answer.code,
            finding: answer.finding,
            meaning: answer.meaning.map(WordsView::from),
            cure: answer.cure.map(WordsView::from),
            trace_id: answer.trace_id,
            address: answer.address,
        }
    }
}

/// A user with the name they have now.
#[derive(Debug, Object)]
#[oai(rename = "NamedUser", skip_serializing_if_is_none)]
struct UserName {
    /// Its id.
    user_id: String,
    /// The name, when they have one of their own.
    name: Option<String>,
}

/// One attempt to log in.
#[derive(Debug, Object)]
#[oai(rename = "Login", skip_serializing_if_is_none)]
pub(super) struct AttemptView {
    /// Its id.
    login_id: String,
    /// The website.
    client_id: String,
    /// What the website is called now.
    client_name: Option<String>,
    /// The way, by its slug.
    provider: String,
    /// What the way is called now.
    provider_title: Option<String>,
    /// Where it stands, or how it ended.
    stage: String,
    /// Why it ended so.
    reason: Option<String>,
    /// Whom it logged in.
    user: Option<UserName>,
    /// The address of the browser that began it.
    address: Option<String>,
    /// That browser and its system.
    browser: Option<String>,
    /// Where that address is: the country's or territory's ISO 3166-1 code.
    region: Option<String>,
    /// RFC 3339.
    begun_at: String,
    /// RFC 3339; when the code was first shown.
    shown_at: Option<String>,
    /// RFC 3339.
    scanned_at: Option<String>,
    /// RFC 3339.
    confirmed_at: Option<String>,
    /// RFC 3339.
    ended_at: Option<String>,
    /// RFC 3339; when it ends by itself, or would have.
    expires_at: String,
    /// Whether it is kept whom the vendor proved: then they can be made known, or linked to a user.
    proof_kept: bool,
    /// What the vendor's part failed at last.
    vendor_answer: Option<AnswerView>,
    /// What it had failed at before, the oldest first; the newest few are kept.
    earlier_answers: Vec<AnswerView>,
}

impl AttemptView {
    pub(super) fn new(attempt: Attempt, names: &Names) -> Self {
        let text = |at: Option<Timestamp>| at.map(Timestamp::to_rfc3339);
        let user = attempt.user.map(|user| UserName { user_id: user.id.to_string(), name: user.name });
        Self {
            login_id: attempt.id.to_string(),
            client_name: names.client(attempt.client.as_str()).map(str::to_owned),
            client_id: attempt.client.to_string(),
            provider_title: names.provider(attempt.provider.as_str()).map(str::to_owned),
            provider: attempt.provider.to_string(),
            stage: attempt.stage.as_str().to_owned(),
            reason: attempt.reason.map(|reason| reason.as_str().to_owned()),
            user,
            address: attempt.requester.address.map(|address| address.to_string()),
            browser: attempt.requester.browser,
            region: attempt.requester.region.map(|region| region.code().to_owned()),
            begun_at: attempt.begun_at.to_rfc3339(),
            shown_at: text(attempt.steps.shown_at),
            scanned_at: text(attempt.steps.scanned_at),
            confirmed_at: text(attempt.steps.confirmed_at),
            ended_at: text(attempt.ended_at),
            expires_at: attempt.expires_at.to_rfc3339(),
            proof_kept: attempt.proof_kept,
            earlier_answers: attempt
                .vendor_answer
                .iter()
                .flat_map(|answer| &answer.earlier)
                .cloned()
                .map(AnswerView::from)
                .collect(),
            vendor_answer: attempt.vendor_answer.map(AnswerView::from),
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum WhatPassed {
    /// The browser asked for it.
    Begun,
    /// The browser showed the code.
    Shown,
    /// The vendor's part failed; see `vendor_answer`.
    VendorAnswered,
    /// Somebody scanned.
    Scanned,
    /// The person confirmed.
    Confirmed,
    /// It ended at its stage.
    Ended,
}

/// A line of the timeline.
#[derive(Debug, Object)]
#[oai(rename = "TimelineEntry")]
struct MomentView {
    /// What happened.
    what: WhatPassed,
    /// RFC 3339.
    at: String,
}

impl From<Moment> for MomentView {
    fn from(moment: Moment) -> Self {
        let what = match moment.what {
            Passed::Begun => WhatPassed::Begun,
            Passed::Shown => WhatPassed::Shown,
            Passed::VendorAnswered => WhatPassed::VendorAnswered,
            Passed::Scanned => WhatPassed::Scanned,
            Passed::Confirmed => WhatPassed::Confirmed,
            Passed::Ended(_) => WhatPassed::Ended,
        };
        Self { what, at: moment.at.to_rfc3339() }
    }
}

/// One attempt with what happened, in its order.
#[derive(Debug, Object)]
#[oai(rename = "LoginWithTimeline")]
pub(super) struct TimelineView {
    /// The attempt.
    login: AttemptView,
    /// What happened.
    timeline: Vec<MomentView>,
}

impl TimelineView {
    pub(super) fn new(attempt: Attempt, names: &Names) -> Self {
        let timeline = attempt.timeline().into_iter().map(MomentView::from).collect();
        Self { login: AttemptView::new(attempt, names), timeline }
    }
}
