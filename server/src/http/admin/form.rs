//! Forms of our own pages: every one is a POST from this origin with the csrf value of its session.
//!
//! `SameSite=Strict` alone would do in today's browsers; `Origin`, `Sec-Fetch-Site` and the value each
//! stop a forged form by themselves (ADM-07, ASVS 5.0 3.5.1).

use super::AdminSettings;
use crate::http::browser::origin;
use crate::http::parameters;
use bytes::Bytes;
use poem::http::header;
use poem::web::Multipart;
use poem::{Body, FromRequest as _, Request, RequestBody};
use saoma_core::admin::SessionSecret;
use std::collections::BTreeMap;

/// The form is not one of ours, or belongs to another session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forged;

/// Whether a browser says that this comes from a page of ours.
pub(super) fn is_own_page(request: &Request, settings: &AdminSettings) -> bool {
    let site = request.headers().get("sec-fetch-site");
    origin(request).as_ref() == Some(&settings.admin_url) && site.is_none_or(|site| site == "same-origin")
}

/// The fields of a form.
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a form that needs no session: it must come from our own page all the same.
    pub(super) fn from_own_page(
        request: &Request,
        body: &[u8],
        settings: &AdminSettings,
    ) -> Result<Self, Forged> {
        let is_form = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.to_str().is_ok_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
        });
        if !is_own_page(request, settings) || !is_form {
            return Err(Forged);
        }
        parameters::parse(body).map(Self).map_err(|parameters::Ambiguous| Forged)
    }

    /// Reads a form with a file (RFC 7578): its fields, and the bytes that came under the file's name.
    pub(super) async fn with_file(
        request: &Request,
        body: Bytes,
        settings: &AdminSettings,
        file: &str,
    ) -> Result<(Self, Bytes), Forged> {
        if !is_own_page(request, settings) {
            return Err(Forged);
        }
        let mut body = RequestBody::new(Body::from(body));
        let mut parts = Multipart::from_request(request, &mut body).await.map_err(|_| Forged)?;
        let (mut fields, mut bytes) = (BTreeMap::new(), None);
        while let Some(part) = parts.next_field().await.map_err(|_| Forged)? {
            let name = part.name().map(str::to_owned).ok_or(Forged)?;
            let twice = if name == file {
                bytes.replace(part.bytes().await.map_err(|_| Forged)?).is_some()
            } else {
                fields.insert(name, part.text().await.map_err(|_| Forged)?).is_some()
            };
            if twice {
                return Err(Forged);
            }
        }
        Ok((Self(fields), bytes.unwrap_or_default().into()))
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

    /// All that was sent.
    pub(super) fn fields(&self) -> &BTreeMap<String, String> {
        &self.0
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
