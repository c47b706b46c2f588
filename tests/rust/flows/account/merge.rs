//! Two accounts that are one person's: both are proven, the person says yes, and an admin can take it back.

use super::{at_home, csrf, lines, open, press, said, scan_to_link, send_form, text};
use reqwest::StatusCode;
use saoma_sandbox::App;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::relying_party::{SiteBrowser, location, tokens, usual_request};
use saoma_tests::ways::{self, WEBSITE};
use saoma_tests::website;

/// Binds the website application to this open-platform account at WeChat, or to none.
fn bind(house: &House, account: Option<&str>) {
    let open_platform = account.map(str::to_owned);
    house.sandbox.register_app(App { open_platform, ..ways::app(&WEBSITE, &house.saoma) });
}

/// A house in which somebody's two accounts are offered as one: WeChat told of their unionid late.
async fn offered(db: &Database) -> House {
    let house = open(db).await;
    bind(&house, None);
    website::log_in(&house.visitor(), "ann").await;
    house.visitor().log_in("ann").await;
    bind(&house, Some("main"));
    website::log_in(&house.visitor(), "ann").await;
    house
}

every_database! {
    async fn somebody_elses_way_is_offered_as_a_merge_and_nothing_happens_by_itself(db: &Database) {
        let house = open(db).await;
        let mut shopper = SiteBrowser::new(&house);
        let code = shopper.log_in(&usual_request(), "bob").await["code"].clone();
        let (reply, claims) = tokens(&shopper.visitor, &code).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let place = scan_to_link(&mut browser, "bob").await;
        let shown = browser.get(&place).await;
        for expected in ["Make two accounts one?", "Test Shop", "30 days"] {
            assert!(text(&shown).contains(expected), "{expected}: {}", text(&shown));
        }
        let csrf = csrf(&mut browser).await;
        // Neither a link nor a yes that was not read.
        for fields in [&[("csrf", csrf.as_str()), ("decision", "add"), ("sure", "yes")][..], &[("csrf", csrf.as_str()), ("decision", "merge")][..]] {
            let refused = browser.post(&place, fields).await;
            assert!(refused.status == StatusCode::BAD_REQUEST || location(&refused).ends_with(&place), "{refused:?}");
        }
        assert!(lines(db, "id", "users WHERE merged_into IS NOT NULL").await.is_empty());
        assert_eq!(said(&press(&mut browser, &place, "merge").await), "merged");
        // A website goes on with the name that it knows; the next login tells the other.
        let info = shopper.visitor.user_info(reply.text("access_token")).await;
        assert_eq!(info.text("sub"), claims["sub"].as_str().unwrap());
        let ann = house.visitor().log_in("ann").await;
        assert_eq!(house.visitor().log_in("bob").await, ann);
        let page = text(&browser.get("/account").await);
        assert!(page.matches("wx00000000000000a1").count() == 2 && page.contains("Test Shop"), "{page}");
        assert_eq!(lines(db, "merged_by", "user_merges").await, ["person"]);
        let told = lines(db, "actor || ' ' || user_id", "audit_events WHERE action = 'user.merged'").await;
        assert_eq!(told, [format!("browser {ann}")]);
        house.close().await;
    }

    /// The identity is new, but WeChat says that it is the person of another account.
    async fn who_the_unionid_names_is_asked_about_as_well(db: &Database) {
        let house = open(db).await;
        bind(&house, None);
        let by_website = website::log_in(&house.visitor(), "ann").await.text("sub").to_owned();
        house.visitor().log_in("ann").await;
        assert_eq!(lines(db, "id", "users").await.len(), 2);
        // In the account that the website application led to.
        let mut browser = SiteBrowser::new(&house);
        let page = location(&browser.get("/account").await);
        scan_at_website(&mut browser, &page).await;
        // By the service account, which nobody has used yet.
        let page = location(&press(&mut browser, "/account/link", "go").await);
        let held = saoma_tests::visitor::Held::of(&browser.start(&page, "service").await);
        let phone = saoma_tests::phone::Phone::of(&browser.visitor, "ann");
        phone.already_follows(&ways::SERVICE).await;
        let link = saoma_tests::phone::link(&phone.scan(held.code_text()).await);
        let wechat = phone.browser().await;
        let asked = wechat.open(&link, &house.saoma).await;
        wechat.press(&asked, "confirm").await;
        let place = location(&browser.get(&page).await).strip_prefix(&house.saoma).unwrap().to_owned();
        assert!(text(&browser.get(&place).await).contains("Make two accounts one?"));
        assert_eq!(said(&press(&mut browser, &place, "merge").await), "merged");
        assert_eq!(lines(db, "DISTINCT user_id", "identities").await, [by_website.as_str()]);
        assert_eq!(lines(db, "id", "identities").await.len(), 3, "the scanned one is added as well");
        house.close().await;
    }

    async fn a_late_unionid_is_told_and_taken_up_by_scanning_with_the_other(db: &Database) {
        let house = offered(db).await;
        let (mut browser, shown) = at_home(&house, "ann").await;
        assert!(text(&shown).contains("Is this you as well?"), "{}", text(&shown));
        // The offer itself merges nothing: the other account is proven by a scan.
        let page = location(&press(&mut browser, "/account/link", "go").await);
        let place = scan_at_website(&mut browser, &page).await;
        assert_eq!(said(&press(&mut browser, place.strip_prefix(&house.saoma).unwrap(), "merge").await), "merged");
        assert!(!text(&browser.get("/account").await).contains("Is this you as well?"));
        house.close().await;
    }

    async fn an_offer_can_be_said_to_be_about_somebody_else_by_whom_it_names_only(db: &Database) {
        let house = offered(db).await;
        let place = format!("/account/offers/{}", lines(db, "id", "merge_offers").await[0]);
        let (mut bob, _) = at_home(&house, "bob").await;
        assert_eq!(said(&send_form(&mut bob, &place).await), "changed_meanwhile");
        let open = "merge_offers WHERE dismissed_at IS NULL";
        assert_eq!(lines(db, "id", open).await.len(), 1);
        let (mut browser, _) = at_home(&house, "ann").await;
        assert_eq!(said(&send_form(&mut browser, &place).await), "offer_dismissed");
        assert!(lines(db, "id", open).await.is_empty());
        assert!(!text(&browser.get("/account").await).contains("Is this you as well?"));
        house.close().await;
    }

    async fn an_account_that_is_switched_off_stays_as_it_is(db: &Database) {
        let house = open(db).await;
        let bob = house.visitor().log_in("bob").await;
        let (mut browser, _) = at_home(&house, "ann").await;
        db.raw().await.execute(&format!("UPDATE users SET disabled_at = 1 WHERE id = '{bob}'")).await.unwrap();
        let place = scan_to_link(&mut browser, "bob").await;
        let shown = text(&browser.get(&place).await);
        assert!(shown.contains("That account is switched off"), "{shown}");
        let csrf = csrf(&mut browser).await;
        for decision in ["add", "merge"] {
            browser.post(&place, &[("csrf", &csrf), ("decision", decision), ("sure", "yes")]).await;
        }
        assert!(lines(db, "id", "users WHERE merged_into IS NOT NULL").await.is_empty());
        assert_eq!(lines(db, "DISTINCT user_id", "identities").await.len(), 2);
        house.close().await;
    }
}

/// Ann confirms by the website application what this page of ours shows; gives where it leads.
async fn scan_at_website(browser: &mut SiteBrowser, page: &str) -> String {
    let held = saoma_tests::visitor::Held::of(&browser.start(page, "website").await);
    let phone = saoma_tests::phone::Phone::of(&browser.visitor, "ann");
    let back = website::WebsitePage::open(&browser.visitor, &held).await.confirmed_by(&phone).await;
    browser.get(back.as_str()).await;
    location(&browser.get(page).await)
}
