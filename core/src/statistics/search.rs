//! The textual form of what is to be counted, as it stands in a URL's query.

use super::StatisticsFilter;
use crate::Timestamp;
use crate::audit::FilterProblem;
use crate::calendar::Zone;
use crate::logbook::LoginSearch;

/// Days that are counted when none are named, today the last.
const USUAL_DAYS: i64 = 30;

/// Website, way and days as somebody wrote them: the same words as of a list of Logins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatisticsSearch(LoginSearch);

impl StatisticsSearch {
    /// The names of its parts in a URL.
    pub const FIELDS: [&str; 4] = ["client", "provider", "from", "to"];

    /// Reads the pairs of a URL's query, as `LoginSearch::parse` does.
    pub fn parse<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        zone: Zone,
    ) -> Result<Self, Vec<FilterProblem>> {
        let own = pairs.into_iter().filter(|(name, _)| Self::FIELDS.contains(name));
        LoginSearch::parse(own, zone).map(Self)
    }

    /// The pairs that `parse` reads as this.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        self.0.pairs()
    }

    /// What is to be counted, seen from this moment.
    pub fn within(&self, zone: Zone, now: Timestamp) -> StatisticsFilter {
        let filter = self.0.within(zone);
        let until = filter.until.unwrap_or(now);
        let usual = until.plus_seconds(-(USUAL_DAYS - 1) * 86_400);
        StatisticsFilter {
            client: filter.client,
            provider: filter.provider,
            from: filter.from.unwrap_or(usual),
            until,
            zone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::FilterFault;

    #[test]
    fn a_month_is_counted_when_nothing_is_said() {
        let now = Timestamp(1_700_000_000_000);
        let filter = StatisticsSearch::default().within(Zone::UTC, now);
        assert_eq!((filter.until, filter.from), (now, now.plus_seconds(-29 * 86_400)));
        let pairs = [("client", "shop"), ("from", "2026-11-01"), ("to", "2026-11-02"), ("stage", "nonsense")];
        let search = StatisticsSearch::parse(pairs, Zone::UTC).unwrap();
        assert_eq!(search.pairs().len(), 3);
        assert_eq!(search.within(Zone::UTC, now).client, Some("shop".parse().unwrap()));
        let wrong = StatisticsSearch::parse([("to", "soon")], Zone::UTC).unwrap_err();
        assert_eq!(wrong.first().map(|problem| problem.fault), Some(FilterFault::NotAMoment));
    }
}
