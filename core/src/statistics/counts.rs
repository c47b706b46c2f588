//! What is counted of some Logins: how far they came, how they ended, and how long consent took.

use std::ops::AddAssign;

/// Upper limits of the buckets of seconds, each exclusive; the last bucket has none.
pub const TOOK_LIMITS: [u32; 15] = [2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 45, 60, 120];
/// How many buckets that makes.
pub const TOOK_BUCKETS: usize = TOOK_LIMITS.len() + 1;
/// Where the last bucket is taken to end: no Login lives longer.
const LONGEST: f64 = 360.0;

/// Seconds from the beginning to the person's consent, in buckets: enough to read a median from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Took {
    /// All seconds together.
    pub seconds: u64,
    /// How many Logins took so long, by bucket.
    pub buckets: [u64; TOOK_BUCKETS],
}

impl Took {
    /// Counts so many Logins that took so many seconds each.
    pub fn add(&mut self, seconds: u64, times: u64) {
        self.seconds += seconds * times;
        let bucket = TOOK_LIMITS.iter().position(|limit| seconds < u64::from(*limit));
        if let Some(count) = self.buckets.get_mut(bucket.unwrap_or(TOOK_LIMITS.len())) {
            *count += times;
        }
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// The median, as exact as the buckets are; none of nothing.
    pub fn median_seconds(&self) -> Option<f64> {
        let half = float(self.count()) / 2.0;
        let mut below = 0.0;
        let lows = std::iter::once(0.0).chain(TOOK_LIMITS.map(f64::from));
        let highs = TOOK_LIMITS.map(f64::from).into_iter().chain([LONGEST]);
        for ((low, high), count) in lows.zip(highs).zip(self.buckets) {
            let count = float(count);
            if count > 0.0 && below + count >= half {
                return Some(low + (high - low) * (half - below) / count);
            }
            below += count;
        }
        None
    }
}

/// Beyond four thousand million a share or a median does not get more exact.
fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Some Logins, counted. Whoever came to a step is counted at the steps before it as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub begun: u64,
    /// Whose code was shown.
    pub shown: u64,
    /// Whom somebody scanned.
    pub scanned: u64,
    /// Whom the person confirmed.
    pub confirmed: u64,
    /// Whom the website redeemed.
    pub redeemed: u64,
    /// Ended: declined.
    pub denied: u64,
    /// Ended: out of time.
    pub expired: u64,
    /// Ended: two persons scanned.
    pub conflict: u64,
    /// Ended: the vendor or we could not go on.
    pub failed: u64,
    /// Ended: the browser gave up.
    pub cancelled: u64,
    /// How long it took to confirm.
    pub took: Took,
}

impl Counts {
    /// The share of those begun that were confirmed, from 0 to 1; none of nothing.
    pub fn success(&self) -> Option<f64> {
        (self.begun > 0).then(|| float(self.confirmed) / float(self.begun))
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.begun += other.begun;
        self.shown += other.shown;
        self.scanned += other.scanned;
        self.confirmed += other.confirmed;
        self.redeemed += other.redeemed;
        self.denied += other.denied;
        self.expired += other.expired;
        self.conflict += other.conflict;
        self.failed += other.failed;
        self.cancelled += other.cancelled;
        self.took.seconds += other.took.seconds;
        for (sum, count) in self.took.buckets.iter_mut().zip(other.took.buckets) {
            *sum += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(seconds: &[u64]) -> Took {
        let mut took = Took::default();
        for seconds in seconds {
            took.add(*seconds, 1);
        }
        took
    }

    #[test]
    fn a_median_is_as_exact_as_its_bucket() {
        assert_eq!(took(&[]).median_seconds(), None);
        let median = took(&[1, 4, 4, 4, 200]).median_seconds().unwrap();
        assert!((4.0..5.0).contains(&median), "{median}");
        let median = took(&[1, 1, 16, 17, 18]).median_seconds().unwrap();
        assert!((15.0..20.0).contains(&median), "{median}");
        let longest = took(&[5_000]);
        assert_eq!((longest.count(), longest.seconds), (1, 5_000));
        assert!(longest.median_seconds().unwrap() <= LONGEST);
    }

    #[test]
    fn sums_are_of_every_part() {
        let one = Counts { begun: 2, confirmed: 1, failed: 1, took: took(&[3]), ..Counts::default() };
        let mut sum = one;
        sum += one;
        assert_eq!((sum.begun, sum.confirmed, sum.failed, sum.took), (4, 2, 2, took(&[3, 3])));
        assert_eq!(sum.success(), Some(0.5));
        assert_eq!(Counts::default().success(), None);
    }
}
