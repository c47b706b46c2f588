//! How a list of Logins is looked for: by one leading condition that an index answers in the order of the
//! list, and by what is left over, which is looked at row by row.
//!
//! An index answers one Client or Provider at one stage. A list over several of them is read in parts. What
//! is left over is written so that no index is thought of for it: without statistics a database would only
//! guess.

use super::super::Db;
use super::logbook_rows::AttemptRow;
use super::schema::logins;
use diesel::dsl::{AsSelect, Concat, EqAny, IntoBoxed, Select, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use saoma_core::logbook::{AddressBlock, LogbookQuery, LoginFilter};
use saoma_core::login::{Reason, Stage};
use std::collections::BTreeSet;

/// Of more legs than this the list is read through whole, by time.
const MOST_LEGS: usize = 40;
const ENDS: [Stage; 6] =
    [Stage::Redeemed, Stage::Denied, Stage::Expired, Stage::Cancelled, Stage::Conflict, Stage::Failed];

pub(super) type Boxed = IntoBoxed<'static, Select<logins::table, AsSelect<AttemptRow, Db>>, Db>;

/// By which condition Logins are looked for.
#[derive(Clone)]
enum Lead {
    User,
    Address,
    Reason,
    Browser,
    /// Nothing but their time.
    Time,
    /// One Client, if any, and one end; or all that go on.
    Leg(Option<String>, Option<Stage>),
}

/// A part of a list.
pub(super) struct Part<'a> {
    query: &'a LogbookQuery,
    lead: Lead,
}

impl<'a> Part<'a> {
    /// The parts that make the list together. What goes on comes first: a Login that ends meanwhile is then
    /// met twice, not missed.
    pub(super) fn all(query: &'a LogbookQuery) -> Vec<Self> {
        leads(query).into_iter().map(|lead| Self { query, lead }).collect()
    }

    /// Whether these are the ones that have not ended: few, found by that and never by their time, and put
    /// in order then.
    pub(super) fn goes_on(&self) -> bool {
        matches!(self.lead, Lead::Leg(_, None))
    }

    /// Its Logins.
    pub(super) fn rows(&self) -> Boxed {
        self.rest(self.led())
    }

    /// Those that the leading condition alone would find.
    pub(super) fn led(&self) -> Boxed {
        let filter = &self.query.filter;
        let rows: Boxed = logins::table.select(AttemptRow::as_select()).into_boxed();
        match &self.lead {
            Lead::User => rows.filter(logins::user_id.eq(filter.user.as_ref().map(ToString::to_string))),
            Lead::Address => {
                let key = filter.address.as_ref().map(|block| block.keys().0);
                rows.filter(logins::address_key.eq(key))
            }
            Lead::Reason => rows.filter(logins::reason.eq(filter.reason.map(Reason::as_str))),
            Lead::Browser => rows.filter(logins::browser.eq(filter.browser.clone())),
            Lead::Time => rows,
            Lead::Leg(client, end) => self.leg(rows, client.as_ref(), *end),
        }
    }

    fn leg(&self, mut rows: Boxed, client: Option<&String>, end: Option<Stage>) -> Boxed {
        let provider = self.leading_provider();
        if let Some(client) = client {
            rows = rows.filter(logins::client_id.eq(client.clone()));
        }
        if let Some(provider) = &provider {
            rows = rows.filter(logins::provider.eq(provider.clone()));
        }
        let by_stage_only = client.is_none() && provider.is_none();
        match end {
            None => rows.filter(logins::ended_at.is_null()),
            Some(end) if by_stage_only => rows.filter(over()).filter(logins::stage.eq(end.as_str())),
            Some(end) => rows.filter(logins::ended_at.is_not_null()).filter(logins::stage.eq(end.as_str())),
        }
    }

    /// The Provider, where no Client leads.
    fn leading_provider(&self) -> Option<String> {
        let LoginFilter { provider, client, .. } = &self.query.filter;
        let alone = client.is_none() && self.query.within.is_none();
        provider.as_ref().filter(|_| alone && matches!(self.lead, Lead::Leg(..))).map(ToString::to_string)
    }

