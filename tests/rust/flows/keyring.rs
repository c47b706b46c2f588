//! The keyring: made once, asked for ever after. Without it, or with another, no start, no new key,
//! nothing lost.

use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::inspect::rows;

every_database! {
    /// A missing, foreign, broken keyring is refused by its code; put back, everything is there.
    async fn a_start_without_its_keyring_is_refused(db: &Database) {
        let mut house = House::open(db.url()).await;
        let user = house.visitor().log_in("ann").await;
        let held = house.visitor().begin().await;
        house.halt().await;
        let (file, before) = (house.folder().join("saoma.key"), rows(db).await);
        let own = std::fs::read_to_string(&file).unwrap();
        let foreign = foreign_keyring().await;
        for (text, code) in [
            (None, "[keyring_missing]"),
            (Some(foreign.as_str()), "[keyring_mismatch]"),
            (Some("swordfish"), "[keyring_malformed]"),
            (Some(""), "[keyring_malformed]"),
        ] {
            match text {
                Some(text) => std::fs::write(&file, text).unwrap(),
                None => std::fs::remove_file(&file).unwrap(),
            }
            let refusal = house.start().await.unwrap_err().to_string();
            assert!(refusal.contains(code), "{refusal}");
            assert!(!refusal.contains("swordfish") && !refusal.contains(own.trim()), "{refusal}");
            let left = std::fs::read_to_string(&file).ok();
            assert_eq!(left.as_deref(), text, "the file was changed");
            assert_eq!(rows(db).await, before);
        }
        std::fs::write(&file, own).unwrap();
        house.start().await.unwrap();
        assert_eq!(house.visitor().stage(&held).await, "pending");
        assert_eq!(house.visitor().log_in("ann").await, user);
        house.close().await;
    }
}

async fn foreign_keyring() -> String {
    let db = Database::sqlite();
    let house = House::open(db.url()).await;
    let text = std::fs::read_to_string(house.folder().join("saoma.key")).unwrap();
    house.close().await;
    text
}
