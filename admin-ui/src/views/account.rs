//! One's own account: where one is logged in, and one's passkeys.

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

/// A passkey.
#[derive(Debug, Clone, Serialize)]
pub struct PasskeyLine {
    /// Its id.
    pub id: String,
    /// What its holder calls it.
    pub name: String,
    /// Whether it is on other devices as well.
    pub backed_up: bool,
    /// Since when.
    pub added: Moment,
    /// When it was last used.
    pub used: Option<Moment>,
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// Where one is logged in.
    pub sessions: Vec<SessionLine>,
    /// One's passkeys.
    pub passkeys: Vec<PasskeyLine>,
    /// Whether browsers allow passkeys at this address.
    pub can_use_passkeys: bool,
    /// Whether one must be added before anything else.
    pub must_add_passkey: bool,
    /// What went wrong with one, in the word of its text.
    pub problem: Option<&'static str>,
    /// What is wrong with a new password, in the word of its text.
    pub password_problem: Option<&'static str>,
    /// Whether a change was just made.
    pub saved: bool,
    /// Recovery codes that are left.
    pub recovery_codes: usize,
    /// Minutes that a session lives without use.
    pub idle_minutes: u32,
    /// Hours that it lives in all.
    pub session_hours: u32,
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
        let passkey = PasskeyLine {
            id: "psk_1".to_owned(),
            name: "phone<".to_owned(),
            backed_up: true,
            added: Timestamp(1_700_000_000_000).into(),
            used: Some(Timestamp(1_700_000_300_000).into()),
        };
        let new = PasskeyLine { backed_up: false, used: None, ..passkey.clone() };
        let plain = Self {
            sessions: vec![line, other],
            passkeys: vec![passkey, new],
            can_use_passkeys: true,
            must_add_passkey: false,
            problem: None,
            password_problem: None,
            saved: true,
            recovery_codes: 10,
            idle_minutes: 15,
            session_hours: 8,
        };
        let led = Self {
            passkeys: Vec::new(),
            must_add_passkey: true,
            problem: Some("last_factor"),
            password_problem: Some("guessable"),
            saved: false,
            recovery_codes: 0,
            ..plain.clone()
        };
        vec![plain.clone(), led, Self { can_use_passkeys: false, passkeys: Vec::new(), ..plain }]
    }
}
