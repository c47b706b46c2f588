//! Counted Logins as rows: an hour that is kept, sums over such hours, and Logins counted as they are.
#![expect(clippy::similar_names, reason = "the buckets are numbered, in the table as well")]

use super::schema::login_hours;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel::{Insertable, QueryableByName};
use saoma_core::login::Stage;
use saoma_core::statistics::{Counts, Took};

/// What an hour is kept by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) client: String,
    pub(super) provider: String,
    /// Empty where it is not known.
    pub(super) browser: String,
}

macro_rules! counted {
    ($($name:ident),+) => {
        #[derive(Insertable)]
        #[diesel(table_name = login_hours)]
        pub(super) struct HourRow {
            hour: i64,
            client_id: String,
            provider: String,
            browser: String,
            $($name: i32,)+
        }

        /// Sums over kept hours.
        #[derive(QueryableByName)]
        pub(super) struct Sums {
            $(#[diesel(sql_type = BigInt)] $name: i64,)+
        }

        /// The columns of `Sums`, each with a comma behind it.
        pub(super) const SUMS: &str = concat!($("SUM(", stringify!($name), ") AS ", stringify!($name), ", "),+);

        impl HourRow {
            pub(super) fn new(hour: i64, key: Key, counts: &Counts) -> Self {
                let Numbers { $($name,)+ } = Numbers::of(counts);
                let Key { client, provider, browser } = key;
                $(let $name = i32::try_from($name).unwrap_or(i32::MAX);)+
                Self { hour, client_id: client, provider, browser, $($name,)+ }
            }
        }

        impl From<Sums> for Counts {
            fn from(sums: Sums) -> Self {
                let Sums { $($name,)+ } = sums;
                $(let $name = u64::try_from($name).unwrap_or(0);)+
                Numbers { $($name,)+ }.counts()
            }
        }

        struct Numbers {
            $($name: u64,)+
        }
    };
}

counted!(
    begun, shown, scanned, confirmed, redeemed, denied, expired, conflict, failed, cancelled, seconds,
    took_0, took_1, took_2, took_3, took_4, took_5, took_6, took_7, took_8, took_9, took_10, took_11,
    took_12, took_13, took_14, took_15
);

impl Numbers {
    fn of(counts: &Counts) -> Self {
        let Counts {
            begun,
            shown,
            scanned,
            confirmed,
            redeemed,
            denied,
            expired,
            conflict,
            failed,
            cancelled,
            took: Took { seconds, buckets },
        } = *counts;
        let [
            took_0,
            took_1,
            took_2,
            took_3,
            took_4,
            took_5,
            took_6,
            took_7,
            took_8,
            took_9,
            took_10,
            took_11,
            took_12,
            took_13,
            took_14,
            took_15,
        ] = buckets;
        Self {
            begun,
            shown,
            scanned,
            confirmed,
            redeemed,
            denied,
            expired,
            conflict,
            failed,
            cancelled,
            seconds,
            took_0,
            took_1,
            took_2,
            took_3,
            took_4,
            took_5,
            took_6,
            took_7,
            took_8,
            took_9,
            took_10,
            took_11,
            took_12,
            took_13,
            took_14,
            took_15,
        }
    }

    fn counts(self) -> Counts {
        let Self {
            begun,
            shown,
            scanned,
            confirmed,
            redeemed,
            denied,
            expired,
            conflict,
            failed,
            cancelled,
            seconds,
            took_0,
            took_1,
            took_2,
            took_3,
            took_4,
            took_5,
            took_6,
            took_7,
            took_8,
            took_9,
            took_10,
            took_11,
            took_12,
            took_13,
            took_14,
            took_15,
        } = self;
        let buckets = [
            took_0, took_1, took_2, took_3, took_4, took_5, took_6, took_7, took_8, took_9, took_10, took_11,
            took_12, took_13, took_14, took_15,
        ];
        Counts {
            begun,
            shown,
            scanned,
            confirmed,
            redeemed,
            denied,
            expired,
            conflict,
            failed,
            cancelled,
            took: Took { seconds, buckets },
        }
    }
}

/// So many Logins that stand alike.
#[derive(QueryableByName)]
pub(super) struct Group {
    #[diesel(sql_type = Text)]
    client_id: String,
    #[diesel(sql_type = Text)]
    provider: String,
    #[diesel(sql_type = Text)]
    browser: String,
    #[diesel(sql_type = Text)]
    stage: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    took: Option<i64>,
    #[diesel(sql_type = Integer)]
    shown: i32,
    #[diesel(sql_type = Integer)]
    scanned: i32,
    #[diesel(sql_type = BigInt)]
    logins: i64,
}

/// The columns of `Group`; all but the last are what is grouped by.
pub(super) const GROUP: &str = "client_id, provider, COALESCE(browser, '') AS browser, stage, \
    (confirmed_at - created_at) / 1000 AS took, CASE WHEN shown_at IS NULL THEN 0 ELSE 1 END AS shown, \
    CASE WHEN scanned_at IS NULL THEN 0 ELSE 1 END AS scanned, COUNT(*) AS logins";

impl Group {
    /// Its numbers: whoever came to a step is counted at those before it.
    pub(super) fn counted(self) -> (Key, Counts) {
        let times = u64::try_from(self.logins).unwrap_or(0);
        let counts = self.counts(times);
        (Key { client: self.client_id, provider: self.provider, browser: self.browser }, counts)
    }

    fn counts(&self, times: u64) -> Counts {
        let stage = Stage::parse(&self.stage);
        let at = |here: Stage| if stage == Some(here) { times } else { 0 };
        let if_so = |so: bool| if so { times } else { 0 };
        let redeemed = stage == Some(Stage::Redeemed);
        let confirmed = redeemed || self.took.is_some();
        let scanned = confirmed || self.scanned == 1;
        let mut took = Took::default();
        if let Some(seconds) = self.took {
            took.add(u64::try_from(seconds).unwrap_or(0), times);
        }
        Counts {
            begun: times,
            shown: if_so(scanned || self.shown == 1),
            scanned: if_so(scanned),
            confirmed: if_so(confirmed),
            redeemed: if_so(redeemed),
            denied: at(Stage::Denied),
            expired: at(Stage::Expired),
            conflict: at(Stage::Conflict),
            failed: at(Stage::Failed),
            cancelled: at(Stage::Cancelled),
            took,
        }
    }
}
