//! Which Logins a list shows: one type for the API, the pages and what is taken away as a file.

use super::AddressBlock;
use crate::Timestamp;
use crate::client::ClientId;
use crate::id::UserId;
use crate::login::{Reason, Stage};
use crate::provider::ProviderSlug;
use std::collections::BTreeSet;

/// Everything that is set must hold; nothing set holds for every Login.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoginFilter {
    /// At this Client.
    pub client: Option<ClientId>,
    /// By this Provider.
    pub provider: Option<ProviderSlug>,
    /// At one of these stages; empty for any.
    pub stages: BTreeSet<Stage>,
    /// Only ends at which the website got nobody.
    pub unlucky: bool,
    /// Ended for this reason.
    pub reason: Option<Reason>,
    /// Of this User.
    pub user: Option<UserId>,
    /// Begun from here.
    pub address: Option<AddressBlock>,
    /// Begun by this browser, without its system.
    pub browser: Option<String>,
    /// Begun at this moment or later.
    pub from: Option<Timestamp>,
    /// Begun at this moment or before.
    pub until: Option<Timestamp>,
}

impl LoginFilter {
    /// The stages that stages and `unlucky` leave together; none for any.
    pub fn wanted_stages(&self) -> Option<BTreeSet<Stage>> {
        let unlucky = self.unlucky.then(|| BTreeSet::from(Stage::UNLUCKY));
        match (unlucky, self.stages.is_empty()) {
            (unlucky, true) => unlucky,
            (None, false) => Some(self.stages.clone()),
            (Some(unlucky), false) => Some(&unlucky & &self.stages),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlucky_narrows_the_stages() {
        let stages = |stages: &[Stage], unlucky| {
            let stages = stages.iter().copied().collect();
            LoginFilter { stages, unlucky, ..LoginFilter::default() }.wanted_stages()
        };
        assert_eq!(stages(&[], false), None);
        assert_eq!(stages(&[], true), Some(BTreeSet::from(Stage::UNLUCKY)));
        let both = [Stage::Failed, Stage::Redeemed];
        assert_eq!(stages(&both, false), Some(BTreeSet::from(both)));
        assert_eq!(stages(&both, true), Some(BTreeSet::from([Stage::Failed])));
        assert_eq!(stages(&[Stage::Redeemed], true), Some(BTreeSet::new()));
    }
}
