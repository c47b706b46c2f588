//! Names and values of a query or a form. One that comes twice is refused (RFC 6749 section 3.1,
//! NET-04): which of the two counts would depend on who reads it.

use std::collections::BTreeMap;
use url::form_urlencoded;

/// The text is not names and values, each name once, in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ambiguous;

/// Reads `application/x-www-form-urlencoded`.
pub(crate) fn parse(text: &[u8]) -> Result<BTreeMap<String, String>, Ambiguous> {
    let mut found = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(text) {
        // The parser replaces broken UTF-8; nothing we take contains that replacement.
        let broken = name.contains('\u{FFFD}') || value.contains('\u{FFFD}') || value.contains('\0');
        if broken || found.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(Ambiguous);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_is_never() {
        assert_eq!(parse(b"a=1&b=&c=%E6%89%AB").unwrap().len(), 3);
        for text in [&b"a=1&a=1"[..], b"a=1&%61=2", b"a=%ff", b"a=%00", b"a=\xff"] {
            assert_eq!(parse(text), Err(Ambiguous), "{text:?}");
        }
    }
}
