//! Which rows of the audit: one filter for the API, the pages and the export, with one textual form.
//!
//! The form is that of a URL's query. What is written there is either understood or told; nothing that
//! cannot be understood is taken for "all".

use super::{Action, Actor, AuditOutcome};
use crate::Timestamp;
use crate::calendar::{When, Zone};
use crate::client::ClientId;
use crate::id::{AdminId, TokenId, UserId};
use crate::page::OF_PAGES;
use crate::provider::ProviderSlug;
use std::net::IpAddr;

/// The longest target and the longest words that are looked for.
const LONGEST: usize = 128;

/// See the module. What is not said holds for every row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Who: one of `Actor::WORDS`.
    pub actor: Option<&'static str>,
    /// Which admin, or which API token.
    pub admin: Option<String>,
    /// What: any of these.
    pub actions: Vec<ActionChoice>,
    /// To what: an id or a slug.
    pub target: Option<String>,
    /// At which Client.
    pub client: Option<ClientId>,
    /// By which Provider.
    pub provider: Option<ProviderSlug>,
    /// About whom.
    pub user: Option<UserId>,
    /// From which address.
    pub address: Option<IpAddr>,
    /// How it ended.
    pub outcome: Option<AuditOutcome>,
    /// Not before this.
    pub from: Option<When>,
    /// Not after this; the day or moment itself belongs to it.
    pub to: Option<When>,
    /// A word: a whole id, target or address, or a part of the name of an admin, Client or Provider.
    pub words: Option<String>,
}

/// Actions to choose from: one, or all of a feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionChoice(String);

impl ActionChoice {
    /// `client.created`, or `client.` for all whose words begin with it.
    pub fn parse(text: &str) -> Option<Self> {
        let choice = Self(text.to_owned());
        let known = !text.is_empty() && choice.words().next().is_some();
        known.then_some(choice)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The stored words it means.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        let meant = |word: &&str| *word == self.0 || (self.0.ends_with('.') && word.starts_with(&self.0));
        Action::ALL.iter().map(|action| action.as_str()).filter(meant)
    }
}

/// Why a part of a filter was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} {fault}")]
pub struct FilterProblem {
    /// Which part, by its name in the URL.
    pub field: &'static str,
    /// Why.
    pub fault: FilterFault,
}

/// See `FilterProblem`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FilterFault {
    /// Not one of the words there are.
    #[error("is not one of the words there are")]
    UnknownWord,
    /// Not an id, slug or address of this kind.
    #[error("does not have the right shape")]
    Shape,
    /// Neither a day nor a moment.
    #[error("is neither a day like 2026-11-28 nor a moment like 2026-11-28T09:12:03Z")]
    NotAMoment,
    /// The span ends before it begins.
    #[error("lies before the beginning")]
    BeforeFrom,
    /// A name that this list does not know.
    #[error("has a name that this list does not know")]
    UnknownName,
    /// Given twice where one is meant.
    #[error("is given more than once")]
    Repeated,
    /// Too long.
    #[error("is too long")]
    TooLong,
}

impl AuditFilter {
    /// The names of its parts in a URL.
    pub const FIELDS: [&str; 12] = [
        "actor", "admin", "action", "target", "client", "provider", "user", "address", "outcome", "from",
        "to", "q",
    ];

    /// Reads the pairs of a URL's query. Empty values say nothing, as an empty field of a form; a name
    /// that is neither ours nor one of `OF_PAGES` is told: taken for nothing, it would show everything.
    pub fn parse<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        zone: Zone,
    ) -> Result<Self, Vec<FilterProblem>> {
        let (mut filter, mut problems) = (Self::default(), Vec::new());
        for (name, value) in pairs {
            let value = value.trim();
            let Some(field) = Self::FIELDS.into_iter().find(|field| *field == name) else {
                if !OF_PAGES.contains(&name) {
                    problems.push(FilterProblem { field: "query", fault: FilterFault::UnknownName });
                }
                continue;
            };
            if value.is_empty() {
                continue;
            }
            if let Err(fault) = filter.set(field, value) {
                problems.push(FilterProblem { field, fault });
            }
        }
        let (from, to) = filter.span(zone);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            problems.push(FilterProblem { field: "to", fault: FilterFault::BeforeFrom });
        }
        if problems.is_empty() { Ok(filter) } else { Err(problems) }
    }

    fn set(&mut self, field: &str, value: &str) -> Result<(), FilterFault> {
        if value.len() > LONGEST {
            return Err(FilterFault::TooLong);
        }
        if value.contains('\0') {
            return Err(FilterFault::Shape);
        }
        match field {
            "actor" => put(
                &mut self.actor,
                Actor::WORDS.into_iter().find(|word| *word == value).ok_or(FilterFault::UnknownWord),
            ),
            "action" => {
                let choice = ActionChoice::parse(value).ok_or(FilterFault::UnknownWord)?;
                if !self.actions.contains(&choice) {
                    self.actions.push(choice);
                }
                Ok(())
            }
            "outcome" => put(&mut self.outcome, AuditOutcome::parse(value).ok_or(FilterFault::UnknownWord)),
            "admin" => {
                let is_id = value.parse::<AdminId>().is_ok() || value.parse::<TokenId>().is_ok();
                put(&mut self.admin, is_id.then(|| value.to_owned()).ok_or(FilterFault::Shape))
            }
            "client" => put(&mut self.client, shaped(value)),
            "provider" => put(&mut self.provider, shaped(value)),
            "user" => put(&mut self.user, shaped(value)),
            "address" => put(&mut self.address, shaped(value)),
            "from" => put(&mut self.from, value.parse().map_err(|_| FilterFault::NotAMoment)),
            "to" => put(&mut self.to, value.parse().map_err(|_| FilterFault::NotAMoment)),
            "target" => put(&mut self.target, Ok(value.to_owned())),
            _ => put(&mut self.words, Ok(value.to_owned())),
        }
    }

    /// The pairs that `parse` reads as this filter.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut add = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        add("actor", self.actor.map(str::to_owned));
        add("admin", self.admin.clone());
        for choice in &self.actions {
            add("action", Some(choice.0.clone()));
        }
        add("target", self.target.clone());
        add("client", self.client.as_ref().map(ToString::to_string));
        add("provider", self.provider.as_ref().map(ToString::to_string));
        add("user", self.user.as_ref().map(ToString::to_string));
        add("address", self.address.map(|address| address.to_string()));
        add("outcome", self.outcome.map(|outcome| outcome.as_str().to_owned()));
        add("from", self.from.map(|when| when.to_string()));
        add("to", self.to.map(|when| when.to_string()));
        add("q", self.words.clone());
        pairs
    }

    /// The same without what somebody typed: that they looked for something is told, not for what.
    #[must_use]
    pub fn without_free_text(&self) -> Self {
        let hidden = |text: &Option<String>| text.as_ref().map(|_| "…".to_owned());
        Self { words: hidden(&self.words), target: hidden(&self.target), ..self.clone() }
    }

    /// The query of a URL that says this, without the question mark.
    pub fn query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish()
    }

    /// The stored words of its actions, each once; none where every action is meant.
    pub fn action_words(&self) -> Vec<&'static str> {
        let mut words: Vec<_> = self.actions.iter().flat_map(ActionChoice::words).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    fn span(&self, zone: Zone) -> (Option<Timestamp>, Option<Timestamp>) {
        (self.from.map(|from| from.first(zone)), self.to.map(|to| to.last(zone)))
    }

    /// The filter with its span in a zone: what a store can look for.
    pub fn within(self, zone: Zone) -> AuditScope {
        let (from, until) = self.span(zone);
        AuditScope { filter: self, from, until }
    }
}