    /// Whether anything is left over. Those that go on are few enough to be looked at one by one.
    pub(super) fn has_rest(&self) -> bool {
        let LoginFilter { client, provider, reason, address, browser, .. } = &self.query.filter;
        let is_leg = matches!(self.lead, Lead::Leg(..));
        !self.goes_on()
            && (!is_leg
                && (client.is_some()
                    || self.query.within.is_some()
                    || self.query.filter.wanted_stages().is_some())
                || provider.is_some() && self.leading_provider().is_none()
                || reason.is_some() && !matches!(self.lead, Lead::Reason)
                || address.is_some() && !matches!(self.lead, Lead::Address)
                || browser.is_some() && !matches!(self.lead, Lead::Browser))
    }

    fn rest(&self, mut rows: Boxed) -> Boxed {
        let LoginFilter { provider, reason, address, browser, .. } = &self.query.filter;
        if let Some(provider) = provider
            && self.leading_provider().is_none()
        {
            rows = rows.filter(logins::provider.concat("").eq(provider.to_string()));
        }
        if let Some(reason) = reason
            && !matches!(self.lead, Lead::Reason)
        {
            rows = rows.filter(logins::reason.concat("").eq(reason.as_str()));
        }
        if let Some(block) = address
            && !matches!(self.lead, Lead::Address)
        {
            let (low, high) = block.keys();
            rows = rows.filter(logins::address_key.concat("").between(low, high));
        }
        if let Some(browser) = browser
            && !matches!(self.lead, Lead::Browser)
        {
            rows = rows.filter(logins::browser.concat("").eq(browser.clone()));
        }
        self.rest_of_legs(rows)
    }

    /// Clients and stages, as far as no leg says them.
    fn rest_of_legs(&self, mut rows: Boxed) -> Boxed {
        let wanted = self.query.filter.wanted_stages();
        match (&self.lead, wanted) {
            (Lead::Leg(_, None), Some(wanted)) => return rows.filter(is_at(&wanted)),
            (Lead::Leg(..), _) => return rows,
            (_, Some(wanted)) => rows = rows.filter(is_at(&wanted)),
            (_, None) => {}
        }
        if let Some(client) = &self.query.filter.client {
            rows = rows.filter(logins::client_id.concat("").eq(client.to_string()));
        }
        if let Some(own) = &self.query.within {
            let own: Vec<String> = own.iter().map(ToString::to_string).collect();
            rows = rows.filter(logins::client_id.concat("").eq_any(own));
        }
        rows
    }
}

/// The narrowest condition there is leads.
fn leads(query: &LogbookQuery) -> Vec<Lead> {
    let filter = &query.filter;
    let has_legs = filter.client.is_some()
        || filter.provider.is_some()
        || filter.wanted_stages().is_some()
        || query.within.is_some();
    if filter.user.is_some() {
        vec![Lead::User]
    } else if filter.address.as_ref().is_some_and(AddressBlock::is_single) {
        vec![Lead::Address]
    } else if filter.reason.is_some() {
        vec![Lead::Reason]
    } else if has_legs {
        let legs = legs(query);
        if legs.len() > MOST_LEGS { vec![Lead::Time] } else { legs }
    } else if filter.browser.is_some() {
        vec![Lead::Browser]
    } else {
        vec![Lead::Time]
    }
}

fn legs(query: &LogbookQuery) -> Vec<Lead> {
    let clients: Vec<Option<String>> = match (&query.filter.client, &query.within) {
        (Some(client), _) => vec![Some(client.to_string())],
        (None, Some(own)) => own.iter().map(|client| Some(client.to_string())).collect(),
        (None, None) => vec![None],
    };
    let wanted = query.filter.wanted_stages();
    let wants = |stage: &Stage| wanted.as_ref().is_none_or(|wanted| wanted.contains(stage));
    let goes_on = Stage::ALL.iter().filter(|stage| !stage.is_end()).any(wants);
    let ends = goes_on.then_some(None).into_iter().chain(ENDS.into_iter().filter(wants).map(Some));
    ends.flat_map(|end| clients.iter().map(move |client| Lead::Leg(client.clone(), end))).collect()
}

/// What the index by stage alone says of its rows, word for word.
fn over() -> SqlLiteral<Bool> {
    sql("ended_at > 0")
}

fn is_at(stages: &BTreeSet<Stage>) -> EqAny<Concat<logins::stage, &'static str>, Vec<&'static str>> {
    logins::stage.concat("").eq_any(stages.iter().map(|stage| stage.as_str()).collect::<Vec<_>>())
}
