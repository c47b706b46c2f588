//! The audit as a list: which statements a filter becomes, so that each walks along one index in the
//! order of the list and stops when the page is full.
//!
//! What there are many values of (a target, a User, an address, an admin) has an index of its own, and so
//! have Clients and actions; theirs and the one by time hold what else is looked at, so that rows which do
//! not fit are not read. Several actions are a statement each, merged here: an index by action is in order
//! for one action only. Words become ids first.

use super::super::{Db, HIDES_COLUMNS};
use super::Sql;
use super::audit::AuditRow;
use super::schema::{admins, audit_events, clients, providers, users};
use super::user_list::LAST;
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::{ADMIN_STREAM, Action, Actor, AuditFilter, AuditScope};
use saoma_core::page::{MAX_PAGE, PageRequest};
use saoma_core::user::search_key;
use std::net::IpAddr;

/// Names of one kind that words may mean.
const MEANT: usize = 10;
const MEANT_USERS: i64 = 10;

/// What a statement walks along.
#[derive(Debug, Clone)]
enum Along {
    Time,
    /// The filter's own target, User, admin or address.
    Own,
    Client,
    Action(&'static str),
    Target(String),
    User(String),
    Admin(String),
    Address(String),
}

type Listed<'a> = audit_events::BoxedQuery<'a, Db>;

/// A mark is `<at>.<id>` of the last row shown.
pub(super) fn read_mark(mark: &str) -> Option<(i64, String)> {
    let (at, id) = mark.split_once('.')?;
    // PostgreSQL would stumble over a NUL.
    Some((at.parse().ok()?, id.to_owned())).filter(|(_, id)| !id.contains('\0'))
}

pub(super) fn mark_after(row: &AuditRow) -> String {
    let (at, id) = row.place();
    format!("{at}.{id}")
}

/// Whether an index of its own serves this filter.
fn is_narrow(filter: &AuditFilter) -> bool {
    filter.target.is_some() || filter.user.is_some() || filter.admin.is_some() || filter.address.is_some()
}

fn filtered<'a>(scope: &AuditScope, along: &Along) -> Listed<'a> {
    let filter = &scope.filter;
    let mut query = audit_events::table.into_boxed::<Db>();
    if let Some(actor) = filter.actor {
        query = query.filter(audit_events::actor.eq(actor));
        if matches!(along, Along::Time) && Actor::OF_THE_HOUSE.contains(&actor) {
            query = query.filter(audit_events::stream.eq(ADMIN_STREAM));
        }
    }
    if let Some(admin) = &filter.admin {
        query = query.filter(audit_events::admin_id.eq(admin.clone()));
    }
    if let Some(target) = &filter.target {
        query = query.filter(audit_events::target.eq(target.clone()));
    }
    if let Some(client) = &filter.client {
        query = match along {
            Along::Client => query.filter(audit_events::client_id.eq(client.to_string())),
            _ if HIDES_COLUMNS => query.filter(audit_events::client_id.concat("").eq(client.to_string())),
            _ => query.filter(audit_events::client_id.eq(client.to_string())),
        };
    }
    if let Some(provider) = &filter.provider {
        query = query.filter(audit_events::provider.eq(provider.to_string()));
    }
    if let Some(user) = &filter.user {
        query = query.filter(audit_events::user_id.eq(user.to_string()));
    }
    if let Some(address) = filter.address {
        query = query.filter(audit_events::address.eq(address.to_string()));
    }
    if let Some(outcome) = filter.outcome {
        query = query.filter(audit_events::outcome.eq(outcome.as_str()));
    }
    if let Some(from) = scope.from {
        query = query.filter(audit_events::at.ge(from.0));
    }
    if let Some(until) = scope.until {
        query = query.filter(audit_events::at.le(until.0));
    }
    along_one(query, filter, along)
}

fn along_one<'a>(query: Listed<'a>, filter: &AuditFilter, along: &Along) -> Listed<'a> {
    let query = match along {
        Along::Action(word) => return query.filter(audit_events::action.eq(*word)),
        Along::Time | Along::Own | Along::Client => query,
        Along::Target(id) => query.filter(audit_events::target.eq(id.clone())),
        Along::User(id) => query.filter(audit_events::user_id.eq(id.clone())),
        Along::Admin(id) => query.filter(audit_events::admin_id.eq(id.clone())),
        Along::Address(address) => query.filter(audit_events::address.eq(address.clone())),
    };
    let words = filter.action_words();
    match words.is_empty() {
        true => query,
        false if HIDES_COLUMNS => query.filter(audit_events::action.concat("").eq_any(words)),
        false => query.filter(audit_events::action.eq_any(words)),
    }
}

/// Whether nearly every row of a Client may be of these actions.
fn is_common(words: &[&str]) -> bool {
    let common = [Action::LoginBegan.as_str(), Action::LoginEnded.as_str()];
    words.is_empty() || words.iter().any(|word| common.contains(word))
}

