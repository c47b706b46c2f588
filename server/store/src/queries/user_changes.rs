//! A User is held at the version it was read at, switched off or on, deprived of what it granted,
//! deleted. The User's row is written first in each, so that two of them come one after the other.

use super::forgetting::{all_parts, delete_person, end_confirmed, end_grants, forget_logins};
use super::schema::{identities, logins, users};
use super::{Conn, Sql, audit, consents};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::id::{LoginId, UserId};
use saoma_core::user::admin::{Deletion, Revocation, Switching, UserRefusal, Versioned};

/// A User whose row is held.
#[derive(Queryable)]
pub(super) struct Held {
    pub(super) created_at: i64,
    pub(super) disabled_at: Option<i64>,
    pub(super) name: Option<String>,
    pub(super) name_key: Option<String>,
    pub(super) name_from: Option<String>,
}

/// Holds a User that stands as it was read; its version grows.
pub(super) async fn hold(conn: &mut Conn, user: &Versioned) -> Result<Held, Failure> {
    let as_read = users::table
        .find(user.user.as_str())
        .filter(users::version.eq(user.version))
        .filter(users::merged_into.is_null());
    let held = diesel::update(as_read).set(users::version.eq(users::version + 1)).returning((
        users::created_at,
        users::disabled_at,
        users::name,
        users::name_key,
        users::name_from,
    ));
    match held.get_result(conn).await.optional()? {
        Some(held) => Ok(held),
        None => Err(why_not(conn, &user.user).await?),
    }
}

async fn why_not(conn: &mut Conn, user: &UserId) -> Result<Failure, Failure> {
    let query = users::table.find(user.as_str()).select(users::merged_into);
    let row: Option<Option<String>> = query.get_result(conn).await.optional()?;
    Ok(match row {
        None => UserRefusal::NotFound.into(),
        Some(None) => UserRefusal::Changed.into(),
        Some(Some(other)) => {
            other.parse().map_or(Failure::Corrupt("user"), |other| UserRefusal::Merged(other).into())
        }
    })
}

/// Namespaces and subjects of a User.
pub(super) async fn subjects(conn: &mut Conn, user: &str) -> Result<Vec<(String, String)>, Failure> {
    let own = identities::table.filter(identities::user_id.eq(user));
    Ok(own.select((identities::namespace, identities::subject)).load(conn).await?)
}

/// A confirmation by this subject that is on its way is lost, and looks again at whose it is.
pub(super) async fn unsettle(conn: &mut Conn, namespace: &str, subject: &str) -> Result<(), Failure> {
    let live = logins::table
        .filter(logins::proof_namespace.eq(namespace))
        .filter(logins::proof_subject.eq(subject))
        .filter(logins::ended_at.is_null());
    diesel::update(live).set(logins::version.eq(logins::version + 1)).execute(conn).await?;
    Ok(())
}

pub(super) fn login_ids(ids: &[String]) -> Result<Vec<LoginId>, Failure> {
    ids.iter().map(|id| id.parse().map_err(|_| Failure::Corrupt("login"))).collect()
}

impl Sql {
    pub(super) async fn switch(&self, switching: &Switching) -> Result<Vec<LoginId>, Failure> {
        let Switching { user, disabled, at, audit } = switching;
        write_tx!(self.writer().await?, |conn| {
            let held = hold(conn, user).await?;
            let own = users::table.find(user.user.as_str());
            // Switched off twice, it stays so since the first time.
            let since = disabled.then(|| held.disabled_at.unwrap_or(at.0));
            diesel::update(own).set(users::disabled_at.eq(since)).execute(conn).await?;
            let mut ended = Vec::new();
            if *disabled {
                for (namespace, subject) in subjects(conn, user.user.as_str()).await? {
                    unsettle(conn, &namespace, &subject).await?;
                }
                let all = all_parts(conn, user.user.as_str()).await?;
                ended = end_confirmed(conn, &all, None, *at).await?;
                end_grants(conn, &all, None, *at).await?;
            }
            audit::add(conn, self.linker()?, audit).await?;
            login_ids(&ended)
        })
    }

    pub(super) async fn revoke_all(&self, revocation: &Revocation) -> Result<usize, Failure> {
        let Revocation { user, client, at, audit } = revocation;
        write_tx!(self.writer().await?, |conn| {
            hold(conn, user).await?;
            let client = client.as_ref().map(saoma_core::client::ClientId::as_str);
            let all = all_parts(conn, user.user.as_str()).await?;
            end_confirmed(conn, &all, client, *at).await?;
            // Whoever redeems a code at this moment holds its session, then the code, until the grant is there: in
            // the same order here, and of the two what ends first. At one website no session ends.
            let ended = if client.is_some() {
                consents::take_back(conn, &all, client).await?;
                end_grants(conn, &all, client, *at).await?
            } else {
                let ended = end_grants(conn, &all, client, *at).await?;
                consents::take_back(conn, &all, client).await?;
                ended
            };
            audit::add(conn, self.linker()?, audit).await?;
            Ok(ended)
        })
    }

    pub(super) async fn delete_whole(&self, deletion: &Deletion) -> Result<Vec<LoginId>, Failure> {
        until_done!(self.try_delete(deletion))
    }

    async fn try_delete(&self, deletion: &Deletion) -> Result<Vec<LoginId>, Failure> {
        let Deletion { user, at, audit } = deletion;
        write_tx!(self.writer().await?, |conn| {
            hold(conn, user).await?;
            let mut ended = Vec::new();
            for (namespace, subject) in subjects(conn, user.user.as_str()).await? {
                ended.extend(forget_logins(conn, &namespace, &subject, *at).await?);
            }
            let all = all_parts(conn, user.user.as_str()).await?;
            ended.extend(end_confirmed(conn, &all, None, *at).await?);
            // Their websites hear of it.
            end_grants(conn, &all, None, *at).await?;
            delete_person(conn, user.user.as_str()).await?;
            audit::add(conn, self.linker()?, audit).await?;
            login_ids(&ended)
        })
    }
}
