//! LOG-11, T23: one person by several ways is one user as soon as a unionid says so, whoever comes first
//! and however many at once; what another user has already is never taken away.

use super::steps::{By, INFO, count, reaches, say_number};
use futures_util::future::join_all;
use saoma::catalogue;
use saoma::config::{Config, Source};
use saoma_sandbox::{App, Person};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{
    APP_SECRET, APPID, CLIENT_SECRET, House, ORIGIN, Plan, REDIRECT_URI, configuration, mini_program,
};
use saoma_tests::inspect::calls;
use saoma_tests::visitor::{Held, VERIFIER, Visitor, send};
use saoma_tests::wait::eventually;
use saoma_tests::ways::{self, CHAT, WEBSITE, Way};
use saoma_tests::website::code_at_website;
use serde_json::json;

/// Binds the app of a way to this open-platform account at WeChat, or to none.
fn bind(house: &House, way: &Way, account: Option<&str>) {
    let open_platform = account.map(str::to_owned);
    house.sandbox.register_app(App { open_platform, ..ways::app(way, &house.saoma) });
}

/// Whom the audit names for a unionid that somebody else has.
async fn conflicts(db: &Database) -> Vec<String> {
    let sql = "SELECT user_id || ' ' || provider || ' ' || outcome AS line FROM audit_events WHERE action = 'alias.conflict'";
    db.lines(sql).await
}

const LATE: &str = "wx00000000000000c3";

/// A website application whose open-platform account its owner has not written down yet, or has.
fn late(setting: &str) -> Plan {
    let extra_toml = format!(
        r#"
[[provider]]
slug = "late"
kind = "wechat_open_platform"
[provider.config]
appid = "{LATE}"
secret = "{secret}"
api_base = "{{vendor}}"
open_base = "{{vendor}}"
{setting}
[[client]]
client_id = "late"
name = "Late"
type = "confidential"
secrets = ["{CLIENT_SECRET}"]
redirect_uris = ["{REDIRECT_URI}"]
origins = ["{ORIGIN}"]
providers = ["late"]
"#,
        secret = WEBSITE.secret
    );
    Plan { extra_toml, ..Plan::default() }
}

async fn by_late(visitor: &Visitor, person: &str) -> String {
    let mut body = Visitor::begin_body_for("late");
    body["client_id"] = json!("late");
    let held = Held::of(&visitor.try_begin(&body).await);
    let code = code_at_website(visitor, &held, person).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", REDIRECT_URI),
    ];
    let request = visitor.request(reqwest::Method::POST, "/oauth2/token");
    let tokens = send(request.basic_auth("late", Some(CLIENT_SECRET)).form(&form)).await;
    visitor.user_info(tokens.text("access_token")).await.text("sub").to_owned()
}

