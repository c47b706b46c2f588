//! Forms of our own pages: every one is a POST from this origin with the csrf value of its session.
//!
//! `SameSite=Strict` alone would do in today's browsers; `Origin`, `Sec-Fetch-Site` and the value each
//! stop a forged form by themselves (ADM-07, ASVS 5.0 3.5.1).

use super::AdminSettings;
use crate::http::browser::origin;
use crate::http::parameters;
use poem::Request;
use poem::http::header;
use saoma_core::admin::SessionSecret;
use std::collections::BTreeMap;

/// The form is not one of ours, or belongs to another session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forged;

/// The fields of a form.
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a form that needs no session: it must come from our own page all the same.
    pub(super) fn from_own_page(
        request: &Request,
        body: &[u8],
        settings: &AdminSettings,
    ) -> Result<Self, Forged> {
        let is_own = origin(request).as_ref() == Some(&settings.admin_url);
        let site = request.headers().get("sec-fetch-site");
        let is_form = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.to_str().is_ok_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
        });
        if !is_own || !is_form || site.is_some_and(|site| site != "same-origin") {
            return Err(Forged);
        }
        parameters::parse(body).map(Self).map_err(|parameters::Ambiguous| Forged)
    }

    /// Whether it carries the csrf value of this session.
    pub(super) fn belongs_to(&self, session: &str) -> Result<(), Forged> {
        if SessionSecret::csrf(session).same_as(self.get("csrf")) { Ok(()) } else { Err(Forged) }
    }

    /// Whether a box was ticked.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.get(name) == "on"
    }

    /// What was ticked of the boxes whose names begin so, in their order.
    pub(super) fn ticked<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(|(_, value)| *value == "on")
            .filter_map(move |(name, _)| name.strip_prefix(prefix))
    }

    /// A field that was sent, even if empty.
    pub(super) fn sent(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The version that was read with the page.
    pub(super) fn version(&self) -> i64 {
        self.get("version").parse().unwrap_or(0)
    }

    /// A field; empty when it was not sent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}
