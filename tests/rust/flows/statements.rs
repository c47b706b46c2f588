//! How many data statements a whole login of a returning person takes (design, section 6): at most
//! twelve by mini-program, chat number or redirect, eighteen by the page way.

use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::phone::{Phone, WECHAT_AGENT, link, parameter};
use saoma_tests::visitor::{Answer, Held, Visitor};
use saoma_tests::ways::{CHAT, SERVICE, WEBSITE};
use saoma_tests::website::WebsitePage;
use url::Url;

/// Counts statements step by step.
struct Count<'a> {
    house: &'a House,
    last: u64,
    steps: Vec<(&'static str, u64)>,
}

impl<'a> Count<'a> {
    fn from_now(house: &'a House) -> Self {
        Self { house, last: house.server().parts().stores.statements(), steps: Vec::new() }
    }

    fn step(&mut self, name: &'static str) {
        let now = self.house.server().parts().stores.statements();
        self.steps.push((name, now - self.last));
        self.last = now;
    }

    /// What the page reads while it waits is no part of the budget.
    fn whole(&self) -> u64 {
        println!("data statements: {:?}", self.steps);
        self.steps.iter().filter(|(name, _)| *name != "picture").map(|(_, count)| count).sum()
    }
}

/// From the code to the user.
async fn redeem(visitor: &Visitor, count: &mut Count<'_>, code: &str) -> String {
    let tokens = visitor.redeem(code).await;
    count.step("redeem");
    let user = visitor.user_info(tokens.text("access_token")).await.text("sub").to_owned();
    count.step("userinfo");
    user
}

fn code_in(answer: &Answer) -> String {
    let address: Url = answer.headers["location"].to_str().unwrap().parse().unwrap();
    parameter(&address, "code").unwrap()
}

/// Somebody who follows and whom we know.
async fn known_follower(visitor: &Visitor) -> (Phone, String) {
    let phone = Phone::of(visitor, "ann");
    for way in [&CHAT, &SERVICE] {
        phone.already_follows(way).await;
    }
    let user = visitor.log_in("ann").await;
    (phone, user)
}

async fn begin_chat(visitor: &Visitor) -> (Held, String) {
    let begun = visitor.try_begin(&Visitor::begin_body_for("chat")).await;
    (Held::of(&begun), begun.text("number").to_owned())
}

every_database! {
    /// Begin, scan, confirm, complete, redeem, userinfo: twelve, of which the reads by waiters are none.
    async fn a_returning_persons_login_takes_twelve_statements(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let visitor = house.visitor();
        let user = visitor.log_in("ann").await;
        let mut count = Count::from_now(&house);
        let held = visitor.begin().await;
        count.step("begin");
        let scene = visitor.scene(&held).await;
        count.step("picture");
        let scanned = visitor.try_scan(&scene, &visitor.js_code("ann").await).await;
        count.step("scan");
        assert_eq!(visitor.confirm(scanned.text("companion_token")).await.status, StatusCode::OK);
        count.step("confirm");
        let completed = visitor.post(&held, "complete").await;
        count.step("complete");
        assert_eq!(redeem(&visitor, &mut count, completed.text("code")).await, user);
        let expected = [
            ("begin", 2),
            // What the page reads while it waits is no part of the budget.
            ("picture", 1),
            ("scan", 2),
            ("confirm", 2),
            ("complete", 1),
            ("redeem", 4),
            ("userinfo", 1),
        ];
        assert_eq!(count.whole(), 12);
        assert_eq!(count.steps, expected);
        house.close().await;
    }

    /// By chat number.
    async fn a_login_by_number_takes_twelve_statements(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let visitor = house.visitor();
        let (phone, user) = known_follower(&visitor).await;
        // The first one by this account makes its identity.
        let (first, number) = begin_chat(&visitor).await;
        phone.scan(first.code_text()).await;
        phone.say(&CHAT, &number).await;
        saoma_tests::wait::eventually("the first login is confirmed", || async {
            (visitor.stage(&first).await == "confirmed").then_some(())
        })
        .await;
        let mut count = Count::from_now(&house);
        let (held, number) = begin_chat(&visitor).await;
        count.step("begin");
        phone.scan(held.code_text()).await;
        count.step("scan");
        phone.say(&CHAT, &number).await;
        count.step("number");
        let completed = visitor.post(&held, "complete").await;
        count.step("complete");
        assert_eq!(redeem(&visitor, &mut count, completed.text("code")).await, user);
        assert!(count.whole() <= 12, "{:?}", count.steps);
        house.close().await;
    }

    /// By redirect to the open platform.
    async fn a_login_by_redirect_takes_twelve_statements(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let visitor = house.visitor();
        let (phone, user) = known_follower(&visitor).await;
        let again = async || {
            let held = visitor.begin_by(&WEBSITE).await;
            WebsitePage::open(&visitor, &held).await.confirmed_by(&phone).await
        };
        saoma_tests::visitor::send(visitor.http.get(again().await)).await;
        // The picture of the first login is fetched beside the requests.
        saoma_tests::wait::eventually("the picture is there", || async {
            let rows = db.lines("SELECT id AS line FROM pictures").await;
            (rows.len() == 1).then_some(())
        })
        .await;
        let mut count = Count::from_now(&house);
        let back = again().await;
        count.step("begin");
        let answer = saoma_tests::visitor::send(visitor.http.get(back)).await;
        count.step("callback");
        assert_eq!(redeem(&visitor, &mut count, &code_in(&answer)).await, user);
        assert!(count.whole() <= 12, "{:?}", count.steps);
        house.close().await;
    }

    /// By a service account's page, and inside WeChat's own browser.
    async fn a_login_by_page_takes_eighteen_statements(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let visitor = house.visitor();
        let (phone, user) = known_follower(&visitor).await;
        // The first one by this account also makes its identity.
        for _ in 0..2 {
            let mut count = Count::from_now(&house);
            let held = visitor.begin_by(&SERVICE).await;
            count.step("begin");
            let address = link(&phone.scan(held.code_text()).await);
            count.step("scan");
            let browser = phone.browser().await;
            let page = browser.open(&address, &visitor.saoma).await;
            count.step("page");
            browser.press(&page, "confirm").await;
            count.step("confirm");
            let completed = visitor.post(&held, "complete").await;
            count.step("complete");
            assert_eq!(redeem(&visitor, &mut count, completed.text("code")).await, user);
            assert!(count.whole() <= 18, "{:?}", count.steps);
        }
        let mut count = Count::from_now(&house);
        let held = visitor.begin_as(&SERVICE, WECHAT_AGENT).await;
        count.step("begin");
        let browser = phone.browser().await;
        let page = browser.open(held.redirect_url(), &visitor.saoma).await;
        count.step("callback and page");
        let answer = browser.press(&page, "confirm").await;
        count.step("confirm");
        assert_eq!(redeem(&visitor, &mut count, &code_in(&answer)).await, user);
        assert!(count.whole() <= 18, "{:?}", count.steps);
        house.close().await;
    }
}
