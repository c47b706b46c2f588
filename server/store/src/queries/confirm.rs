//! Confirming: a Login, and the account it leads to, in one transaction.
//!
//! The key is (namespace, subject). An alias only leads a new Identity to an existing User; one that
//! belongs to somebody else links nothing and is recorded. Whoever loses a race for a unique key
//! starts over and finds the winner's rows.

use super::logins::write_move;
use super::rows::Moved;
use super::schema::{aliases, identities, users};
use super::{Conn, Linker, Sql, audit, merge_offers};
use crate::error::{Failure, unless_lost};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::Timestamp;
use saoma_core::audit::AuditEntry;
use saoma_core::id::{IdentityId, UserId};
use saoma_core::login::{ConfirmOutcome, Confirmation, Login};
use saoma_core::provider::{Alias, VendorIdentity};
use saoma_core::user::admin::UserRefusal;
use saoma_core::user::{NewName, search_key};

/// An alias and the User it belongs to already.
pub(super) struct Owned<'a> {
    alias: &'a Alias,
    pub(super) owner: Option<String>,
}

/// The account a confirmation leads to.
struct Account {
    user: UserId,
    identity: IdentityId,
    /// When the User was created.
    user_at: i64,
    is_new_user: bool,
    is_new_identity: bool,
}

/// An alias that belongs to another User.
pub(super) struct Claim {
    pub(super) namespace: String,
    pub(super) owner: String,
}

impl Sql {
    pub(super) async fn confirm(&self, confirmation: &Confirmation) -> Result<ConfirmOutcome, Failure> {
        // The engine ends a rehearsal before it comes here; were it to forget, still no account is made.
        if confirmation.transition.after.is_rehearsal() {
            return Err(Failure::Corrupt("login"));
        }
        if let Some(known) = confirmation.known.as_ref().filter(|known| known.disabled) {
            return Ok(ConfirmOutcome::Disabled(known.user.clone()));
        }
        let done = match nothing_new(confirmation) {
            Some(user) => self.confirm_known(confirmation, user).await,
            None => self.confirm_until_done(confirmation).await,
        };
        match done {
            Err(Failure::Refused(UserRefusal::Disabled)) => self.who_is_off(confirmation).await,
            done => Ok(unless_lost(done)?.map_or(ConfirmOutcome::Lost, ConfirmOutcome::Confirmed)),
        }
    }

    /// Whom the transaction had found, as it is only known there.
    async fn who_is_off(&self, confirmation: &Confirmation) -> Result<ConfirmOutcome, Failure> {
        let mut conn = self.reader().await?;
        let identity = &confirmation.proof.identity;
        let owner = match find_owner(&mut conn, identity).await? {
            Some((_, user)) => Some(user.to_string()),
            None => owners(&mut conn, &identity.aliases).await?.into_iter().find_map(|owned| owned.owner),
        };
        let user = owner.and_then(|user| user.parse().ok()).ok_or(Failure::Overtaken)?;
        Ok(ConfirmOutcome::Disabled(user))
    }

    /// One statement.
    async fn confirm_known(&self, confirmation: &Confirmation, user: &UserId) -> Result<UserId, Failure> {
        let change = &confirmation.transition;
        let moved = moved(confirmation, user)?;
        write_tx!(self.single().await?, |conn| { write_move(conn, change, moved).await })?;
        Ok(user.clone())
    }

    /// What was read with the Login, a moment ago, is right at first; it may be old, and after a lost race
    /// all is looked at again.
    async fn confirm_until_done(&self, confirmation: &Confirmation) -> Result<UserId, Failure> {
        match self.confirm_account(confirmation, false).await {
            Err(failure) if failure.is_race() => {}
            done => return done,
        }
        let anew = Confirmation { known: None, ..confirmation.clone() };
        until_done!(self.confirm_account(&anew, true))
    }

    async fn confirm_account(&self, confirmation: &Confirmation, looks: bool) -> Result<UserId, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let aliases = owners(conn, &confirmation.proof.identity.aliases).await?;
            let account = find_account(conn, confirmation, &aliases, looks).await?;
            write_user(conn, confirmation, &account).await?;
            write_identity(conn, confirmation, &account).await?;
            let after = &confirmation.transition.after;
            let claimed = write_aliases(conn, &account.user, after.updated_at, aliases).await?;
            let moved = moved(confirmation, &account.user)?;
            // If somebody moved the Login, nothing of this has happened.
            write_move(conn, &confirmation.transition, moved).await?;
            if let Some(claim) = claimed {
                let offer = &confirmation.new_ids.offer;
                merge_offers::add(conn, offer, &account.user, &claim, after.updated_at).await?;
                let after = Login { user: Some(account.user.clone()), ..after.clone() };
                audit::add(conn, self.linker()?, &confirmation.alias_conflict.clone().about(&after)).await?;
            }
            write_audit(conn, self.linker()?, confirmation, &account.user).await?;
            Ok(account.user)
        })
    }
}

