//! Messages that reach a plugin: from the phone-side page, the vendor's redirect, its servers.
//!
//! Raw bytes are looked at once, in `parse`; what comes out is verified and typed.

use super::VendorIdentity;
use crate::Secret;
use crate::login::{Scene, VendorState};
use bytes::Bytes;
use std::collections::BTreeMap;
use url::Url;

/// A message as it came in.
#[derive(Debug, Clone)]
pub enum RawInbound {
    /// From the companion page.
    Companion {
        /// The scene it read from its launch query.
        scene: Scene,
        /// The vendor's one-time proof of who opened the page.
        proof: Secret,
    },
    /// From the browser that the vendor sent back.
    Callback {
        /// Query parameters; a duplicate has been refused before.
        query: BTreeMap<String, String>,
    },
    /// From the vendor's servers.
    Push {
        /// Whether it was a GET (address verification) or a POST.
        is_post: bool,
        /// Query parameters; a duplicate has been refused before.
        query: BTreeMap<String, String>,
        /// The body, within its cap.
        body: Bytes,
    },
}

/// A verified message.
#[derive(Debug, Clone)]
pub enum Inbound {
    /// Somebody opened the companion page on this scene and offers a proof of who they are.
    Companion {
        /// The scene.
        scene: Scene,
        /// The one-time proof.
        proof: Secret,
    },
    /// The vendor sent the browser back.
    Callback {
        /// The state we gave.
        state: VendorState,
        /// The vendor's code; none when the person refused.
        code: Option<Secret>,
    },
    /// The vendor reports that a subject did something.
    Push(Push),
    /// Nothing to decide: answer and be done (e.g. address verification).
    Direct(Reply),
}

/// What the vendor reports.
#[derive(Debug, Clone)]
pub struct Push {
    /// The same at every delivery of one message and of no other of this Provider.
    pub key: String,
    /// A value that may come with one message only; where the vendor's signature covers the message
    /// itself there is no need of it.
    pub once: Option<Secret>,
    /// Who did it; what else the vendor knows of them is not in it.
    pub subject: VendorIdentity,
    /// What they did.
    pub happened: Happened,
    /// What the plugin needs to answer; nobody else reads it.
    pub envelope: Bytes,
}

/// What somebody did at the vendor's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// Scanned a code of ours.
    Scanned(Scene),
    /// Wrote a message that may be an answer to a Login.
    Said(String),
    /// Wrote that it was not them who logged in.
    Disowned,
    /// Changed what the vendor may tell of them.
    Changed(PersonChange),
    /// Something that is not ours.
    Other,
}

/// A duty towards a person that the vendor passes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonChange {
    /// Name or picture are no longer as they were told.
    Profile,
    /// The person takes the permission back: what came from the vendor must go.
    Revoked,
    /// The person's account at the vendor is no more.
    Closed,
}

/// Why a message is not accepted; the sender learns nothing finer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// The shape is wrong.
    #[error("the message is malformed")]
    Malformed,
    /// A signature, an address or a decryption did not hold.
    #[error("the message is not authentic")]
    NotAuthentic,
    /// This kind takes no such messages.
    #[error("this provider takes no such message")]
    NotForUs,
}

/// Which Login a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correlation {
    /// The one with this scene.
    Scene(Scene),
    /// The one that gave the vendor this state.
    State(VendorState),
    /// The newest scanned one of the push's subject.
    Subject,
    /// The newest confirmed one of the push's subject, which they disown.
    Disowned,
    /// None.
    None,
}

/// What a message means for a Login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advance {
    /// Somebody is said to have scanned; who it is has yet to be proven (`Provider::prove`).
    Scanned(VendorIdentity),
    /// The vendor has proven who it is; the person has yet to confirm.
    Proven(VendorIdentity),
    /// The vendor has proven who it is, and that they want it.
    Confirmed(VendorIdentity),
    /// The person refused.
    Denied,
    /// The person gave a wrong answer (number, digits).
    Wrong,
    /// Not for this Login.
    Ignore,
}

/// What became of a push, for the words of its answer. A retry finds the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The person scanned and is to go on at this address of ours, or, without one, as the kind says.
    Scanned(Option<Url>),
    /// The person is logged in, or will be as soon as the vendor has told who they are.
    Confirmed,
    /// The answer was wrong and the Login is over.
    Wrong,
    /// Somebody else scanned the same code and the Login is over.
    Conflict,
    /// Its Login had ended, was decided before, or never was.
    TooLate,
    /// This person scans too often.
    TooOften,
    /// What came of the Login is gone, as the person wanted.
    Disowned,
    /// It was not about a Login.
    NotOurs,
}

/// A way to a vendor's page and back, for one browser.
#[derive(Debug, Clone)]
pub struct Errand {
    /// Where it comes back to.
    pub back: Url,
    /// What it brings back.
    pub state: VendorState,
}

/// A file in the root of our address that shows a vendor that the domain is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainProof {
    /// Its name, without a folder.
    pub file: String,
    /// Its content.
    pub content: String,
}

/// An answer in the vendor's own format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its media type.
    pub media_type: &'static str,
    /// Its body.
    pub body: Bytes,
}
