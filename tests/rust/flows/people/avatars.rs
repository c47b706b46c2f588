//! Pictures that WeChat keeps: fetched once and by ourselves, drawn anew, served by us; and what a
//! hostile answer can make of that, which is nothing.

use super::steps::{AVATAR, becomes, consent, count, info_by_mini, picture, pictured};
use super::uploads::{jpeg, upload};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::GenericImageView as _;
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{APPID, House};
use saoma_tests::inspect::{calls, clear_faults, fault, forget_calls};
use saoma_tests::phone::Phone;
use saoma_tests::visitor::{Answer, Visitor, send};
use saoma_tests::website::{log_in, token};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The bytes that WeChat gives for somebody's present picture.
async fn at_wechat(visitor: &Visitor, person: &str) -> bytes::Bytes {
    let persons = Phone::of(visitor, person).control(Method::GET, "persons", &json!(null)).await;
    let known = persons.json["persons"].as_array().unwrap().iter().find(|one| one["id"] == person).unwrap();
    let path = known["avatar_url"].as_str().unwrap();
    send(visitor.http.get(format!("{}{path}", visitor.sandbox))).await.bytes
}

/// Somebody has another picture; an app without pushes makes no noise about it.
async fn changes_picture(visitor: &Visitor, person: &str) {
    let told = Phone::of(visitor, person).tells(APPID, "user_info_modified").await;
    assert_eq!(told.json["push"], Value::Null);
}

/// Somebody else's picture has come; what was asked for before theirs has been asked for by now.
async fn somebody_elses_has_come(visitor: &Visitor, person: &str) {
    pictured(visitor, &token(visitor, person).await).await;
}

/// A JPEG or PNG of at most 256 pixels a side with nothing in it but pixels.
fn assert_drawn_anew(answer: &Answer, original: &[u8]) {
    assert_eq!(answer.status, StatusCode::OK);
    let kind = answer.headers["content-type"].to_str().unwrap();
    let format = image::guess_format(&answer.bytes).unwrap();
    assert!(["image/jpeg", "image/png"].contains(&kind) && format.to_mime_type() == kind, "{kind}");
    let (width, height) = image::load_from_memory(&answer.bytes).unwrap().dimensions();
    assert!(width == height && width <= 256, "{width} x {height}");
    assert_ne!(answer.bytes, original);
    for word in [&b"Exif"[..], b"http", b"ICC_PROFILE", b"tEXt", b"<"] {
        assert!(word == b"<" || !answer.bytes.windows(word.len()).any(|window| window == word));
    }
    assert_eq!(answer.headers["cache-control"], "public, max-age=86400, immutable");
    assert_eq!(answer.headers["cross-origin-resource-policy"], "cross-origin");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert!(!answer.headers.contains_key("set-cookie"));
}

