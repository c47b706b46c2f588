//! A change of settings: some of them, each checked. The stored document and the file's values have the
//! same form, so that one check holds for all three.

use super::{Setting, Settings};
use crate::calendar::Zone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Settings that somebody says, as they say them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsChange {
    /// What the house is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The IANA name of a zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_retention_days: Option<u32>,
    /// Days; 0 is for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_retention_days: Option<u32>,
    /// Minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_idle_minutes: Option<u32>,
    /// Hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_hours: Option<u32>,
    /// Whether they must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owners_need_passkeys: Option<bool>,
}

/// A value that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} {fault}", .setting.as_str())]
pub struct SettingProblem {
    /// Of which setting.
    pub setting: Setting,
    /// Why not.
    pub fault: SettingFault,
}

impl SettingProblem {
    /// The word that never changes; pages have its words in each language.
    pub const fn code(&self) -> &'static str {
        match self.fault {
            SettingFault::ManagedByFile => return "managed_by_file",
            SettingFault::NoPasskey => return "passkey_first",
            _ => {}
        }
        match self.setting {
            Setting::Name => "name_shape",
            Setting::TimeZone => "zone_unknown",
            Setting::LoginRetentionDays => "login_days_range",
            Setting::AuditRetentionDays => "audit_days_range",
            Setting::SessionIdleMinutes => "idle_minutes_range",
            Setting::SessionHours => "session_hours_range",
            Setting::OwnersNeedPasskeys => "not_a_flag",
        }
    }
}

/// See `SettingProblem`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingFault {
    /// Not between the least and the most there may be.
    #[error("must lie between {0} and {1}")]
    OutOfRange(u32, u32),
    /// Neither 0 nor between these.
    #[error("must be 0, which is for ever, or lie between {0} and {1}")]
    OutOfRangeOrZero(u32, u32),
    /// Empty, too long, or with characters that are not shown.
    #[error("must be 1 to 60 characters that can be shown")]
    NotAName,
    /// There is no such zone.
    #[error("is not the name of a time zone like Asia/Shanghai or UTC")]
    UnknownZone,
    /// Whoever wants it has no passkey, and would be shut out first.
    #[error("needs a passkey of your own first: add one under your account")]
    NoPasskey,
    /// The configuration file has it.
    #[error("is set by the configuration file")]
    ManagedByFile,
}

impl SettingsChange {
    /// Which settings it says.
    pub fn names(&self) -> BTreeSet<Setting> {
        let said = [
            (Setting::Name, self.name.is_some()),
            (Setting::TimeZone, self.time_zone.is_some()),
            (Setting::LoginRetentionDays, self.login_retention_days.is_some()),
            (Setting::AuditRetentionDays, self.audit_retention_days.is_some()),
            (Setting::SessionIdleMinutes, self.session_idle_minutes.is_some()),
            (Setting::SessionHours, self.session_hours.is_some()),
            (Setting::OwnersNeedPasskeys, self.owners_need_passkeys.is_some()),
        ];
        said.into_iter().filter(|(_, is_said)| *is_said).map(|(setting, _)| setting).collect()
    }

    /// What it says but for these.
    #[must_use]
    pub fn without(mut self, settings: &BTreeSet<Setting>) -> Self {
        for setting in settings {
            match setting {
                Setting::Name => self.name = None,
                Setting::TimeZone => self.time_zone = None,
                Setting::LoginRetentionDays => self.login_retention_days = None,
                Setting::AuditRetentionDays => self.audit_retention_days = None,
                Setting::SessionIdleMinutes => self.session_idle_minutes = None,
                Setting::SessionHours => self.session_hours = None,
                Setting::OwnersNeedPasskeys => self.owners_need_passkeys = None,
            }
        }
        self
    }

