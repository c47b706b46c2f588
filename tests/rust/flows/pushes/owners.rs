//! PSH-07, T23: whose message it is, and whose person: the account inside must be the one of the address,
//! and an openid says nothing beyond its account. Keys may be changed without losing a message.

use super::steps::{assert_refused, begin, house_with, scene, standing, until, world};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::letter::{Writer, field};
use saoma_tests::visitor::{Held, Visitor};
use saoma_tests::ways::{CHAT, PUSH_AES_KEY, QUICK, SERVICE, WEBSITE};

const NEW_KEY: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

/// A service account of this slug and appid, of no open-platform account, with these further settings,
/// and a client that takes whatever it proves.
fn account(slug: &str, appid: &str, more: &str) -> String {
    format!(
        r#"
[[provider]]
slug = "{slug}"
kind = "wechat_service_account"
[provider.config]
appid = "{appid}"
secret = "101112131415161718191a1b1c1d1e1f"
push_token = "tokenOfTests"
push_path_secret = "push-address-of-tests"
api_base = "{{vendor}}"
open_base = "{{vendor}}"
{more}
[[client]]
client_id = "shop-{slug}"
name = "Shop of {slug}"
type = "confidential"
secrets = ["a-client-secret-of-more-than-32-characters"]
redirect_uris = ["http://localhost:9/callback"]
origins = ["http://localhost:9"]
providers = ["{slug}"]
min_assurance = "scan_only"
"#
    )
}

async fn begin_at(visitor: &Visitor, slug: &str) -> Held {
    let mut body = Visitor::begin_body_for(slug);
    body["client_id"] = format!("shop-{slug}").into();
    Held::of(&visitor.try_begin(&body).await)
}

every_database! {
    /// Token and key may be shared by accounts; the account inside of what is encrypted may not.
    async fn psh_07_another_accounts_push_is_refused(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for (owner, other) in [(&SERVICE, &CHAT), (&CHAT, &SERVICE), (&QUICK, &WEBSITE)] {
            let (held, _) = begin(&visitor, owner).await;
            let (right, wrong) = (Writer::of(&house, owner), Writer::of(&house, other));
            let scan = right.scan("oPerson", &scene(db, &held).await);
            let before = world(db).await;
            let stray = wrong.sealed(&scan).to(owner.slug);
            assert_refused(other.slug, &stray.send(&visitor).await, StatusCode::FORBIDDEN);
            for appid in ["", "wx", &format!("{}0", owner.appid), &owner.appid.to_uppercase()] {
                let nearly = Writer { appid: appid.to_owned(), ..right.clone() };
                assert_refused(appid, &nearly.sealed(&scan).send(&visitor).await, StatusCode::FORBIDDEN);
            }
            assert_eq!(world(db).await, before, "{}", owner.slug);
            let answer = right.sealed(&scan).send(&visitor).await;
            assert_eq!(answer.status, StatusCode::OK);
        }
        house.close().await;
    }

    /// T23: the same openid in two accounts: two people.
    async fn t23_an_openid_is_a_person_of_its_account_only(db: &Database) {
        let more = format!("push_aes_key = \"{PUSH_AES_KEY}\"\nconfirm = \"scan\"");
        let accounts = [("left", CHAT.appid), ("right", QUICK.appid)];
        let extra = accounts.map(|(slug, appid)| account(slug, appid, &more)).concat();
        let house = house_with(db, &extra).await;
        let visitor = house.visitor();
        for round in 0..2 {
            for (slug, appid) in accounts {
                let held = begin_at(&visitor, slug).await;
                let writer = Writer { slug: slug.to_owned(), appid: appid.to_owned(), ..Writer::of(&house, &CHAT) };
                let scan = writer.scan("oTheSameInBoth", &scene(db, &held).await);
                assert_eq!(writer.sealed(scan).send(&visitor).await.status, StatusCode::OK);
                assert_eq!(standing(&visitor, &held).await.0, "confirmed", "{slug} {round}");
            }
        }
        let people = db.lines("SELECT namespace || ' ' || subject AS line FROM identities ORDER BY namespace").await;
        assert_eq!(people.len(), 2, "{people:?}");
        for ((_, appid), person) in accounts.iter().zip(&people) {
            assert!(person.ends_with(&format!(":{appid} oTheSameInBoth")), "{people:?}");
        }
        let users = db.lines("SELECT DISTINCT user_id AS line FROM logins WHERE user_id IS NOT NULL").await;
        assert_eq!((users.len(), db.lines("SELECT value AS line FROM aliases").await.len()), (2, 0));
        house.close().await;
    }

    /// While the console changes over, both keys open; the answer is sealed with the one that did. A third
    /// one opens nothing, and the old one nothing any more once it is taken out.
    async fn psh_07_keys_are_changed_without_a_lost_message(db: &Database) {
        let keys = format!("push_aes_key = \"{NEW_KEY}\"\npush_aes_key_previous = \"{PUSH_AES_KEY}\"");
        let mut house = house_with(db, &account("changing", CHAT.appid, &keys)).await;
        let visitor = house.visitor();
        let writer = |house: &House, aes_key: &str| Writer {
            slug: "changing".to_owned(),
            aes_key: aes_key.to_owned(),
            ..Writer::of(house, &CHAT)
        };
        for key in [PUSH_AES_KEY, NEW_KEY] {
            let held = begin_at(&visitor, "changing").await;
            let writer = writer(&house, key);
            let scan = writer.scan("oPerson", &scene(db, &held).await);
            let answer = writer.sealed(&scan).send(&visitor).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert!(field(&writer.read(&answer), "Content").unwrap().contains("/confirm/"));
            until(&visitor, &held, "scanned").await;
        }
        let held = begin_at(&visitor, "changing").await;
        let scan = writer(&house, NEW_KEY).scan("oPerson", &scene(db, &held).await);
        let before = world(db).await;
        let third = writer(&house, &"A".repeat(43)).sealed(&scan).send(&visitor).await;
        assert_refused("a third key", &third, StatusCode::FORBIDDEN);
        for provider in &mut house.config.providers {
            if provider.slug.as_str() == "changing" {
                provider.config.0.as_object_mut().unwrap().remove("push_aes_key_previous");
            }
        }
        house.restart().await;
        let old = writer(&house, PUSH_AES_KEY).sealed(&scan).send(&visitor).await;
        assert_refused("the old key", &old, StatusCode::FORBIDDEN);
        assert_eq!(world(db).await.1, before.1);
        assert_eq!(writer(&house, NEW_KEY).sealed(&scan).send(&visitor).await.status, StatusCode::OK);
        until(&visitor, &held, "scanned").await;
        house.close().await;
    }
}
