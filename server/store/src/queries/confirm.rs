//! Confirming: a Login, and the account it leads to, in one transaction.
//!
//! The key is (namespace, subject). An alias only leads a new Identity to an existing User; one that
//! belongs to somebody else links nothing and is recorded. Whoever loses a race for a unique key
//! starts over and finds the winner's rows.

use super::logins::write_move;
use super::rows::Moved;
use super::schema::{aliases, identities, users};
use super::{Conn, Sql, audit};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::id::UserId;
use saoma_core::login::{ConfirmOutcome, Confirmation, Login};
use saoma_core::provider::{Alias, VendorIdentity};

/// Each try ends by somebody else's success, and a person has few phones.
const TRIES: u32 = 8;

/// An alias and the User it belongs to already.
struct Owned<'a> {
    alias: &'a Alias,
    owner: Option<String>,
}

/// The account a confirmation leads to.
struct Account {
    user: UserId,
    is_new_user: bool,
    is_new_identity: bool,
}

impl Sql {
    pub(super) async fn confirm(&self, confirmation: &Confirmation) -> Result<ConfirmOutcome, Failure> {
        if let Some(user) = nothing_new(confirmation) {
            return self.confirm_known(confirmation, user).await;
        }
        for _ in 1..TRIES {
            match self.confirm_account(confirmation).await {
                Err(failure) if failure.is_unique() => {}
                done => return unless_lost(done),
            }
        }
        unless_lost(self.confirm_account(confirmation).await)
    }

    /// One statement.
    async fn confirm_known(
        &self,
        confirmation: &Confirmation,
        user: &UserId,
    ) -> Result<ConfirmOutcome, Failure> {
        let change = &confirmation.transition;
        let moved = moved(confirmation, user)?;
        let won = write_tx!(self.single().await?, |conn| { write_move(conn, change, moved).await })?;
        Ok(if won { ConfirmOutcome::Confirmed(user.clone()) } else { ConfirmOutcome::Lost })
    }

    async fn confirm_account(&self, confirmation: &Confirmation) -> Result<UserId, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let aliases = owners(conn, &confirmation.proof.identity.aliases).await?;
            let account = find_account(conn, confirmation, &aliases).await?;
            write_user(conn, confirmation, &account).await?;
            write_identity(conn, confirmation, &account).await?;
            write_aliases(conn, confirmation, &account.user, aliases).await?;
            let moved = moved(confirmation, &account.user)?;
            if !write_move(conn, &confirmation.transition, moved).await? {
                // Somebody moved the Login: nothing of this has happened.
                return Err(Failure::Sql(diesel::result::Error::RollbackTransaction));
            }
            write_audit(conn, confirmation, &account.user).await?;
            Ok(account.user)
        })
    }
}

/// The known User, when neither aliases nor name have changed.
fn nothing_new(confirmation: &Confirmation) -> Option<&UserId> {
    let known = confirmation.known.as_ref()?;
    let same_name = confirmation.name.is_none() || confirmation.name == known.name;
    let same =
        same_name && known.alias_mark == confirmation.alias_mark() && confirmation.transition.audit.is_none();
    same.then_some(&known.user)
}

fn unless_lost(done: Result<UserId, Failure>) -> Result<ConfirmOutcome, Failure> {
    match done {
        Ok(user) => Ok(ConfirmOutcome::Confirmed(user)),
        Err(Failure::Sql(diesel::result::Error::RollbackTransaction)) => Ok(ConfirmOutcome::Lost),
        Err(failure) => Err(failure),
    }
}

fn moved(confirmation: &Confirmation, user: &UserId) -> Result<Moved, Failure> {
    Ok(Moved::to(&confirmation.transition.after)?.of(user))
}

async fn owners<'a>(conn: &mut Conn, aliases: &'a [Alias]) -> Result<Vec<Owned<'a>>, Failure> {
    let mut all = Vec::with_capacity(aliases.len());
    for alias in aliases {
        let key = (alias.namespace.as_str(), alias.value.as_str());
        let owner = aliases::table.find(key).select(aliases::user_id).first(conn).await.optional()?;
        all.push(Owned { alias, owner });
    }
    Ok(all)
}

async fn find_owner(conn: &mut Conn, identity: &VendorIdentity) -> Result<Option<String>, Failure> {
    let by_key = identities::table
        .filter(identities::namespace.eq(&identity.namespace))
        .filter(identities::subject.eq(&identity.subject));
    Ok(by_key.select(identities::user_id).first(conn).await.optional()?)
}

