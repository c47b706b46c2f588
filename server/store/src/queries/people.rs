//! Duties towards people: late aliases are linked, what a vendor told is cleared, Identities forgotten.
//!
//! The person's row is written first in each, so that two of them about one person come one after the
//! other; whoever meets a row that has just gone or come starts over.

use super::confirm::{TRIES, owners, write_aliases};
use super::schema::{access_tokens, aliases, grants, identities, logins, pictures, users};
use super::{Conn, Sql, audit};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::id::{PictureId, UserId};
use saoma_core::provider::{Image, VendorIdentity};
use saoma_core::user::{
    Forgetting, Forgotten, LateAliases, Linked, NewPicture, PeopleStore, PictureOrigin, ProfileClearing,
    Uploader,
};
use saoma_core::{SecretHash, StoreError, Timestamp};
use std::collections::BTreeSet;

/// An Identity as it is kept.
struct Kept {
    id: String,
    user: String,
    mark: String,
}

impl Sql {
    async fn link(&self, late: &LateAliases) -> Result<Linked, Failure> {
        for _ in 1..TRIES {
            match self.try_link(late).await {
                Err(failure) if failure.is_race() => {}
                done => return done,
            }
        }
        self.try_link(late).await
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
            let is_free = write_aliases(conn, &user, late.at, found).await?;
            let own = identities::table.find(&kept.id);
            diesel::update(own).set(identities::alias_mark.eq(mark)).execute(conn).await?;
            if is_free {
                return Ok(Linked::Linked);
            }
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
        for _ in 1..TRIES {
            match self.try_forget(forgetting).await {
                Err(failure) if failure.is_race() => {}
                done => return done,
            }
        }
        self.try_forget(forgetting).await
    }

    async fn try_forget(&self, forgetting: &Forgetting) -> Result<Forgotten, Failure> {
        let Forgetting { identity, at, forgotten, deleted } = forgetting;
        write_tx!(self.writer().await?, |conn| {
            let Some(kept) = take(conn, identity, *at).await? else { return Ok(Forgotten::Nothing) };
            clear_what_it_told(conn, &kept).await?;
            forget_aliases(conn, &kept).await?;
            forget_logins(conn, identity, *at).await?;
            end_grants(conn, &kept.user, *at).await?;
            diesel::delete(identities::table.find(&kept.id)).execute(conn).await?;
            audit::add(conn, self.linker()?, &about(forgotten, &kept)).await?;
            let others = identities::table.filter(identities::user_id.eq(&kept.user)).count();
            if others.get_result::<i64>(conn).await? > 0 {
                return Ok(Forgotten::Identity);
            }
            delete_user(conn, &kept.user).await?;
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
    diesel::update(user).set(users::updated_at.eq(now.0)).execute(conn).await?;
    Ok(find(conn, identity).await?.filter(|kept| kept.user == seen.user))
}

async fn clear_what_it_told(conn: &mut Conn, kept: &Kept) -> Result<(), Failure> {
    let named = users::table.find(&kept.user).filter(users::name_from.eq(&kept.id));
    let nameless = (users::name.eq(None::<String>), users::name_from.eq(None::<String>));
    diesel::update(named).set(nameless).execute(conn).await?;
    let shown = pictures::table.filter(pictures::identity_id.eq(&kept.id));
    diesel::delete(shown).execute(conn).await?;
    Ok(())
}

/// Those that no other Identity of the User came with as well.
async fn forget_aliases(conn: &mut Conn, kept: &Kept) -> Result<(), Failure> {
    let others = identities::table
        .filter(identities::user_id.eq(&kept.user))
        .filter(identities::id.ne(&kept.id))
        .select(identities::alias_mark);
    let others: Vec<String> = others.load(conn).await?;
    let shared: BTreeSet<&str> = others.iter().flat_map(|mark| mark.lines()).collect();
    let own = kept.mark.lines().filter(|line| !shared.contains(line));
    for (namespace, value) in own.filter_map(|line| line.split_once('=')) {
        let alias = aliases::table.find((namespace, value)).filter(aliases::user_id.eq(&kept.user));
        diesel::delete(alias).execute(conn).await?;
    }
    Ok(())
}

/// Logins of the person no longer say who it was. One that is under way is over at once; whoever looks
/// at it next writes so, as with any other that lapsed, and a change that was on its way is lost.
async fn forget_logins(conn: &mut Conn, identity: &VendorIdentity, now: Timestamp) -> Result<(), Failure> {
    let nobody = || {
        (
            logins::proof_namespace.eq(None::<String>),
            logins::proof_subject.eq(None::<String>),
            logins::proof_detail.eq(None::<String>),
            logins::companion_hash.eq(None::<String>),
            logins::user_id.eq(None::<String>),
        )
    };
    let of_person = logins::table
        .filter(logins::proof_namespace.eq(&identity.namespace))
        .filter(logins::proof_subject.eq(&identity.subject));
    let live = of_person.filter(logins::ended_at.is_null());
    let over = (nobody(), logins::expires_at.eq(now.0), logins::version.eq(logins::version + 1));
    diesel::update(live).set(over).execute(conn).await?;
    diesel::update(of_person).set(nobody()).execute(conn).await?;
    Ok(())
}

/// All of the User's: a token tells of the whole User, and which Login it came from is forgotten
/// sooner than the token.
async fn end_grants(conn: &mut Conn, user: &str, now: Timestamp) -> Result<(), Failure> {
    let of_user = grants::table.filter(grants::user_id.eq(user));
    let tokens = access_tokens::table.filter(access_tokens::grant_id.eq_any(of_user.select(grants::id)));
    diesel::delete(tokens).execute(conn).await?;
    let live = of_user.filter(grants::revoked_at.is_null());
    diesel::update(live).set(grants::revoked_at.eq(Some(now.0))).execute(conn).await?;
    Ok(())
}

async fn delete_user(conn: &mut Conn, user: &str) -> Result<(), Failure> {
    diesel::delete(pictures::table.find(user)).execute(conn).await?;
    diesel::delete(aliases::table.filter(aliases::user_id.eq(user))).execute(conn).await?;
    diesel::delete(grants::table.filter(grants::user_id.eq(user))).execute(conn).await?;
    diesel::delete(users::table.find(user)).execute(conn).await?;
    Ok(())
}

#[async_trait]
impl PeopleStore for Sql {
    async fn find_picture(&self, id: &PictureId) -> Result<Option<Image>, StoreError> {
        Ok(self.picture(id).await?)
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
