//! Filters that stand in addresses, as forms and chips show them. What a filter means is core's.

use super::names::Names;
use poem::Request;
use saoma_admin_ui::Notes;
use saoma_admin_ui::views::{Chip, Choice};
use saoma_core::FieldProblem;
use saoma_core::audit::{FilterFault, FilterProblem};
use url::form_urlencoded;

/// The pairs of the query.
pub(super) fn pairs(request: &Request) -> Vec<(String, String)> {
    let query = request.uri().query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// What the query says of this; none when it says nothing.
pub(super) fn parameter(request: &Request, name: &str) -> Option<String> {
    pairs(request)
        .into_iter()
        .find_map(|(found, value)| (found == name && !value.is_empty()).then_some(value))
}

/// What is not understood: beside its field where that is one of these, else at the form's head.
pub(super) fn notes_of(problems: Vec<FilterProblem>, beside: &[&str]) -> Notes {
    let told = problems.into_iter().map(|FilterProblem { field, fault }| {
        let code = match fault {
            FilterFault::BeforeFrom => "before_from",
            FilterFault::NotAMoment => "date_or_moment",
            _ => "filter_shape",
        };
        let pointer = if beside.contains(&field) { format!("/{field}") } else { String::new() };
        FieldProblem::new(pointer, code, fault.to_string())
    });
    saoma_admin_ui::notes(told.collect())
}

/// A list's address with these parts of a filter.
pub(super) fn address(path: &str, pairs: &[(&'static str, String)], more: &[(&'static str, &str)]) -> String {
    let own = pairs.iter().map(|(name, value)| (*name, value.as_str()));
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(own.chain(more.iter().copied()))
        .finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Each part of a filter, with the list without it.
pub(super) fn chips(path: &str, pairs: &[(&'static str, String)], names: &Names) -> Vec<Chip> {
    let chip = |(place, (field, value)): (usize, &(&'static str, String))| {
        let mut others = pairs.to_vec();
        others.remove(place);
        let name = match *field {
            "client" => names.client(value),
            "provider" => names.provider(value),
            _ => None,
        };
        Chip { field, value: name.unwrap_or(value).to_owned(), without: address(path, &others, &[]) }
    };
    pairs.iter().enumerate().map(chip).collect()
}

/// What may be chosen, and whether it is.
pub(super) fn choices(all: Vec<(&str, &str)>, chosen: &str) -> Vec<Choice> {
    let choice = |(value, label): (&str, &str)| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: value == chosen,
    };
    all.into_iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_filter_is_a_chip_that_leads_to_the_list_without_it() {
        let pairs =
            [("stage", "failed".to_owned()), ("stage", "denied".to_owned()), ("browser", "a&b".to_owned())];
        let chips = chips("/logins", &pairs, &Names::default());
        let without: Vec<_> = chips.iter().map(|chip| chip.without.as_str()).collect();
        assert_eq!(
            without,
            [
                "/logins?stage=denied&browser=a%26b",
                "/logins?stage=failed&browser=a%26b",
                "/logins?stage=failed&stage=denied"
            ]
        );
    }
}
