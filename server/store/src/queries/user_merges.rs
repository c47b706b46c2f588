//! One User becomes part of another, and is taken out again exactly as it was.
//!
//! Both rows are held first, in the order of their ids. Logins are written before what a redemption
//! writes after them, so that the two never wait for each other in a circle.

use super::forgetting::{all_parts, end_confirmed, end_grants, nameless};
use super::rows::to_json;
use super::schema::{aliases, identities, logins, pictures, user_clients, user_merges, users};
use super::user_changes::{Held, hold, login_ids, unsettle};
use super::{Conn, Sql, audit};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::id::LoginId;
use saoma_core::user::admin::{Merge, MergedBy, Merging, Moved, Undoing, UserRefusal};
use saoma_core::{SecretHash, Timestamp};

impl Sql {
    pub(super) async fn merge(&self, merging: &Merging) -> Result<(), Failure> {
        let Merging { merge, winner, loser, audit } = merging;
        write_tx!(self.writer().await?, |conn| {
            let (stays, goes) = if winner.user < loser.user {
                let stays = hold(conn, winner).await?;
                (stays, hold(conn, loser).await?)
            } else {
                let goes = hold(conn, loser).await?;
                (hold(conn, winner).await?, goes)
            };
            if stays.disabled_at.is_some() || goes.disabled_at.is_some() {
                return Err(UserRefusal::Disabled.into());
            }
            let moved = move_over(conn, merge, &stays, &goes).await?;
            let row = (
                user_merges::id.eq(merge.id.as_str()),
                user_merges::winner.eq(merge.winner.as_str()),
                user_merges::loser.eq(merge.loser.as_str()),
                user_merges::merged_by.eq(by_text(&merge.by)),
                user_merges::merged_at.eq(merge.at.0),
                user_merges::undo_until.eq(merge.undo_until.0),
                user_merges::moved.eq(to_json(&moved)?),
            );
            diesel::insert_into(user_merges::table).values(row).execute(conn).await?;
            audit::add(conn, self.linker()?, audit).await
        })
    }

    pub(super) async fn undo(&self, undoing: &Undoing) -> Result<Vec<LoginId>, Failure> {
        let Undoing { merge, winner, at, audit } = undoing;
        write_tx!(self.writer().await?, |conn| {
            let row = user_merges::table
                .find(merge.as_str())
                .filter(user_merges::winner.eq(winner.user.as_str()))
                .select((user_merges::loser, user_merges::undo_until, user_merges::moved));
            let row = row.get_result(conn).await.optional()?;
            let (loser, until, moved): (String, i64, String) = row.ok_or(UserRefusal::NoSuchMerge)?;
            if at.0 > until {
                return Err(UserRefusal::TooLate.into());
            }
            let moved: Moved = serde_json::from_str(&moved).map_err(|_| Failure::Corrupt("merge"))?;
            if hold(conn, winner).await?.disabled_at.is_some() {
                return Err(UserRefusal::Disabled.into());
            }
            // Any of what was granted since may be the other person's.
            let all = all_parts(conn, winner.user.as_str()).await?;
            let ended = end_confirmed(conn, &all, None, *at).await?;
            end_grants(conn, &all, None, *at).await?;
            move_back(conn, winner.user.as_str(), &loser, &moved).await?;
            diesel::delete(user_merges::table.find(merge.as_str())).execute(conn).await?;
            audit::add(conn, self.linker()?, audit).await?;
            login_ids(&ended)
        })
    }

    pub(super) async fn drop_old_merges(&self, now: Timestamp, limit: i64) -> Result<usize, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let old = user_merges::table.filter(user_merges::undo_until.lt(now.0));
            let old = old.order(user_merges::undo_until).limit(limit);
            let old: Vec<(String, String)> =
                old.select((user_merges::id, user_merges::loser)).load(conn).await?;
            let (ids, losers): (Vec<_>, Vec<_>) = old.into_iter().unzip();
            let parts =
                users::table.filter(users::id.eq_any(&losers)).filter(users::merged_into.is_not_null());
            diesel::update(parts).set(nameless()).execute(conn).await?;
            diesel::delete(pictures::table.filter(pictures::user_id.eq_any(&losers))).execute(conn).await?;
            Ok(diesel::delete(user_merges::table.filter(user_merges::id.eq_any(&ids))).execute(conn).await?)
        })
    }
}

