//! The settings in memory, as they hold at this moment; replaced as a whole when one is changed.

use super::{Setting, Settings, SettingsChange, StoredSettings};
use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

/// The settings with where they come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CurrentSettings {
    /// As they hold.
    pub settings: Settings,
    /// Grows by one at each change.
    pub version: i64,
    /// Those that the configuration file has.
    pub from_file: BTreeSet<Setting>,
}

impl Deref for CurrentSettings {
    type Target = Settings;
    fn deref(&self) -> &Settings {
        &self.settings
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct SettingsCell {
    file: SettingsChange,
    current: RwLock<Arc<CurrentSettings>>,
}

impl SettingsCell {
    /// The defaults under what the file says, which was checked with the file.
    pub fn new(file: SettingsChange) -> Self {
        let cell = Self { file, current: RwLock::default() };
        cell.replace(&StoredSettings::default());
        cell
    }

    /// As they hold at this moment.
    pub fn current(&self) -> Arc<CurrentSettings> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts what is stored in the place of what held. A stored value that this version does not allow is
    /// passed over for its default.
    pub fn replace(&self, stored: &StoredSettings) {
        let settings = stored.change.over(Settings::default()).unwrap_or_else(|problems| {
            let bad: BTreeSet<_> = problems.iter().map(|problem| problem.setting.as_str()).collect();
            tracing::warn!(?bad, "stored settings are not usable; their defaults hold");
            Settings::default()
        });
        let settings = self.file.over(settings.clone()).unwrap_or(settings);
        let from_file = self.file.names();
        let current = CurrentSettings { settings, version: stored.version, from_file };
        let mut held = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever read before a change was made must not take it back.
        if current.version >= held.version {
            *held = Arc::new(current);
        }
    }
}