every_database! {
    /// Once for many logins; it is ours then, and WeChat's own address is told to nobody.
    async fn a_picture_is_fetched_once_and_served_by_us(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let info = pictured(&visitor, &token(&visitor, "ann").await).await;
        assert!(info.text("picture").starts_with(&format!("{}/api/v1/pictures/pic_", house.saoma)));
        assert!(!info.text("picture").contains(&info.text("sub")[4..]), "the address names nobody");
        let original = at_wechat(&visitor, "ann").await;
        forget_calls(&visitor).await;
        assert_drawn_anew(&picture(&visitor, &info).await, &original);
        for _ in 0..3 {
            assert_eq!(log_in(&visitor, "ann").await.text("picture"), info.text("picture"));
        }
        somebody_elses_has_come(&visitor, "bob").await;
        assert_eq!(calls(&visitor, AVATAR).await, 1, "bob's, and none of ann's");
        house.close().await;
    }

    /// A login does not wait for it.
    async fn nobody_waits_for_a_picture(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        fault(&visitor, AVATAR, &json!({"delay_ms": 3000}), Some(1)).await;
        let token = token(&visitor, "ann").await;
        let info = visitor.user_info(&token).await;
        assert_eq!(info.json["picture_is_stand_in"], true);
        pictured(&visitor, &token).await;
        house.close().await;
    }

    /// Another picture at WeChat is another one here, at another address; the old one is gone.
    async fn a_changed_picture_is_fetched_again(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let token = token(&visitor, "ann").await;
        let before = pictured(&visitor, &token).await;
        let old = picture(&visitor, &before).await;
        changes_picture(&visitor, "ann").await;
        log_in(&visitor, "ann").await;
        let after = saoma_tests::wait::eventually("the new picture is there", || async {
            let info = visitor.user_info(&token).await;
            (info.text("picture") != before.text("picture")).then_some(info)
        })
        .await;
        let new = picture(&visitor, &after).await;
        assert_drawn_anew(&new, &at_wechat(&visitor, "ann").await);
        assert_ne!(new.bytes, old.bytes);
        let gone = picture(&visitor, &before).await;
        assert_eq!((gone.status, gone.code()), (StatusCode::NOT_FOUND, "unknown_image"));
        assert_eq!(count(db, "pictures").await, 1);
        house.close().await;
    }

    /// What the person sent themselves stays, whichever came first; WeChat's is not even asked for.
    async fn the_persons_own_picture_beats_wechats(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let own = jpeg(300, 300);
        // Ann's own picture is there before WeChat's; bob's comes after it.
        let bob = token(&visitor, "bob").await;
        pictured(&visitor, &bob).await;
        forget_calls(&visitor).await;
        let mut addresses = Vec::new();
        for person in ["ann", "bob"] {
            let held = visitor.begin().await;
            let companion = consent(&visitor, &held, person, None).await;
            let sent = upload(&visitor, &companion, &own).await;
            assert_eq!(sent.status, StatusCode::NO_CONTENT, "{:?}", sent.json);
            let info = visitor.user_info(&visitor.access_token(&held).await).await;
            assert_drawn_anew(&picture(&visitor, &info).await, &own);
            addresses.push(info.text("picture").to_owned());
        }
        for (person, address) in ["ann", "bob"].iter().zip(&addresses) {
            changes_picture(&visitor, person).await;
            assert_eq!(log_in(&visitor, person).await.text("picture"), address);
        }
        becomes(&visitor, "eve", &json!({})).await;
        somebody_elses_has_come(&visitor, "eve").await;
        assert_eq!(calls(&visitor, AVATAR).await, 1, "eve's alone");
        assert_eq!(visitor.user_info(&bob).await.text("picture"), addresses[1]);
        house.close().await;
    }

    /// WeChat's picture hosts fail, or give something else: the person is logged in with a tile, and the next login
    /// tries again.
    async fn a_picture_that_cannot_be_had_is_tried_again(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for (number, kind) in [json!({"status": 502}), json!("garbage"), json!("reset_after_commit")].iter().enumerate() {
            let person = format!("person-{number}");
            becomes(&visitor, &person, &json!({})).await;
            fault(&visitor, AVATAR, kind, None).await;
            forget_calls(&visitor).await;
            let token = token(&visitor, &person).await;
            let asked = || async { (calls(&visitor, AVATAR).await >= 1).then_some(()) };
            saoma_tests::wait::eventually("the picture was asked for", asked).await;
            let info = visitor.user_info(&token).await;
            assert_eq!((info.status, &info.json["picture_is_stand_in"]), (StatusCode::OK, &json!(true)), "{kind}");
            assert_eq!(picture(&visitor, &info).await.status, StatusCode::OK);
            clear_faults(&visitor).await;
            log_in(&visitor, &person).await;
            pictured(&visitor, &token).await;
        }
        house.close().await;
    }

    /// NET-01, T31: an answer that names another place makes us call nobody: not ourselves, not this machine's other
    /// ports, not the network's own addresses.
    async fn net_01_t31_a_picture_of_elsewhere_is_none(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let trap_address = trap.local_addr().unwrap();
        let own = visitor.sandbox.strip_prefix("http://").unwrap();
        let places = [
            format!("http://{trap_address}/face.jpg"),
            format!("https://{trap_address}/face.jpg"),
            format!("http://localhost:{}/face.jpg", trap_address.port()),
            format!("http://{own}@{trap_address}/face.jpg"),
            format!("http://ann:pw@{own}/face.jpg"),
            format!("{}/healthz", house.admin),
            format!("{}/api/v1/clients/shop", house.saoma),
            "http://169.254.169.254/latest/meta-data".to_owned(),
            "http://[::1]/".to_owned(),
            "file:///etc/passwd".to_owned(),
            "data:image/png;base64,AAAA".to_owned(),
            "//example.test/face.jpg".to_owned(),
            format!("{}/{}", visitor.sandbox, "a".repeat(2000)),
        ];
        for (number, place) in places.iter().enumerate() {
            let person = format!("person-{number}");
            // WeChat's own words, as somebody would have them who speaks for WeChat.
            let raw = STANDARD.encode(format!("Eve\",\"headimgurl\":\"{place}"));
            becomes(&visitor, &person, &json!({"nickname_raw_base64": raw})).await;
            let info = log_in(&visitor, &person).await;
            assert_eq!((info.text("name"), &info.json["picture_is_stand_in"]), ("Eve", &json!(true)), "{place}");
        }
        somebody_elses_has_come(&visitor, "bob").await;
        assert_eq!(calls(&visitor, AVATAR).await, 1, "bob's");
        assert_eq!(count(db, "pictures").await, 1);
        let caught = tokio::time::timeout(std::time::Duration::from_millis(1), trap.accept()).await;
        assert!(caught.is_err(), "somebody came: {caught:?}");
        house.close().await;
    }

    /// Who has no picture at WeChat, and who comes by a way that tells none, has a tile.
    async fn without_a_picture_there_is_a_tile(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        becomes(&visitor, "ann", &json!({"nickname": "安安", "has_avatar": false})).await;
        for info in [log_in(&visitor, "ann").await, info_by_mini(&visitor, "bob", None).await] {
            assert_eq!(info.json["picture_is_stand_in"], true);
            let tile = picture(&visitor, &info).await;
            assert_eq!((tile.status, tile.headers["content-type"].to_str().unwrap()), (StatusCode::OK, "image/png"));
        }
        assert_eq!((calls(&visitor, AVATAR).await, count(db, "pictures").await), (0, 0));
        house.close().await;
    }

    /// A picture's address cannot be guessed at, or written otherwise.
    async fn other_addresses_have_no_picture(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let info = pictured(&visitor, &token(&visitor, "ann").await).await;
        let id = info.text("picture").rsplit('/').next().unwrap().to_owned();
        let zeros = "0".repeat(32);
        for other in [
            format!("pic_{}", "A".repeat(22)),
            id.to_uppercase(),
            format!("{id}%00"),
            format!("{id}'"),
            info.text("sub").to_owned(),
            "tile_".to_owned(),
            format!("tile_{}", "F".repeat(32)),
            format!("tile_{zeros}0"),
            "%2e%2e%2fsaoma.db".to_owned(),
        ] {
            let answer = send(visitor.request(Method::GET, &format!("/api/v1/pictures/{other}"))).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "unknown_image"), "{other}");
        }
        assert_eq!(send(visitor.request(Method::GET, &format!("/api/v1/pictures/tile_{zeros}"))).await.status, StatusCode::OK);
        house.close().await;
    }
}
