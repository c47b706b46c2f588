//! Statistics: hours are counted once, whoever stops in the middle, and count the same before and after.

use super::fixture::*;
use saoma_core::Timestamp;
use saoma_core::login::{Login, Reason, Stage, Steps};
use saoma_core::provider::{Kind, ProviderError, Step};
use saoma_core::statistics::{CountQuery, Counts, HOUR_MILLIS, StatisticsRules, Tally, roll_up};
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use std::collections::BTreeSet;

/// The full hour in which everything here begins.
const HOUR: Timestamp = Timestamp(1_699_999_200_000);

fn hour(number: i64) -> Timestamp {
    HOUR.plus_millis(number * HOUR_MILLIS)
}

/// A Login of this stage, begun in this hour and consented to after so many seconds.
async fn add(stores: &Stores, number: i64, stage: Stage, took: Option<i64>) -> Login {
    let created_at = hour(number).plus_seconds(100);
    let at = |seconds: i64| Some(created_at.plus_seconds(seconds));
    let scanned_at = took.and_then(|took| at(took / 2));
    let login = Login {
        stage,
        reason: (stage == Stage::Failed).then_some(Reason::VendorFailed),
        steps: Steps { shown_at: None, scanned_at, confirmed_at: took.and_then(at) },
        created_at,
        updated_at: created_at.plus_seconds(200),
        expires_at: created_at.plus_seconds(300),
        ..new_login()
    };
    create(stores, &login).await;
    login
}

fn everything() -> CountQuery {
    CountQuery {
        from: hour(-10),
        until: hour(1_000),
        client: None,
        provider: None,
        within: None,
        parts: true,
    }
}

async fn count(stores: &Stores, query: &CountQuery) -> Tally {
    stores.statistics.count_logins(query).await.unwrap()
}

/// Three hours, the middle one empty.
async fn three_hours(stores: &Stores) {
    for took in [3, 5, 40] {
        add(stores, 0, Stage::Redeemed, Some(took)).await;
    }
    for stage in [Stage::Denied, Stage::Expired, Stage::Cancelled, Stage::Conflict, Stage::Failed] {
        add(stores, 0, stage, None).await;
    }
    add(stores, 2, Stage::Redeemed, Some(7)).await;
}