/// The known User, when neither aliases nor name have changed.
fn nothing_new(confirmation: &Confirmation) -> Option<&UserId> {
    let known = confirmation.known.as_ref()?;
    let renames = renaming(confirmation).is_some();
    let same =
        !renames && !has_news(confirmation, &known.alias_mark) && confirmation.transition.audit.is_none();
    same.then_some(&known.user)
}

/// The name that a known User is to get, and any name where the User is yet to be found.
fn renaming(confirmation: &Confirmation) -> Option<&NewName> {
    let known = confirmation.known.as_ref();
    let keeps =
        |name: &&NewName| known.is_none_or(|known| name.changes(known.name.as_ref(), &known.identity));
    confirmation.name.as_ref().filter(keeps)
}

/// Whether aliases came that did not come last time. A push names none, which is no news of them.
fn has_news(confirmation: &Confirmation, mark: &str) -> bool {
    let identity = &confirmation.proof.identity;
    !identity.aliases.is_empty() && identity.alias_mark() != mark
}

fn moved(confirmation: &Confirmation, user: &UserId) -> Result<Moved, Failure> {
    Ok(Moved::to(&confirmation.transition.after)?.of(user))
}

pub(super) async fn owners<'a>(conn: &mut Conn, aliases: &'a [Alias]) -> Result<Vec<Owned<'a>>, Failure> {
    let mut all = Vec::with_capacity(aliases.len());
    for alias in aliases {
        let key = (alias.namespace.as_str(), alias.value.as_str());
        let owner = aliases::table.find(key).select(aliases::user_id).get_result(conn).await.optional()?;
        all.push(Owned { alias, owner });
    }
    Ok(all)
}

/// The Identity of this key and its User.
pub(super) async fn find_owner(
    conn: &mut Conn,
    identity: &VendorIdentity,
) -> Result<Option<(IdentityId, UserId)>, Failure> {
    let by_key = identities::table
        .filter(identities::namespace.eq(&identity.namespace))
        .filter(identities::subject.eq(&identity.subject));
    let row = by_key.select((identities::id, identities::user_id)).get_result(conn).await.optional()?;
    let Some((identity, user)): Option<(String, String)> = row else { return Ok(None) };
    let corrupt = Failure::Corrupt("identity");
    let (Ok(identity), Ok(user)) = (identity.parse(), user.parse()) else { return Err(corrupt) };
    Ok(Some((identity, user)))
}

