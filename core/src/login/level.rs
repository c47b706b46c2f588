//! How sure a Login's consent is to be: as much as its website wants, where the way lets us ask for more.
//!
//! A way that reaches `code_back` asks on a page of ours, or on the companion's, and that page asks for as much as it
//! is told to. Every other way is as sure as it is.

use super::{LoginService, Number};
use crate::provider::{Assurance, Begin};

impl LoginService {
    /// What a plugin began, as sure as is wanted; none when it cannot be.
    pub(super) fn raised(&self, begin: Begin, usual: Assurance, wanted: Assurance) -> Option<Begin> {
        let reaches = begin.assurance.unwrap_or(usual);
        if reaches < wanted {
            return None;
        }
        if reaches != Assurance::CodeBack {
            return Some(begin);
        }
        let assurance = wanted.max(Assurance::Confirmed);
        let number = (assurance == Assurance::Number).then(|| Number::generate(&*self.parts.entropy));
        Some(Begin { assurance: Some(assurance), number, ..begin })
    }
}

/// What a way asks for where nobody wants more.
pub(super) fn unraised(reaches: Assurance) -> Assurance {
    if reaches == Assurance::CodeBack { Assurance::Confirmed } else { reaches }
}
