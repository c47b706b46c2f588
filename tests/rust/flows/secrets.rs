//! SEC-01 and SEC-03: app credentials are sealed in their place, and without the key nothing starts.

use reqwest::{Method, StatusCode};
use saoma::{KeyringError, StartError};
use saoma_core::entropy::SystemEntropy;
use saoma_core::seal::Keyring;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{APP_SECRET, CLIENT_SECRET, House, ORIGIN, Plan};
use saoma_tests::visitor::{Visitor, send};
use serde_json::json;

const SECOND_SECRET: &str = "101112131415161718191a1b1c1d1e1f";

/// A house whose second provider is no longer managed by the file, as one made elsewhere will be.
async fn house_with_stored_provider(db: &Database) -> House {
    let extra_toml = format!(
        r#"
[[provider]]
slug = "second"
kind = "wechat_mini_program"
[provider.config]
appid = "wx00000000000000a2"
secret = "{SECOND_SECRET}"
api_base = "{{vendor}}"
"#
    );
    let mut house = House::planned(db.url(), Plan { extra_toml, ..Plan::default() }).await;
    house.halt().await;
    db.raw()
        .await
        .execute("UPDATE providers SET managed_by_file = FALSE WHERE slug = 'second'")
        .await
        .unwrap();
    house.config.providers.retain(|provider| provider.slug.as_str() != "second");
    house
}

async fn sealed(db: &Database, slug: &str) -> String {
    db.lines(&format!("SELECT secrets AS line FROM providers WHERE slug = '{slug}'")).await.pop().unwrap()
}

async fn put_sealed(db: &Database, slug: &str, sealed: &str) {
    let sql = format!("UPDATE providers SET secrets = '{sealed}' WHERE slug = '{slug}'");
    db.raw().await.execute(&sql).await.unwrap();
}

every_database! {
    /// A sealed secret opens only in its own row: moved, swapped or changed, the start fails and says which.
    async fn sec_01_a_secret_moved_to_another_row_does_not_open(db: &Database) {
        let mut house = house_with_stored_provider(db).await;
        let (own, other) = (sealed(db, "second").await, sealed(db, "mini").await);
        house.start().await.unwrap();
        house.halt().await;
        let mut flipped = own.clone();
        let last = flipped.rfind('"').unwrap() - 1;
        let changed = if flipped.as_bytes()[last] == b'A' { "B" } else { "A" };
        flipped.replace_range(last..=last, changed);
        let renamed = own.replace("\"secret\"", "\"secret2\"");
        for (what, wrong) in [("of another row", &other), ("changed", &flipped), ("of another column", &renamed)] {
            put_sealed(db, "second", wrong).await;
            let refused = house.start().await.unwrap_err();
            assert!(matches!(refused, StartError::Apply(_)), "{what}: {refused}");
            let text = refused.to_string();
            assert!(text.contains("[provider_secret_sealed]") && text.contains("second"), "{text}");
            assert!(!text.contains(SECOND_SECRET) && !text.contains(APP_SECRET));
        }
        put_sealed(db, "second", &own).await;
        house.start().await.unwrap();
        assert!(house.visitor().log_in("ann").await.starts_with("usr_"));
        house.close().await;
    }

    /// The database holds the app secrets sealed, and no answer of the API ever holds a secret.
    async fn sec_01_secrets_are_write_only(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let dump = db.dump().await;
        assert!(sealed(db, "mini").await.starts_with("{\"secret\":\""), "sealed under its name");
        assert!(!dump.contains(APP_SECRET) && !dump.contains(CLIENT_SECRET));
        let held = visitor.begin().await;
        let mut wrong = Visitor::begin_body();
        wrong["provider"] = json!(APP_SECRET);
        for answer in [
            send(visitor.request(Method::GET, "/api/v1/clients/shop")).await,
            send(visitor.request(Method::POST, "/api/v1/logins").header("origin", ORIGIN).json(&wrong)).await,
            send(visitor.request(Method::POST, "/api/v1/logins").basic_auth("shop", Some(APP_SECRET)).json(&wrong)).await,
            visitor.read(&held, "").await,
            send(visitor.http.get(format!("{}/readyz", house.admin))).await,
        ] {
            let text = String::from_utf8_lossy(&answer.bytes);
            assert!(!text.contains(APP_SECRET) && !text.contains(CLIENT_SECRET), "{text}");
        }
        house.close().await;
    }

    /// The keyring is gone, another's, or no keyring: no start, no new key, the database untouched.
    async fn sec_03_without_its_key_nothing_starts(db: &Database) {
        let mut house = House::open(db.url()).await;
        let user = house.visitor().log_in("ann").await;
        house.halt().await;
        let before = db.dump().await;
        let path = house.folder().join("saoma.key");
        let own = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let missing = house.start().await.unwrap_err();
        assert!(matches!(missing, StartError::Keyring(KeyringError::Missing { .. })), "{missing}");
        assert!(missing.to_string().contains("[keyring_missing]"));
        assert!(!path.exists(), "a new key was made in silence");
        let another = Keyring::generate(&SystemEntropy);
        std::fs::write(&path, another.expose()).unwrap();
        let mismatch = house.start().await.unwrap_err();
        assert!(matches!(mismatch, StartError::Keyring(KeyringError::Mismatch { .. })), "{mismatch}");
        assert!(mismatch.to_string().contains("[keyring_mismatch]"));
        // The right id with another's bytes is caught by the first secret that does not open.
        let (id, _) = own.split_once(' ').unwrap();
        let (_, bytes) = another.expose().split_once(' ').unwrap();
        std::fs::write(&path, format!("{id} {bytes}")).unwrap();
        let forged = house.start().await;
        assert!(forged.is_err(), "a key with a borrowed id was accepted");
        for rubbish in ["", "rubbish", "k1 short\n"] {
            std::fs::write(&path, rubbish).unwrap();
            let malformed = house.start().await.unwrap_err();
            assert!(matches!(malformed, StartError::Keyring(KeyringError::Malformed { .. })), "{malformed}");
            assert!(!malformed.to_string().contains("short"));
        }
        assert_eq!(db.dump().await, before);
        std::fs::write(&path, &own).unwrap();
        house.start().await.unwrap();
        let visitor = house.visitor();
        assert_eq!(visitor.log_in("ann").await, user);
        assert_eq!(send(visitor.http.get(format!("{}/readyz", house.admin))).await.status, StatusCode::OK);
        house.close().await;
    }
}
