//! One's own account: where one is logged in.

use crate::{Moment, View};
use saoma_core::Timestamp;
use serde::Serialize;

/// A session.
#[derive(Debug, Clone, Serialize)]
pub struct SessionLine {
    /// Its id.
    pub id: String,
    /// Whether it is the one that looks.
    pub own: bool,
    /// Browser and system.
    pub browser: Option<String>,
    /// The address it began from.
    pub address: Option<String>,
    /// When it began.
    pub began: Moment,
    /// When it was last used.
    pub seen: Moment,
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// Where one is logged in.
    pub sessions: Vec<SessionLine>,
}

impl View for Account {
    const NAME: &'static str = "account";

    fn samples() -> Vec<Self> {
        let line = SessionLine {
            id: "ses_1".to_owned(),
            own: true,
            browser: Some("Chrome on Linux".to_owned()),
            address: Some("127.0.0.1".to_owned()),
            began: Timestamp(1_700_000_000_000).into(),
            seen: Timestamp(1_700_000_300_000).into(),
        };
        let other = SessionLine { own: false, browser: None, address: None, ..line.clone() };
        vec![Self { sessions: vec![line, other] }]
    }
}
