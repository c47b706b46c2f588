//! What admins do with settings: read them with what they cost, change some. A change holds at once.

use super::{
    CurrentSettings, Setting, SettingFault, SettingProblem, Settings, SettingsCell, SettingsChange,
    SettingsStore, StoredSettings, TableSize,
};
use crate::admin::Permit;
use crate::admin::abilities::{EditSettings, ReadSettings};
use crate::audit::{Action, Differences};
use crate::calendar::Zone;
use crate::{ChangeError, Clock, Entropy, FieldProblem, StoreError};
use serde_json::json;
use std::sync::Arc;

/// What the service is made of.
#[derive(Clone)]
pub struct SettingsParts {
    /// Keeps settings.
    pub store: Arc<dyn SettingsStore>,
    /// What holds.
    pub cell: Arc<SettingsCell>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Answers admins about settings.
pub struct SettingsService {
    parts: SettingsParts,
}

impl SettingsService {
    /// A service of these parts.
    pub fn new(parts: SettingsParts) -> Self {
        Self { parts }
    }

    /// Reads what is stored into what holds: at the start, and now and then for what another node changed.
    pub async fn load(&self) -> Result<(), StoreError> {
        self.parts.cell.replace(&self.parts.store.find_settings().await?);
        Ok(())
    }

    /// The settings as they hold, for the house itself: its name, its clocks.
    pub fn current(&self) -> Arc<CurrentSettings> {
        self.parts.cell.current()
    }

    /// Where a day begins, for whoever is inside: pages and answers need it to tell times.
    pub fn zone(&self) -> Zone {
        self.parts.cell.current().time_zone
    }

    /// The settings as they hold.
    pub fn find(&self, _permit: &Permit<ReadSettings>) -> Arc<CurrentSettings> {
        self.parts.cell.current()
    }

    /// How large the tables are, and the whole database in bytes.
    pub async fn sizes(&self, _permit: &Permit<ReadSettings>) -> Result<(Vec<TableSize>, i64), StoreError> {
        self.parts.store.find_sizes().await
    }

    /// Changes some settings of this version; what they then are. A value that is as it was is no change.
    pub async fn update(
        &self,
        permit: &Permit<EditSettings>,
        version: i64,
        change: &SettingsChange,
    ) -> Result<Arc<CurrentSettings>, ChangeError> {
        let stored = self.parts.store.find_settings().await?;
        if stored.version != version {
            return Err(ChangeError::Stale);
        }
        let held = self.parts.cell.current();
        let of_file = managed(change, &held);
        if !of_file.is_empty() {
            return Err(told(of_file));
        }
        let before = stored.change.over(Settings::default()).unwrap_or_default();
        let own = change.clone().without(&held.from_file);
        let after = own.over(before.clone()).map_err(told)?;
        let names = changed(&before, &after);
        if !held.owners_need_passkeys && after.owners_need_passkeys && permit.caller().admin.passkeys == 0 {
            let (setting, fault) = (Setting::OwnersNeedPasskeys, SettingFault::NoPasskey);
            return Err(told(vec![SettingProblem { setting, fault }]));
        }
        if names.is_empty() {
            return Ok(held);
        }
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let mut row = permit.caller().row(entropy, now, Action::SettingsChanged, "settings");
        row.detail = differences(&names, &before, &after);
        let stored = StoredSettings { change: whole(&after), version: version + 1 };
        if !self.parts.store.update_settings(&stored, now, &row).await? {
            return Err(ChangeError::Stale);
        }
        self.parts.cell.replace(&stored);
        Ok(self.parts.cell.current())
    }
}

fn told(problems: Vec<SettingProblem>) -> ChangeError {
    let field = |problem: SettingProblem| {
        let pointer = format!("/{}", problem.setting.as_str());
        FieldProblem::new(pointer, problem.code(), problem.fault.to_string())
    };
    ChangeError::Invalid(problems.into_iter().map(field).collect())
}

/// A form gives back what it showed; only another value is an attempt to change what the file has.
fn managed(change: &SettingsChange, held: &CurrentSettings) -> Vec<SettingProblem> {
    let wanted = change.over(held.settings.clone()).unwrap_or_else(|_| held.settings.clone());
    let names = changed(&held.settings, &wanted);
    let of_file = held.from_file.iter().filter(|setting| names.contains(&setting.as_str()));
    of_file.map(|setting| SettingProblem { setting: *setting, fault: SettingFault::ManagedByFile }).collect()
}

/// The names of the settings that differ.
fn changed(before: &Settings, after: &Settings) -> Vec<&'static str> {
    let differs = |setting: &Setting| match setting {
        Setting::Name => before.name != after.name,
        Setting::TimeZone => before.time_zone != after.time_zone,
        Setting::LoginRetentionDays => before.login_retention_days != after.login_retention_days,
        Setting::AuditRetentionDays => before.audit_retention_days != after.audit_retention_days,
        Setting::SessionIdleMinutes => before.session_idle_minutes != after.session_idle_minutes,
        Setting::SessionHours => before.session_hours != after.session_hours,
        Setting::OwnersNeedPasskeys => before.owners_need_passkeys != after.owners_need_passkeys,
    };
    Setting::ALL.iter().filter(|setting| differs(setting)).map(|setting| setting.as_str()).collect()
}

/// What these settings were and are, in the audit's words.
fn differences(names: &[&str], before: &Settings, after: &Settings) -> Option<String> {
    let [before, after] = [before, after].map(|settings| json!(whole(settings)));
    let mut differences = Differences::default();
    for name in names {
        differences.value(name, &before.get(name), &after.get(name));
    }
    differences.told()
}

/// Everything said.
fn whole(settings: &Settings) -> SettingsChange {
    SettingsChange {
        name: Some(settings.name.clone()),
        time_zone: Some(settings.time_zone.name().to_owned()),
        login_retention_days: Some(settings.login_retention_days),
        audit_retention_days: Some(settings.audit_retention_days),
        session_idle_minutes: Some(settings.session_idle_minutes),
        session_hours: Some(settings.session_hours),
        owners_need_passkeys: Some(settings.owners_need_passkeys),
    }
}
