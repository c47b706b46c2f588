//! What happens although nobody asks: Logins nobody looks at end, and after a day they are gone.

use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::wait::eventually;

/// More than one batch, so that a round must go on to the next.
const FORGOTTEN: usize = 520;

every_database! {
    async fn forgotten_logins_end_by_themselves_and_go_after_a_day(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let (visitor, clock) = (house.visitor(), house.clock.clone().unwrap());
        let user = visitor.log_in("ann").await;
        for _ in 0..FORGOTTEN {
            visitor.begin().await;
        }
        clock.advance_seconds(150);
        let expired = format!("SELECT '' || COUNT(*) AS line FROM logins WHERE stage = 'expired' AND {FORGOTTEN} > 0");
        eventually("all forgotten logins have expired", async || {
            // A round that was under way when time moved waits for the next one.
            clock.advance_seconds(31);
            let seen = db.lines(&expired).await;
            (seen == [FORGOTTEN.to_string()]).then_some(())
        })
        .await;
        clock.advance_seconds(25 * 3600);
        eventually("old logins, tokens and empty grants are gone, users and audit are not", async || {
            clock.advance_seconds(31);
            let count = async |table: &str| db.lines(&format!("SELECT '' || COUNT(*) AS line FROM {table}")).await;
            let gone = [count("logins").await, count("access_tokens").await, count("grants").await];
            gone.iter().all(|seen| *seen == ["0"]).then_some(())
        })
        .await;
        assert_eq!(visitor.log_in("ann").await, user, "the person is still the same user");
        house.close().await;
    }
}
