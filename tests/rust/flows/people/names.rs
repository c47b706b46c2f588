//! What people are called: by themselves, by WeChat, or by a kind name that we make up.

use super::steps::{becomes, count, info_by_mini, picture};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::visitor::{Answer, Held, Visitor};
use saoma_tests::ways::WEBSITE;
use saoma_tests::website::{code_at_website, log_in};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A login by mini-program that was begun on a page of this language.
async fn info_on_page(visitor: &Visitor, person: &str, locale: Option<&str>) -> Answer {
    let mut body = Visitor::begin_body();
    if let Some(locale) = locale {
        body["locale"] = json!(locale);
    }
    let held = Held::of(&visitor.try_begin(&body).await);
    super::steps::consent(visitor, &held, person, None).await;
    visitor.user_info(&visitor.access_token(&held).await).await
}

/// Name and picture, and whether we made them up.
fn looks(info: &Answer) -> [Value; 4] {
    ["name", "name_is_stand_in", "picture", "picture_is_stand_in"].map(|field| info.json[field].clone())
}

every_database! {
    /// Who tells neither name nor picture gets both from us: always the same, each their own, and said to be so.
    async fn a_stand_in_is_friendly_stable_and_said_to_be_one(db: &Database) {
        let mut house = House::open(db.url()).await;
        let visitor = house.visitor();
        let first = info_by_mini(&visitor, "ann", None).await;
        let [name, is_made_up, address, is_drawn] = looks(&first);
        assert_eq!((is_made_up, is_drawn), (json!(true), json!(true)));
        assert!(name.as_str().unwrap().chars().count() >= 6, "{name}");
        let tile = picture(&visitor, &first).await;
        assert_eq!((tile.status, tile.headers["content-type"].to_str().unwrap()), (StatusCode::OK, "image/png"));
        assert_eq!(tile.headers["cache-control"], "public, max-age=86400, immutable");
        assert!(image::load_from_memory(&tile.bytes).unwrap().width() <= 256);
        // Nothing of the user's id is in either.
        let id = &first.text("sub")[4..];
        let told = format!("{name} {address}");
        assert!((0..id.len() - 5).all(|at| !told.contains(&id[at..at + 5])), "{told} {id}");
        house.restart().await;
        let again = info_by_mini(&visitor, "ann", None).await;
        assert_eq!(looks(&again), looks(&first));
        assert_eq!(picture(&visitor, &again).await.bytes, tile.bytes);
        let other = info_by_mini(&visitor, "bob", None).await;
        assert!(looks(&other)[0] != looks(&first)[0] && looks(&other)[2] != looks(&first)[2]);
        assert_eq!(db.lines("SELECT coalesce(name, 'none') AS line FROM users").await, ["none", "none"], "it is kept nowhere");
        assert_eq!(count(db, "pictures").await, 0);
        house.close().await;
    }

    /// In the language of the page of the first login, and of no later one.
    async fn a_stand_in_speaks_the_language_of_the_first_page(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let is_chinese = |info: &Answer| info.text("name").chars().next().is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for (number, (locale, chinese)) in
            [(None, true), (Some("zh-CN"), true), (Some("zh-TW"), true), (Some("en"), false), (Some("en-GB"), false)].into_iter().enumerate()
        {
            let person = format!("person-{number}");
            becomes(&visitor, &person, &json!({"has_avatar": false})).await;
            let info = info_on_page(&visitor, &person, locale).await;
            assert_eq!((is_chinese(&info), &info.json["name_is_stand_in"]), (chinese, &json!(true)), "{locale:?}");
            assert!(chinese || info.text("name").is_ascii(), "{}", info.text("name"));
            for later in [Some("en"), Some("zh-CN"), None] {
                assert_eq!(looks(&info_on_page(&visitor, &person, later).await), looks(&info), "{locale:?} {later:?}");
            }
        }
        house.close().await;
    }

    /// The page's language counts for the ways that redirect as well.
    async fn a_stand_in_by_redirect_speaks_the_pages_language(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let mut body = Visitor::begin_body_for(WEBSITE.slug);
        body["locale"] = json!("en");
        becomes(&visitor, "ann", &json!({"nickname": "微信用户"})).await;
        let held = Held::of(&visitor.try_begin(&body).await);
        let tokens = visitor.redeem(&code_at_website(&visitor, &held, "ann").await).await;
        let info = visitor.user_info(tokens.text("access_token")).await;
        assert!(info.text("name").is_ascii() && info.json["name_is_stand_in"] == true, "{:?}", info.json);
        house.close().await;
    }

    /// The person's own word beats WeChat's, whichever was first; among their own the last one counts.
    async fn what_the_person_typed_beats_what_wechat_says(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for person in ["ann", "bob"] {
            becomes(&visitor, person, &json!({"nickname": "微信说的"})).await;
        }
        // Ann typed first; bob was told of first.
        let ann = info_by_mini(&visitor, "ann", Some("阿安")).await;
        assert_eq!((ann.text("name"), &ann.json["name_is_stand_in"]), ("阿安", &json!(false)));
        assert_eq!(log_in(&visitor, "ann").await.text("name"), "阿安");
        assert_eq!(log_in(&visitor, "bob").await.text("name"), "微信说的");
        assert_eq!(info_by_mini(&visitor, "bob", Some("阿宝")).await.text("name"), "阿宝");
        becomes(&visitor, "bob", &json!({"nickname": "新的名字"})).await;
        assert_eq!(log_in(&visitor, "bob").await.text("name"), "阿宝");
        assert_eq!(info_by_mini(&visitor, "bob", None).await.text("name"), "阿宝", "saying nothing takes nothing back");
        assert_eq!(info_by_mini(&visitor, "bob", Some("小宝")).await.text("name"), "小宝");
        assert_eq!(count(db, "users").await, 2);
        house.close().await;
    }

    /// Typing exactly what WeChat says makes it the person's own word.
    async fn the_same_word_typed_is_the_persons_own(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        becomes(&visitor, "ann", &json!({"nickname": "安安"})).await;
        log_in(&visitor, "ann").await;
        info_by_mini(&visitor, "ann", Some("安安")).await;
        becomes(&visitor, "ann", &json!({"nickname": "别的"})).await;
        assert_eq!(log_in(&visitor, "ann").await.text("name"), "安安");
        house.close().await;
    }

    /// What was typed and says nothing is no name: WeChat's placeholder, blanks, marks that cannot be seen.
    async fn typing_nothing_is_no_name(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let mut names = BTreeSet::new();
        for nothing in ["", "  ", "微信用户", "\u{200b}\u{202e}", "\u{e000}"] {
            let info = info_by_mini(&visitor, "ann", Some(nothing)).await;
            assert_eq!(info.json["name_is_stand_in"], true, "{nothing:?}");
            names.insert(info.text("name").to_owned());
        }
        assert_eq!(names.len(), 1);
        house.close().await;
    }
}
