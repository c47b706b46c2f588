//! What a vendor's failure left behind for the admin: its code, what that means, what to do.
//!
//! Made from a `ProviderError` only, which never holds an openid, a code or a token.

use crate::Timestamp;
use crate::provider::{LocalText, ProviderError, Upstream};
use serde::{Deserialize, Serialize};

/// A sentence in the languages we speak, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

impl From<LocalText> for Words {
    fn from(text: LocalText) -> Self {
        Self { en: text.en.to_owned(), zh: text.zh.to_owned() }
    }
}

/// A failure of the vendor's part, as it is kept with the Login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorAnswer {
    /// When, in epoch milliseconds.
    pub at: i64,
    /// At which step, as `Step::as_str` names it.
    pub step: String,
    /// The stable code of the problem, as the outside was told.
    pub problem: String,
    /// The vendor's own code; none when it did not speak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// What it is to whoever looks for a cure: the code of the doctor's finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// What that code means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<Words>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cure: Option<Words>,
    /// The vendor's trace id, for its support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// An address that the vendor named, e.g. ours that it does not let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What it had said before, the oldest first; none of these has any of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Self>,
}

/// So many that went before are kept of one Login.
const MOST_EARLIER: usize = 4;

impl VendorAnswer {
    /// What is kept of this failure.
    pub fn of(failure: &ProviderError, at: Timestamp) -> Self {
        let upstream = failure.upstream.as_deref();
        let told = |text: fn(&Upstream) -> Option<String>| upstream.and_then(text);
        Self {
            at: at.0,
            step: failure.step.as_str().to_owned(),
            problem: failure.kind.code().to_owned(),
            code: upstream.map(|upstream| upstream.code),
            finding: upstream.map(|upstream| upstream.finding.to_owned()),
            meaning: upstream.map(|upstream| upstream.meaning.into()),
            cure: upstream.map(|upstream| upstream.cure.into()),
            trace_id: told(|upstream| upstream.trace_id.clone()),
            address: told(|upstream| upstream.address.clone()),
            earlier: Vec::new(),
        }
    }

    /// The same after what was said before it, of which the newest are kept.
    #[must_use]
    pub fn following(self, before: Option<&Self>) -> Self {
        let Some(before) = before.cloned() else { return self };
        let mut earlier = before.earlier.clone();
        earlier.push(Self { earlier: Vec::new(), ..before });
        let too_many = earlier.len().saturating_sub(MOST_EARLIER);
        earlier.drain(..too_many);
        Self { earlier, ..self }
    }

    /// All of them, the oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        self.earlier.iter().chain([self])
    }

    /// Whether it says what another one says, whenever each was said.
    pub fn says_the_same(&self, other: &Self) -> bool {
        (&self.step, &self.problem, self.code) == (&other.step, &other.problem, other.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Kind, Step};

    #[test]
    fn the_newest_few_are_kept_in_their_order() {
        let said =
            |at: i64| VendorAnswer::of(&ProviderError::silent(Step::Begin, Kind::Unavailable), Timestamp(at));
        let mut last = said(0).following(None);
        assert_eq!(last.all().count(), 1);
        for at in 1..=7 {
            last = said(at).following(Some(&last));
        }
        assert_eq!(last.all().map(|answer| answer.at).collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
        assert!(last.earlier.iter().all(|answer| answer.earlier.is_empty()));
        let read: VendorAnswer = serde_json::from_str(&serde_json::to_string(&last).unwrap()).unwrap();
        assert_eq!(read, last);
    }
}
