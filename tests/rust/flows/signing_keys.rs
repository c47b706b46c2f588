//! Signing keys as others see them: published before they sign, kept after, sealed where they lie, and changed by
//! the command line beside a server that runs.

use saoma_core::signing::{KEPT_SECONDS, LIFE_SECONDS, PUBLISHED_SECONDS};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::http;
use saoma_tests::program::run;
use saoma_tests::relying_party::{SiteBrowser, checked, location, request_with, tokens, usual_request};
use saoma_tests::wait::eventually;
use serde_json::Value;

/// The published keys as `algorithm kid`.
async fn published(saoma: &str) -> Vec<String> {
    let answer = http::get(&format!("{saoma}/oauth2/jwks")).await;
    assert_eq!(answer.headers()["cache-control"], "public, max-age=3600");
    let set: Value = answer.json().await.unwrap();
    let name = |key: &Value| format!("{} {}", key["alg"].as_str().unwrap(), key["kid"].as_str().unwrap());
    set["keys"].as_array().unwrap().iter().map(name).collect()
}

/// Moves the clock, round by round, until there are so many keys.
async fn come_to(house: &House, seconds: i64, count: usize) -> Vec<String> {
    let clock = house.clock.as_ref().unwrap();
    clock.advance_seconds(seconds);
    eventually("so many keys are published", || async {
        // A round that was under way when time moved waits for the next one.
        clock.advance_seconds(31);
        Some(published(&house.saoma).await).filter(|keys| keys.len() == count)
    })
    .await
}

/// Somebody logs in; gives their id token and the id of the key that signed it.
async fn id_token(house: &House) -> (String, String) {
    let code = SiteBrowser::new(house).log_in(&usual_request(), "ann").await["code"].clone();
    let (reply, _) = tokens(&house.visitor(), &code).await;
    let token = reply.text("id_token").to_owned();
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
    (token, kid)
}

/// Whether we know somebody again by an id token of ours.
async fn is_known(house: &House, token: &str) -> bool {
    let asked = SiteBrowser::new(house).authorize(&request_with(&[("id_token_hint", token)])).await;
    let to = location(&asked);
    assert!(to.starts_with("/login/") || to.contains("error=invalid_request"), "{to}");
    to.starts_with("/login/")
}

every_database! {
    /// `oidcc-server-rotate-keys` of the Dynamic plan: libraries that keep our keys for a day notice nothing.
    async fn op_08_id_tokens_can_be_checked_before_and_after_their_keys_change(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let visitor = house.visitor();
        let (first, old) = id_token(&house).await;
        come_to(&house, LIFE_SECONDS - PUBLISHED_SECONDS, 6).await;
        assert_eq!(id_token(&house).await.1, old, "published, and not signing yet");
        house.clock.as_ref().unwrap().advance_seconds(PUBLISHED_SECONDS);
        let (second, new) = id_token(&house).await;
        assert_ne!(old, new);
        let subjects = [&checked(&visitor, &first).await["sub"], &checked(&visitor, &second).await["sub"]].map(Clone::clone);
        assert_eq!(subjects[0], subjects[1]);
        assert!(is_known(&house, &first).await && is_known(&house, &second).await);
        come_to(&house, KEPT_SECONDS, 3).await;
        assert!(!is_known(&house, &first).await && is_known(&house, &second).await);
        house.close().await;
    }

    async fn op_08_keys_come_before_they_sign_and_go_after(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let first = published(&house.saoma).await;
        let algorithms: Vec<_> = first.iter().map(|key| key.split(' ').next().unwrap()).collect();
        assert_eq!(algorithms, ["ES256", "EdDSA", "RS256"]);
        let both = come_to(&house, LIFE_SECONDS - PUBLISHED_SECONDS, 6).await;
        assert!(first.iter().all(|key| both.contains(key)), "{both:?}");
        let late = "SELECT kid AS line FROM signing_keys WHERE serial = 2 AND signs_from - created_at < 86400000";
        assert!(db.lines(late).await.is_empty(), "published for less than a day");
        let second = come_to(&house, PUBLISHED_SECONDS + KEPT_SECONDS, 3).await;
        assert!(first.iter().all(|key| !second.contains(key)), "{second:?}");
        assert!(second.iter().all(|key| both.contains(key)), "{second:?}");
        house.close().await;
    }

    async fn sec_01_private_keys_lie_sealed(db: &Database) {
        let house = House::planned(db.url(), Plan::default()).await;
        let kept = db.lines("SELECT private AS line FROM signing_keys").await;
        assert!(kept.len() == 3 && kept.iter().all(|key| key.starts_with("v1.k")), "{kept:?}");
        // Moved to another row, none opens.
        db.raw().await.execute("UPDATE signing_keys SET private = (SELECT other.private FROM signing_keys other WHERE other.kid <> signing_keys.kid AND other.algorithm = 'ES256') WHERE algorithm = 'EdDSA'").await.unwrap();
        let error = house.server().parts().signing().load().await.unwrap_err();
        assert!(error.to_string().contains("does not open"), "{error}");
        house.close().await;
    }
}

#[test]
fn the_command_line_lists_and_rotates() {
    let folder = tempfile::tempdir().unwrap();
    let toml = saoma_tests::house::configuration(
        "http://127.0.0.1:1",
        "sqlite:./data/saoma.db",
        "http://127.0.0.1:1",
        &Plan::default(),
    );
    std::fs::write(folder.path().join("saoma.toml"), toml).unwrap();
    let keys = |arguments: &[&str]| {
        let said = run(&[&["keys"], arguments].concat(), folder.path(), &[]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        said.stdout
    };
    assert!(keys(&["list"]).contains("no keys yet"));
    let first = keys(&["rotate", "--algorithm", "ES256"]);
    assert!(first.contains("ES256  signing"), "the first signs at once: {first}");
    let coming = keys(&["rotate", "--algorithm", "ES256"]);
    assert!(coming.contains("ES256  coming"), "{coming}");
    let at_once = keys(&["rotate", "--algorithm", "ES256", "--at-once"]);
    assert!(at_once.contains("ES256  signing") && at_once.matches("ES256").count() == 1, "{at_once}");
}
