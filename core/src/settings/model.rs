//! The settings, their defaults, and between which values each may lie.

use crate::admin::SessionRules;
use crate::calendar::Zone;
use std::ops::RangeInclusive;

/// One of the settings, by its name in API, file and audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// What the house is called.
    Name,
    /// Where a day begins.
    TimeZone,
    /// How long ended Logins stay.
    LoginRetentionDays,
    /// How long audit rows stay.
    AuditRetentionDays,
    /// How long an admin's session lives without use.
    SessionIdleMinutes,
    /// How long it lives in all.
    SessionHours,
    /// Whether owners need a passkey: without one they can do nothing but add it, with one the app's code
    /// no longer lets them in.
    OwnersNeedPasskeys,
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::TimeZone,
        Self::LoginRetentionDays,
        Self::AuditRetentionDays,
        Self::SessionIdleMinutes,
        Self::SessionHours,
        Self::OwnersNeedPasskeys,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::TimeZone => "time_zone",
            Self::LoginRetentionDays => "login_retention_days",
            Self::AuditRetentionDays => "audit_retention_days",
            Self::SessionIdleMinutes => "session_idle_minutes",
            Self::SessionHours => "session_hours",
            Self::OwnersNeedPasskeys => "owners_need_passkeys",
        }
    }
}

/// The settings as they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What the house is called, at the head of its pages and in admins' apps.
    pub name: String,
    /// Where a day begins, and what clocks the pages show.
    pub time_zone: Zone,
    /// Days that ended Logins stay.
    pub login_retention_days: u32,
    /// Days that audit rows stay; 0 is for ever.
    pub audit_retention_days: u32,
    /// Minutes that an admin's session lives without use.
    pub session_idle_minutes: u32,
    /// Hours that it lives in all.
    pub session_hours: u32,
    /// Whether owners need a passkey: without one they can do nothing but add it, with one the app's code
    /// no longer lets them in.
    pub owners_need_passkeys: bool,
}

impl Settings {
    /// The longest name, in characters.
    pub const NAME_CHARS: usize = 60;
    /// Days that Logins may stay: at least one, so that a late second use of a code is noticed.
    pub const LOGIN_DAYS: RangeInclusive<u32> = 1..=3650;
    /// Days that audit rows may stay when they do not for ever: what happens this month can be looked up.
    pub const AUDIT_DAYS: RangeInclusive<u32> = 30..=36_500;
    /// Minutes without use.
    pub const IDLE_MINUTES: RangeInclusive<u32> = 5..=60;
    /// Hours in all.
    pub const SESSION_HOURS: RangeInclusive<u32> = 1..=24;

    /// How long admins' sessions live.
    pub fn session_rules(&self) -> SessionRules {
        SessionRules {
            idle_seconds: u64::from(self.session_idle_minutes) * 60,
            absolute_seconds: u64::from(self.session_hours) * 3600,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "Saoma".to_owned(),
            time_zone: Zone::UTC,
            login_retention_days: 30,
            audit_retention_days: 0,
            session_idle_minutes: 15,
            session_hours: 8,
            owners_need_passkeys: false,
        }
    }
}