/// A filter whose days have become moments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditScope {
    /// The filter.
    pub filter: AuditFilter,
    /// Its first moment.
    pub from: Option<Timestamp>,
    /// Its last moment.
    pub until: Option<Timestamp>,
}

impl AuditScope {
    /// Every row there is.
    pub fn all() -> Self {
        Self::default()
    }
}

fn put<T>(place: &mut Option<T>, value: Result<T, FilterFault>) -> Result<(), FilterFault> {
    if place.is_some() {
        return Err(FilterFault::Repeated);
    }
    *place = Some(value?);
    Ok(())
}

fn shaped<T: std::str::FromStr>(value: &str) -> Result<T, FilterFault> {
    value.parse().map_err(|_| FilterFault::Shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "actor=admin&admin=adm_0123456789012345678901&action=client.&action=login.ended&target=shop\
        &client=shop&provider=mini&user=usr_0123456789012345678901&address=2001%3Adb8%3A%3A1&outcome=refused\
        &from=2026-11-01&to=2026-11-28T10%3A00%3A00.000Z&q=%E9%98%BF%E6%98%8E+%26+co";

    fn read(query: &str) -> Result<AuditFilter, Vec<FilterProblem>> {
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        AuditFilter::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())), Zone::UTC)
    }

    fn faults(query: &str) -> Vec<(&'static str, FilterFault)> {
        read(query).unwrap_err().into_iter().map(|problem| (problem.field, problem.fault)).collect()
    }

    #[test]
    fn a_filter_is_written_as_it_is_read() {
        let filter = read(WHOLE).unwrap();
        assert_eq!(filter.query(), WHOLE.replace([' ', '\n'], ""));
        let fields: std::collections::BTreeSet<_> =
            filter.pairs().into_iter().map(|(name, _)| name).collect();
        assert_eq!(fields, AuditFilter::FIELDS.into_iter().collect());
        assert_eq!(read(&filter.query()), Ok(filter));
        assert_eq!(
            read("actor=&q=+&after=x&limit=5"),
            Ok(AuditFilter::default()),
            "an empty form says nothing"
        );
    }

    #[test]
    fn what_is_not_understood_is_told_and_never_taken_for_all() {
        assert_eq!(faults("actor=root"), [("actor", FilterFault::UnknownWord)]);
        assert_eq!(faults("action=client"), [("action", FilterFault::UnknownWord)]);
        assert_eq!(faults("action=."), [("action", FilterFault::UnknownWord)]);
        assert_eq!(
            faults("user=usr_1&address=1.2.3"),
            [("user", FilterFault::Shape), ("address", FilterFault::Shape)]
        );
        assert_eq!(
            faults("outcome=ok&from=now"),
            [("outcome", FilterFault::UnknownWord), ("from", FilterFault::NotAMoment)]
        );
        assert_eq!(faults("from=2026-11-28&to=2026-11-27"), [("to", FilterFault::BeforeFrom)]);
        assert_eq!(faults("client=shop&client=blog"), [("client", FilterFault::Repeated)]);
        assert_eq!(faults("target=a%00b"), [("target", FilterFault::Shape)]);
        assert_eq!(faults(&format!("q={}", "x".repeat(129))), [("q", FilterFault::TooLong)]);
        assert!(read("from=2026-11-28&to=2026-11-28").is_ok(), "one day, both ends of it");
    }

    #[test]
    fn a_feature_stands_for_all_its_actions() {
        let words = read("action=client.&action=client.created").unwrap().action_words();
        assert!(
            words.contains(&"client.secret_added") && words.iter().all(|word| word.starts_with("client."))
        );
        assert_eq!(words.iter().filter(|word| **word == "client.created").count(), 1);
        assert_eq!(read("action=login.ended").unwrap().action_words(), ["login.ended"]);
    }
}
