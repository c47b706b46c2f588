//! A Login: one attempt, from showing the code to handing over the user.

use super::{Awaiting, CodeBack, Number, Scene, Stage, Steps, VendorAnswer, awaiting};
use crate::client::ClientId;
use crate::id::{AuthorizationId, LoginId, UserId};
use crate::provider::{
    Assurance, Challenge, LoginView, ProviderError, ProviderSlug, SiteView, VendorIdentity,
};
use crate::region::Region;
use crate::{SecretHash, Timestamp};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Where the Login leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Where the code goes, when the website named an address.
    pub redirect_uri: Option<String>,
    /// The host the person is asked to recognise.
    pub domain: String,
    /// The website's own `state`, given back unchanged.
    pub state: Option<String>,
    /// The website's own `nonce`.
    pub nonce: Option<String>,
    /// The language of the page, as a BCP 47 tag.
    pub locale: Option<String>,
}

/// Who asked, as the phone is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// The browser's address, past trusted proxies.
    pub address: Option<IpAddr>,
    /// Browser and system, e.g. `Firefox, Windows`.
    pub browser: Option<String>,
    /// Where that address is.
    pub region: Option<Region>,
}

impl Requester {
    /// The browser without its system, e.g. `Firefox`: what lists and statistics sort by.
    pub fn browser_family(&self) -> Option<&str> {
        self.browser.as_deref().and_then(|browser| browser.split(", ").next())
    }
}

/// Who scanned, as the vendor proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The proven identity.
    pub identity: VendorIdentity,
}

