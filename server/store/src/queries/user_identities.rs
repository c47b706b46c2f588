//! One Identity is taken from its User, given to another, or made from what a Login proved.

use super::confirm::{owners, write_aliases};
use super::forgetting::{
    Kept, all_parts, clear_what_it_told, end_confirmed, end_grants, forget_aliases, forget_logins,
    forget_merges, own_aliases,
};
use super::rows::LoginRow;
use super::schema::{aliases, identities, logins, users};
use super::user_changes::{Held, hold, login_ids, unsettle};
use super::{Conn, Sql, audit, merge_offers};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::Timestamp;
use saoma_core::audit::AuditEntry;
use saoma_core::id::{IdentityId, LoginId, UserId};
use saoma_core::login::Login;
use saoma_core::provider::VendorIdentity;
use saoma_core::user::admin::{Admission, Linking, Unlinking, UserRefusal, Versioned};
use saoma_core::user::{clean_name, search_key};

/// An Identity that is not its User's last, with namespace and subject.
async fn take(
    conn: &mut Conn,
    user: &UserId,
    identity: &IdentityId,
) -> Result<(Kept, String, String), Failure> {
    let own = identities::table.filter(identities::user_id.eq(user.as_str())).select((
        identities::id,
        identities::namespace,
        identities::subject,
        identities::alias_mark,
    ));
    let rows: Vec<(String, String, String, String)> = own.load(conn).await?;
    let count = rows.len();
    let found = rows.into_iter().find(|(id, ..)| id == identity.as_str());
    let (id, namespace, subject, mark) = found.ok_or(UserRefusal::NoSuchIdentity)?;
    if count == 1 {
        return Err(UserRefusal::LastIdentity.into());
    }
    Ok((Kept { id, user: user.to_string(), mark }, namespace, subject))
}

impl Sql {
    pub(super) async fn unlink(&self, unlinking: &Unlinking) -> Result<Vec<LoginId>, Failure> {
        let Unlinking { user, identity, at, audit } = unlinking;
        write_tx!(self.writer().await?, |conn| {
            hold(conn, user).await?;
            let (kept, namespace, subject) = take(conn, &user.user, identity).await?;
            clear_what_it_told(conn, &kept).await?;
            forget_aliases(conn, &kept).await?;
            forget_merges(conn, &kept).await?;
            let mut ended = forget_logins(conn, &namespace, &subject, *at).await?;
            let all = all_parts(conn, &kept.user).await?;
            ended.extend(end_confirmed(conn, &all, None, *at).await?);
            end_grants(conn, &all, None, *at).await?;
            diesel::delete(identities::table.find(&kept.id)).execute(conn).await?;
            audit::add(conn, self.linker()?, audit).await?;
            login_ids(&ended)
        })
    }

    pub(super) async fn relink(&self, linking: &Linking) -> Result<Vec<LoginId>, Failure> {
        let Linking { from, identity, to, at, unlinked, linked } = linking;
        write_tx!(self.writer().await?, |conn| {
            // In one order everywhere: two that want the same rows wait for each other, never in a circle.
            let new = if from.user < to.user {
                hold_enabled(conn, from).await?;
                hold_enabled(conn, to).await?
            } else {
                let new = hold_enabled(conn, to).await?;
                hold_enabled(conn, from).await?;
                new
            };
            let (kept, namespace, subject) = take(conn, &from.user, identity).await?;
            clear_what_it_told(conn, &kept).await?;
            for (namespace, value) in own_aliases(conn, &kept).await? {
                let alias = aliases::table.find((namespace, value)).filter(aliases::user_id.eq(&kept.user));
                diesel::update(alias).set(aliases::user_id.eq(to.user.as_str())).execute(conn).await?;
            }
            let own = identities::table.find(&kept.id);
            let theirs = (identities::user_id.eq(to.user.as_str()), identities::user_at.eq(new.created_at));
            diesel::update(own).set(theirs).execute(conn).await?;
            unsettle(conn, &namespace, &subject).await?;
            let all = all_parts(conn, &kept.user).await?;
            let ended = end_confirmed(conn, &all, None, *at).await?;
            end_grants(conn, &all, None, *at).await?;
            audit::add(conn, self.linker()?, unlinked).await?;
            audit::add(conn, self.linker()?, linked).await?;
            login_ids(&ended)
        })
    }

    pub(super) async fn admit_person(&self, admission: &Admission) -> Result<UserId, Failure> {
        until_done!(self.try_admit(admission))
    }

