//! Users with what belongs to them, read for a few at a time: one query for each sort of rows.

use super::forgetting::all_parts;
use super::schema::{
    access_tokens, aliases, consents, grants, identities, pictures, user_clients, user_merges, users,
};
use super::user_merges::PERSON;
use super::{Conn, Sql, merge_offers};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::Timestamp;
use saoma_core::grant::Scope;
use saoma_core::id::UserId;
use saoma_core::provider::Alias;
use saoma_core::user::admin::{
    ClientUse, Identity, LiveGrant, Merge, MergedBy, Person, PersonDetail, RememberedConsent, User,
};
use std::collections::HashMap;

const USER: Failure = Failure::Corrupt("user");
const MERGE: Failure = Failure::Corrupt("merge");

#[derive(Queryable)]
struct UserRow {
    id: String,
    version: i64,
    name: Option<String>,
    picture: Option<String>,
    locale: Option<String>,
    created_at: i64,
    updated_at: i64,
    disabled_at: Option<i64>,
    merged_into: Option<String>,
}

impl UserRow {
    fn read(self) -> Result<User, Failure> {
        Ok(User {
            id: self.id.parse().map_err(|_| USER)?,
            version: self.version,
            name: self.name,
            picture: self.picture.map(|id| id.parse()).transpose().map_err(|_| USER)?,
            locale: self.locale,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
            disabled_at: self.disabled_at.map(Timestamp),
            merged_into: self.merged_into.map(|id| id.parse()).transpose().map_err(|_| USER)?,
        })
    }
}

/// The Users of these ids, in any order.
async fn accounts(conn: &mut Conn, ids: &[String]) -> Result<Vec<User>, Failure> {
    let query = users::table
        .left_join(pictures::table.on(pictures::user_id.eq(users::id)))
        .filter(users::id.eq_any(ids))
        .select((
            users::id,
            users::version,
            users::name,
            pictures::id.nullable(),
            users::locale,
            users::created_at,
            users::updated_at,
            users::disabled_at,
            users::merged_into,
        ));
    let rows: Vec<UserRow> = query.load(conn).await?;
    rows.into_iter().map(UserRow::read).collect()
}

type ByUser<T> = HashMap<String, Vec<T>>;

async fn identities_of(conn: &mut Conn, ids: &[String]) -> Result<ByUser<Identity>, Failure> {
    let query = identities::table
        .filter(identities::user_id.eq_any(ids))
        .order((identities::created_at, identities::id))
        .select((
            identities::user_id,
            identities::id,
            identities::namespace,
            identities::subject,
            identities::created_at,
        ));
    let rows: Vec<(String, String, String, String, i64)> = query.load(conn).await?;
    let mut all = ByUser::new();
    for (user, id, namespace, subject, at) in rows {
        let id = id.parse().map_err(|_| Failure::Corrupt("identity"))?;
        all.entry(user).or_default().push(Identity { id, namespace, subject, created_at: Timestamp(at) });
    }
    Ok(all)
}

async fn aliases_of(conn: &mut Conn, ids: &[String]) -> Result<ByUser<Alias>, Failure> {
    let query = aliases::table
        .filter(aliases::user_id.eq_any(ids))
        .order((aliases::namespace, aliases::value))
        .select((aliases::user_id, aliases::namespace, aliases::value));
    let rows: Vec<(String, String, String)> = query.load(conn).await?;
    let mut all = ByUser::new();
    for (user, namespace, value) in rows {
        all.entry(user).or_default().push(Alias { namespace, value });
    }
    Ok(all)
}

async fn uses_of(conn: &mut Conn, ids: &[String]) -> Result<ByUser<ClientUse>, Failure> {
    let query = user_clients::table
        .filter(user_clients::user_id.eq_any(ids))
        .order((user_clients::last_at.desc(), user_clients::client_id))
        .select((
            user_clients::user_id,
            user_clients::client_id,
            user_clients::sub,
            user_clients::first_at,
            user_clients::last_at,
            user_clients::logins,
        ));
    let rows: Vec<(String, String, String, i64, i64, i64)> = query.load(conn).await?;
    let mut all = ByUser::new();
    for (user, client, sub, first, last, logins) in rows {
        let client = client.parse().map_err(|_| Failure::Corrupt("client"))?;
        let sub = sub.parse().map_err(|_| USER)?;
        let (first_at, last_at) = (Timestamp(first), Timestamp(last));
        all.entry(user).or_default().push(ClientUse { client, sub, first_at, last_at, logins });
    }
    Ok(all)
}

