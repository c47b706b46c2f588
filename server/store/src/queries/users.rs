//! Users, for admins: the trait of core over what the files beside this one do.

use super::Sql;
use super::user_rows::remembered_consents;
use async_trait::async_trait;
use saoma_core::audit::AuditEntry;
use saoma_core::id::{LoginId, OfferId, UserId};
use saoma_core::page::{Page, PageRequest};
use saoma_core::user::admin::{
    Admission, Deletion, Linking, MergeOffer, Merging, Person, PersonDetail, RememberedConsent, Revocation,
    Switching, Undoing, Unlinking, UserAdminStore, UserError, UserFilter,
};
use saoma_core::{StoreError, Timestamp};

#[async_trait]
impl UserAdminStore for Sql {
    async fn list_users(&self, filter: &UserFilter, page: &PageRequest) -> Result<Page<Person>, StoreError> {
        Ok(self.user_page(filter, page).await?)
    }

    async fn find_user(&self, id: &UserId, now: Timestamp) -> Result<Option<PersonDetail>, StoreError> {
        Ok(self.person_detail(id, now).await?)
    }

    async fn list_consents(&self, users: &[UserId]) -> Result<Vec<RememberedConsent>, StoreError> {
        let ids: Vec<String> = users.iter().map(ToString::to_string).collect();
        let mut conn = self.reader().await.map_err(StoreError::from)?;
        Ok(remembered_consents(&mut conn, &ids).await?)
    }

    async fn switch_user(&self, switching: &Switching) -> Result<Vec<LoginId>, UserError> {
        Ok(self.switch(switching).await?)
    }

    async fn revoke_grants(&self, revocation: &Revocation) -> Result<usize, UserError> {
        Ok(self.revoke_all(revocation).await?)
    }

    async fn delete_user(&self, deletion: &Deletion) -> Result<Vec<LoginId>, UserError> {
        Ok(self.delete_whole(deletion).await?)
    }

    async fn unlink_identity(&self, unlinking: &Unlinking) -> Result<Vec<LoginId>, UserError> {
        Ok(self.unlink(unlinking).await?)
    }

    async fn link_identity(&self, linking: &Linking) -> Result<Vec<LoginId>, UserError> {
        Ok(self.relink(linking).await?)
    }

    async fn admit_login(&self, admission: &Admission) -> Result<UserId, UserError> {
        Ok(self.admit_person(admission).await?)
    }

    async fn merge_users(&self, merging: &Merging) -> Result<(), UserError> {
        Ok(self.merge(merging).await?)
    }

    async fn undo_merge(&self, undoing: &Undoing) -> Result<Vec<LoginId>, UserError> {
        Ok(self.undo(undoing).await?)
    }

    async fn list_merge_offers(&self, page: &PageRequest) -> Result<Page<MergeOffer>, StoreError> {
        Ok(self.offer_page(page).await?)
    }

    async fn dismiss_offer(
        &self,
        offer: &OfferId,
        at: Timestamp,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError> {
        Ok(self.dismiss(offer, at, audit).await?)
    }

    async fn delete_old_merges(&self, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
        Ok(self.drop_old_merges(now, limit).await?)
    }
}