async fn find_account(
    conn: &mut Conn,
    confirmation: &Confirmation,
    aliases: &[Owned<'_>],
) -> Result<Account, Failure> {
    let found = match &confirmation.known {
        Some(known) => Some(known.user.to_string()),
        None => find_owner(conn, &confirmation.proof.identity).await?,
    };
    let is_new_identity = found.is_none();
    let found = found.or_else(|| aliases.iter().find_map(|alias| alias.owner.clone()));
    let is_new_user = found.is_none();
    let user = match found {
        Some(user) => user.parse().map_err(|_| Failure::Corrupt("user"))?,
        None => confirmation.new_ids.user.clone(),
    };
    Ok(Account { user, is_new_user, is_new_identity })
}

async fn write_user(conn: &mut Conn, confirmation: &Confirmation, account: &Account) -> Result<(), Failure> {
    let now = confirmation.transition.after.updated_at.0;
    let name = confirmation.name.as_deref();
    if account.is_new_user {
        let row = (
            users::id.eq(account.user.as_str()),
            users::name.eq(name),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        );
        diesel::insert_into(users::table).values(row).execute(conn).await?;
        return Ok(());
    }
    let known_name = confirmation.known.as_ref().and_then(|known| known.name.as_deref());
    if name.is_some() && name != known_name {
        let other = users::table
            .filter(users::id.eq(account.user.as_str()))
            .filter(users::name.ne(name).or(users::name.is_null()));
        diesel::update(other).set((users::name.eq(name), users::updated_at.eq(now))).execute(conn).await?;
    }
    Ok(())
}

async fn write_identity(
    conn: &mut Conn,
    confirmation: &Confirmation,
    account: &Account,
) -> Result<(), Failure> {
    let identity = &confirmation.proof.identity;
    let mark = confirmation.alias_mark();
    if account.is_new_identity {
        let row = (
            identities::id.eq(confirmation.new_ids.identity.as_str()),
            identities::user_id.eq(account.user.as_str()),
            identities::namespace.eq(&identity.namespace),
            identities::subject.eq(&identity.subject),
            identities::alias_mark.eq(mark),
            identities::created_at.eq(confirmation.transition.after.updated_at.0),
        );
        diesel::insert_into(identities::table).values(row).execute(conn).await?;
    } else if confirmation.known.as_ref().is_none_or(|known| known.alias_mark != mark) {
        let key = identities::table
            .filter(identities::namespace.eq(&identity.namespace))
            .filter(identities::subject.eq(&identity.subject));
        diesel::update(key).set(identities::alias_mark.eq(mark)).execute(conn).await?;
    }
    Ok(())
}

/// Links what is free and records what is not. In one order everywhere: two transactions that
/// insert the same aliases wait for each other, never in a circle.
async fn write_aliases(
    conn: &mut Conn,
    confirmation: &Confirmation,
    user: &UserId,
    mut found: Vec<Owned<'_>>,
) -> Result<(), Failure> {
    let now = confirmation.transition.after.updated_at.0;
    found.sort_by_key(|owned| (&owned.alias.namespace, &owned.alias.value));
    found.dedup_by_key(|owned| (&owned.alias.namespace, &owned.alias.value));
    let taken = found.iter().any(|owned| owned.owner.as_deref().is_some_and(|owner| owner != user.as_str()));
    for Owned { alias, .. } in found.iter().filter(|owned| owned.owner.is_none()) {
        let row = (
            aliases::namespace.eq(&alias.namespace),
            aliases::value.eq(&alias.value),
            aliases::user_id.eq(user.as_str()),
            aliases::created_at.eq(now),
        );
        diesel::insert_into(aliases::table).values(row).execute(conn).await?;
    }
    if taken {
        let after = Login { user: Some(user.clone()), ..confirmation.transition.after.clone() };
        audit::add(conn, &confirmation.alias_conflict.clone().about(&after)).await?;
    }
    Ok(())
}

async fn write_audit(conn: &mut Conn, confirmation: &Confirmation, user: &UserId) -> Result<(), Failure> {
    let Some(entry) = &confirmation.transition.audit else { return Ok(()) };
    let entry = saoma_core::audit::AuditEntry { user_id: Some(user.to_string()), ..entry.clone() };
    audit::add(conn, &entry).await
}