/// The Users of these ids, in their order.
pub(super) async fn persons(conn: &mut Conn, ids: &[String]) -> Result<Vec<Person>, Failure> {
    let mut accounts: HashMap<String, User> = HashMap::new();
    for user in self::accounts(conn, ids).await? {
        accounts.insert(user.id.to_string(), user);
    }
    let mut identities = identities_of(conn, ids).await?;
    let mut aliases = aliases_of(conn, ids).await?;
    let mut uses = uses_of(conn, ids).await?;
    let person = |id: &String| {
        Some(Person {
            user: accounts.remove(id)?,
            identities: identities.remove(id).unwrap_or_default(),
            aliases: aliases.remove(id).unwrap_or_default(),
            uses: uses.remove(id).unwrap_or_default(),
        })
    };
    Ok(ids.iter().filter_map(person).collect())
}

/// What these Users, who are one person, allowed websites to know without asking again; the newest first.
pub(super) async fn remembered_consents(
    conn: &mut Conn,
    of: &[String],
) -> Result<Vec<RememberedConsent>, Failure> {
    let query = consents::table
        .filter(consents::user_id.eq_any(of))
        .order((consents::created_at.desc(), consents::client_id.asc()))
        .select((consents::client_id, consents::scope, consents::created_at));
    let rows: Vec<(String, String, i64)> = query.load(conn).await?;
    let read = |(client, scope, since): (String, String, i64)| {
        let client = client.parse().map_err(|_| Failure::Corrupt("consent"))?;
        Ok(RememberedConsent { client, scope: Scope::parse(&scope), since: Timestamp(since) })
    };
    rows.into_iter().map(read).collect()
}

async fn live_grants(conn: &mut Conn, of: &[String], now: Timestamp) -> Result<Vec<LiveGrant>, Failure> {
    let query = access_tokens::table
        .inner_join(grants::table.on(grants::id.eq(access_tokens::grant_id)))
        .filter(grants::user_id.eq_any(of))
        .filter(grants::revoked_at.is_null())
        .filter(access_tokens::expires_at.gt(now.0))
        .order((grants::created_at.desc(), grants::id.desc()))
        .select((grants::id, grants::client_id, grants::created_at));
    let rows: Vec<(String, String, i64)> = query.load(conn).await?;
    let mut all: Vec<LiveGrant> = Vec::new();
    for (id, client, at) in rows {
        match all.last_mut().filter(|last| last.id.as_str() == id) {
            Some(last) => last.tokens += 1,
            None => all.push(LiveGrant {
                id: id.parse().map_err(|_| Failure::Corrupt("grant"))?,
                client: client.parse().map_err(|_| Failure::Corrupt("grant"))?,
                created_at: Timestamp(at),
                tokens: 1,
            }),
        }
    }
    Ok(all)
}

fn merged_by(text: &str) -> Result<MergedBy, Failure> {
    if text == PERSON { Ok(MergedBy::Person) } else { text.parse().map(MergedBy::Admin).map_err(|_| MERGE) }
}

async fn merges_into(conn: &mut Conn, user: &str, now: Timestamp) -> Result<Vec<Merge>, Failure> {
    let query = user_merges::table
        .filter(user_merges::winner.eq(user))
        .filter(user_merges::undo_until.ge(now.0))
        .order((user_merges::merged_at.desc(), user_merges::id.desc()))
        .select((
            user_merges::id,
            user_merges::winner,
            user_merges::loser,
            user_merges::merged_by,
            user_merges::merged_at,
            user_merges::undo_until,
        ));
    let rows: Vec<(String, String, String, String, i64, i64)> = query.load(conn).await?;
    let read = |(id, winner, loser, by, at, until): (String, String, String, String, i64, i64)| {
        Ok(Merge {
            id: id.parse().map_err(|_| MERGE)?,
            winner: winner.parse().map_err(|_| MERGE)?,
            loser: loser.parse().map_err(|_| MERGE)?,
            by: merged_by(&by)?,
            at: Timestamp(at),
            undo_until: Timestamp(until),
        })
    };
    rows.into_iter().map(read).collect()
}

impl Sql {
    pub(super) async fn person_detail(
        &self,
        id: &UserId,
        now: Timestamp,
    ) -> Result<Option<PersonDetail>, Failure> {
        let conn = &mut *self.reader().await?;
        let Some(person) = persons(conn, &[id.to_string()]).await?.pop() else { return Ok(None) };
        let all = all_parts(conn, id.as_str()).await?;
        let parts = all.iter().filter(|part| *part != id.as_str());
        Ok(Some(PersonDetail {
            person,
            grants: live_grants(conn, &all, now).await?,
            parts: parts.map(|part| part.parse()).collect::<Result<_, _>>().map_err(|_| USER)?,
            merges: merges_into(conn, id.as_str(), now).await?,
            offers: merge_offers::of(conn, &all).await?,
        }))
    }
}
