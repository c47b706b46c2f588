//! LOG-08, T24, for every way but the mini-program's: until a Login is confirmed its browser learns the
//! stage, by whatever it reads, and of the person nothing at all; after it, nothing but the stage either.

use reqwest::Method;
use saoma_tests::database::Database;
use saoma_tests::events::EventStream;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::inspect::{calls, fault};
use saoma_tests::phone::{Phone, WECHAT_AGENT, link};
use saoma_tests::socket::Socket;
use saoma_tests::visitor::{Held, Visitor};
use saoma_tests::wait::eventually;
use saoma_tests::ways::{CHAT, SERVICE, WEBSITE};
use saoma_tests::website::{WebsitePage, come_back, log_in, sent_on};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What every view has.
const ALWAYS: [&str; 6] = ["challenge", "expires_at", "expires_in", "login_id", "stage", "version"];
const NAME: &str = "安安私名";

/// Everything that anybody could know of the person.
struct Private(Vec<String>);

impl Private {
    /// Of `ann`, who has been here by each of the ways and has a name and a picture.
    async fn of(db: &Database, visitor: &Visitor) -> Self {
        let phone = Phone::of(visitor, "ann");
        phone.becomes(&json!({"nickname": NAME})).await;
        log_in(visitor, "ann").await;
        for way in [&SERVICE, &CHAT] {
            phone.already_follows(way).await;
        }
        let held = visitor.begin_by(&SERVICE).await;
        let page = link(&phone.scan(held.code_text()).await);
        let browser = phone.browser().await;
        browser.press(&browser.open(&page, &visitor.saoma).await, "confirm").await;
        visitor.finish(&held).await;
        let begun = visitor.try_begin(&Visitor::begin_body_for("chat")).await;
        let held = Held::of(&begun);
        phone.scan(held.code_text()).await;
        phone.say(&CHAT, begun.text("number")).await;
        eventually("the number is taken", || async {
            (visitor.stage(&held).await == "confirmed").then_some(())
        })
        .await;
        let sql = "SELECT subject AS line FROM identities UNION SELECT namespace FROM identities \
                   UNION SELECT value FROM aliases UNION SELECT id FROM users UNION SELECT id FROM identities";
        let mut all = db.lines(sql).await;
        assert_eq!(all.len(), 3 * 3 + 1 + 1, "three identities of one user with one unionid: {all:?}");
        all.extend(
            [NAME, "mmopen", "headimgurl", "openid", "unionid", "nickname", "region"].map(str::to_owned),
        );
        Self(all)
    }

    /// The Login by each of the three roads: alike, with these fields and no more, and nobody in it.
    async fn look(&self, visitor: &Visitor, held: &Held, stage: &str, more: &[&str]) {
        let expected: BTreeSet<&str> = ALWAYS.into_iter().chain(more.iter().copied()).collect();
        let read = visitor.read(held, "").await.json;
        let (_, event) = EventStream::open(visitor, held, None).await.stage().await.unwrap();
        let (_, message) = Socket::open(visitor, held).await.stage().await.unwrap();
        for mut view in [event, message, read.clone()] {
            assert_eq!(view["stage"], stage);
            let keys: BTreeSet<_> = view.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(keys, expected);
            self.assert_absent(&view);
            view["expires_in"] = read["expires_in"].clone();
            assert_eq!(view, read);
        }
        let completed = visitor.post(held, "complete").await;
        self.assert_absent(&completed.json);
    }

    fn assert_absent(&self, body: &Value) {
        let text = body.to_string();
        for private in &self.0 {
            assert!(!text.contains(private), "{private} in {text}");
        }
    }
}

async fn challenge_keys(visitor: &Visitor, held: &Held) -> Vec<String> {
    visitor.read(held, "").await.json["challenge"].as_object().unwrap().keys().cloned().collect()
}

