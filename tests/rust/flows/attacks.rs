//! Somebody else: with a Login's id, its code, its picture's address, or a phone of their own.

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use serde_json::{Value, json};

/// Every call about a Login.
const CALLS: [(Method, &str); 5] = [
    (Method::GET, ""),
    (Method::GET, "?after_version=1&wait=25"),
    (Method::GET, "/events"),
    (Method::POST, "/cancel"),
    (Method::POST, "/complete"),
];

async fn call(visitor: &Visitor, (method, rest): &(Method, &str), id: &str, secret: &str) -> Answer {
    let path = format!("/api/v1/logins/{id}{rest}");
    send(visitor.request(method.clone(), &path).bearer_auth(secret)).await
}

/// Status, headers and body, but for the time.
fn whole(answer: &Answer) -> (StatusCode, Vec<(String, String)>, Value) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (answer.status, headers.collect(), answer.json.clone())
}

/// Nobody with one of these secrets learns more of this Login than of one that does not exist.
async fn learns_nothing(visitor: &Visitor, owner: &Held, secrets: &[&str]) {
    let unknown = "lgn_0000000000000000000000";
    for one in &CALLS {
        for secret in secrets {
            let stolen = call(visitor, one, &owner.id, secret).await;
            assert_eq!(stolen.status, StatusCode::NOT_FOUND, "{one:?}");
            assert_eq!(stolen.code(), "unknown_login");
            let nothing = call(visitor, one, unknown, secret).await;
            assert_eq!(whole(&stolen), whole(&nothing), "{one:?}");
        }
        let path = format!("/api/v1/logins/{}{}", owner.id, one.1);
        let bare = send(visitor.request(one.0.clone(), &path)).await;
        assert_eq!((bare.status, bare.code()), (StatusCode::UNAUTHORIZED, "credential_required"));
        let path = format!("/api/v1/logins/{unknown}{}", one.1);
        assert_eq!(whole(&bare), whole(&send(visitor.request(one.0.clone(), &path)).await));
    }
}