/// The word that stands for the person; no id of an admin is this one.
pub(super) const PERSON: &str = "person";

fn by_text(by: &MergedBy) -> &str {
    match by {
        MergedBy::Admin(id) => id.as_str(),
        MergedBy::Person => PERSON,
    }
}

fn alias_hash((namespace, value): &(String, String)) -> String {
    SecretHash::of_parts(&["alias", namespace, value]).as_str().to_owned()
}

async fn move_over(conn: &mut Conn, merge: &Merge, stays: &Held, goes: &Held) -> Result<Moved, Failure> {
    let (winner, loser) = (merge.winner.as_str(), merge.loser.as_str());
    let parts = users::table.filter(users::merged_into.eq(loser));
    let parts = diesel::update(parts).set(users::merged_into.eq(Some(winner))).returning(users::id);
    let parts: Vec<String> = parts.get_results(conn).await?;
    diesel::update(users::table.find(loser)).set(users::merged_into.eq(Some(winner))).execute(conn).await?;
    let identities = diesel::update(identities::table.filter(identities::user_id.eq(loser)))
        .set((identities::user_id.eq(winner), identities::user_at.eq(stays.created_at)))
        .returning((identities::id, identities::namespace, identities::subject));
    let identities: Vec<(String, String, String)> = identities.get_results(conn).await?;
    let aliases = diesel::update(aliases::table.filter(aliases::user_id.eq(loser)))
        .set(aliases::user_id.eq(winner))
        .returning((aliases::namespace, aliases::value));
    let aliases: Vec<(String, String)> = aliases.get_results(conn).await?;
    for (_, namespace, subject) in &identities {
        unsettle(conn, namespace, subject).await?;
    }
    let live = logins::table.filter(logins::user_id.eq(loser)).filter(logins::ended_at.is_null());
    diesel::update(live).set(logins::user_id.eq(Some(winner))).execute(conn).await?;
    let uses = user_clients::table.filter(user_clients::user_id.eq(loser));
    let theirs = (user_clients::user_id.eq(winner), user_clients::user_at.eq(stays.created_at));
    diesel::update(uses).set(theirs).execute(conn).await?;
    Ok(Moved {
        identities: identities.into_iter().map(|(id, ..)| id).collect(),
        aliases: aliases.iter().map(alias_hash).collect(),
        parts,
        name: take_name(conn, winner, stays, goes).await?,
        picture: take_picture(conn, winner, loser).await?,
    })
}

/// Whoever has no name takes the other's.
async fn take_name(conn: &mut Conn, winner: &str, stays: &Held, goes: &Held) -> Result<bool, Failure> {
    if stays.name.is_some() || goes.name.is_none() {
        return Ok(false);
    }
    let named = (
        users::name.eq(&goes.name),
        users::name_key.eq(&goes.name_key),
        users::name_from.eq(&goes.name_from),
    );
    diesel::update(users::table.find(winner)).set(named).execute(conn).await?;
    Ok(true)
}

/// And whoever has no picture, likewise.
async fn take_picture(conn: &mut Conn, winner: &str, loser: &str) -> Result<Option<String>, Failure> {
    let own = pictures::table.find(winner).select(pictures::id);
    let own: Option<String> = own.get_result(conn).await.optional()?;
    if own.is_some() {
        return Ok(None);
    }
    let taken = diesel::update(pictures::table.find(loser)).set(pictures::user_id.eq(winner));
    Ok(taken.returning(pictures::id).get_result(conn).await.optional()?)
}

