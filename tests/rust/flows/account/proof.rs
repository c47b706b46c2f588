//! What could give an account away wants a scan of a moment ago; and it leads back to where the person was.

use super::{at_home, csrf, lines, open, press, scan_to_link, text};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::relying_party::{SiteBrowser, location, request_with, usual_request};

every_database! {
    async fn after_five_minutes_the_person_scans_again_and_is_back_where_they_were(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let csrf = csrf(&mut browser).await;
        let clock = house.clock.as_ref().unwrap();
        clock.advance_seconds(299);
        assert!(text(&browser.get("/account/delete").await).contains("Delete this account?"));
        clock.advance_seconds(2);
        let way = format!("/account/ways/{}", lines(db, "id", "identities").await[0]);
        for place in ["/account/link", "/account/delete", "/account/sessions", &way] {
            let page = location(&browser.get(place).await);
            assert!(page.starts_with("/login/azr_"), "{place}");
            assert!(text(&browser.get(&page).await).contains("Scan once more"), "{place}");
        }
        // Sent at once, it is not done either.
        for (place, decision) in [("/account/link", "go"), ("/account/delete", "delete"), ("/account/sessions", "all"), (&way, "remove")] {
            let fields = [("csrf", csrf.as_str()), ("decision", decision), ("sure", "yes")];
            assert!(location(&browser.post(place, &fields).await).starts_with("/login/azr_"), "{place}");
        }
        assert_eq!(lines(db, "id", "users").await.len(), 1);
        let page = location(&browser.get("/account/delete").await);
        browser.confirm_at(&page, "ann").await;
        assert_eq!(location(&browser.get(&page).await), format!("{}/account/delete", house.saoma));
        assert!(text(&browser.get("/account/delete").await).contains("Delete this account?"));
        // Meanwhile the page itself needs none of that.
        clock.advance_seconds(3600);
        assert!(text(&browser.get("/account").await).contains("Ways to log in"));
        house.close().await;
    }

    /// T30, A1: whoever relays a code gets a yes to a website, and that must not open the account to them.
    async fn t30_a_yes_to_a_website_is_none_to_changing_the_account(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        browser.log_in(&usual_request(), "ann").await;
        assert!(text(&browser.get("/account").await).contains("Ways to log in"));
        let way = format!("/account/ways/{}", lines(db, "id", "identities").await[0]);
        for place in ["/account/link", "/account/delete", "/account/sessions", &way] {
            assert!(location(&browser.get(place).await).starts_with("/login/azr_"), "{place}");
        }
        let page = location(&browser.get("/account/link").await);
        browser.confirm_at(&page, "ann").await;
        assert_eq!(location(&browser.get(&page).await), format!("{}/account/link", house.saoma));
        assert!(text(&browser.get("/account/link").await).contains("value=\"go\""));
        // A later yes to a website takes nothing away of that.
        browser.log_in(&request_with(&[("prompt", "login")]), "ann").await;
        assert!(text(&browser.get("/account/delete").await).contains("Delete this account?"));
        house.clock.as_ref().unwrap().advance_seconds(301);
        browser.log_in(&request_with(&[("prompt", "login")]), "ann").await;
        assert!(location(&browser.get("/account/delete").await).starts_with("/login/azr_"));
        house.close().await;
    }

    async fn somebody_else_who_proves_it_finds_their_own_page(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        house.clock.as_ref().unwrap().advance_seconds(301);
        let page = location(&browser.get("/account/delete").await);
        browser.confirm_at(&page, "bob").await;
        assert_eq!(location(&browser.get(&page).await), format!("{}/account", house.saoma));
        house.close().await;
    }

    async fn a_scan_to_add_a_way_holds_for_five_minutes(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let place = scan_to_link(&mut browser, "bob").await;
        house.clock.as_ref().unwrap().advance_seconds(301);
        let page = location(&browser.get(&place).await);
        browser.confirm_at(&page, "ann").await;
        assert_eq!(location(&browser.get(&page).await), format!("{}{place}", house.saoma));
        assert!(text(&browser.get(&place).await).contains("Please scan again"));
        let csrf = csrf(&mut browser).await;
        browser.post(&place, &[("csrf", &csrf), ("decision", "add")]).await;
        assert_eq!(lines(db, "id", "identities").await.len(), 1);
        house.close().await;
    }

    /// Whoever was logged in by a scan alone has said yes to nothing.
    async fn a_scan_without_a_yes_is_not_enough_for_the_page(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        db.raw().await.execute("UPDATE user_sessions SET assurance = 'scan_only'").await.unwrap();
        let page = location(&browser.get("/account").await);
        assert!(page.starts_with("/login/azr_"));
        browser.confirm_at(&page, "ann").await;
        browser.get(&page).await;
        assert!(text(&browser.get("/account").await).contains("Ways to log in"));
        assert!(press(&mut browser, "/account/link", "go").await.status.is_redirection());
        house.close().await;
    }
}
