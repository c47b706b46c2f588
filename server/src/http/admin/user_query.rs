//! What a list of people is asked for by its address: one filter for the page, the API and the file. An
//! address is made of it again, without a part or with the page after.

use saoma_admin_ui::views::Chip;
use saoma_core::FieldProblem;
use saoma_core::calendar::{When, Zone};
use saoma_core::page::OF_PAGES;
use saoma_core::user::admin::{UserFilter, Way};
use std::collections::BTreeMap;
use url::form_urlencoded;

/// What the text may be looked for in.
pub(super) const KINDS: [&str; 4] = ["name", "subject", "alias", "user_id"];
/// Who may log in, and who may not.
pub(super) const STATES: [&str; 2] = ["on", "off"];

/// All that a search can hold.
pub(super) const FIELDS: [&str; 7] = ["text", "kind", "provider", "client", "state", "from", "to"];

/// A search as it was typed.
#[derive(Debug, Default)]
pub(super) struct UserQuery {
    fields: BTreeMap<String, String>,
}

impl UserQuery {
    pub(super) fn new(fields: BTreeMap<String, String>) -> Self {
        Self { fields }
    }

    /// A field; empty when it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |text| text.trim())
    }

    /// What the text is looked for in.
    pub(super) fn kind(&self) -> &'static str {
        KINDS.into_iter().find(|kind| *kind == self.get("kind")).unwrap_or("name")
    }

    /// The filter, or what is wrong with the fields.
    pub(super) fn filter(&self, ways: &[Way], zone: Zone) -> Result<UserFilter, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut filter = UserFilter::default();
        // What cannot be understood is told: taken for nothing, it would show everybody.
        let odd = |name: &str| FieldProblem::new(format!("/{name}"), "filter_shape", "is not understood");
        let known = |name: &str| FIELDS.contains(&name) || OF_PAGES.contains(&name);
        if self.fields.keys().any(|name| !known(name)) {
            problems.push(odd("query"));
        }
        if !self.get("kind").is_empty() && self.get("kind") != self.kind() {
            problems.push(odd("kind"));
        }
        let text = Some(self.get("text")).filter(|text| !text.is_empty()).map(str::to_owned);
        match (self.kind(), text) {
            (_, None) => {}
            ("subject", text) => filter.subject = text,
            ("alias", text) => filter.alias = text,
            ("user_id", Some(text)) => match text.parse() {
                Ok(id) => filter.id = Some(id),
                Err(_) => problems.push(FieldProblem::new("/text", "user_id_shape", "is no user id")),
            },
            (_, text) => filter.name = text,
        }
        // A way that is gone has no people by that name; so has a website.
        let way = self.get("provider");
        let known = ways.iter().find(|known| known.slug.as_str() == way);
        filter.namespace = (!way.is_empty()).then(|| known.map_or(way, |known| &known.namespace).to_owned());
        match self.get("client") {
            "" => {}
            client => match client.parse() {
                Ok(client) => filter.client = Some(client),
                Err(_) => problems.push(odd("client")),
            },
        }
        match self.get("state") {
            "" => {}
            "on" => filter.disabled = Some(false),
            "off" => filter.disabled = Some(true),
            _ => problems.push(odd("state")),
        }
        let mut day = |name: &str| {
            let read = Some(self.get(name)).filter(|day| !day.is_empty())?.parse::<When>();
            if read.is_err() {
                problems.push(FieldProblem::new(format!("/{name}"), "date_or_moment", "is no day"));
            }
            read.ok()
        };
        filter.created_from = day("from").map(|from| from.first(zone));
        // The whole of the last day belongs to it.
        filter.created_to = day("to").map(|to| to.last(zone));
        if problems.is_empty() { Ok(filter) } else { Err(problems) }
    }

    /// The search as the audit tells it: never what it looked for, which may be an openid.
    pub(super) fn told(&self, format: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for field in FIELDS.into_iter().filter(|field| *field != "text" && !self.get(field).is_empty()) {
            query.append_pair(field, self.get(field));
        }
        query.append_pair("format", format).finish()
    }

    /// Parts that hold, with the address of the list without each; `named` tells names for ids.
    pub(super) fn chips(&self, named: impl Fn(&str, &str) -> String) -> Vec<Chip> {
        let parts = [
            (self.kind(), "text"),
            ("provider", "provider"),
            ("client", "client"),
            ("state", "state"),
            ("from", "from"),
            ("to", "to"),
        ];
        let holds = parts.into_iter().filter(|(_, field)| !self.get(field).is_empty());
        holds
            .map(|(part, field)| Chip {
                field: part,
                value: named(field, self.get(field)),
                without: self.address(&[field], None),
            })
            .collect()
    }

    /// The address of the page that this mark is of.
    pub(super) fn page(&self, after: Option<&str>) -> String {
        self.address(&[], after)
    }

    /// What follows the format in the address of the file.
    pub(super) fn export(&self) -> String {
        self.address(&[], None).strip_prefix("/users?").map(|query| format!("&{query}")).unwrap_or_default()
    }

    fn address(&self, without: &[&str], after: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for field in FIELDS {
            let needed = field != "kind" || (!self.get("text").is_empty() && !without.contains(&"text"));
            if needed && !without.contains(&field) && !self.get(field).is_empty() {
                query.append_pair(field, self.get(field));
            }
        }
        if let Some(mark) = after {
            query.append_pair("after", mark);
        }
        let query = query.finish();
        if query.is_empty() { "/users".to_owned() } else { format!("/users?{query}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(fields: &[(&str, &str)]) -> UserQuery {
        UserQuery::new(fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn both_days_belong_to_the_range() {
        let filter = query(&[("from", "2026-11-27"), ("to", "2026-11-27")])
            .filter(&[], "Asia/Shanghai".parse().unwrap())
            .unwrap();
        let (from, to) = (filter.created_from.unwrap(), filter.created_to.unwrap());
        assert_eq!(
            (from.to_rfc3339(), to.to_rfc3339()),
            ("2026-11-26T16:00:00.000Z".to_owned(), "2026-11-27T15:59:59.999Z".to_owned())
        );
    }

    #[test]
    fn the_text_is_looked_for_where_it_was_said() {
        let filter = |kind| query(&[("text", " x "), ("kind", kind)]).filter(&[], Zone::UTC);
        assert_eq!(filter("").unwrap().name.as_deref(), Some("x"));
        assert_eq!(filter("subject").unwrap().subject.as_deref(), Some("x"));
        assert_eq!(filter("alias").unwrap().alias.as_deref(), Some("x"));
        assert_eq!(filter("user_id").unwrap_err()[0].code, "user_id_shape");
        for wrong in ["27.11.2026", "2026-13-01", "soon"] {
            assert_eq!(query(&[("to", wrong)]).filter(&[], Zone::UTC).unwrap_err()[0].pointer, "/to");
        }
    }

    #[test]
    fn a_chip_leads_to_the_list_without_it_and_to_the_first_page() {
        let query = query(&[("text", "a&b"), ("kind", "subject"), ("state", "off"), ("after", "1.x")]);
        let chips = query.chips(|_, value| value.to_owned());
        let told: Vec<_> = chips.iter().map(|chip| (chip.field, chip.without.as_str())).collect();
        assert_eq!(told, [("subject", "/users?state=off"), ("state", "/users?text=a%26b&kind=subject")]);
        assert_eq!(query.page(Some("2.y")), "/users?text=a%26b&kind=subject&state=off&after=2.y");
    }
}