/// The opposite of `move_over`, all of it or nothing.
async fn move_back(conn: &mut Conn, winner: &str, loser: &str, moved: &Moved) -> Result<(), Failure> {
    let part = users::table.find(loser).filter(users::merged_into.eq(winner));
    let part = diesel::update(part)
        .set((users::merged_into.eq(None::<String>), users::version.eq(users::version + 1)))
        .returning((users::created_at, users::name, users::name_from));
    let part = part.get_result(conn).await.optional()?;
    let (created_at, name, name_from): (i64, Option<String>, Option<String>) =
        part.ok_or(UserRefusal::Contradicted)?;
    let parts = users::table.filter(users::id.eq_any(&moved.parts)).filter(users::merged_into.eq(winner));
    let parts = diesel::update(parts).set(users::merged_into.eq(Some(loser))).execute(conn).await?;
    if parts != moved.parts.len() {
        return Err(UserRefusal::Contradicted.into());
    }
    give_back_identities(conn, winner, loser, created_at, moved).await?;
    let mut told = moved.parts.clone();
    told.push(loser.to_owned());
    let uses =
        user_clients::table.filter(user_clients::user_id.eq(winner)).filter(user_clients::sub.eq_any(told));
    let theirs = (user_clients::user_id.eq(loser), user_clients::user_at.eq(created_at));
    diesel::update(uses).set(theirs).execute(conn).await?;
    if moved.name {
        // Unless the winner is called otherwise since.
        let own = users::table.find(winner);
        let called = own.select((users::name, users::name_from));
        if called.get_result::<(Option<String>, Option<String>)>(conn).await? == (name, name_from) {
            diesel::update(own).set(nameless()).execute(conn).await?;
        }
    }
    if let Some(picture) = &moved.picture {
        let taken = pictures::table.find(winner).filter(pictures::id.eq(picture));
        diesel::update(taken).set(pictures::user_id.eq(loser)).execute(conn).await?;
    }
    Ok(())
}

/// The Identities go back, with the aliases that came with them or came by them alone since.
async fn give_back_identities(
    conn: &mut Conn,
    winner: &str,
    loser: &str,
    created_at: i64,
    moved: &Moved,
) -> Result<(), Failure> {
    let theirs = identities::table
        .filter(identities::id.eq_any(&moved.identities))
        .filter(identities::user_id.eq(winner));
    let theirs = diesel::update(theirs)
        .set((identities::user_id.eq(loser), identities::user_at.eq(created_at)))
        .returning((identities::namespace, identities::subject, identities::alias_mark));
    let theirs: Vec<(String, String, String)> = theirs.get_results(conn).await?;
    let own = identities::table.filter(identities::user_id.eq(winner)).select(identities::alias_mark);
    let own: Vec<String> = own.load(conn).await?;
    // Neither may be left without a way to log in.
    if theirs.len() != moved.identities.len() || own.is_empty() {
        return Err(UserRefusal::Contradicted.into());
    }
    let names = |mark: &String, line: &str| mark.lines().any(|named| named == line);
    let all = aliases::table.filter(aliases::user_id.eq(winner)).select((aliases::namespace, aliases::value));
    for alias in all.load::<(String, String)>(conn).await? {
        let line = format!("{}={}", alias.0, alias.1);
        let by_theirs = theirs.iter().any(|(.., mark)| names(mark, &line));
        let since = by_theirs && !own.iter().any(|mark| names(mark, &line));
        if moved.aliases.contains(&alias_hash(&alias)) || since {
            let row = aliases::table.find((&alias.0, &alias.1));
            diesel::update(row).set(aliases::user_id.eq(loser)).execute(conn).await?;
        }
    }
    for (namespace, subject, _) in &theirs {
        unsettle(conn, namespace, subject).await?;
        let live = logins::table
            .filter(logins::proof_namespace.eq(namespace))
            .filter(logins::proof_subject.eq(subject))
            .filter(logins::user_id.eq(winner))
            .filter(logins::ended_at.is_null());
        diesel::update(live).set(logins::user_id.eq(Some(loser))).execute(conn).await?;
    }
    Ok(())
}
