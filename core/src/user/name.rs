//! Cleans what people and vendors send as a name, so that it can be shown anywhere.
//!
//! Refuses nothing: text without anything showable becomes no name at all.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_segmentation::UnicodeSegmentation as _;

/// The longest name, in characters as people count them.
pub const MAX_GRAPHEMES: usize = 32;
/// The longest name in bytes: one character may carry any number of combining marks.
const MAX_BYTES: usize = 256;
/// What WeChat gives for everybody who gave nothing.
const PLACEHOLDERS: [&str; 2] = ["微信用户", "WeChat User"];
const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// A name fit to be shown, or none.
///
/// NFC; control, format, private-use and unassigned characters are dropped (joiners and
/// variation selectors stay, emoji need them); blanks become single spaces.
pub fn clean_name(raw: &str) -> Option<String> {
    let kept: String = raw.nfc().map(blank_to_space).filter(|c| is_showable(*c)).collect();
    let single_spaced = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = cut(&single_spaced).trim_matches(ZERO_WIDTH_JOINER).trim();
    let says_something =
        name.chars().any(|c| !c.is_whitespace() && c != ZERO_WIDTH_JOINER && !is_selector(c));
    (says_something && !PLACEHOLDERS.contains(&name)).then(|| name.to_owned())
}

/// A name as searches compare it: wide and narrow letters are one, and so are capitals and small ones.
/// Both databases then only compare bytes.
pub fn search_key(name: &str) -> String {
    name.trim().nfkc().flat_map(char::to_lowercase).nfc().collect()
}

fn blank_to_space(c: char) -> char {
    if c.is_whitespace() || c.is_control() { ' ' } else { c }
}

fn is_selector(c: char) -> bool {
    ('\u{FE00}'..='\u{FE0F}').contains(&c)
}

fn is_showable(c: char) -> bool {
    let hidden = matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    );
    c == ZERO_WIDTH_JOINER || is_selector(c) || !hidden
}

fn cut(text: &str) -> &str {
    let ends = text.grapheme_indices(true).map(|(start, grapheme)| start + grapheme.len());
    let end = ends.take(MAX_GRAPHEMES).take_while(|end| *end <= MAX_BYTES).last().unwrap_or(0);
    text.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay() {
        for name in ["张小明", "Zoë", "O'Brien", "👩‍👩‍👧", "张 三 ❤️"] {
            assert_eq!(clean_name(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn a_search_sees_no_case_and_no_width() {
        for (name, key) in [("Zoë", "zoë"), ("ＡＢＣ阿明", "abc阿明"), (" ÉMILE ", "émile"), ("阿明", "阿明")]
        {
            assert_eq!(search_key(name), key);
            assert_eq!(search_key(key), key);
        }
    }

    #[test]
    fn tricks_are_taken_out() {
        assert_eq!(clean_name("\u{14}a\u{07}b\n c\u{202E}d\u{200B}").as_deref(), Some("a b cd"));
        assert_eq!(clean_name("zzz\u{E13C}").as_deref(), Some("zzz"));
        assert_eq!(clean_name("e\u{301}").as_deref(), Some("é"));
    }

    #[test]
    fn nothing_showable_is_no_name() {
        for nothing in ["", "  ", "微信用户", " 微信用户\u{200B}", "\u{200D}", "\u{FE0F}", "\u{E000}"]
        {
            assert_eq!(clean_name(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(clean_name(&"é".repeat(100)).map(|n| n.graphemes(true).count()), Some(MAX_GRAPHEMES));
        assert!(clean_name(&format!("a{}", "\u{301}".repeat(5000))).is_none_or(|n| n.len() <= 256));
    }
}
