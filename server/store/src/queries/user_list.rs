//! Which Users a list holds. What narrows most is chosen here and not left to a planner: exact values
//! are looked up first, then a name's range, then the people of one Client or namespace in the order of
//! their Users, and else all Users in that order. Each has an index of its own.

use super::super::Db;
use super::schema::{aliases, coalesce, identities, user_clients, users};
use super::{Conn, Sql, audit_list, user_rows};
use crate::error::Failure;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::page::{MAX_PAGE, Page, PageRequest};
use saoma_core::user::admin::{Person, UserFilter};
use saoma_core::user::search_key;
use std::collections::BTreeSet;

/// Comes after whatever can follow in a name: no name has it.
pub(super) const LAST: char = '\u{10FFFF}';

/// When a User was created, and its id: the order of the list.
type Key = (i64, String);

/// Creation's range, what comes after the page before, order and limit; `$at` and `$id` are the key.
macro_rules! key_page {
    ($conn:expr, $query:expr, $at:expr, $id:expr, $filter:expr, $after:expr, $limit:expr) => {{
        let mut query = $query;
        if let Some(from) = $filter.created_from {
            query = query.filter($at.ge(from.0));
        }
        if let Some(to) = $filter.created_to {
            query = query.filter($at.le(to.0));
        }
        if let Some((at, id)) = $after {
            query = query.filter($at.le(at)).filter($at.lt(at).or($id.lt(id)));
        }
        let keys: Vec<Key> = query.order(($at.desc(), $id.desc())).limit($limit).load($conn).await?;
        Ok(keys)
    }};
}

/// Users that the exact values name; none when there are no such values.
async fn named_exactly(conn: &mut Conn, filter: &UserFilter) -> Result<Option<Vec<String>>, Failure> {
    let mut sets: Vec<Vec<String>> = Vec::new();
    if let Some(id) = &filter.id {
        let person = coalesce(users::merged_into, users::id);
        sets.push(users::table.find(id.as_str()).select(person).load(conn).await?);
    }
    if let Some(subject) = &filter.subject {
        let query = identities::table.filter(identities::subject.eq(subject));
        sets.push(query.select(identities::user_id).load(conn).await?);
    }
    if let Some(value) = &filter.alias {
        let query = aliases::table.filter(aliases::value.eq(value));
        sets.push(query.select(aliases::user_id).load(conn).await?);
    }
    let sets = sets.into_iter().map(|set| set.into_iter().collect::<BTreeSet<_>>());
    Ok(sets.reduce(|all, set| all.intersection(&set).cloned().collect()).map(|ids| ids.into_iter().collect()))
}

/// By the Users themselves, few of them or in the order of creation.
async fn by_user(
    conn: &mut Conn,
    filter: &UserFilter,
    only: Option<Vec<String>>,
    after: Option<Key>,
    limit: i64,
) -> Result<Vec<Key>, Failure> {
    let mut query = users::table
        .filter(users::merged_into.is_null())
        .select((users::created_at, users::id))
        .into_boxed::<Db>();
    if let Some(ids) = only {
        query = query.filter(users::id.eq_any(ids));
    }
    if let Some(name) = filter.name.as_deref().map(search_key) {
        let end = format!("{name}{LAST}");
        query = query.filter(users::name_key.ge(name)).filter(users::name_key.lt(end));
    }
    query = match filter.disabled {
        None => query,
        Some(true) => query.filter(users::disabled_at.is_not_null()),
        Some(false) => query.filter(users::disabled_at.is_null()),
    };
    if let Some(namespace) = filter.namespace.clone() {
        let own = identities::table.filter(identities::user_id.eq(users::id));
        query = query.filter(exists(own.filter(identities::namespace.eq(namespace))));
    }
    if let Some(client) = &filter.client {
        let own = user_clients::table.filter(user_clients::user_id.eq(users::id));
        query = query.filter(exists(own.filter(user_clients::client_id.eq(client.to_string()))));
    }
    key_page!(conn, query, users::created_at, users::id, filter, after, limit)
}

/// By the people of one Client.
async fn by_client(
    conn: &mut Conn,
    filter: &UserFilter,
    client: &str,
    after: Option<Key>,
    limit: i64,
) -> Result<Vec<Key>, Failure> {
    let mut query = user_clients::table
        .filter(user_clients::client_id.eq(client))
        .select((user_clients::user_at, user_clients::user_id))
        .distinct()
        .into_boxed::<Db>();
    if let Some(disabled) = filter.disabled {
        let own = users::table.filter(users::id.eq(user_clients::user_id));
        query = if disabled {
            query.filter(exists(own.filter(users::disabled_at.is_not_null())))
        } else {
            query.filter(exists(own.filter(users::disabled_at.is_null())))
        };
    }
    if let Some(namespace) = filter.namespace.clone() {
        let own = identities::table.filter(identities::user_id.eq(user_clients::user_id));
        query = query.filter(exists(own.filter(identities::namespace.eq(namespace))));
    }
    key_page!(conn, query, user_clients::user_at, user_clients::user_id, filter, after, limit)
}

/// By the people of one namespace.
async fn by_namespace(
    conn: &mut Conn,
    filter: &UserFilter,
    namespace: &str,
    after: Option<Key>,
    limit: i64,
) -> Result<Vec<Key>, Failure> {
    let mut query = identities::table
        .filter(identities::namespace.eq(namespace))
        .select((identities::user_at, identities::user_id))
        .distinct()
        .into_boxed::<Db>();
    if let Some(disabled) = filter.disabled {
        let own = users::table.filter(users::id.eq(identities::user_id));
        query = if disabled {
            query.filter(exists(own.filter(users::disabled_at.is_not_null())))
        } else {
            query.filter(exists(own.filter(users::disabled_at.is_null())))
        };
    }
    key_page!(conn, query, identities::user_at, identities::user_id, filter, after, limit)
}

impl Sql {
    /// A mark that is none of ours marks the end: the page is empty.
    pub(super) async fn user_page(
        &self,
        filter: &UserFilter,
        page: &PageRequest,
    ) -> Result<Page<Person>, Failure> {
        let nothing = || Ok(Page { items: Vec::new(), next: None });
        let limit = usize::from(page.limit.clamp(1, MAX_PAGE));
        let after = match page.after.as_deref().map(audit_list::read_mark) {
            None => None,
            Some(Some(mark)) => Some(mark),
            Some(None) => return nothing(),
        };
        let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let conn = &mut *self.reader().await?;
        let only = named_exactly(conn, filter).await?;
        if only.as_ref().is_some_and(Vec::is_empty) {
            return nothing();
        }
        let by_users = only.is_some() || filter.name.is_some();
        let mut keys = match (&filter.client, &filter.namespace) {
            (Some(client), _) if !by_users => {
                by_client(conn, filter, client.as_str(), after, one_more).await?
            }
            (None, Some(namespace)) if !by_users => {
                by_namespace(conn, filter, namespace, after, one_more).await?
            }
            _ => by_user(conn, filter, only, after, one_more).await?,
        };
        if keys.is_empty() {
            return nothing();
        }
        let more = keys.len() > limit;
        keys.truncate(limit);
        let next = keys.last().filter(|_| more).map(|(at, id)| format!("{at}.{id}"));
        let ids: Vec<String> = keys.into_iter().map(|(_, id)| id).collect();
        Ok(Page { items: user_rows::persons(conn, &ids).await?, next })
    }
}
