//! The path everybody hopes for.

use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;

every_database! {
    /// One person logs in twice and is the same user; another person is another.
    async fn one_person_is_one_user(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let first = visitor.log_in("ann").await;
        assert!(first.starts_with("usr_"), "{first}");
        assert_eq!(visitor.log_in("ann").await, first);
        assert_ne!(visitor.log_in("bob").await, first);
        house.close().await;
    }
}
