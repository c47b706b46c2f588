//! Which names people take for one another: the phone shows a website's name, and a look-alike is how one
//! website passes for another.
//!
//! Compared by what the eye sees (Unicode UTS #39, section 4), without capitals, blanks and punctuation.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// Whether a person could take one for the other.
pub fn look_alike(one: &str, other: &str) -> bool {
    // Capitals look like other letters than their small ones do: as written, and all small.
    let small = |name: &str| name.nfkc().flat_map(char::to_lowercase).collect::<String>();
    skeleton(one) == skeleton(other) || skeleton(&small(one)) == skeleton(&small(other))
}

/// What is left of a name for the eye. A name of nothing that is seen looks like every other such name.
fn skeleton(name: &str) -> String {
    let normal: String = name.nfkc().filter(|c| is_seen(*c)).collect();
    let seen = unicode_security::skeleton(&normal).flat_map(char::to_lowercase);
    seen.filter(|c| is_seen(*c)).collect()
}

fn is_seen(c: char) -> bool {
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter
            | GeneralCategoryGroup::Mark
            | GeneralCategoryGroup::Number
            | GeneralCategoryGroup::Symbol
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_eye_cannot_tell_apart_is_alike() {
        for (one, other) in [
            ("My Bank", "My Bank"),
            ("My Bank", "my-bank"),
            ("My Bank", "MyBank!"),
            ("My Bank", "Мy Ваnk"),
            ("paypal", "pаypаl"),
            ("PayPal", "PAYPAL"),
            ("My Bank", "My\u{200b} Bank"),
            ("My Bank", "Ｍｙ　Ｂａｎｋ"),
            ("rn", "m"),
            ("中国银行", "中国银行。"),
            ("Café", "Cafe\u{301}"),
        ] {
            assert!(look_alike(one, other), "{one} {other}: {} {}", skeleton(one), skeleton(other));
        }
    }

    #[test]
    fn different_names_are_different() {
        for (one, other) in [
            ("My Bank", "My Shop"),
            ("Shop 1", "Shop 2"),
            ("中国银行", "中国很行"),
            ("Demo Shop", "Demo Shop (test)"),
            ("松间茶铺", "松间茶馆"),
        ] {
            assert!(!look_alike(one, other), "{one} {other}");
        }
    }
}