every_database! {
    /// By a service account's page: waiting, scanned, with the page open, and confirmed.
    async fn log_08_t24_by_a_service_accounts_page(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let private = Private::of(db, &visitor).await;
        let phone = Phone::of(&visitor, "ann");
        let held = visitor.begin_by(&SERVICE).await;
        assert_eq!(challenge_keys(&visitor, &held).await, ["image_url", "text", "type"]);
        private.look(&visitor, &held, "pending", &["awaiting"]).await;
        let page = link(&phone.scan(held.code_text()).await);
        private.look(&visitor, &held, "scanned", &["awaiting"]).await;
        let browser = phone.browser().await;
        let opened = browser.open(&page, &visitor.saoma).await;
        private.look(&visitor, &held, "scanned", &["awaiting"]).await;
        browser.press(&opened, "confirm").await;
        private.look(&visitor, &held, "confirmed", &[]).await;
        house.close().await;
    }

    /// By the number: it stands in the view from the begin on, and nothing else does.
    async fn log_08_t24_by_the_number(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let private = Private::of(db, &visitor).await;
        let phone = Phone::of(&visitor, "ann");
        let begun = visitor.try_begin(&Visitor::begin_body_for("chat")).await;
        let held = Held::of(&begun);
        private.look(&visitor, &held, "pending", &["awaiting", "number"]).await;
        phone.scan(held.code_text()).await;
        private.look(&visitor, &held, "scanned", &["awaiting", "number"]).await;
        phone.say(&CHAT, begun.text("number")).await;
        private.look(&visitor, &held, "confirmed", &["number"]).await;
        house.close().await;
    }

    /// Somebody new, while WeChat is asked who they are: still no more than that somebody has scanned.
    async fn log_08_t24_while_wechat_is_asked(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let private = Private::of(db, &visitor).await;
        let phone = Phone::of(&visitor, "bob");
        phone.already_follows(&CHAT).await;
        phone.control(Method::PUT, "persons/bob", &json!({"name": "BOB", "nickname": NAME})).await;
        let begun = visitor.try_begin(&Visitor::begin_body_for("chat")).await;
        let held = Held::of(&begun);
        phone.scan(held.code_text()).await;
        fault(&visitor, "/cgi-bin/user/info", &json!({"delay_ms": 4000}), Some(1)).await;
        phone.say(&CHAT, begun.text("number")).await;
        private.look(&visitor, &held, "scanned", &["awaiting", "number"]).await;
        house.close().await;
    }

    /// By WeChat's page: what happens there is not told, the asking afterwards neither.
    async fn log_08_t24_by_wechats_page(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let private = Private::of(db, &visitor).await;
        let phone = Phone::of(&visitor, "ann");
        let held = visitor.begin_by(&WEBSITE).await;
        assert_eq!(challenge_keys(&visitor, &held).await, ["type", "url"]);
        private.look(&visitor, &held, "pending", &[]).await;
        let page = WebsitePage::open(&visitor, &held).await;
        page.scanned_by(&phone).await;
        private.look(&visitor, &held, "pending", &[]).await;
        let back = page.confirmed_by(&phone).await;
        fault(&visitor, "/sns/userinfo", &json!({"delay_ms": 3000}), Some(1)).await;
        let (browser, before) = (visitor.clone(), calls(&visitor, "/sns/oauth2/access_token").await);
        let callback = tokio::spawn(async move { come_back(&browser, &back).await });
        let spent = || async { (calls(&visitor, "/sns/oauth2/access_token").await > before).then_some(()) };
        eventually("the code is spent", spent).await;
        private.look(&visitor, &held, "pending", &[]).await;
        let to = sent_on(&callback.await.unwrap());
        private.look(&visitor, &held, "confirmed", &[]).await;
        // The address that the website's browser gets holds the code and nobody's name.
        private.assert_absent(&json!(to.as_str()));
        house.close().await;
    }

    /// In WeChat's own browser: proven to us is not told to the page that began.
    async fn log_08_t24_inside_wechat(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let private = Private::of(db, &visitor).await;
        let held = visitor.begin_as(&SERVICE, WECHAT_AGENT).await;
        private.look(&visitor, &held, "pending", &[]).await;
        let browser = Phone::of(&visitor, "ann").browser().await;
        let page = browser.open(held.redirect_url(), &visitor.saoma).await;
        private.look(&visitor, &held, "scanned", &["awaiting"]).await;
        let done = browser.press(&page, "confirm").await;
        private.look(&visitor, &held, "confirmed", &[]).await;
        private.assert_absent(&json!(sent_on(&done).as_str()));
        house.close().await;
    }
}
