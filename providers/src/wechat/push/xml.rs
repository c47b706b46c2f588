//! Reads the XML of pushes event by event, so that a limit holds before its breach costs anything.
//!
//! Refuses what the vendor never sends and what has made other parsers dangerous: DTDs, entities
//! but the five, processing instructions, comments, attributes, a second root, a field given twice.

use super::fields::{DEPTH, Fields, NODES};
use quick_xml::Reader;
use quick_xml::events::{BytesDecl, Event};

const ROOT: &str = "xml";

/// The fields below the root.
pub(super) fn read(text: &str) -> Option<Fields> {
    if !text.chars().all(is_xml_char) {
        return None;
    }
    let mut reader = Reader::from_str(text);
    // Names of ends are compared by default; an empty element becomes a start and an end.
    reader.config_mut().expand_empty_elements = true;
    let mut walk = Walk::default();
    for _ in 0..=2 * NODES {
        match reader.read_event().ok()? {
            Event::Eof => return walk.finish(),
            event => walk.step(&event)?,
        }
    }
    None
}

#[derive(Default)]
struct Walk {
    fields: Fields,
    nodes: usize,
    depth: usize,
    has_root: bool,
    /// The field that is being read: its name, and its text while it has no elements inside.
    current: Option<(String, Option<String>)>,
}

impl Walk {
    fn step(&mut self, event: &Event<'_>) -> Option<()> {
        if let Event::End(_) = event {
            return self.leave();
        }
        self.nodes += 1;
        if self.nodes > NODES {
            return None;
        }
        match event {
            Event::Start(start) => {
                let plain = start.attributes_raw().trim().is_empty();
                plain.then(|| self.enter(start.name().as_ref()))?
            }
            // The end of a section that never began (section 2.4).
            Event::Text(text) if text.contains("]]>") => None,
            Event::Text(text) if self.depth < 2 => text.trim().is_empty().then_some(()),
            Event::Text(text) => self.hear(text),
            Event::CData(text) => self.hear(text),
            Event::GeneralRef(name) => self.hear(resolved(name)?),
            Event::Decl(decl) => (self.nodes == 1 && is_utf8(decl)).then_some(()),
            _ => None,
        }
    }

    fn enter(&mut self, name: &str) -> Option<()> {
        match self.depth {
            0 if self.has_root || name != ROOT => return None,
            0 => self.has_root = true,
            1 if self.fields.has(name) => return None,
            1 => self.current = Some((name.to_owned(), Some(String::new()))),
            // A field with elements inside is no text.
            _ => self.current.as_mut()?.1 = None,
        }
        self.depth += 1;
        (self.depth <= DEPTH).then_some(())
    }

    fn hear(&mut self, text: &str) -> Option<()> {
        let (_, value) = self.current.as_mut()?;
        if let Some(value) = value.as_mut() {
            value.push_str(text);
        }
        Some(())
    }

    fn leave(&mut self) -> Option<()> {
        self.depth = self.depth.checked_sub(1)?;
        if self.depth == 1 {
            let (name, value) = self.current.take()?;
            self.fields.insert(&name, value)?;
        }
        Some(())
    }

    fn finish(self) -> Option<Fields> {
        (self.has_root && self.depth == 0).then_some(self.fields)
    }
}

/// The five that XML itself knows (section 4.6).
fn resolved(name: &str) -> Option<&'static str> {
    match name {
        "amp" => Some("&"),
        "lt" => Some("<"),
        "gt" => Some(">"),
        "apos" => Some("'"),
        "quot" => Some("\""),
        _ => None,
    }
}

fn is_utf8(decl: &BytesDecl<'_>) -> bool {
    match decl.encoding() {
        None => true,
        Some(encoding) => encoding.is_ok_and(|name| name.eq_ignore_ascii_case("utf-8")),
    }
}

/// XML 1.0 section 2.2.
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}
