//! Whose word counts for a name: the person's own before any vendor's.
//!
//! What the person typed stays until they type something else. A vendor's name fills an empty place
//! and follows its own changes; it never takes the place of what was typed, nor of another vendor's
//! name, so that a person with two ways to log in is not renamed at every visit.

use crate::id::IdentityId;

/// A name that a Login brings, cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewName {
    /// The person typed it.
    Typed(String),
    /// The vendor told it.
    Told(String),
}

impl NewName {
    /// The name itself.
    pub fn text(&self) -> &str {
        match self {
            Self::Typed(text) | Self::Told(text) => text,
        }
    }

    /// Whether a User of this name is called otherwise after a Login by this Identity.
    pub fn changes(&self, known: Option<&KnownName>, by: &IdentityId) -> bool {
        let Some(known) = known else { return true };
        match self {
            Self::Typed(text) => known.text != *text || known.told_by.is_some(),
            Self::Told(text) => known.told_by.as_ref() == Some(by) && known.text != *text,
        }
    }
}

/// What a User is called, and where that came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownName {
    /// The name.
    pub text: String,
    /// The Identity whose vendor told it; none when the person typed it.
    pub told_by: Option<IdentityId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn the_persons_word_stands_above_a_vendors() {
        let entropy = SeededEntropy::new(1);
        let [own, other] = [(); 2].map(|()| IdentityId::generate(&entropy));
        let told = |text: &str| NewName::Told(text.to_owned());
        let typed = |text: &str| NewName::Typed(text.to_owned());
        let known =
            |told_by: Option<&IdentityId>| KnownName { text: "a".to_owned(), told_by: told_by.cloned() };
        for (new, known, expected) in [
            (told("a"), None, true),
            (typed("a"), None, true),
            (told("b"), Some(known(None)), false),
            (told("b"), Some(known(Some(&other))), false),
            (told("b"), Some(known(Some(&own))), true),
            (told("a"), Some(known(Some(&own))), false),
            (typed("b"), Some(known(Some(&other))), true),
            (typed("a"), Some(known(Some(&own))), true),
            (typed("a"), Some(known(None)), false),
        ] {
            assert_eq!(new.changes(known.as_ref(), &own), expected, "{new:?} {known:?}");
        }
    }
}