every_database! {
    /// The id, the scene and the picture's address open nothing at any stage; only the holder of
    /// the browser secret reads, follows, cancels and completes.
    async fn another_browser_gets_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let (owner, thief) = (visitor.begin().await, visitor.begin().await);
        let scene = visitor.scene(&owner).await;
        let image_token = owner.image_url.rsplit('/').next().unwrap().to_owned();
        let mut secrets = vec![thief.secret.as_str(), &owner.id, &scene, &image_token];
        learns_nothing(&visitor, &owner, &secrets).await;
        let companion = visitor.scan(&owner, "ann").await;
        secrets.push(&companion);
        learns_nothing(&visitor, &owner, &secrets).await;
        assert_eq!(visitor.stage(&owner).await, "scanned");
        visitor.confirm(&companion).await;
        learns_nothing(&visitor, &owner, &secrets).await;
        // The scene and the picture's token are no ids either.
        for id in [&scene, &image_token] {
            let answer = call(&visitor, &CALLS[0], id, &owner.secret).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "unknown_login"));
        }
        assert_eq!(visitor.stage(&thief).await, "pending");
        let completed = visitor.post(&owner, "complete").await;
        assert_eq!(visitor.redeem(completed.text("code")).await.status, StatusCode::OK);
        house.close().await;
    }

    /// LOG-04: scanning, looking, following and every GET leave a Login unconfirmed.
    async fn log_04_only_a_post_from_the_proven_subject_confirms(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let companion = visitor.scan(&held, "ann").await;
        let scene = visitor.scene(&held).await;
        for path in [
            format!("/api/v1/companion/confirm?companion_token={companion}"),
            format!("/api/v1/companion/scan?scene={scene}&js_code=00000000"),
            format!("/api/v1/companion/deny?companion_token={companion}"),
            format!("/api/v1/logins/{}/complete", held.id),
            format!("/api/v1/logins/{}/cancel", held.id),
        ] {
            let answer = send(visitor.request(Method::GET, &path).bearer_auth(&held.secret)).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"), "{path}");
        }
        let early = visitor.post(&held, "complete").await;
        assert_eq!((early.status, early.code()), (StatusCode::CONFLICT, "login_not_confirmed"));
        assert_eq!(early.text("stage"), "scanned");
        assert_eq!(visitor.read(&held, "").await.json["version"], 2);
        house.close().await;
    }

    /// LOG-07: a second person on one code ends it for both, and no code ever comes of it.
    async fn log_07_a_second_person_ends_it_for_both(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let first = visitor.scan(&held, "ann").await;
        let second = visitor.try_scan(&visitor.scene(&held).await, &visitor.js_code("bob").await).await;
        assert_eq!((second.status, second.code(), second.text("stage")), (StatusCode::GONE, "login_ended", "conflict"));
        assert!(second.json.get("companion_token").is_none());
        let confirm = visitor.confirm(&first).await;
        assert_eq!((confirm.status, confirm.code(), confirm.text("stage")), (StatusCode::GONE, "login_ended", "conflict"));
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), view.text("reason")), ("conflict", "second_subject"));
        assert_eq!(visitor.post(&held, "complete").await.status, StatusCode::CONFLICT);
        // Both may simply begin again.
        assert!(visitor.log_in("ann").await.starts_with("usr_"));
        house.close().await;
    }

    /// After the decision a scan by whoever is answered and changes nothing.
    async fn a_scan_after_the_decision_is_ignored(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let scene = visitor.scene(&held).await;
        visitor.confirm(&visitor.scan(&held, "ann").await).await;
        for person in ["bob", "ann"] {
            let late = visitor.try_scan(&scene, &visitor.js_code(person).await).await;
            assert_eq!((late.status, late.text("stage")), (StatusCode::GONE, "confirmed"));
        }
        assert_eq!(visitor.read(&held, "").await.json["version"], 3);
        assert!(visitor.finish(&held).await.starts_with("usr_"));
        house.close().await;
    }

    /// The same person scanning again gets a fresh token; the old one is unknown from then on.
    async fn a_rescan_takes_the_old_token_away(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let (old, new) = (visitor.scan(&held, "ann").await, visitor.scan(&held, "ann").await);
        assert_ne!(old, new);
        for what in ["confirm", "deny"] {
            let answer = visitor.companion(what, &json!({"companion_token": old})).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "unknown_companion_token"));
        }
        assert_eq!(visitor.stage(&held).await, "scanned");
        assert_eq!(visitor.confirm(&new).await.text("stage"), "confirmed");
        house.close().await;
    }

    /// Nothing but the token of the person who scanned denies: no scene, id, secret or other token.
    async fn denying_needs_the_token(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let (held, other) = (visitor.begin().await, visitor.begin().await);
        let companion = visitor.scan(&held, "ann").await;
        let others = visitor.scan(&other, "bob").await;
        for wrong in [&held.id, &held.secret, &visitor.scene(&held).await, &companion[1..].to_owned(), &String::new()] {
            let answer = visitor.companion("deny", &json!({"companion_token": wrong})).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "unknown_companion_token"));
        }
        assert_eq!(visitor.companion("deny", &json!({"companion_token": others})).await.text("stage"), "denied");
        assert_eq!(visitor.stage(&held).await, "scanned");
        let denied = visitor.companion("deny", &json!({"companion_token": companion})).await;
        assert_eq!(denied.text("stage"), "denied");
        let again = visitor.companion("deny", &json!({"companion_token": companion})).await;
        assert_eq!((again.status, again.text("stage")), (StatusCode::OK, "denied"));
        assert_eq!(visitor.confirm(&companion).await.status, StatusCode::GONE);
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), view.text("reason")), ("denied", "declined_on_phone"));
        house.close().await;
    }

    /// Who somebody is comes from the vendor's proof: a body that says it itself is refused.
    async fn forged_identities_in_bodies_are_refused(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let (scene, js_code) = (visitor.scene(&held).await, visitor.js_code("ann").await);
        for name in ["openid", "unionid", "user", "user_id", "sub", "subject", "identity", "stage"] {
            let scan = json!({"scene": scene, "js_code": js_code, name: "o1234567890"});
            let answer = visitor.companion("scan", &scan).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field"), "{name}");
            let mut begin = Visitor::begin_body();
            begin[name] = json!("o1234567890");
            assert_eq!(visitor.try_begin(&begin).await.code(), "invalid_field", "{name}");
        }
        assert_eq!(visitor.stage(&held).await, "pending");
        // The proof was not spent by the refusals.
        let companion = visitor.try_scan(&scene, &js_code).await.text("companion_token").to_owned();
        for what in ["confirm", "deny"] {
            for name in ["openid", "unionid", "user", "user_id", "sub", "subject", "login_id", "scene"] {
                let body = json!({"companion_token": companion, name: "o1234567890"});
                assert_eq!(visitor.companion(what, &body).await.code(), "invalid_field", "{what} {name}");
            }
        }
        assert_eq!(visitor.stage(&held).await, "scanned");
        house.close().await;
    }

    /// One proof of a phone is good for one scan.
    async fn a_proof_cannot_be_used_for_a_second_code(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let (held, other) = (visitor.begin().await, visitor.begin().await);
        let js_code = visitor.js_code("ann").await;
        assert_eq!(visitor.try_scan(&visitor.scene(&held).await, &js_code).await.status, StatusCode::OK);
        let replayed = visitor.try_scan(&visitor.scene(&other).await, &js_code).await;
        assert_eq!((replayed.status, replayed.code()), (StatusCode::UNPROCESSABLE_ENTITY, "js_code_invalid"));
        assert_eq!(visitor.stage(&other).await, "pending");
        house.close().await;
    }
}
