//! How far a Login came, and when: what an admin reads as its timeline. Nothing is decided by it.

use super::Stage;
use crate::Timestamp;

/// When a Login reached its steps for the first time. How it ended is its stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Steps {
    /// The browser showed the code: its picture was fetched, or whoever began it looked.
    pub shown_at: Option<Timestamp>,
    /// Somebody scanned.
    pub scanned_at: Option<Timestamp>,
    /// The person confirmed.
    pub confirmed_at: Option<Timestamp>,
}

impl Steps {
    /// The steps of a Login that is at this stage now.
    #[must_use]
    pub fn reaching(self, stage: Stage, now: Timestamp) -> Self {
        match stage {
            Stage::Scanned => Self { scanned_at: self.scanned_at.or(Some(now)), ..self },
            Stage::Confirmed => Self { confirmed_at: self.confirmed_at.or(Some(now)), ..self },
            _ => self,
        }
    }

    /// Whole seconds from the beginning to the person's consent.
    pub fn seconds_to_confirm(&self, begun: Timestamp) -> Option<u64> {
        self.confirmed_at.map(|at| at.seconds_since(begun))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_keeps_its_first_time() {
        let once = Steps::default().reaching(Stage::Scanned, Timestamp(5));
        let twice = once.reaching(Stage::Scanned, Timestamp(9)).reaching(Stage::Confirmed, Timestamp(12));
        assert_eq!(twice.scanned_at, Some(Timestamp(5)));
        assert_eq!(twice.confirmed_at, Some(Timestamp(12)));
        assert_eq!(twice.reaching(Stage::Expired, Timestamp(20)), twice);
    }
}