    async fn try_admit(&self, admission: &Admission) -> Result<UserId, Failure> {
        let Admission { login, to, new_ids, at, created, linked } = admission;
        write_tx!(self.writer().await?, |conn| {
            let login = proven(conn, login, *at).await?;
            let who = login.proof.as_ref().map(|proof| &proof.identity).ok_or(UserRefusal::NobodyKnown)?;
            if let Some(user) = owner(conn, who).await? {
                return Err(UserRefusal::BelongsTo(user).into());
            }
            let found = owners(conn, &who.aliases).await?;
            let (user, user_at) = if let Some(to) = to {
                (to.user.clone(), hold_enabled(conn, to).await?.created_at)
            } else {
                if let Some(user) = found.iter().find_map(|owned| owned.owner.as_deref()) {
                    let user = user.parse().map_err(|_| Failure::Corrupt("user"))?;
                    return Err(UserRefusal::BelongsTo(user).into());
                }
                create_user(conn, &login, admission).await?;
                let row = about(created, new_ids.user.as_str(), &new_ids.user, &login);
                audit::add(conn, self.linker()?, &row).await?;
                (new_ids.user.clone(), at.0)
            };
            create_identity(conn, who, &user, user_at, admission).await?;
            name_nameless(conn, who, &user, admission).await?;
            if let Some(claim) = write_aliases(conn, &user, *at, found).await? {
                merge_offers::add(conn, &new_ids.offer, &user, &claim, *at).await?;
            }
            unsettle(conn, &who.namespace, &who.subject).await?;
            let row = about(linked, new_ids.identity.as_str(), &user, &login);
            audit::add(conn, self.linker()?, &row).await?;
            Ok(user)
        })
    }
}

/// The row, about this target and User, with the Login that it came of.
fn about(row: &AuditEntry, target: &str, user: &UserId, login: &Login) -> AuditEntry {
    AuditEntry {
        target: target.to_owned(),
        user_id: Some(user.to_string()),
        client_id: Some(login.client.to_string()),
        provider: Some(login.provider.to_string()),
        detail: Some(login.id.to_string()),
        ..row.clone()
    }
}

/// Who is shut out stays so: no identity of theirs gets in under another user, and none comes to them.
async fn hold_enabled(conn: &mut Conn, user: &Versioned) -> Result<Held, Failure> {
    let held = hold(conn, user).await?;
    if held.disabled_at.is_some() { Err(UserRefusal::Disabled.into()) } else { Ok(held) }
}

async fn proven(conn: &mut Conn, id: &LoginId, now: Timestamp) -> Result<Login, Failure> {
    let query = logins::table.filter(logins::id.eq(id.as_str())).select(LoginRow::as_select());
    let row = query.get_result(conn).await.optional()?.ok_or(UserRefusal::NobodyKnown)?;
    let login: Login = row.try_into()?;
    // Of one that goes on nobody is known yet; a rehearsal makes nobody known.
    let is_over = login.stage.is_end() || login.has_lapsed(now);
    let may_tell = is_over && !login.is_rehearsal();
    if may_tell { Ok(login) } else { Err(UserRefusal::NobodyKnown.into()) }
}

async fn owner(conn: &mut Conn, who: &VendorIdentity) -> Result<Option<UserId>, Failure> {
    let by_key = identities::table
        .filter(identities::namespace.eq(&who.namespace))
        .filter(identities::subject.eq(&who.subject));
    let user: Option<String> = by_key.select(identities::user_id).get_result(conn).await.optional()?;
    user.map(|user| user.parse().map_err(|_| Failure::Corrupt("user"))).transpose()
}

async fn create_user(conn: &mut Conn, login: &Login, admission: &Admission) -> Result<(), Failure> {
    let row = (
        users::id.eq(admission.new_ids.user.as_str()),
        users::locale.eq(&login.site.locale),
        users::created_at.eq(admission.at.0),
        users::updated_at.eq(admission.at.0),
    );
    diesel::insert_into(users::table).values(row).execute(conn).await?;
    Ok(())
}

async fn create_identity(
    conn: &mut Conn,
    who: &VendorIdentity,
    user: &UserId,
    user_at: i64,
    admission: &Admission,
) -> Result<(), Failure> {
    let row = (
        identities::id.eq(admission.new_ids.identity.as_str()),
        identities::user_id.eq(user.as_str()),
        identities::namespace.eq(&who.namespace),
        identities::subject.eq(&who.subject),
        identities::alias_mark.eq(who.alias_mark()),
        identities::created_at.eq(admission.at.0),
        identities::user_at.eq(user_at),
    );
    diesel::insert_into(identities::table).values(row).execute(conn).await?;
    Ok(())
}

/// As at a Login: a vendor's name fills an empty place.
async fn name_nameless(
    conn: &mut Conn,
    who: &VendorIdentity,
    user: &UserId,
    admission: &Admission,
) -> Result<(), Failure> {
    let Some(name) = who.profile.name.as_deref().and_then(clean_name) else { return Ok(()) };
    let nameless = users::table.find(user.as_str()).filter(users::name.is_null());
    let named = (
        users::name.eq(&name),
        users::name_key.eq(search_key(&name)),
        users::name_from.eq(admission.new_ids.identity.as_str()),
        users::updated_at.eq(admission.at.0),
    );
    diesel::update(nameless).set(named).execute(conn).await?;
    Ok(())
}
