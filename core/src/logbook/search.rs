//! The textual form of a filter, as it stands in a URL's query: read, and written again.
//!
//! What is written there is either understood or told; nothing that cannot be understood is taken for "all".

use super::LoginFilter;
use crate::audit::{FilterFault, FilterProblem};
use crate::calendar::{When, Zone};
use crate::client::ClientId;
use crate::login::{Reason, Stage};
use crate::page::OF_PAGES;

/// The longest value that means something.
const LONGEST: usize = 128;

/// A filter with its span as somebody wrote it: in days, or in moments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoginSearch {
    /// Everything but the span.
    filter: LoginFilter,
    /// Not before this.
    from: Option<When>,
    /// Not after this; the day or moment itself belongs to it.
    to: Option<When>,
}

impl LoginSearch {
    /// The names of its parts in a URL.
    pub const FIELDS: [&str; 10] =
        ["client", "provider", "stage", "failed", "reason", "user", "address", "browser", "from", "to"];

    /// Reads the pairs of a URL's query. Empty values say nothing, as an empty field of a form; a name
    /// that is neither ours nor one of `OF_PAGES` is told: taken for nothing, it would show everything.
    pub fn parse<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        zone: Zone,
    ) -> Result<Self, Vec<FilterProblem>> {
        let (mut search, mut problems) = (Self::default(), Vec::new());
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
            if let Err(fault) = search.set(field, value) {
                problems.push(FilterProblem { field, fault });
            }
        }
        let LoginFilter { from, until, .. } = search.within(zone);
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            problems.push(FilterProblem { field: "to", fault: FilterFault::BeforeFrom });
        }
        if problems.is_empty() { Ok(search) } else { Err(problems) }
    }

    fn set(&mut self, field: &str, value: &str) -> Result<(), FilterFault> {
        if value.len() > LONGEST {
            return Err(FilterFault::TooLong);
        }
        if value.contains('\0') {
            return Err(FilterFault::Shape);
        }
        let filter = &mut self.filter;
        match field {
            // Also those that stand for no website: their Logins are in the lists.
            "client" => put(&mut filter.client, ClientId::from_stored(value).map_err(|_| FilterFault::Shape)),
            "provider" => put(&mut filter.provider, shaped(value)),
            "stage" => {
                filter.stages.insert(Stage::parse(value).ok_or(FilterFault::UnknownWord)?);
                Ok(())
            }
            "failed" if matches!(value, "true" | "false" | "on") => {
                filter.unlucky = value != "false";
                Ok(())
            }
            "failed" => Err(FilterFault::UnknownWord),
            "reason" => put(&mut filter.reason, Reason::parse(value).ok_or(FilterFault::UnknownWord)),
            "user" => put(&mut filter.user, shaped(value)),
            "address" => put(&mut filter.address, shaped(value)),
            "browser" => put(&mut filter.browser, Ok(value.to_owned())),
            "from" => put(&mut self.from, value.parse().map_err(|_| FilterFault::NotAMoment)),
            _ => put(&mut self.to, value.parse().map_err(|_| FilterFault::NotAMoment)),
        }
    }

    /// The pairs that `parse` reads as this.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let filter = &self.filter;
        let mut pairs = Vec::new();
        let mut add = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        add("client", filter.client.as_ref().map(ToString::to_string));
        add("provider", filter.provider.as_ref().map(ToString::to_string));
        for stage in &filter.stages {
            add("stage", Some(stage.as_str().to_owned()));
        }
        add("failed", filter.unlucky.then(|| "true".to_owned()));
        add("reason", filter.reason.map(|reason| reason.as_str().to_owned()));
        add("user", filter.user.as_ref().map(ToString::to_string));
        add("address", filter.address.as_ref().map(ToString::to_string));
        add("browser", filter.browser.clone());
        add("from", self.from.map(|when| when.to_string()));
        add("to", self.to.map(|when| when.to_string()));
        pairs
    }

    /// The query of a URL that says this, without the question mark.
    pub fn query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish()
    }

    /// The filter, with its span in a zone: what a store can look for.
    pub fn within(&self, zone: Zone) -> LoginFilter {
        let (from, until) = (self.from.map(|from| from.first(zone)), self.to.map(|to| to.last(zone)));
        LoginFilter { from, until, ..self.filter.clone() }
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

    const WHOLE: [(&str, &str); 11] = [
        ("client", "shop"),
        ("provider", "mini"),
        ("stage", "scanned"),
        ("stage", "failed"),
        ("failed", "true"),
        ("reason", "vendor_failed"),
        ("user", "usr_0123456789012345678901"),
        ("address", "192.0.2.0/24"),
        ("browser", "Firefox"),
        ("from", "2026-11-01"),
        ("to", "2026-11-28"),
    ];

    #[test]
    fn what_is_read_is_written_again() {
        let search = LoginSearch::parse(WHOLE, Zone::UTC).unwrap();
        let pairs = search.pairs();
        assert_eq!(pairs.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>(), WHOLE);
        let filter = search.within("Asia/Shanghai".parse().unwrap());
        let [from, until] = [filter.from, filter.until].map(|at| at.unwrap().to_rfc3339());
        assert_eq!([from.as_str(), until.as_str()], ["2026-10-31T16:00:00.000Z", "2026-11-28T15:59:59.999Z"]);
        let nothing = [("client", " "), ("limit", "7"), ("failed", "false")];
        assert_eq!(LoginSearch::parse(nothing, Zone::UTC), Ok(LoginSearch::default()));
    }

    #[test]
    fn what_is_not_understood_is_told() {
        let faults = |pairs: &[(&'static str, &'static str)]| {
            let told = LoginSearch::parse(pairs.iter().copied(), Zone::UTC).unwrap_err();
            told.into_iter().map(|problem| (problem.field, problem.fault)).collect::<Vec<_>>()
        };
        for (name, value, fault) in [
            ("client", "no such", FilterFault::Shape),
            ("stage", "done", FilterFault::UnknownWord),
            ("failed", "yes", FilterFault::UnknownWord),
            ("reason", "", FilterFault::UnknownWord),
            ("user", "usr_1", FilterFault::Shape),
            ("address", "192.0.2.0/33", FilterFault::Shape),
            ("browser", "a\0b", FilterFault::Shape),
            ("from", "yesterday", FilterFault::NotAMoment),
        ] {
            let value = if value.is_empty() { "nobody_knows" } else { value };
            assert_eq!(faults(&[(name, value)]), [(name, fault)], "{name}");
        }
        let long: &'static str = "x".repeat(129).leak();
        assert_eq!(faults(&[("browser", long)]), [("browser", FilterFault::TooLong)]);
        let twice = [("client", "a"), ("client", "b")];
        assert_eq!(faults(&twice), [("client", FilterFault::Repeated)]);
        let backwards = [("from", "2026-11-02"), ("to", "2026-11-01")];
        assert_eq!(faults(&backwards), [("to", FilterFault::BeforeFrom)]);
    }
}
