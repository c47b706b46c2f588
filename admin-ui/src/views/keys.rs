//! What id tokens are signed with, and the next key before its time.

use crate::{Moment, View};
use serde::Serialize;

/// A key, without its private part.
#[derive(Debug, Clone, Serialize)]
pub struct KeyLine {
    /// The thumbprint of its public part.
    pub kid: String,
    /// What it signs with.
    pub algorithm: &'static str,
    /// How it stands, in a word.
    pub state: &'static str,
    /// Since when it is published.
    pub created: Moment,
    /// From when on it signs.
    pub signs_from: Moment,
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub struct SigningKeys {
    /// By algorithm and age.
    pub keys: Vec<KeyLine>,
    /// Of which a next one can be made.
    pub algorithms: Vec<&'static str>,
    /// Whether this admin may make one.
    pub may_rotate: bool,
    /// Whether one was just made.
    pub saved: bool,
    /// What stood in the way of it.
    pub trouble: Option<&'static str>,
}

impl View for SigningKeys {
    const NAME: &'static str = "keys";

    fn samples() -> Vec<Self> {
        let at = |millis| saoma_core::Timestamp(millis).into();
        let line = |state| KeyLine {
            kid: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs".to_owned(),
            algorithm: "RS256",
            state,
            created: at(0),
            signs_from: at(1),
        };
        let keys = ["leaving", "signing", "coming"].map(line).to_vec();
        let full =
            Self { keys, algorithms: vec!["RS256", "ES256"], may_rotate: true, saved: true, trouble: None };
        let refused = Self { saved: false, trouble: Some("next_key_waits"), ..full.clone() };
        vec![Self { may_rotate: false, saved: false, ..full.clone() }, refused, full]
    }
}
