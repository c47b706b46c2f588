//! PSH-02: an account's pushes have the shape that was declared for it, and no weaker one; what is not
//! encrypted never does more than report a scan.

use super::steps::{assert_refused, begin, scene, standing, timed_house, world};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::letter::{Letter, Writer, element, field};
use saoma_tests::phone::Phone;
use saoma_tests::ways::{COMPATIBLE, PLAIN, SERVICE, Way};

/// One message in every shape there is, each rightly signed, and which modes take it.
fn shapes(writer: &Writer, message: &str) -> Vec<(&'static str, Letter, [bool; 3])> {
    let encrypt = writer.encrypt(message.as_bytes());
    let other = writer.scan("oOther", "AAAAAAAAAAAAAAAAAAAAAA");
    let wrapped = element("Encrypt", &encrypt);
    let both = message.replace("</xml>", &format!("{wrapped}</xml>"));
    vec![
        ("safe", writer.sealed(message), [true, true, false]),
        ("compatible", writer.beside(message, message), [false, true, false]),
        ("compatible, another message in plain", writer.beside(message, &other), [false, true, false]),
        ("plain", writer.plain(message), [false, false, true]),
        ("plain, said to be so", writer.plain(message).with("encrypt_type", "raw"), [false, false, true]),
        ("safe, said to be plain", writer.sealed(message).with("encrypt_type", "raw"), [false; 3]),
        ("safe, not said to be", writer.sealed(message).without("encrypt_type"), [false; 3]),
        ("plain, said to be safe", writer.plain(message).with("encrypt_type", "aes"), [false; 3]),
        ("plain with the signature of nothing encrypted", writer.signed("", message), [false; 3]),
        ("compatible, signed as plain", writer.plain(both.clone()), [false; 3]),
        ("compatible, said to be plain", writer.plain(both.clone()).with("encrypt_type", "raw"), [false; 3]),
        (
            "compatible, signed for another",
            writer.signed(&writer.encrypt(other.as_bytes()), both),
            [false; 3],
        ),
        (
            "an Encrypt with elements inside",
            writer.signed("", format!("<xml><Encrypt><a/></Encrypt>{wrapped}</xml>")),
            [false; 3],
        ),
    ]
}

every_database! {
    /// Every shape to every address.
    async fn psh_02_only_the_declared_shape_moves_anything(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        for (number, way) in [&SERVICE, &COMPATIBLE, &PLAIN].into_iter().enumerate() {
            let writer = Writer::of(&house, way);
            let count = shapes(&writer, "<xml></xml>").len();
            for shape in 0..count {
                let (held, _) = begin(&visitor, way).await;
                let message = writer.scan("oPerson", &scene(db, &held).await);
                let before = world(db).await;
                let (what, letter, heard) = shapes(&writer, &message).remove(shape);
                let what = format!("{what} to {}", way.slug);
                let answer = letter.send(&visitor).await;
                if heard[number] {
                    assert_eq!(answer.status, StatusCode::OK, "{what}");
                    assert_eq!(standing(&visitor, &held).await, ("scanned".to_owned(), 2), "{what}");
                } else {
                    assert_refused(&what, &answer, StatusCode::FORBIDDEN);
                    assert_eq!(world(db).await, before, "{what}");
                }
            }
        }
        house.close().await;
    }

    /// In compatible mode the plain fields are nobody's word: the scan is that of whom the encrypted ones
    /// name, of the scene they name, and the answer goes to them.
    async fn psh_02_beside_what_is_encrypted_plain_fields_do_not_count(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let writer = Writer::of(&house, &COMPATIBLE);
        let (meant, forged) = (begin(&visitor, &COMPATIBLE).await.0, begin(&visitor, &COMPATIBLE).await.0);
        let message = writer.scan("oMeant", &scene(db, &meant).await);
        let beside = writer.scan("oForged", &scene(db, &forged).await);
        let answer = writer.beside(&message, &beside).send(&visitor).await;
        assert_eq!(answer.status, StatusCode::OK);
        let told = writer.read(&answer);
        assert_eq!(field(&told, "ToUserName"), Some("oMeant"), "{told}");
        assert_eq!(standing(&visitor, &meant).await.0, "scanned");
        assert_eq!(standing(&visitor, &forged).await, ("pending".to_owned(), 1));
        let subjects = db.lines("SELECT proof_subject AS line FROM logins WHERE proof_subject IS NOT NULL").await;
        assert_eq!(subjects, ["oMeant"]);
        house.close().await;
    }

    /// T15: whatever is pushed in plain or in compatible mode, a Login gets no further than `scanned`.
    async fn t15_pushes_that_are_not_safe_never_confirm(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        for way in [&PLAIN, &COMPATIBLE] {
            let (held, number) = begin(&visitor, way).await;
            assert_eq!(number, "", "no number is shown where none would count");
            let writer = Writer::of(&house, way);
            let scene = scene(db, &held).await;
            let send = |message: String| {
                let letter = match way.slug {
                    "plain" => writer.plain(message),
                    _ => writer.beside(&message, &message),
                };
                let visitor = visitor.clone();
                async move { assert_eq!(letter.send(&visitor).await.status, StatusCode::OK) }
            };
            send(writer.event("oPerson", "subscribe", &format!("qrscene_{scene}"))).await;
            for _ in 0..3 {
                send(writer.scan("oPerson", &scene)).await;
            }
            for number in 0..100 {
                send(writer.text("oPerson", &format!("{number:02}"))).await;
            }
            for name in ["CLICK", "VIEW", "confirm", "unsubscribe"] {
                send(writer.event("oPerson", name, &scene)).await;
            }
            assert_eq!(standing(&visitor, &held).await, ("scanned".to_owned(), 2), "{}", way.slug);
        }
        assert!(db.lines("SELECT id AS line FROM users").await.is_empty());
        house.close().await;
    }

    /// A scene of one account, pushed to another's address by whoever may push there, moves nothing, in any mode.
    async fn psh_07_a_scene_of_another_account_is_unknown(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let ways: [&Way; 3] = [&SERVICE, &COMPATIBLE, &PLAIN];
        for owner in ways {
            let (held, _) = begin(&visitor, owner).await;
            let scene = scene(db, &held).await;
            let before = world(db).await;
            for other in ways.into_iter().filter(|other| other.slug != owner.slug) {
                let writer = Writer::of(&house, other);
                let scan = writer.scan("oPerson", &scene);
                let letter = match other.slug {
                    "plain" => writer.plain(scan),
                    _ => writer.sealed(scan),
                };
                let answer = letter.send(&visitor).await;
                assert_eq!(answer.status, StatusCode::OK, "a message of its own, about a code that is none");
                let told = writer.read(&answer);
                assert!(told.contains("已失效") && !told.contains("Test Shop"), "{told}");
            }
            assert_eq!(world(db).await, before, "{}", owner.slug);
            assert_eq!(standing(&visitor, &held).await, ("pending".to_owned(), 1));
        }
        house.close().await;
    }

    /// The same by the phone: bob follows one account and is sent a picture of another's code.
    async fn psh_07_each_account_hears_of_its_own_codes_only(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let (held, _) = begin(&visitor, &SERVICE).await;
        let bob = Phone::of(&visitor, "bob");
        bob.already_follows(&PLAIN).await;
        let told = bob.scan(held.code_text()).await;
        assert_eq!((told.text("appid"), &told.json["following"]), (SERVICE.appid, &false.into()));
        assert_eq!(standing(&visitor, &held).await, ("pending".to_owned(), 1));
        house.close().await;
    }
}
