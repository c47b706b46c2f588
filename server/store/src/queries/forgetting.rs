//! What goes when a person, or one Identity, goes: names, pictures, aliases, proofs, grants.
//!
//! Callers hold the person's row. A User's parts are the Users that were merged into it: what is theirs
//! is the User's, and goes with it.

use super::schema::{
    aliases, grants, identities, logins, merge_offers, pictures, user_clients, user_merges, users,
};
use super::{Conn, authorizations, grants as granted, notices, sessions};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::Timestamp;
use std::collections::BTreeSet;

/// An Identity as it is kept.
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) user: String,
    pub(super) mark: String,
}

/// The User and its parts.
pub(super) async fn all_parts(conn: &mut Conn, user: &str) -> Result<Vec<String>, Failure> {
    let parts = users::table.filter(users::merged_into.eq(user)).select(users::id);
    let mut all: Vec<String> = parts.load(conn).await?;
    all.push(user.to_owned());
    Ok(all)
}

pub(super) async fn clear_what_it_told(conn: &mut Conn, kept: &Kept) -> Result<(), Failure> {
    let person = users::id.eq(&kept.user).or(users::merged_into.eq(&kept.user));
    let named = users::table.filter(person).filter(users::name_from.eq(&kept.id));
    diesel::update(named).set(nameless()).execute(conn).await?;
    let shown = pictures::table.filter(pictures::identity_id.eq(&kept.id));
    diesel::delete(shown).execute(conn).await?;
    Ok(())
}

type NoText<C> = diesel::dsl::Eq<C, Option<String>>;

pub(super) fn nameless() -> (NoText<users::name>, NoText<users::name_key>, NoText<users::name_from>) {
    (users::name.eq(None), users::name_key.eq(None), users::name_from.eq(None))
}

/// Aliases, as (namespace, value), that no other Identity of the User came with as well.
pub(super) async fn own_aliases(conn: &mut Conn, kept: &Kept) -> Result<Vec<(String, String)>, Failure> {
    let others = identities::table
        .filter(identities::user_id.eq(&kept.user))
        .filter(identities::id.ne(&kept.id))
        .select(identities::alias_mark);
    let others: Vec<String> = others.load(conn).await?;
    let shared: BTreeSet<&str> = others.iter().flat_map(|mark| mark.lines()).collect();
    let own = kept.mark.lines().filter(|line| !shared.contains(line));
    let pairs = own.filter_map(|line| line.split_once('='));
    Ok(pairs.map(|(namespace, value)| (namespace.to_owned(), value.to_owned())).collect())
}

pub(super) async fn forget_aliases(conn: &mut Conn, kept: &Kept) -> Result<(), Failure> {
    for (namespace, value) in own_aliases(conn, kept).await? {
        let alias = aliases::table.find((namespace, value)).filter(aliases::user_id.eq(&kept.user));
        diesel::delete(alias).execute(conn).await?;
    }
    Ok(())
}

/// Merges that moved this Identity cannot be undone without it.
pub(super) async fn forget_merges(conn: &mut Conn, kept: &Kept) -> Result<(), Failure> {
    let moved = user_merges::moved.like(format!("%\"{}\"%", kept.id));
    let merges = user_merges::table.filter(user_merges::winner.eq(&kept.user)).filter(moved);
    diesel::delete(merges).execute(conn).await?;
    Ok(())
}

/// Logins of the person no longer say who it was. One that is under way is over at once; whoever looks
/// at it next writes so, as with any other that lapsed, and a change that was on its way is lost. Says
/// which were under way.
pub(super) async fn forget_logins(
    conn: &mut Conn,
    namespace: &str,
    subject: &str,
    now: Timestamp,
) -> Result<Vec<String>, Failure> {
    let nobody = || {
        (
            logins::proof_namespace.eq(None::<String>),
            logins::proof_subject.eq(None::<String>),
            logins::proof_detail.eq(None::<String>),
            logins::companion_hash.eq(None::<String>),
            logins::code_back.eq(None::<String>),
            logins::user_id.eq(None::<String>),
        )
    };
    let of_person =
        logins::table.filter(logins::proof_namespace.eq(namespace)).filter(logins::proof_subject.eq(subject));
    let live = of_person.filter(logins::ended_at.is_null());
    let over = (nobody(), logins::expires_at.eq(now.0), logins::version.eq(logins::version + 1));
    let ended = diesel::update(live).set(over).returning(logins::id).get_results(conn).await?;
    diesel::update(of_person).set(nobody()).execute(conn).await?;
    Ok(ended)
}