/// An authorization code as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCode {
    /// Hash of the code.
    pub hash: SecretHash,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Why a Login ended as it did; a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The person declined on the phone.
    DeclinedOnPhone,
    /// The person declined on the phone and said that it looks like a trick.
    ReportedOnPhone,
    /// Two persons scanned the same code.
    SecondSubject,
    /// The browser cancelled.
    CancelledByBrowser,
    /// Nobody scanned in time.
    NotScannedInTime,
    /// Nobody confirmed in time.
    NotConfirmedInTime,
    /// The website did not redeem in time.
    NotRedeemedInTime,
    /// The vendor could not be asked.
    VendorFailed,
    /// The person declined at the vendor's page.
    DeclinedAtVendor,
    /// The person sent back another number than the page shows.
    WrongNumber,
    /// The vendor named nobody: its page was opened as a preview.
    UnrealPerson,
    /// An admin's rehearsal came to its end: all was proven and nothing written.
    Rehearsed,
    /// An admin has switched off whoever this is.
    UserDisabled,
    /// Another browser came back from the vendor than the one that began.
    OtherBrowser,
    /// The browser gave other digits than the phone shows, three times.
    WrongDigits,
    /// The person said afterwards that it was not them.
    Disowned,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::DeclinedOnPhone,
        Self::ReportedOnPhone,
        Self::SecondSubject,
        Self::CancelledByBrowser,
        Self::NotScannedInTime,
        Self::NotConfirmedInTime,
        Self::NotRedeemedInTime,
        Self::VendorFailed,
        Self::DeclinedAtVendor,
        Self::WrongNumber,
        Self::UnrealPerson,
        Self::Rehearsed,
        Self::UserDisabled,
        Self::OtherBrowser,
        Self::WrongDigits,
        Self::Disowned,
    ];

    /// The code in the API and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeclinedOnPhone => "declined_on_phone",
            Self::ReportedOnPhone => "reported_on_phone",
            Self::SecondSubject => "second_subject",
            Self::CancelledByBrowser => "cancelled_by_browser",
            Self::NotScannedInTime => "not_scanned_in_time",
            Self::NotConfirmedInTime => "not_confirmed_in_time",
            Self::NotRedeemedInTime => "not_redeemed_in_time",
            Self::VendorFailed => "vendor_failed",
            Self::DeclinedAtVendor => "declined_at_vendor",
            Self::WrongNumber => "wrong_number",
            Self::UnrealPerson => "unreal_person",
            Self::Rehearsed => "rehearsed",
            Self::UserDisabled => "user_disabled",
            Self::OtherBrowser => "other_browser",
            Self::WrongDigits => "wrong_digits",
            Self::Disowned => "disowned",
        }
    }

    /// Reads that code.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// Why a Login that lapses at this stage did so.
    pub const fn of_lapse(stage: Stage) -> Self {
        match stage {
            Stage::Scanned => Self::NotConfirmedInTime,
            Stage::Confirmed => Self::NotRedeemedInTime,
            _ => Self::NotScannedInTime,
        }
    }
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Names the resource; knowing it gives nothing.
    pub id: LoginId,
    /// The website.
    pub client: ClientId,
    /// The Provider, by its slug.
    pub provider: ProviderSlug,
    /// The value in the code; knowing it gives nothing.
    pub scene: Scene,
    /// The unguessable part of the picture's address.
    pub image_token: String,
    /// Hash of what only the browser that began holds, bound to this Login.
    pub browser_hash: SecretHash,
    /// Where it stands.
    pub stage: Stage,
    /// Grows by one at each change.
    pub version: i64,
    /// Why it ended.
    pub reason: Option<Reason>,
    /// What the page shows.
    pub challenge: Challenge,
    /// What the plugin gave to keep, sealed.
    pub private: Option<String>,
    /// Hash of the vendor state, when the challenge is a redirect.
    pub state_hash: Option<SecretHash>,
    /// The number the page shows, when the person has to send it back, or to find it among three.
    pub number: Option<Number>,
    /// A consent that waits for the digits the phone shows.
    pub code_back: Option<CodeBack>,
    /// Where it leads.
    pub site: Site,
    /// The website's `code_challenge` (RFC 7636, S256); empty when this answers an authorization.
    pub code_challenge: String,
    /// What it answers, when the website asked by OpenID Connect: then it gives no code of its own.
    pub authorization: Option<AuthorizationId>,
    /// How sure the consent is once it is confirmed.
    pub assurance: Assurance,
    /// Who asked.
    pub requester: Requester,
    /// Who scanned.
    pub proof: Option<Proof>,
    /// Hash of what the phone goes on with, a companion's token or the link to our confirm page; only
    /// the newest one counts.
    pub companion_hash: Option<SecretHash>,
    /// Key of the push that decided, so that its retry finds the decision.
    pub push_key: Option<String>,
    /// Since when the vendor is being asked who the person is: nobody else must ask as well. With a
    /// proof it also says that the person has consented.
    pub asked_at: Option<Timestamp>,
    /// The User, once confirmed.
    pub user: Option<UserId>,
    /// The newest code; kept after it was spent, so that a second use is noticed.
    pub code: Option<IssuedCode>,
    /// How far it came, and when.
    pub steps: Steps,
    /// The last failure of the vendor's part, for the admin.
    pub vendor_answer: Option<VendorAnswer>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl Login {
    /// What it waits for.
    pub fn awaiting(&self) -> Option<Awaiting> {
        awaiting(self.stage, self.challenge.is_code(), self.code_back.is_some())
    }

    /// Whether its time has run out although its stage does not say so yet.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        !self.stage.is_end() && now >= self.expires_at
    }

    /// Whether an admin rehearses: it leads to no website, no account and no code.
    pub fn is_rehearsal(&self) -> bool {
        self.client.is_of_rehearsals()
    }

    /// Whether it is a rehearsal whose person confirmed; to the phone that is a login like any other.
    pub fn was_rehearsed(&self) -> bool {
        self.reason == Some(Reason::Rehearsed)
    }

    /// The same Login, with what the vendor's part failed at.
    #[must_use]
    pub fn answered(self, failure: &ProviderError, at: Timestamp) -> Self {
        let answer = VendorAnswer::of(failure, at).following(self.vendor_answer.as_ref());
        Self { vendor_answer: Some(answer), ..self }
    }

    /// Whether this is the subject that scanned.
    pub fn scanned_by(&self, other: &VendorIdentity) -> bool {
        self.proof.as_ref().is_some_and(|proof| {
            proof.identity.namespace == other.namespace && proof.identity.subject == other.subject
        })
    }

    /// The Login as its plugin sees it; `name` is what the website is called.
    pub fn view(&self, name: &str, private: Option<Vec<u8>>) -> LoginView {
        LoginView {
            login_id: self.id.clone(),
            scene: self.scene.clone(),
            challenge: self.challenge.clone(),
            private,
            number: self.number,
            site: SiteView {
                name: name.to_owned(),
                domain: self.site.domain.clone(),
                browser: self.requester.browser.clone(),
                locale: self.site.locale.clone(),
            },
            subject: self.proof.as_ref().map(|proof| proof.identity.subject.clone()),
            expires_at: self.expires_at,
        }
    }
}
