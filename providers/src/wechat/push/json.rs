//! Reads the JSON of pushes by the same rules as their XML: limits while reading, nothing twice.
//!
//! Numbers are taken as their digits, as ids and times may come either way.

use super::fields::{DEPTH, Fields, NODES};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The fields of the object.
pub(super) fn read(text: &str) -> Option<Fields> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut nodes = 0;
    let fields = reader.deserialize_map(Root { nodes: &mut nodes }).ok()?;
    reader.end().ok()?;
    Some(fields)
}

struct Root<'a> {
    nodes: &'a mut usize,
}

impl<'de> Visitor<'de> for Root<'_> {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Value { nodes: self.nodes, depth: 2 })?;
            fields.insert(&name, value).ok_or_else(|| Error::custom("a field comes twice"))?;
        }
        Ok(fields)
    }
}

/// One value; a text or a whole number gives its text, all else nothing.
struct Value<'a> {
    nodes: &'a mut usize,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Option<String>, D::Error> {
        *self.nodes += 1;
        if *self.nodes > NODES || self.depth > DEPTH {
            return Err(Error::custom("too much"));
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<String>, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Option<String>, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Option<String>, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<String>, A::Error> {
        let depth = self.depth + 1;
        while seq.next_element_seed(Value { nodes: self.nodes, depth })?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
        let depth = self.depth + 1;
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(Value { nodes: self.nodes, depth })?;
        }
        Ok(None)
    }
}
