//! The stages of a Login and the one table of what may follow what.
//!
//! Pure: no clock, no row. Ends are final. Who may cause an event is decided before it is
//! looked up here; how it is written is decided after.

/// Where a Login stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Begun; nobody has scanned.
    Pending,
    /// Somebody scanned and is asked to confirm.
    Scanned,
    /// That somebody confirmed; the website may take the User over.
    Confirmed,
    /// The website took the User over.
    Redeemed,
    /// The person declined.
    Denied,
    /// Time ran out.
    Expired,
    /// The browser gave up.
    Cancelled,
    /// Two persons scanned the same code.
    Conflict,
    /// The vendor or we could not finish it.
    Failed,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Scanned,
        Self::Confirmed,
        Self::Redeemed,
        Self::Denied,
        Self::Expired,
        Self::Cancelled,
        Self::Conflict,
        Self::Failed,
    ];

    /// The ends at which the website got nobody.
    pub const UNLUCKY: [Self; 5] =
        [Self::Denied, Self::Expired, Self::Cancelled, Self::Conflict, Self::Failed];

    /// The word in the API and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Scanned => "scanned",
            Self::Confirmed => "confirmed",
            Self::Redeemed => "redeemed",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Conflict => "conflict",
            Self::Failed => "failed",
        }
    }

    /// Reads that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// Whether nothing can follow.
    pub const fn is_end(self) -> bool {
        !matches!(self, Self::Pending | Self::Scanned | Self::Confirmed)
    }
}

/// What a Login waits for, as the page is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaiting {
    /// For somebody to scan the code.
    Scan,
    /// For the person's decision on the phone.
    Phone,
    /// For the digits that the phone shows.
    CodeBack,
}

/// What a Login waits for. A redirect waits at the vendor's page, which is not ours to tell.
pub const fn awaiting(stage: Stage, shows_code: bool, consented: bool) -> Option<Awaiting> {
    match stage {
        Stage::Pending if shows_code => Some(Awaiting::Scan),
        Stage::Scanned if consented => Some(Awaiting::CodeBack),
        Stage::Scanned => Some(Awaiting::Phone),
        _ => None,
    }
}

/// What can happen to a Login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// A first subject scanned.
    Scan,
    /// The same subject scanned again.
    Rescan,
    /// Another subject scanned.
    OtherScan,
    /// A redirect came back with a proven subject.
    Prove,
    /// The subject that scanned confirmed.
    Confirm,
    /// The subject that scanned, or the person at the vendor's page, declined.
    Deny,
    /// The browser gave up.
    Cancel,
    /// Time ran out.
    Expire,
    /// The vendor or we could not go on.
    Fail,
    /// The website redeemed the code.
    Redeem,
    /// The subject that scanned consented, but the browser has yet to show that it is theirs.
    Consent,
    /// The person says afterwards that it was not them.
    Disown,
}

impl Event {
    /// All events.
    pub const ALL: [Self; 12] = [
        Self::Scan,
        Self::Rescan,
        Self::OtherScan,
        Self::Prove,
        Self::Confirm,
        Self::Deny,
        Self::Cancel,
        Self::Expire,
        Self::Fail,
        Self::Redeem,
        Self::Consent,
        Self::Disown,
    ];
}

/// Why an event does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The Login has ended.
    Ended,
    /// An earlier step is missing.
    TooEarly,
    /// It is past that step.
    TooLate,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The Login goes to this stage.
    Go(Stage),
    /// Nothing changes and the sender is answered with what is.
    Stay,
    /// The event is refused.
    Refuse(Refusal),
}

/// The table: every stage by every event.
pub const fn next(stage: Stage, event: Event) -> Verdict {
    match stage {
        Stage::Pending => from_pending(event),
        Stage::Scanned => from_scanned(event),
        Stage::Confirmed => from_confirmed(event),
        Stage::Redeemed
        | Stage::Denied
        | Stage::Expired
        | Stage::Cancelled
        | Stage::Conflict
        | Stage::Failed => from_end(stage, event),
    }
}

const fn from_pending(event: Event) -> Verdict {
    match event {
        Event::Scan => Verdict::Go(Stage::Scanned),
        Event::Prove => Verdict::Go(Stage::Confirmed),
        // The person declined at the vendor's own page: no scan of ours came before.
        Event::Deny => Verdict::Go(Stage::Denied),
        Event::Cancel => Verdict::Go(Stage::Cancelled),
        Event::Expire => Verdict::Go(Stage::Expired),
        Event::Fail => Verdict::Go(Stage::Failed),
        Event::Rescan
        | Event::OtherScan
        | Event::Confirm
        | Event::Redeem
        | Event::Consent
        | Event::Disown => Verdict::Refuse(Refusal::TooEarly),
    }
}

const fn from_scanned(event: Event) -> Verdict {
    match event {
        Event::Rescan | Event::Consent => Verdict::Go(Stage::Scanned),
        Event::OtherScan => Verdict::Go(Stage::Conflict),
        Event::Confirm => Verdict::Go(Stage::Confirmed),
        Event::Deny => Verdict::Go(Stage::Denied),
        Event::Cancel => Verdict::Go(Stage::Cancelled),
        Event::Expire => Verdict::Go(Stage::Expired),
        Event::Fail => Verdict::Go(Stage::Failed),
        Event::Scan | Event::Prove => Verdict::Refuse(Refusal::TooLate),
        Event::Redeem | Event::Disown => Verdict::Refuse(Refusal::TooEarly),
    }
}

const fn from_confirmed(event: Event) -> Verdict {
    match event {
        Event::Redeem => Verdict::Go(Stage::Redeemed),
        Event::Cancel => Verdict::Go(Stage::Cancelled),
        Event::Expire => Verdict::Go(Stage::Expired),
        Event::Disown => Verdict::Go(Stage::Denied),
        // Said twice, or scanned by whoever: the decision has been taken.
        Event::Confirm | Event::Consent | Event::Rescan | Event::OtherScan | Event::Deny | Event::Fail => {
            Verdict::Stay
        }
        Event::Scan | Event::Prove => Verdict::Refuse(Refusal::TooLate),
    }
}

const fn from_end(stage: Stage, event: Event) -> Verdict {
    match (stage, event) {
        // A phone whose answer got lost asks again; a browser cancels what is over anyway.
        (Stage::Redeemed, Event::Confirm | Event::Disown)
        | (Stage::Denied, Event::Deny | Event::Disown)
        | (_, Event::Cancel | Event::Expire | Event::Fail) => Verdict::Stay,
        _ => Verdict::Refuse(Refusal::Ended),
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