    /// These settings over others; what it does not say stays as it was.
    pub fn over(&self, mut settings: Settings) -> Result<Settings, Vec<SettingProblem>> {
        let mut problems = Vec::new();
        let mut put = |setting, fault: Option<SettingFault>| {
            problems.extend(fault.map(|fault| SettingProblem { setting, fault }));
        };
        if let Some(name) = &self.name {
            let name = name.trim();
            put(Setting::Name, (!is_name(name)).then_some(SettingFault::NotAName));
            name.clone_into(&mut settings.name);
        }
        if let Some(zone) = &self.time_zone {
            match zone.parse::<Zone>() {
                Ok(zone) => settings.time_zone = zone,
                Err(_) => put(Setting::TimeZone, Some(SettingFault::UnknownZone)),
            }
        }
        if let Some(days) = self.audit_retention_days {
            let range = Settings::AUDIT_DAYS;
            let fits = days == 0 || range.contains(&days);
            let fault = SettingFault::OutOfRangeOrZero(*range.start(), *range.end());
            put(Setting::AuditRetentionDays, (!fits).then_some(fault));
            settings.audit_retention_days = days;
        }
        if let Some(flag) = self.owners_need_passkeys {
            settings.owners_need_passkeys = flag;
        }
        let numbers = [
            (
                Setting::LoginRetentionDays,
                self.login_retention_days,
                Settings::LOGIN_DAYS,
                &mut settings.login_retention_days,
            ),
            (
                Setting::SessionIdleMinutes,
                self.session_idle_minutes,
                Settings::IDLE_MINUTES,
                &mut settings.session_idle_minutes,
            ),
            (Setting::SessionHours, self.session_hours, Settings::SESSION_HOURS, &mut settings.session_hours),
        ];
        for (setting, said, range, place) in numbers {
            put(setting, said.and_then(|number| outside(number, &range)));
            *place = said.unwrap_or(*place);
        }
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }
}

fn outside(number: u32, range: &RangeInclusive<u32>) -> Option<SettingFault> {
    (!range.contains(&number)).then_some(SettingFault::OutOfRange(*range.start(), *range.end()))
}

fn is_name(text: &str) -> bool {
    let chars = text.chars().count();
    (1..=Settings::NAME_CHARS).contains(&chars) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_checked_and_the_rest_stays() {
        let change = SettingsChange {
            name: Some(" 门房 ".to_owned()),
            time_zone: Some("Asia/Shanghai".to_owned()),
            audit_retention_days: Some(0),
            session_hours: Some(24),
            ..SettingsChange::default()
        };
        let after = change.over(Settings::default()).unwrap();
        assert_eq!(
            (after.name.as_str(), after.time_zone.name(), after.session_hours),
            ("门房", "Asia/Shanghai", 24)
        );
        assert_eq!(after.login_retention_days, 30);
        assert_eq!(change.names().len(), 4);
        assert_eq!(SettingsChange::default().over(after.clone()), Ok(after));
    }

    #[test]
    fn every_value_that_cannot_be_is_told_at_once() {
        let change = SettingsChange {
            name: Some("\u{7}".to_owned()),
            time_zone: Some("Mars".to_owned()),
            login_retention_days: Some(0),
            audit_retention_days: Some(29),
            session_idle_minutes: Some(61),
            session_hours: Some(25),
            owners_need_passkeys: Some(true),
        };
        let problems = change.over(Settings::default()).unwrap_err();
        let told: BTreeSet<_> = problems.iter().map(|problem| problem.setting).collect();
        assert_eq!(told.len(), Setting::ALL.len() - 1, "all but the flag: {problems:?}");
    }

    #[test]
    fn each_setting_has_its_name_in_the_stored_document() {
        let change = SettingsChange {
            name: Some("x".to_owned()),
            time_zone: Some("UTC".to_owned()),
            login_retention_days: Some(1),
            audit_retention_days: Some(30),
            session_idle_minutes: Some(5),
            session_hours: Some(1),
            owners_need_passkeys: Some(false),
        };
        let json = serde_json::to_value(&change).unwrap();
        let names: BTreeSet<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, Setting::ALL.map(Setting::as_str).into());
        assert_eq!(change.names(), Setting::ALL.into());
        assert_eq!(change.without(&Setting::ALL.into()), SettingsChange::default());
    }
}
