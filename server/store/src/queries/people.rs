//! Duties towards people: late aliases are linked, what a vendor told is cleared, Identities forgotten.
//!
//! The person's row is written first in each, so that two of them about one person come one after the
//! other; whoever meets a row that has just gone or come starts over.

use super::confirm::{owners, write_aliases};
use super::forgetting::{
    Kept, all_parts, clear_what_it_told, delete_person, end_grants, forget_aliases, forget_logins,
    forget_merges,
};
use super::schema::{identities, users};
use super::{Conn, Sql, audit, merge_offers};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::id::{PictureId, UserId};
use saoma_core::provider::{Image, VendorIdentity};
use saoma_core::user::{
    Face, Forgetting, Forgotten, LateAliases, Linked, NewPicture, PeopleStore, PictureOrigin,
    ProfileClearing, Uploader,
};
use saoma_core::{SecretHash, StoreError, Timestamp};

impl Sql {
    async fn link(&self, late: &LateAliases) -> Result<Linked, Failure> {
        until_done!(self.try_link(late))
    }

    async fn try_link(&self, late: &LateAliases) -> Result<Linked, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let mark = late.identity.alias_mark();
            let Some(kept) = take(conn, &late.identity, late.at).await? else { return Ok(Linked::Nothing) };
            if kept.mark == mark {
                return Ok(Linked::Nothing);
            }
            let user: UserId = kept.user.parse().map_err(|_| Failure::Corrupt("user"))?;
            let found = owners(conn, &late.identity.aliases).await?;
            let claimed = write_aliases(conn, &user, late.at, found).await?;
            let own = identities::table.find(&kept.id);
            diesel::update(own).set(identities::alias_mark.eq(mark)).execute(conn).await?;
            let Some(claim) = claimed else { return Ok(Linked::Linked) };
            merge_offers::add(conn, &late.offer, &user, &claim, late.at).await?;
            audit::add(conn, self.linker()?, &about(&late.conflict, &kept)).await?;
            Ok(Linked::Conflict)
        })
    }

    async fn clear(&self, clearing: &ProfileClearing) -> Result<bool, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let Some(kept) = take(conn, &clearing.identity, clearing.at).await? else { return Ok(false) };
            clear_what_it_told(conn, &kept).await?;
            audit::add(conn, self.linker()?, &about(&clearing.cleared, &kept)).await?;
            Ok(true)
        })
    }

    async fn forget(&self, forgetting: &Forgetting) -> Result<Forgotten, Failure> {
        until_done!(self.try_forget(forgetting))
    }

    async fn try_forget(&self, forgetting: &Forgetting) -> Result<Forgotten, Failure> {
        let Forgetting { identity, at, forgotten, deleted } = forgetting;
        write_tx!(self.writer().await?, |conn| {
            let Some(kept) = take(conn, identity, *at).await? else { return Ok(Forgotten::Nothing) };
            clear_what_it_told(conn, &kept).await?;
            forget_aliases(conn, &kept).await?;
            forget_logins(conn, &identity.namespace, &identity.subject, *at).await?;
            forget_merges(conn, &kept).await?;
            let all = all_parts(conn, &kept.user).await?;
            end_grants(conn, &all, None, *at).await?;
            diesel::delete(identities::table.find(&kept.id)).execute(conn).await?;
            audit::add(conn, self.linker()?, &about(forgotten, &kept)).await?;
            let others = identities::table.filter(identities::user_id.eq(&kept.user)).count();
            if others.get_result::<i64>(conn).await? > 0 {
                return Ok(Forgotten::Identity);
            }
            delete_person(conn, &kept.user).await?;
            let target = kept.user.clone();
            audit::add(conn, self.linker()?, &AuditEntry { target, ..about(deleted, &kept) }).await?;
            Ok(Forgotten::User)
        })
    }
}

/// The row, about this Identity and its User.
fn about(row: &AuditEntry, kept: &Kept) -> AuditEntry {
    AuditEntry { target: kept.id.clone(), user_id: Some(kept.user.clone()), ..row.clone() }
}

async fn find(conn: &mut Conn, identity: &VendorIdentity) -> Result<Option<Kept>, Failure> {
    let by_key = identities::table
        .filter(identities::namespace.eq(&identity.namespace))
        .filter(identities::subject.eq(&identity.subject))
        .select((identities::id, identities::user_id, identities::alias_mark));
    let row: Option<(String, String, String)> = by_key.get_result(conn).await.optional()?;
    Ok(row.map(|(id, user, mark)| Kept { id, user, mark }))
}

/// The Identity, with its User's row held: nobody else changes this person before the end. What was
/// read before the row was ours may be old, so it is read again.
async fn take(conn: &mut Conn, identity: &VendorIdentity, now: Timestamp) -> Result<Option<Kept>, Failure> {
    let Some(seen) = find(conn, identity).await? else { return Ok(None) };
    let user = users::table.find(&seen.user);
    let changed = (users::updated_at.eq(now.0), users::version.eq(users::version + 1));
    diesel::update(user).set(changed).execute(conn).await?;
    Ok(find(conn, identity).await?.filter(|kept| kept.user == seen.user))
}

#[async_trait]
impl PeopleStore for Sql {
    async fn find_picture(&self, id: &PictureId) -> Result<Option<Image>, StoreError> {
        Ok(self.picture(id).await?)
    }

    async fn find_face(&self, user: &UserId) -> Result<Option<Face>, StoreError> {
        Ok(self.face(user).await?)
    }

    async fn find_picture_origin(&self, user: &UserId) -> Result<Option<PictureOrigin>, StoreError> {
        Ok(self.picture_origin(user).await?)
    }

    async fn put_picture(&self, picture: &NewPicture) -> Result<bool, StoreError> {
        Ok(self.put_image(picture).await?)
    }

    async fn find_uploader(&self, companion: &SecretHash) -> Result<Option<Uploader>, StoreError> {
        Ok(self.uploader(companion).await?)
    }

    async fn link_aliases(&self, late: &LateAliases) -> Result<Linked, StoreError> {
        Ok(self.link(late).await?)
    }

    async fn clear_profile(&self, clearing: &ProfileClearing) -> Result<bool, StoreError> {
        Ok(self.clear(clearing).await?)
    }

    async fn forget_identity(&self, forgetting: &Forgetting) -> Result<Forgotten, StoreError> {
        Ok(self.forget(forgetting).await?)
    }
}
