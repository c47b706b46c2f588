//! One-time links as owners see them: those that can still be used, and the end of one that went astray.

use super::abilities::{EditAdmins, ReadAdmins};
use super::enrol::link_name;
use super::link::NewLink;
use super::{AdminService, Permit};
use crate::audit::Action;
use crate::{ChangeError, StoreError};

impl AdminService {
    /// Links that can be used, the oldest first. Their fingerprints tell them apart; what stands in their
    /// addresses nobody knows but whom they were given to.
    pub async fn list_links(&self, _permit: &Permit<ReadAdmins>) -> Result<Vec<NewLink>, StoreError> {
        self.parts.store.list_links(self.parts.clock.now()).await
    }

    /// Withdraws the link of this fingerprint.
    pub async fn withdraw_link(
        &self,
        permit: &Permit<EditAdmins>,
        fingerprint: &str,
    ) -> Result<(), ChangeError> {
        let links = self.parts.store.list_links(self.parts.clock.now()).await?;
        let link = links.into_iter().find(|link| link.hash.fingerprint() == fingerprint);
        let link = link.ok_or(ChangeError::NotFound)?;
        let row = self.staff_row(permit, Action::AdminLinkWithdrawn, &link_name(&link.hash));
        let is_gone = self.parts.store.delete_link(&link.hash, &row).await?;
        if is_gone { Ok(()) } else { Err(ChangeError::NotFound) }
    }
}
