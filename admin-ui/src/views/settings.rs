//! The settings of the house, and how large what retention is about has become.

use crate::{Notes, View};
use serde::Serialize;

/// A class of tables.
#[derive(Debug, Clone, Serialize)]
pub struct SizeLine {
    /// `logins`, `audit` or `users`.
    pub class: &'static str,
    /// Rows, about.
    pub rows: i64,
    /// How large, where the database tells.
    pub size: Option<String>,
}

/// The form: what was entered, or what holds.
#[derive(Debug, Clone, Default, Serialize)]
pub struct HouseSettings {
    /// What the house is called.
    pub name: String,
    /// Where a day begins.
    pub time_zone: String,
    /// All zones.
    pub zones: Vec<&'static str>,
    /// Days that ended logins stay.
    pub login_retention_days: String,
    /// Days that the audit stays; 0 is for ever.
    pub audit_retention_days: String,
    /// Minutes without use.
    pub session_idle_minutes: String,
    /// Hours in all.
    pub session_hours: String,
    /// Whether owners must log in by passkey.
    pub owners_need_passkeys: bool,
    /// Names of those that the configuration file has.
    pub locked: Vec<&'static str>,
    /// What was read, for a change.
    pub version: i64,
    /// Whether this admin may change them.
    pub may_edit: bool,
    /// Whether they were just saved.
    pub saved: bool,
    /// What is wrong.
    pub notes: Notes,
    /// Why they were not changed, in a word.
    pub trouble: Option<&'static str>,
    /// How large the tables are.
    pub sizes: Vec<SizeLine>,
    /// How large the whole database is.
    pub database: String,
}

impl View for HouseSettings {
    const NAME: &'static str = "settings";

    fn samples() -> Vec<Self> {
        let size =
            |class, size: Option<&str>| SizeLine { class, rows: 12_345, size: size.map(str::to_owned) };
        let full = Self {
            name: "门房 <b>".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            zones: vec!["Asia/Shanghai", "UTC"],
            login_retention_days: "30".to_owned(),
            audit_retention_days: "0".to_owned(),
            session_idle_minutes: "15".to_owned(),
            session_hours: "8".to_owned(),
            owners_need_passkeys: true,
            locked: vec!["audit_retention_days", "owners_need_passkeys"],
            version: 1,
            may_edit: true,
            saved: true,
            notes: crate::notes(vec![saoma_core::FieldProblem::new("/name", "name_shape", "is no name")]),
            trouble: Some("stale"),
            sizes: vec![size("logins", Some("1.2 MB")), size("audit", None), size("users", None)],
            database: "3.4 MB".to_owned(),
        };
        vec![Self { may_edit: false, saved: false, trouble: None, ..full.clone() }, full]
    }
}
