//! How many data statements a whole login of a returning person takes (design, section 6).

use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;

every_database! {
    /// Begin, scan, confirm, complete, redeem, userinfo: twelve, of which the reads by waiters are none.
    async fn a_returning_persons_login_takes_twelve_statements(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let user = visitor.log_in("ann").await;
        let stores = &house.server().parts().stores;
        let mut last = stores.statements();
        let mut steps = Vec::new();
        let mut step = |name: &'static str| {
            let now = stores.statements();
            steps.push((name, now - last));
            last = now;
        };
        let held = visitor.begin().await;
        step("begin");
        let scene = visitor.scene(&held).await;
        step("picture");
        let scanned = visitor.try_scan(&scene, &visitor.js_code("ann").await).await;
        step("scan");
        assert_eq!(visitor.confirm(scanned.text("companion_token")).await.status, StatusCode::OK);
        step("confirm");
        let completed = visitor.post(&held, "complete").await;
        step("complete");
        let tokens = visitor.redeem(completed.text("code")).await;
        step("redeem");
        assert_eq!(visitor.user_info(tokens.text("access_token")).await.text("sub"), user);
        step("userinfo");
        println!("data statements: {steps:?}");
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
        assert_eq!(steps, expected);
        let whole: u64 = steps.iter().filter(|(name, _)| *name != "picture").map(|(_, count)| count).sum();
        assert_eq!(whole, 12);
        house.close().await;
    }
}
