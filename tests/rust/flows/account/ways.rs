//! One more way to log in, and one less.

use super::{at_home, csrf, lines, open, press, said, scan_to_link, text};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::phone::Phone;
use saoma_tests::relying_party::{SiteBrowser, location, tokens, usual_request};
use saoma_tests::visitor::Held;
use saoma_tests::website::WebsitePage;

every_database! {
    async fn a_way_is_added_when_its_owner_says_so_in_the_browser(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let ann = lines(db, "id", "users").await;
        let place = scan_to_link(&mut browser, "bob").await;
        // LOG-04: neither the scan nor the phone's yes has added or made anybody.
        assert_eq!((lines(db, "id", "users").await, lines(db, "id", "identities").await.len()), (ann.clone(), 1));
        let shown = text(&browser.get(&place).await);
        assert!(shown.contains("Add this way?") && shown.contains("Mini-program code"), "{shown}");
        assert_eq!(said(&press(&mut browser, &place, "add").await), "linked");
        let page = text(&browser.get("/account?said=linked").await);
        assert!(page.contains("The way is added.") && page.matches("wx00000000000000a1").count() == 2, "{page}");
        assert_eq!(vec![house.visitor().log_in("bob").await], ann);
        let told = lines(db, "actor || ' ' || outcome || ' ' || stream", "audit_events WHERE action = 'identity.linked'").await;
        assert_eq!(told, ["browser success logins:main"]);
        // Once more changes nothing, and says so.
        assert!(text(&browser.get(&place).await).contains("This way is yours"));
        house.close().await;
    }

    async fn the_phone_is_told_that_it_is_no_usual_login(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let page = location(&press(&mut browser, "/account/link", "go").await);
        let held = Held::of(&browser.start(&page, "mini").await);
        let (visitor, scene) = (browser.visitor.clone(), browser.visitor.scene(&held).await);
        let scanned = visitor.try_scan(&scene, &visitor.js_code("bob").await).await;
        let name = scanned.json["client"]["name"].as_str().unwrap();
        assert!(name.contains("添加登录方式") && name.contains("adding a way to log in"), "{name}");
        // T9: a second person on the same code ends it for both.
        visitor.try_scan(&scene, &visitor.js_code("ann").await).await;
        assert!(text(&browser.get(&page).await).contains("Add another way to log in"));
        assert_eq!(lines(db, "stage", "logins WHERE client_id = '(linking)'").await, ["conflict"]);
        house.close().await;
    }

    async fn our_confirm_page_says_so_as_well(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let page = location(&press(&mut browser, "/account/link", "go").await);
        let held = Held::of(&browser.start(&page, "service").await);
        let phone = Phone::of(&browser.visitor, "bob");
        phone.already_follows(&saoma_tests::ways::SERVICE).await;
        let link = saoma_tests::phone::link(&phone.scan(held.code_text()).await);
        let wechat = phone.browser().await;
        let asked = wechat.open(&link, &house.saoma).await;
        assert!(asked.text().contains("添加为某个账号的登录方式") || asked.text().contains("Add this as a way"), "{}", asked.text());
        assert_eq!(wechat.press(&asked, "confirm").await.status, StatusCode::OK);
        let place = location(&browser.get(&page).await);
        assert_eq!(said(&press(&mut browser, place.strip_prefix(&house.saoma).unwrap(), "add").await), "linked");
        assert_eq!(lines(db, "id", "identities").await.len(), 2);
        house.close().await;
    }

    async fn a_way_that_leaves_the_page_comes_back_to_it(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let page = location(&press(&mut browser, "/account/link", "go").await);
        let held = Held::of(&browser.start(&page, "website").await);
        let phone = Phone::of(&browser.visitor, "bob");
        let back = WebsitePage::open(&browser.visitor, &held).await.confirmed_by(&phone).await;
        assert_eq!(location(&browser.get(back.as_str()).await), format!("{}{page}", house.saoma));
        let place = location(&browser.get(&page).await);
        assert_eq!(said(&press(&mut browser, place.strip_prefix(&house.saoma).unwrap(), "add").await), "linked");
        assert_eq!(lines(db, "id", "users").await.len(), 1);
        house.close().await;
    }

    async fn what_somebody_else_began_adds_nothing_to_anybody(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let place = scan_to_link(&mut browser, "bob").await;
        let (mut other, _) = at_home(&house, "bob").await;
        assert_eq!(other.get(&place).await.status, StatusCode::GONE);
        // Nor does it in the same browser, once somebody else is logged in there.
        let session = |browser: &SiteBrowser| browser.cookies.keys().find(|name| name.ends_with("-session")).cloned().unwrap();
        let name = session(&browser);
        let own = browser.cookies.insert(name.clone(), other.cookies[&name].clone()).unwrap();
        assert_eq!(browser.get(&place).await.status, StatusCode::GONE);
        browser.cookies.insert(name, own);
        assert!(text(&browser.get(&place).await).contains("Make two accounts one?"));
        house.close().await;
    }

    async fn a_way_is_removed_and_whatever_it_may_have_given_ends(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let place = scan_to_link(&mut browser, "bob").await;
        press(&mut browser, &place, "add").await;
        let mut elsewhere = SiteBrowser::new(&house);
        let code = elsewhere.log_in(&usual_request(), "bob").await["code"].clone();
        let (reply, _) = tokens(&elsewhere.visitor, &code).await;
        let bobs = lines(db, "id", "identities ORDER BY created_at DESC, id").await;
        let way = format!("/account/ways/{}", bobs[0]);
        assert!(text(&browser.get(&way).await).contains("Remove this way?"));
        assert_eq!(lines(db, "id", "identities").await.len(), 2, "a look changes nothing");
        let gone = press(&mut browser, &way, "remove").await;
        assert!(text(&gone).contains("The way is removed"), "{}", text(&gone));
        assert_eq!(lines(db, "id", "identities").await.len(), 1);
        let info = elsewhere.visitor.user_info(reply.text("access_token")).await;
        assert_eq!(info.status, StatusCode::UNAUTHORIZED);
        for browser in [&mut browser, &mut elsewhere] {
            assert!(location(&browser.get("/account").await).starts_with("/login/azr_"));
        }
        house.close().await;
    }

    async fn the_last_way_stays(db: &Database) {
        let house = open(db).await;
        let (mut browser, shown) = at_home(&house, "ann").await;
        assert!(!text(&shown).contains("/account/ways/") && text(&shown).contains("only way in"));
        let way = format!("/account/ways/{}", lines(db, "id", "identities").await[0]);
        assert!(text(&browser.get(&way).await).contains("Your only way in"));
        let csrf = csrf(&mut browser).await;
        let refused = browser.post(&way, &[("csrf", &csrf), ("decision", "remove")]).await;
        assert_eq!(said(&refused), "last_way");
        assert!(text(&browser.get("/account?said=last_way").await).contains("so it stays"));
        assert_eq!(lines(db, "id", "identities").await.len(), 1);
        house.close().await;
    }
}
