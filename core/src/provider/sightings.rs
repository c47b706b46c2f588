//! When the vendor's servers last came to a push address and how it went, in memory only.
//!
//! A message that is refused is what a wrong token or key looks like from here: the vendor itself
//! tells nobody. Nothing of a message is kept, and a restart forgets all.

use super::ProviderSlug;
use crate::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The last times of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sighting {
    /// When a message was last taken.
    pub taken: Option<Timestamp>,
    /// When one was last refused although it knew the address.
    pub refused: Option<Timestamp>,
}

impl Sighting {
    /// Since when messages are refused, unless a later one was taken.
    pub fn refused_since_taken(&self) -> Option<Timestamp> {
        self.refused.filter(|refused| self.taken.is_none_or(|taken| taken < *refused))
    }
}

/// The last times of all addresses.
#[derive(Debug, Default)]
pub struct PushSightings(Mutex<HashMap<ProviderSlug, Sighting>>);

impl PushSightings {
    /// What is known of this Provider's address.
    pub fn of(&self, slug: &ProviderSlug) -> Sighting {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(slug).copied().unwrap_or_default()
    }

    /// A message about people was taken.
    pub fn took(&self, slug: &ProviderSlug, now: Timestamp) {
        self.note(slug, |sighting| sighting.taken = Some(now));
    }

    /// A message was refused.
    pub fn refused(&self, slug: &ProviderSlug, now: Timestamp) {
        self.note(slug, |sighting| sighting.refused = Some(now));
    }

    fn note(&self, slug: &ProviderSlug, change: impl FnOnce(&mut Sighting)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry(slug.clone()).or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_counts_until_something_is_taken() {
        let (sightings, slug) = (PushSightings::default(), "wx".parse().unwrap());
        assert_eq!(sightings.of(&slug), Sighting::default());
        sightings.took(&slug, Timestamp(1));
        sightings.refused(&slug, Timestamp(2));
        assert_eq!(sightings.of(&slug).refused_since_taken(), Some(Timestamp(2)));
        sightings.took(&slug, Timestamp(3));
        assert_eq!(sightings.of(&slug).refused_since_taken(), None);
        assert_eq!(sightings.of(&"other".parse().unwrap()), Sighting::default());
    }
}
