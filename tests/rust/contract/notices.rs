//! Logout notices: every website has its share of a round, and what was said anew is told anew.

use super::fixture::*;
use saoma_core::notice::LogoutNotice;
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;

/// More than one round takes.
const MANY: i64 = 40;
const ROUND: i64 = 16;

/// So many notices for a website, the first due at this second.
async fn waiting(db: &Database, website: &str, many: i64, first: i64) {
    for number in 0..many {
        let user = format!("usr_{website:0>10}{number:0>12}");
        let due = NOW.plus_seconds(first + number).0;
        let sql = format!("INSERT INTO logout_notices VALUES ('{website}', '{user}', '', 0, {due}, {due})");
        db.raw().await.execute(&sql).await.unwrap();
    }
}

async fn due(stores: &Stores) -> Vec<LogoutNotice> {
    stores.notices.list_due_notices(NOW.plus_seconds(1000), ROUND).await.unwrap()
}

every_database! {
    async fn a_website_with_very_many_leaves_room_for_the_others(db: &Database) {
        let stores = db.stores().await;
        waiting(db, "slow", MANY, 0).await;
        assert_eq!(due(&stores).await.len(), 16, "alone it has all of the round");
        waiting(db, "quick", 1, 500).await;
        let round = due(&stores).await;
        let of = |website: &str| round.iter().filter(|notice| notice.client.as_str() == website).count();
        assert_eq!((of("slow"), of("quick")), (8, 1));
        assert!(stores.notices.list_due_notices(NOW.plus_seconds(-1), ROUND).await.unwrap().is_empty());
    }

    async fn what_was_said_anew_while_it_was_being_told_is_told_again(db: &Database) {
        let stores = db.stores().await;
        waiting(db, "shop", 1, 0).await;
        let notice = due(&stores).await.remove(0);
        assert!(stores.notices.take_notice(&notice, NOW.plus_seconds(2000)).await.unwrap());
        assert!(!stores.notices.take_notice(&notice, NOW.plus_seconds(2000)).await.unwrap(), "once");
        assert!(due(&stores).await.is_empty());
        let taken = LogoutNotice { attempts: 1, ..notice };
        db.raw().await.execute("UPDATE logout_notices SET attempts = 0, due_at = 1").await.unwrap();
        stores.notices.delete_notice(&taken, None).await.unwrap();
        let again = due(&stores).await.remove(0);
        assert_eq!(again.attempts, 0);
        assert!(stores.notices.take_notice(&again, NOW).await.unwrap());
        stores.notices.delete_notice(&taken, None).await.unwrap();
        assert!(due(&stores).await.is_empty());
    }
}