/// Logins of a User that wait to be redeemed are over, likewise.
pub(super) async fn end_confirmed(
    conn: &mut Conn,
    of: &[String],
    client: Option<&str>,
    now: Timestamp,
) -> Result<Vec<String>, Failure> {
    let live = logins::table.filter(logins::user_id.eq_any(of)).filter(logins::ended_at.is_null());
    let over = (
        logins::code_hash.eq(None::<String>),
        logins::code_expires_at.eq(None::<i64>),
        logins::expires_at.eq(now.0),
        logins::version.eq(logins::version + 1),
    );
    Ok(match client {
        None => diesel::update(live).set(over).returning(logins::id).get_results(conn).await?,
        Some(client) => {
            let there = live.filter(logins::client_id.eq(client));
            diesel::update(there).set(over).returning(logins::id).get_results(conn).await?
        }
    })
}

/// Ends grants of these Users with their tokens, everywhere or at one Client; says how many. Everywhere, their
/// browsers are logged out here as well.
///
/// When an Identity goes, all of its User's: a token tells of the whole User, and which Login it came
/// from is forgotten sooner than the token.
pub(super) async fn end_grants(
    conn: &mut Conn,
    of: &[String],
    client: Option<&str>,
    now: Timestamp,
) -> Result<usize, Failure> {
    // First: whoever redeems a code at this moment holds its session until the grant is there.
    if client.is_none() {
        sessions::end_all_of(conn, of, now).await?;
    }
    let live = grants::table.filter(grants::user_id.eq_any(of)).filter(grants::revoked_at.is_null());
    let live = live.select((grants::id, grants::client_id));
    let found: Vec<(String, String)> = live.load(conn).await?;
    let meant = found.into_iter().filter(|(_, at)| client.is_none_or(|client| client == at));
    let ids: Vec<String> = meant.map(|(id, _)| id).collect();
    granted::revoke(conn, &ids, now).await?;
    notices::of_grants(conn, &ids, now).await?;
    Ok(ids.len())
}

/// A User with its parts and whatever belongs to them. Identities are forgotten before.
pub(super) async fn delete_person(conn: &mut Conn, user: &str) -> Result<(), Failure> {
    let all = all_parts(conn, user).await?;
    let given = grants::table.filter(grants::user_id.eq_any(&all)).select(grants::id);
    let given: Vec<String> = given.load(conn).await?;
    granted::delete_tokens_of(conn, &given).await?;
    diesel::delete(grants::table.filter(grants::id.eq_any(&given))).execute(conn).await?;
    authorizations::forget_people(conn, &all).await?;
    diesel::delete(user_clients::table.filter(user_clients::user_id.eq_any(&all))).execute(conn).await?;
    diesel::delete(pictures::table.filter(pictures::user_id.eq_any(&all))).execute(conn).await?;
    diesel::delete(aliases::table.filter(aliases::user_id.eq_any(&all))).execute(conn).await?;
    let merges = user_merges::winner.eq_any(&all).or(user_merges::loser.eq_any(&all));
    diesel::delete(user_merges::table.filter(merges)).execute(conn).await?;
    let offers = merge_offers::user_id.eq_any(&all).or(merge_offers::other_id.eq_any(&all));
    diesel::delete(merge_offers::table.filter(offers)).execute(conn).await?;
    diesel::delete(identities::table.filter(identities::user_id.eq_any(&all))).execute(conn).await?;
    // Those kept for the logbook as well: they no longer say whom they logged in.
    let logged_in = logins::table.filter(logins::user_id.eq_any(&all));
    diesel::update(logged_in).set(logins::user_id.eq(None::<String>)).execute(conn).await?;
    diesel::delete(users::table.filter(users::merged_into.eq(user))).execute(conn).await?;
    diesel::delete(users::table.find(user)).execute(conn).await?;
    Ok(())
}
