//! Messages that reach a plugin: from the phone-side page, the vendor's redirect, its servers.
//!
//! Raw bytes are looked at once, in `parse`; what comes out is verified and typed.

use super::VendorIdentity;
use crate::Secret;
use crate::login::Scene;
use bytes::Bytes;
use std::collections::BTreeMap;

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
        state: String,
        /// The vendor's code; none when the person refused.
        code: Option<Secret>,
    },
    /// The vendor reports that a subject did something.
    Push {
        /// The subject.
        subject: VendorIdentity,
        /// The scene, when the event carries one.
        scene: Option<Scene>,
        /// What a person wrote, when it was a message.
        text: Option<String>,
    },
    /// Nothing to decide: answer and be done (e.g. address verification).
    Direct(Reply),
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
    State(String),
    /// The newest scanned one of this subject.
    Subject {
        /// Namespace of the subject.
        namespace: String,
        /// The subject.
        subject: String,
    },
    /// None.
    None,
}

/// What a message means for a Login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advance {
    /// Somebody scanned; who it is counts, but is yet to be proven on the phone.
    Scanned(VendorIdentity),
    /// The vendor has proven who it is. A companion must still confirm; a redirect has.
    Proven(VendorIdentity),
    /// The person refused.
    Denied,
    /// The person gave a wrong answer (number, digits).
    Wrong,
    /// Not for this Login.
    Ignore,
}

/// What became of a message, as kept in the inbox for the vendor's retries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It moved the Login, or renewed it.
    Accepted,
    /// It changed nothing.
    Ignored,
    /// Its Login had ended or never was.
    TooLate,
}

/// An answer in the vendor's own format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its media type.
    pub media_type: &'static str,
    /// Its body.
    pub body: Bytes,
}
