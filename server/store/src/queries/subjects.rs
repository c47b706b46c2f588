//! Whom a message is about: Logins found together with the Identity of the person behind them.
//!
//! Reads only; one query each.

use super::Sql;
use super::rows::LoginRow;
use super::schema::{identities, logins, push_notes, users};
use crate::error::Failure;
use crate::prepared::FirstRow;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::SecretHash;
use saoma_core::login::{KnownIdentity, Login, Stage};
use saoma_core::provider::{ProviderSlug, VendorIdentity};
use saoma_core::user::KnownName;

/// A Login and whom it belongs to, if we have met that person.
pub(super) type Found = (Login, Option<KnownIdentity>);

type KnownRow = (String, String, Option<String>, Option<String>, Option<i64>, String);
type FoundRow = (LoginRow, Option<KnownRow>);

fn known((identity, user, name, name_from, off, alias_mark): KnownRow) -> Result<KnownIdentity, Failure> {
    let corrupt = Failure::Corrupt("identity");
    let (Ok(identity), Ok(user)) = (identity.parse(), user.parse()) else { return Err(corrupt) };
    let Ok(told_by) = name_from.as_deref().map(str::parse).transpose() else { return Err(corrupt) };
    let name = name.map(|text| KnownName { text, told_by });
    Ok(KnownIdentity { identity, user, name, disabled: off.is_some(), alias_mark })
}

/// The columns of `KnownRow`.
type Account = (
    identities::id,
    identities::user_id,
    users::name,
    users::name_from,
    users::disabled_at,
    identities::alias_mark,
);

const fn account() -> Account {
    (
        identities::id,
        identities::user_id,
        users::name,
        users::name_from,
        users::disabled_at,
        identities::alias_mark,
    )
}

fn found(row: Option<FoundRow>) -> Result<Option<Found>, Failure> {
    let Some((login, account)) = row else { return Ok(None) };
    Ok(Some((login.try_into()?, account.map(known).transpose()?)))
}

impl Sql {
    pub(super) async fn by_companion(&self, hash: &SecretHash) -> Result<Option<Found>, Failure> {
        let subject = identities::namespace
            .nullable()
            .eq(logins::proof_namespace)
            .and(identities::subject.nullable().eq(logins::proof_subject));
        let owner = users::id.nullable().eq(identities::user_id.nullable());
        let query = logins::table
            .left_join(identities::table.on(subject))
            .left_join(users::table.on(owner))
            .filter(logins::companion_hash.eq(hash.as_str()))
            .select((LoginRow::as_select(), account().nullable()));
        found(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    /// The two ways to find it are the arms of one OR, each with an index of its own; that their
    /// conditions repeat those of the indexes is what lets both databases use them.
    pub(super) async fn by_push(
        &self,
        provider: &ProviderSlug,
        (push_key, spent): (&str, &SecretHash),
        subject: &VendorIdentity,
    ) -> Result<Option<Found>, Failure> {
        let same_person = identities::namespace
            .eq(subject.namespace.clone())
            .and(identities::subject.eq(subject.subject.clone()));
        let owner = users::id.nullable().eq(identities::user_id.nullable());
        let note = push_notes::table
            .filter(push_notes::provider.eq(provider.as_str()))
            .filter(push_notes::value_hash.eq(spent.as_str()));
        let waiting = logins::proof_subject
            .eq(&subject.subject)
            .and(logins::proof_namespace.eq(&subject.namespace))
            .and(logins::stage.eq(Stage::Scanned.as_str()))
            .and(logins::ended_at.is_null())
            .and(not(exists(note)));
        // Never NULL: PostgreSQL would put that first.
        let decided = logins::push_key.is_not_null().and(logins::push_key.eq(push_key));
        let query = logins::table
            .left_join(identities::table.on(same_person))
            .left_join(users::table.on(owner))
            .filter(logins::provider.eq(provider.as_str()))
            .filter(logins::push_key.eq(push_key).or(waiting))
            .order((decided.desc(), logins::updated_at.desc(), logins::id.desc()))
            .select((LoginRow::as_select(), account().nullable()));
        found(FirstRow(query).get_result(&mut self.reader().await?).await.optional()?)
    }

    pub(super) async fn identity(&self, subject: &VendorIdentity) -> Result<Option<KnownIdentity>, Failure> {
        let query = identities::table
            .inner_join(users::table.on(users::id.eq(identities::user_id)))
            .filter(identities::namespace.eq(&subject.namespace))
            .filter(identities::subject.eq(&subject.subject))
            .select(account());
        let row: Option<KnownRow> = query.get_result(&mut self.reader().await?).await.optional()?;
        row.map(known).transpose()
    }
}
