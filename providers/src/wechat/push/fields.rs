//! The fields of a push's body, whichever of the two formats it has.
//!
//! Only what stands directly below the root is a field; deeper things are counted, not kept.

use super::{json, xml};
use std::collections::BTreeMap;

/// How deep a body may go, its root included.
pub(super) const DEPTH: usize = 8;
/// How many elements, texts and values a body may have.
pub(super) const NODES: usize = 256;

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Xml,
    Json,
}

/// Fields by their name; those that are no plain text have no value.
#[derive(Default)]
pub(crate) struct Fields(BTreeMap<String, Option<String>>);

impl Fields {
    /// Reads a body as what it looks like.
    pub(super) fn read(body: &[u8]) -> Option<(Format, Self)> {
        let text = std::str::from_utf8(body).ok()?;
        let format = if text.trim_start().starts_with('{') { Format::Json } else { Format::Xml };
        Some((format, Self::read_as(format, text)?))
    }

    /// Reads a body as what it must be.
    pub(super) fn read_as(format: Format, text: &str) -> Option<Self> {
        match format {
            Format::Xml => xml::read(text),
            Format::Json => json::read(text),
        }
    }

    /// Takes a field; none when its name is taken already.
    pub(super) fn insert(&mut self, name: &str, value: Option<String>) -> Option<()> {
        self.0.insert(name.to_owned(), value).is_none().then_some(())
    }

    /// Whether there is such a field at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A field's text.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_deref()
    }
}