every_database! {
    async fn statistics_count_the_same_kept_and_not(db: &Database) {
        let stores = db.stores().await;
        three_hours(&stores).await;
        let before = count(&stores, &everything()).await;
        let total = before.total();
        let expected = Counts {
            begun: 9, shown: 4, scanned: 4, confirmed: 4, redeemed: 4,
            denied: 1, expired: 1, conflict: 1, failed: 1, cancelled: 1, took: total.took,
        };
        assert_eq!((total, total.took.count(), total.took.seconds), (expected, 4, 55));
        assert_eq!(before.hours.keys().copied().collect::<Vec<_>>(), [hour(0), hour(2)]);
        assert_eq!(before.clients.keys().collect::<Vec<_>>(), ["shop"]);
        assert_eq!(before.browsers["Firefox"].begun, 9);
        let rules = StatisticsRules::default();
        let store = &*stores.statistics;
        // The last hour is not settled: it is over, but a Login of it may still be on its way.
        let now = hour(3).plus_seconds(rules.settle_seconds - 1);
        assert_eq!(roll_up(store, &rules, now, 9).await.unwrap(), 1);
        assert_eq!(count(&stores, &everything()).await, before);
        assert_eq!(roll_up(store, &rules, now.plus_seconds(1), 9).await.unwrap(), 1);
        assert_eq!(count(&stores, &everything()).await, before);
        assert_eq!(roll_up(store, &rules, now.plus_seconds(99_999), 9).await.unwrap(), 0);
        // What has been counted stays when its Logins go.
        db.raw().await.execute("DELETE FROM logins").await.unwrap();
        assert_eq!(count(&stores, &everything()).await, before);
        assert_eq!(store.delete_hours(hour(1)).await.unwrap(), 1);
        assert_eq!(count(&stores, &everything()).await.total().begun, 1);
    }

    async fn an_hour_with_a_login_that_goes_on_waits_for_it(db: &Database) {
        let stores = db.stores().await;
        let live = add(&stores, 0, Stage::Scanned, None).await;
        add(&stores, 1, Stage::Denied, None).await;
        let keep = async || stores.statistics.keep_hour(hour(9)).await.unwrap();
        assert_eq!(keep().await, None);
        let over = moved(&live, Stage::Expired);
        assert!(stores.logins.transition_login(&change(&live, over)).await.unwrap());
        assert_eq!((keep().await, keep().await, keep().await), (Some(hour(0)), Some(hour(1)), None));
    }

    /// However many nodes count at once, and whoever counts again.
    async fn hours_are_kept_once(db: &Database) {
        let stores = db.stores().await;
        let other = db.stores().await;
        three_hours(&stores).await;
        let before = count(&stores, &everything()).await;
        for _ in 0..4 {
            let (a, b) = tokio::join!(stores.statistics.keep_hour(hour(9)), other.statistics.keep_hour(hour(9)));
            a.unwrap();
            b.unwrap();
        }
        assert_eq!(count(&stores, &everything()).await, before);
        assert_eq!(db.lines("SELECT '' || COUNT(*) AS line FROM login_hours").await, ["2"]);
    }

    /// A stop between the mark and the numbers leaves neither: here the second row is refused.
    async fn an_hour_that_cannot_be_written_whole_is_not_kept_at_all(db: &Database) {
        let stores = db.stores().await;
        three_hours(&stores).await;
        let before = count(&stores, &everything()).await;
        let taken = format!("INSERT INTO login_hours SELECT {}, 'shop', 'mini', 'Firefox', 1,0,0,0,0,0,0,0,0,0,0, 0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0", HOUR.0);
        db.raw().await.execute(&taken).await.unwrap();
        assert!(stores.statistics.keep_hour(hour(9)).await.is_err());
        db.raw().await.execute("DELETE FROM login_hours").await.unwrap();
        assert_eq!(db.lines("SELECT '' || until AS line FROM statistics_head").await, ["0"]);
        assert_eq!(stores.statistics.keep_hour(hour(9)).await.unwrap(), Some(hour(0)));
        assert_eq!(count(&stores, &everything()).await, before);
    }

    async fn counts_are_of_what_is_asked_and_within_reach(db: &Database) {
        let stores = db.stores().await;
        three_hours(&stores).await;
        let blog = Login { client: "blog".parse().unwrap(), stage: Stage::Denied, created_at: hour(0), updated_at: hour(0), ..new_login() };
        create(&stores, &blog).await;
        let own = |clients: &[&str]| Some(clients.iter().map(|id| id.parse().unwrap()).collect::<BTreeSet<_>>());
        let shop = Some("shop".parse().unwrap());
        let cases = [
            (everything(), 10),
            (CountQuery { client: shop.clone(), ..everything() }, 9),
            (CountQuery { within: own(&["blog"]), ..everything() }, 1),
            (CountQuery { within: own(&["blog", "shop"]), parts: false, ..everything() }, 10),
            (CountQuery { within: own(&[]), ..everything() }, 0),
            (CountQuery { within: own(&["blog"]), client: shop, ..everything() }, 0),
            (CountQuery { provider: Some("none".parse().unwrap()), ..everything() }, 0),
            (CountQuery { from: hour(1), ..everything() }, 1),
            (CountQuery { until: hour(1), ..everything() }, 9),
        ];
        for kept in 0..3 {
            for (query, expected) in &cases {
                assert_eq!(count(&stores, query).await.total().begun, *expected, "{kept} {query:?}");
            }
            stores.statistics.keep_hour(hour(9)).await.unwrap();
        }
        let since = stores.statistics.count_since(hour(1), None).await.unwrap();
        assert_eq!((since.len(), since["mini"].begun), (1, 1));
        assert!(stores.statistics.count_since(hour(0), own(&[]).as_ref()).await.unwrap().is_empty());
    }

    async fn a_provider_tells_when_it_last_worked_and_did_not(db: &Database) {
        let stores = db.stores().await;
        let mini = "mini".parse().unwrap();
        let last = async |within| stores.statistics.find_last(&mini, within).await.unwrap();
        assert_eq!(last(None).await, Default::default());
        three_hours(&stores).await;
        let failed = add(&stores, 1, Stage::Failed, None).await;
        let at = failed.created_at;
        let failed = Login { id: new_login().id, scene: new_login().scene, image_token: "t".to_owned(), created_at: at.plus_seconds(1), state_hash: None, ..failed };
        let failed = failed.answered(&ProviderError::silent(Step::Begin, Kind::Timeout), at);
        create(&stores, &failed).await;
        let found = last(None).await;
        assert_eq!(found.success, Some(hour(2).plus_seconds(300)), "when it ended, not when it began");
        assert_eq!(found.failure, Some((failed.updated_at, failed.vendor_answer)));
        let [blog, shop] = ["blog", "shop"].map(|id| BTreeSet::from([id.parse().unwrap()]));
        assert_eq!(last(Some(&blog)).await, Default::default());
        assert!(last(Some(&shop)).await.success.is_some());
    }
}