impl Sql {
    /// The page's rows and one more, if there is one.
    pub(super) async fn audit_rows(
        &self,
        scope: &AuditScope,
        page: &PageRequest,
    ) -> Result<Vec<AuditRow>, Failure> {
        let one_more = usize::from(page.limit.clamp(1, MAX_PAGE)) + 1;
        let mut rows: Vec<AuditRow> = Vec::new();
        for along in self.ways(scope).await? {
            let Some(query) = paged(filtered(scope, &along), page) else { return Ok(Vec::new()) };
            let query = query.select(AuditRow::as_select());
            rows.extend(query.load::<AuditRow>(&mut self.reader().await?).await?);
        }
        rows.sort_by(|one, other| other.place().cmp(&one.place()));
        rows.dedup_by(|one, other| one.place() == other.place());
        rows.truncate(one_more);
        Ok(rows)
    }

    /// The statements of a list, for whoever looks at their plans.
    pub(crate) async fn audit_statements(&self, scope: &AuditScope, page: &PageRequest) -> Vec<String> {
        let ways = self.ways(scope).await.unwrap_or_default();
        let queries = ways.iter().filter_map(|along| paged(filtered(scope, along), page));
        let text = |query: Listed<'_>| {
            let query = query.select(AuditRow::as_select());
            let whole = diesel::debug_query::<Db, _>(&query).to_string();
            whole.split(" -- binds").next().unwrap_or_default().to_owned()
        };
        queries.map(text).collect()
    }

    async fn ways(&self, scope: &AuditScope) -> Result<Vec<Along>, Failure> {
        let filter = &scope.filter;
        if let Some(words) = &filter.words {
            return self.meant_by(words).await;
        }
        if is_narrow(filter) {
            return Ok(vec![Along::Own]);
        }
        let words = filter.action_words();
        if filter.client.is_some() && is_common(&words) {
            return Ok(vec![Along::Client]);
        }
        if words.is_empty() {
            return Ok(vec![Along::Time]);
        }
        Ok(words.into_iter().map(Along::Action).collect())
    }

    /// What somebody may mean who writes these words: an id or address, or a part of a name.
    async fn meant_by(&self, words: &str) -> Result<Vec<Along>, Failure> {
        let mut meant = vec![
            Along::Target(words.to_owned()),
            Along::User(words.to_owned()),
            Along::Admin(words.to_owned()),
        ];
        meant.extend(words.parse::<IpAddr>().ok().map(|address| Along::Address(address.to_string())));
        let mut conn = self.reader().await?;
        let part = words.to_lowercase();
        let has = |texts: &[&str]| texts.iter().any(|text| text.to_lowercase().contains(&part));
        let named: Vec<(String, String)> =
            admins::table.select((admins::id, admins::name)).load(&mut conn).await?;
        for (id, _) in named.into_iter().filter(|(_, name)| has(&[name])).take(MEANT) {
            meant.extend([Along::Admin(id.clone()), Along::Target(id)]);
        }
        let named: Vec<(String, String)> =
            clients::table.select((clients::id, clients::name)).load(&mut conn).await?;
        let named = named.into_iter().filter(|(id, name)| has(&[id, name])).take(MEANT);
        meant.extend(named.map(|(id, _)| Along::Target(id)));
        let start = search_key(words);
        let named = users::table
            .filter(users::name_key.ge(start.clone()))
            .filter(users::name_key.lt(format!("{start}{LAST}")))
            .order(users::name_key)
            .select(users::id);
        let named: Vec<String> = named.limit(MEANT_USERS).load(&mut conn).await?;
        meant.extend(named.into_iter().flat_map(|id| [Along::User(id.clone()), Along::Target(id)]));
        let named: Vec<(String, String, String)> = providers::table
            .select((providers::id, providers::slug, providers::title))
            .load(&mut conn)
            .await?;
        for (id, slug, _) in named.into_iter().filter(|(_, slug, title)| has(&[slug, title])).take(MEANT) {
            meant.extend([Along::Target(slug), Along::Target(id)]);
        }
        Ok(meant)
    }
}

/// The part of a list that a page is; none for a mark that is none of ours, which marks the end.
fn paged<'a>(mut query: Listed<'a>, page: &PageRequest) -> Option<Listed<'a>> {
    if let Some(mark) = &page.after {
        let (at, id) = read_mark(mark)?;
        query =
            query.filter(audit_events::at.le(at)).filter(audit_events::at.lt(at).or(audit_events::id.lt(id)));
    }
    let one_more = i64::from(page.limit.clamp(1, MAX_PAGE)) + 1;
    Some(query.order((audit_events::at.desc(), audit_events::id.desc())).limit(one_more))
}
