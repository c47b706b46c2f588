//! Number choice: the page shows a number, the phone offers three, and there is one try (assurance `number`).
//!
//! Which three, and in which order, is made from the Login: a phone that asks again cannot tell the right one by
//! what stays.

use super::{Login, LoginService, Number};
use crate::provider::Assurance;

/// How many the phone offers.
pub const OFFERED: usize = 3;

/// What a choice on the phone comes to.
pub(super) enum Choice {
    /// There was none to make, or it is right.
    Right,
    /// None was made.
    Missing,
    /// It is wrong.
    Wrong,
}

impl LoginService {
    /// What the phone offers, where its person has to choose.
    pub(super) fn choices(&self, login: &Login) -> Option<[Number; OFFERED]> {
        let right = login.number.filter(|_| login.assurance == Assurance::Number)?;
        let derived = self.parts.keyring.derive("number choices", &[login.id.as_str()]);
        let mut bytes = derived.expose().bytes().map(u16::from);
        let mut byte = || bytes.next().unwrap_or_default();
        // Two others: each a step of 1 to 98 away, the second not where the first is.
        let first = 1 + (byte() * 256 + byte()) % 98;
        let second = 1 + (byte() * 256 + byte()) % 97;
        let second = if second >= first { second + 1 } else { second };
        let mut offered = [right, right.plus(first), right.plus(second)];
        let turn = usize::from(byte()) % OFFERED;
        offered.rotate_left(turn);
        if byte() % 2 == 1 {
            offered.reverse();
        }
        Some(offered)
    }

    /// Holds what was chosen against what the page shows.
    pub(super) fn chosen(&self, login: &Login, chosen: Option<Number>) -> Choice {
        match (self.choices(login), chosen) {
            (None, _) => Choice::Right,
            (Some(_), None) => Choice::Missing,
            (Some(_), Some(chosen)) if login.number == Some(chosen) => Choice::Right,
            (Some(_), Some(_)) => Choice::Wrong,
        }
    }
}
