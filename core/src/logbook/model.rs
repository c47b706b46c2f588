//! A Login as an admin reads it: what happened and when, by whose browser, and what the vendor said.

use crate::Timestamp;
use crate::client::ClientId;
use crate::id::{LoginId, UserId};
use crate::login::{Reason, Requester, Stage, Steps, VendorAnswer};
use crate::provider::ProviderSlug;

/// A User with the name they have now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The User.
    pub id: UserId,
    /// The name, when they have one of their own.
    pub name: Option<String>,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The Login.
    pub id: LoginId,
    /// The website.
    pub client: ClientId,
    /// The Provider, by its slug.
    pub provider: ProviderSlug,
    /// Where it stands, or how it ended.
    pub stage: Stage,
    /// Why it ended so.
    pub reason: Option<Reason>,
    /// Whom it logged in; none when they have been deleted since.
    pub user: Option<Named>,
    /// Whether it is kept whom the vendor proved, so that they can be made known.
    pub proof_kept: bool,
    /// Whose browser began it.
    pub requester: Requester,
    /// When it began.
    pub begun_at: Timestamp,
    /// How far it came.
    pub steps: Steps,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it ends by itself, or would have.
    pub expires_at: Timestamp,
    /// The last failure of the vendor's part.
    pub vendor_answer: Option<VendorAnswer>,
    /// Grows by one at each change.
    pub version: i64,
}

/// What happened at a moment of a Login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// The browser asked for it.
    Begun,
    /// The browser showed the code.
    Shown,
    /// The vendor's part failed; `Attempt::vendor_answer` tells at what, this time and before.
    VendorAnswered,
    /// Somebody scanned.
    Scanned,
    /// The person confirmed.
    Confirmed,
    /// It ended at this stage.
    Ended(Stage),
}

/// A line of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// What.
    pub what: Passed,
    /// When.
    pub at: Timestamp,
}

impl Attempt {
    /// What happened, in its order.
    pub fn timeline(&self) -> Vec<Moment> {
        let steps = [
            (Passed::Begun, Some(self.begun_at)),
            (Passed::Shown, self.steps.shown_at),
            (Passed::Scanned, self.steps.scanned_at),
            (Passed::Confirmed, self.steps.confirmed_at),
            (Passed::Ended(self.stage), self.ended_at),
        ];
        let answers = self.vendor_answer.iter().flat_map(VendorAnswer::all);
        let answered = answers.map(|answer| (Passed::VendorAnswered, Some(Timestamp(answer.at))));
        let (before_scan, after) = steps.split_at(2);
        let steps = before_scan.iter().copied().chain(answered).chain(after.iter().copied());
        let mut moments: Vec<Moment> =
            steps.filter_map(|(what, at)| at.map(|at| Moment { what, at })).collect();
        // Stable: what happened within one millisecond stays in the order of the steps.
        moments.sort_by_key(|moment| moment.at);
        moments
    }
}