every_database! {
    /// First logins of one person by two ways in the same moment.
    async fn log_11_two_first_logins_by_two_ways_are_one_user(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let ways = [By::Mini, By::Page, By::Number, By::Website];
        let mut people = 0;
        for (at, one) in ways.into_iter().enumerate() {
            for other in &ways[at + 1..] {
                let person = format!("person-{people}");
                house.sandbox.add_person(Person::new(&person, &person));
                let (a, b) = tokio::join!(one.log_in(&visitor, &person), other.log_in(&visitor, &person));
                assert_eq!(a, b, "{one:?} {other:?}");
                people += 1;
            }
        }
        let found = (count(db, "users").await, count(db, "identities").await, count(db, "aliases").await);
        assert_eq!(found, (people, 2 * people, people));
        house.close().await;
    }

    /// Eight at once, by all ways there are, and again when all of them are known.
    async fn log_11_eight_first_logins_at_once_are_one_user(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        // A person answers one number at a time, and has one chat.
        let ways = [
            By::Mini, By::Website, By::Page, By::Mini, By::Website, By::Number, By::Mini, By::Website,
        ];
        for _ in 0..2 {
            let users = join_all(ways.map(|way| way.log_in(&visitor, "ann"))).await;
            assert!(users.iter().all(|user| *user == users[0]), "{users:?}");
        }
        let found = (count(db, "users").await, count(db, "identities").await, count(db, "aliases").await);
        assert_eq!(found, (1, 4, 1));
        assert!(conflicts(db).await.is_empty());
        house.close().await;
    }

    /// The website application joins the open platform later: the account stays, and other ways lead to it from
    /// then on.
    async fn log_11_a_late_unionid_links_what_comes_after_it(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        bind(&house, &WEBSITE, None);
        let user = By::Website.log_in(&visitor, "ann").await;
        assert_eq!(count(db, "aliases").await, 0);
        bind(&house, &WEBSITE, Some("main"));
        assert_eq!(By::Website.log_in(&visitor, "ann").await, user);
        assert_eq!(count(db, "aliases").await, 1);
        for way in [By::Mini, By::Page, By::Number] {
            assert_eq!(way.log_in(&visitor, "ann").await, user, "{way:?}");
        }
        assert_eq!((count(db, "users").await, count(db, "identities").await), (1, 4));
        house.close().await;
    }

    /// A push names no unionid, and nobody waits for one of a known person: it is asked for afterwards, once.
    async fn log_11_a_late_unionid_is_asked_for_behind_a_push(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        bind(&house, &CHAT, None);
        let user = By::Number.log_in(&visitor, "ann").await;
        assert_eq!(count(db, "aliases").await, 0);
        bind(&house, &CHAT, Some("main"));
        assert_eq!(By::Number.log_in(&visitor, "ann").await, user);
        eventually("the unionid is linked", || async { (count(db, "aliases").await == 1).then_some(()) }).await;
        let asked = calls(&visitor, INFO).await;
        assert_eq!(By::Number.log_in(&visitor, "ann").await, user);
        assert_eq!(By::Mini.log_in(&visitor, "ann").await, user);
        assert_eq!(calls(&visitor, INFO).await, asked, "it is known now");
        house.close().await;
    }

    /// The owner writes the open-platform account into the configuration later.
    async fn log_11_an_account_named_later_in_the_configuration_links(db: &Database) {
        let mut house = House::planned(db.url(), late("")).await;
        house.sandbox.register_app(App { appid: LATE.to_owned(), push: None, ..ways::app(&WEBSITE, &house.saoma) });
        let visitor = house.visitor();
        let user = by_late(&visitor, "ann").await;
        assert_eq!(count(db, "aliases").await, 0, "a unionid that counts nowhere is not kept");
        house.halt().await;
        let vendor = house.sandbox.base().to_string();
        let toml = configuration(&house.saoma, db.url(), &vendor, &late("open_platform_account = \"main\""));
        let source = Source::Text { toml, folder: house.folder().to_owned() };
        house.config = Config::load(&source, &catalogue()).unwrap();
        house.start().await.unwrap();
        assert_eq!(by_late(&visitor, "ann").await, user);
        assert_eq!(count(db, "aliases").await, 1);
        for way in [By::Mini, By::Website] {
            assert_eq!(way.log_in(&visitor, "ann").await, user, "{way:?}");
        }
        house.close().await;
    }

    /// A unionid that turns up when another user has it: nothing is linked, nobody is moved, it is recorded once.
    async fn log_11_a_unionid_of_somebody_else_links_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        bind(&house, &WEBSITE, None);
        let by_website = By::Website.log_in(&visitor, "ann").await;
        let by_mini = By::Mini.log_in(&visitor, "ann").await;
        assert_ne!(by_website, by_mini);
        bind(&house, &WEBSITE, Some("main"));
        for _ in 0..2 {
            assert_eq!(By::Website.log_in(&visitor, "ann").await, by_website);
            assert_eq!(By::Mini.log_in(&visitor, "ann").await, by_mini);
        }
        assert_eq!(db.lines("SELECT user_id AS line FROM aliases").await, [by_mini.as_str()]);
        assert_eq!(conflicts(db).await, [format!("{by_website} website refused")]);
        house.close().await;
    }

    /// The same, found out behind a push.
    async fn log_11_a_unionid_of_somebody_else_behind_a_push_links_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        bind(&house, &CHAT, None);
        let by_number = By::Number.log_in(&visitor, "ann").await;
        let by_mini = By::Mini.log_in(&visitor, "ann").await;
        assert_ne!(by_number, by_mini);
        bind(&house, &CHAT, Some("main"));
        assert_eq!(By::Number.log_in(&visitor, "ann").await, by_number);
        let recorded = eventually("it is recorded", || async {
            let conflicts = conflicts(db).await;
            (!conflicts.is_empty()).then_some(conflicts)
        })
        .await;
        assert_eq!(recorded, [format!("{by_number} chat refused")]);
        let asked = calls(&visitor, INFO).await;
        assert_eq!(By::Number.log_in(&visitor, "ann").await, by_number);
        assert_eq!(By::Mini.log_in(&visitor, "ann").await, by_mini);
        assert_eq!((conflicts(db).await.len(), calls(&visitor, INFO).await), (1, asked));
        assert_eq!(db.lines("SELECT user_id AS line FROM aliases").await, [by_mini]);
        house.close().await;
    }

    /// An app moves to another open-platform account: everybody's unionid changes and nobody's account does.
    async fn log_11_another_unionid_is_no_other_user(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let user = By::Website.log_in(&visitor, "ann").await;
        bind(&house, &WEBSITE, Some("other"));
        assert_eq!(By::Website.log_in(&visitor, "ann").await, user);
        assert_eq!((count(db, "users").await, count(db, "identities").await, count(db, "aliases").await), (1, 1, 2));
        // By the old one, and by the new one.
        assert_eq!(By::Page.log_in(&visitor, "ann").await, user);
        let app = App { open_platform: Some("other".to_owned()), ..mini_program(&house.saoma) };
        house.sandbox.register_app(App { appid: APPID.to_owned(), secret: APP_SECRET.to_owned(), ..app });
        assert_eq!(By::Mini.log_in(&visitor, "ann").await, user);
        house.close().await;
    }

    /// Two people whose apps are bound to different open-platform accounts have nothing in common.
    async fn t23_without_a_common_account_the_ways_lead_apart(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        bind(&house, &WEBSITE, Some("other"));
        let by_website = By::Website.log_in(&visitor, "ann").await;
        let by_mini = By::Mini.log_in(&visitor, "ann").await;
        assert_ne!(by_website, by_mini);
        assert_eq!((count(db, "users").await, count(db, "aliases").await), (2, 2));
        assert!(conflicts(db).await.is_empty());
        house.close().await;
    }

    /// A number that is said while the person's first login by another way is under way ends at the same user.
    async fn log_11_a_consent_that_waits_finds_the_user_made_meanwhile(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        saoma_tests::inspect::fault(&visitor, INFO, &json!({"delay_ms": 3000}), Some(1)).await;
        let held = say_number(&visitor, "ann").await;
        assert_eq!(visitor.stage(&held).await, "scanned");
        let user = By::Mini.log_in(&visitor, "ann").await;
        reaches(&visitor, &held, "confirmed").await;
        assert_eq!(visitor.finish(&held).await, user);
        assert_eq!((count(db, "users").await, count(db, "identities").await), (1, 2));
        house.close().await;
    }
}