async fn find_account(
    conn: &mut Conn,
    confirmation: &Confirmation,
    aliases: &[Owned<'_>],
    looks: bool,
) -> Result<Account, Failure> {
    let found = match &confirmation.known {
        Some(known) => Some((known.identity.clone(), known.user.clone())),
        None if looks => find_owner(conn, &confirmation.proof.identity).await?,
        None => None,
    };
    if let Some((identity, user)) = found {
        let user_at = hold(conn, &user).await?;
        return Ok(Account { user, identity, user_at, is_new_user: false, is_new_identity: false });
    }
    let identity = confirmation.new_ids.identity.clone();
    let Some(owner) = aliases.iter().find_map(|alias| alias.owner.as_deref()) else {
        let user_at = confirmation.transition.after.updated_at.0;
        let user = confirmation.new_ids.user.clone();
        return Ok(Account { user, identity, user_at, is_new_user: true, is_new_identity: true });
    };
    let user: UserId = owner.parse().map_err(|_| Failure::Corrupt("user"))?;
    let user_at = hold(conn, &user).await?;
    Ok(Account { user, identity, user_at, is_new_user: false, is_new_identity: true })
}

/// Holds the User's row to the end: nobody merges, switches off or deletes this User meanwhile. Says when
/// the User was created.
async fn hold(conn: &mut Conn, user: &UserId) -> Result<i64, Failure> {
    let own = users::table.find(user.as_str()).filter(users::merged_into.is_null());
    let held = diesel::update(own).set(users::version.eq(users::version + 1));
    let held = held.returning((users::created_at, users::disabled_at)).get_result(conn).await.optional()?;
    match held {
        None => Err(Failure::Overtaken),
        Some((_, Some(_off))) => Err(UserRefusal::Disabled.into()),
        Some((created_at, None::<i64>)) => Ok(created_at),
    }
}

async fn write_user(conn: &mut Conn, confirmation: &Confirmation, account: &Account) -> Result<(), Failure> {
    let Login { updated_at: Timestamp(now), site, .. } = &confirmation.transition.after;
    let told_by = match confirmation.name {
        Some(NewName::Told(_)) => Some(account.identity.as_str()),
        Some(NewName::Typed(_)) | None => None,
    };
    if account.is_new_user {
        let row = (
            users::id.eq(account.user.as_str()),
            users::name.eq(confirmation.name.as_ref().map(NewName::text)),
            users::name_key.eq(confirmation.name.as_ref().map(|name| search_key(name.text()))),
            users::name_from.eq(told_by),
            users::locale.eq(&site.locale),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        );
        diesel::insert_into(users::table).values(row).execute(conn).await?;
        return Ok(());
    }
    let Some(name) = renaming(confirmation).map(NewName::text) else { return Ok(()) };
    let named = (
        users::name.eq(name),
        users::name_key.eq(search_key(name)),
        users::name_from.eq(told_by),
        users::updated_at.eq(now),
    );
    // The rule of `NewName::changes`, for what stands there now.
    let own = users::table.filter(users::id.eq(account.user.as_str()));
    let nameless = users::name.is_null();
    if let Some(identity) = told_by {
        let of_it = users::name_from.eq(identity).and(users::name.ne(name));
        diesel::update(own.filter(nameless.or(of_it))).set(named).execute(conn).await?;
    } else {
        let other = users::name.ne(name).or(users::name_from.is_not_null());
        diesel::update(own.filter(nameless.or(other))).set(named).execute(conn).await?;
    }
    Ok(())
}

async fn write_identity(
    conn: &mut Conn,
    confirmation: &Confirmation,
    account: &Account,
) -> Result<(), Failure> {
    let identity = &confirmation.proof.identity;
    let mark = identity.alias_mark();
    if account.is_new_identity {
        let row = (
            identities::id.eq(account.identity.as_str()),
            identities::user_id.eq(account.user.as_str()),
            identities::namespace.eq(&identity.namespace),
            identities::subject.eq(&identity.subject),
            identities::alias_mark.eq(mark),
            identities::created_at.eq(confirmation.transition.after.updated_at.0),
            identities::user_at.eq(account.user_at),
        );
        diesel::insert_into(identities::table).values(row).execute(conn).await?;
    } else if has_news(confirmation, confirmation.known.as_ref().map_or("", |known| &known.alias_mark)) {
        let own = identities::table.find(account.identity.as_str());
        diesel::update(own).set(identities::alias_mark.eq(mark)).execute(conn).await?;
    }
    Ok(())
}

/// Links what is free; says what belongs to somebody else. In one order everywhere: two
/// transactions that insert the same aliases wait for each other, never in a circle.
pub(super) async fn write_aliases(
    conn: &mut Conn,
    user: &UserId,
    now: Timestamp,
    mut found: Vec<Owned<'_>>,
) -> Result<Option<Claim>, Failure> {
    found.sort_by_key(|owned| (&owned.alias.namespace, &owned.alias.value));
    found.dedup_by_key(|owned| (&owned.alias.namespace, &owned.alias.value));
    let claims = |owned: &Owned<'_>| {
        let owner = owned.owner.clone().filter(|owner| owner != user.as_str())?;
        Some(Claim { namespace: owned.alias.namespace.clone(), owner })
    };
    let claimed = found.iter().find_map(claims);
    for Owned { alias, .. } in found.iter().filter(|owned| owned.owner.is_none()) {
        let row = (
            aliases::namespace.eq(&alias.namespace),
            aliases::value.eq(&alias.value),
            aliases::user_id.eq(user.as_str()),
            aliases::created_at.eq(now.0),
        );
        diesel::insert_into(aliases::table).values(row).execute(conn).await?;
    }
    Ok(claimed)
}

async fn write_audit(
    conn: &mut Conn,
    linker: &Linker,
    confirmation: &Confirmation,
    user: &UserId,
) -> Result<(), Failure> {
    let Some(entry) = &confirmation.transition.audit else { return Ok(()) };
    let entry = AuditEntry { user_id: Some(user.to_string()), ..entry.clone() };
    audit::add(conn, linker, &entry).await
}
