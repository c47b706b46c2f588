//! How often each call may be made: the documented ceilings and the counters under them.
//! A window of sandbox time opens with its first call; the ceilings are settable, so that load tests can lift them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;
/// Above this many counters the lapsed ones are thrown out.
const TIDY_AT: usize = 10_000;

/// The ceilings; the default is what WeChat documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quotas {
    /// `cgi-bin/token`, per app and day.
    pub tokens_per_day: u32,
    /// `cgi-bin/stable_token`, per app and minute.
    pub stable_tokens_per_minute: u32,
    /// `cgi-bin/stable_token`, per app and day.
    pub stable_tokens_per_day: u32,
    /// `stable_token` with `force_refresh`, per app and day.
    pub forced_refreshes_per_day: u32,
    /// `wxa/getwxacodeunlimit`, per app and minute.
    pub codes_per_minute: u32,
    /// `sns/jscode2session`, per person, app and minute.
    pub sessions_per_person_per_minute: u32,
    /// `cgi-bin/qrcode/create`, per account and day.
    pub account_codes_per_day: u32,
    /// Permanent codes of one account in all.
    pub permanent_codes: u32,
    /// `cgi-bin/user/info`, per account and day.
    pub user_infos_per_day: u32,
    /// `wxa/generatescheme` and `wxa/generate_urllink` together, per mini-program and day.
    pub links_per_day: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            tokens_per_day: 2000,
            stable_tokens_per_minute: 10_000,
            stable_tokens_per_day: 500_000,
            forced_refreshes_per_day: 20,
            codes_per_minute: 5000,
            sessions_per_person_per_minute: 100,
            account_codes_per_day: 100_000,
            permanent_codes: 100_000,
            user_infos_per_day: 5_000_000,
            links_per_day: 500_000,
        }
    }
}

/// One ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    TokensPerDay,
    StableTokensPerMinute,
    StableTokensPerDay,
    ForcedRefreshesPerDay,
    CodesPerMinute,
    SessionsPerPersonPerMinute,
    AccountCodesPerDay,
    UserInfosPerDay,
    LinksPerDay,
}

impl Limit {
    fn window_seconds(self) -> i64 {
        match self {
            Self::StableTokensPerMinute | Self::CodesPerMinute | Self::SessionsPerPersonPerMinute => MINUTE,
            Self::TokensPerDay
            | Self::StableTokensPerDay
            | Self::ForcedRefreshesPerDay
            | Self::AccountCodesPerDay
            | Self::UserInfosPerDay
            | Self::LinksPerDay => DAY,
        }
    }

    fn ceiling(self, quotas: &Quotas) -> u32 {
        match self {
            Self::TokensPerDay => quotas.tokens_per_day,
            Self::StableTokensPerMinute => quotas.stable_tokens_per_minute,
            Self::StableTokensPerDay => quotas.stable_tokens_per_day,
            Self::ForcedRefreshesPerDay => quotas.forced_refreshes_per_day,
            Self::CodesPerMinute => quotas.codes_per_minute,
            Self::SessionsPerPersonPerMinute => quotas.sessions_per_person_per_minute,
            Self::AccountCodesPerDay => quotas.account_codes_per_day,
            Self::UserInfosPerDay => quotas.user_infos_per_day,
            Self::LinksPerDay => quotas.links_per_day,
        }
    }
}

struct Window {
    ends: Moment,
    count: u32,
}

/// Counts calls against the ceilings.
#[derive(Default)]
pub(crate) struct Meter {
    pub(crate) quotas: Quotas,
    windows: HashMap<(Limit, String), Window>,
}

impl Meter {
    /// A ceiling, and how much of it is used.
    pub(crate) fn standing(&self, limit: Limit, subject: &str, now: Moment) -> (u32, u32) {
        let ceiling = limit.ceiling(&self.quotas);
        let window = self.windows.get(&(limit, subject.to_owned())).filter(|window| window.ends > now);
        (ceiling, window.map_or(0, |window| window.count.min(ceiling)))
    }

    /// Counts one call against a ceiling, or a part of it; false when the window is used up.
    pub(crate) fn spend(&mut self, (limit, part): (Limit, u32), subject: &str, now: Moment) -> bool {
        if self.windows.len() > TIDY_AT {
            self.windows.retain(|_, window| window.ends > now);
        }
        let fresh = || Window { ends: now.plus_seconds(limit.window_seconds()), count: 0 };
        let window = self.windows.entry((limit, subject.to_owned())).or_insert_with(fresh);
        if window.ends <= now {
            *window = fresh();
        }
        window.count = window.count.saturating_add(1);
        window.count <= limit.ceiling(&self.quotas) / part.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_window_is_per_subject_and_opens_again() {
        let now = Clock::default().now();
        let mut meter =
            Meter { quotas: Quotas { codes_per_minute: 2, ..Quotas::default() }, ..Meter::default() };
        let mut spend = |who: &str, at| meter.spend((Limit::CodesPerMinute, 1), who, at);
        assert_eq!([spend("a", now), spend("a", now), spend("a", now)], [true, true, false]);
        assert!(spend("b", now));
        assert!(spend("a", now.plus_seconds(60)));
    }
}
