//! What happens although nobody asks: Logins nobody looks at end, after a day they hold nothing any more
//! that could open something, after a month they are gone and counted.

use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::wait::eventually;

/// More than one batch, so that a round must go on to the next.
const FORGOTTEN: usize = 520;

every_database! {
    async fn prv_01_forgotten_logins_end_by_themselves_and_go_in_time(db: &Database) {
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
        let count = async |rows: &str| db.lines(&format!("SELECT '' || COUNT(*) AS line FROM {rows}")).await;
        eventually("old logins hold nothing, tokens and empty grants are gone, users and audit are not", async || {
            clock.advance_seconds(31);
            let whole = count("logins WHERE cleared_at IS NULL OR browser_hash <> '' OR proof_subject IS NOT NULL").await;
            let gone = [whole, count("access_tokens").await, count("grants").await];
            gone.iter().all(|seen| *seen == ["0"]).then_some(())
        })
        .await;
        let all = FORGOTTEN + 1;
        assert_eq!(count("logins").await, [all.to_string()]);
        clock.advance_seconds(29 * 24 * 3600);
        eventually("logins of a month ago are gone", async || {
            clock.advance_seconds(31);
            (count("logins").await == ["0"]).then_some(())
        })
        .await;
        assert_eq!(db.lines("SELECT '' || SUM(begun) AS line FROM login_hours").await, [all.to_string()]);
        assert_eq!(visitor.log_in("ann").await, user, "the person is still the same user");
        house.close().await;
    }
}
