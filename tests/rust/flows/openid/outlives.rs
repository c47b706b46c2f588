//! What must not outlive its reason: a request whose address is registered no more, a yes that was another's, a session
//! whose person says that it was not them, rows that anybody can have made.

use super::{OWN, open};
use crate::flows::service::steps::{follower, open_page};
use reqwest::{Method, StatusCode};
use saoma_core::Clock as _;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, House, Plan, START};
use saoma_tests::phone::{Phone, said};
use saoma_tests::relying_party::{
    SiteBrowser, answered, ask_as, hidden, html, location, redeem, request_with, tokens, usual_request,
};
use saoma_tests::visitor::{Held, send};
use saoma_tests::wait::eventually;
use saoma_tests::ways::SERVICE;
use serde_json::json;

const PUBLIC: &str = "[[client]]\nclient_id = \"page\"\nname = \"A Page\"\ntype = \"public\"\n\
    redirect_uris = [\"http://localhost:9/page\"]\norigins = [\"http://localhost:9\"]\nproviders = [\"mini\"]\n";

/// A follower of the account, and a browser that they let in at a website; its code is not redeemed.
async fn let_in(house: &House) -> (Phone, SiteBrowser) {
    let mut browser = SiteBrowser::new(house);
    let phone = follower(&browser.visitor, &SERVICE, "ann").await;
    let page = browser.to_login_page(&usual_request()).await;
    let held = Held::of(&browser.start(&page, SERVICE.slug).await);
    let (confirm, asked) = open_page(&browser.visitor, &phone, &held).await;
    confirm.press(&asked, "confirm").await;
    assert!(answered(&browser.get(&page).await).contains_key("code"));
    (phone, browser)
}

/// What is stored of this kind.
async fn count(db: &Database, rows: &str) -> String {
    db.lines(&format!("SELECT '' || COUNT(*) AS line FROM {rows}")).await.remove(0)
}

every_database! {
    /// OP-01: whoever keeps a request alive finds that it leads nowhere once its address is taken away.
    async fn op_01_a_request_does_not_outlive_its_address_nor_its_time(db: &Database) {
        let mut house = open(db).await;
        let page = SiteBrowser::new(&house).to_login_page(&usual_request()).await;
        let clock = house.clock.clone().unwrap();
        clock.advance_seconds(29 * 60);
        // In another browser it begins again, and has no longer to live for that.
        let mut other = SiteBrowser::new(&house);
        let again = location(&other.get(&page).await);
        assert_eq!(other.get(&again).await.status, StatusCode::OK);
        clock.advance_seconds(61);
        assert_eq!(other.get(&again).await.status, StatusCode::GONE);
        let mut ann = SiteBrowser::new(&house);
        ann.log_in(&usual_request(), "ann").await;
        let waiting = ann.to_login_page(&request_with(&[("prompt", "login")])).await;
        assert_eq!(ann.get(&waiting).await.status, StatusCode::OK);
        house.halt().await;
        let shop = house.config.clients.iter_mut().find(|client| client.id.as_str() == CLIENT).unwrap();
        shop.redirect_uris = vec!["http://localhost:9/another".to_owned()];
        shop.openid.refresh_tokens = false;
        house.start().await.unwrap();
        assert_eq!(ann.get(&waiting).await.status, StatusCode::NOT_FOUND);
        assert_eq!(ann.start(&waiting, "mini").await.code(), "unknown_login");
        house.close().await;
    }

    /// OP-04: tokens that last are over when their website may have none any more.
    async fn op_04_no_refresh_for_a_website_that_may_have_none_any_more(db: &Database) {
        let mut house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&request_with(&[("scope", "openid offline_access")])).await;
        browser.confirm_at(&page, "ann").await;
        browser.consent(&page, "allow").await;
        let code = answered(&browser.get(&page).await)["code"].clone();
        let token = tokens(&browser.visitor, &code).await.0.text("refresh_token").to_owned();
        let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        for allowed in [false, true] {
            house.halt().await;
            let shop = house.config.clients.iter_mut().find(|client| client.id.as_str() == CLIENT).unwrap();
            shop.openid.refresh_tokens = allowed;
            house.start().await.unwrap();
            let answer = ask_as(&browser.visitor, OWN, "/oauth2/token", &form).await;
            // It was not used up by being refused.
            let expected = if allowed { "" } else { "unauthorized_client" };
            assert_eq!(answer.code(), expected, "{:?}", answer.json);
        }
        house.close().await;
    }

    /// LOG-13: also when nothing was redeemed, and housekeeping has been there since.
    async fn log_13_hours_later_not_me_still_ends_the_session_and_the_yes_that_came_of_it(db: &Database) {
        let house = open(db).await;
        let clock = house.clock.clone().unwrap();
        let (phone, mut thief) = let_in(&house).await;
        // Somebody whose answer the browser never fetched, to see that housekeeping was there.
        SiteBrowser::new(&house).to_login_page(&usual_request()).await;
        assert_eq!(count(db, "consents").await, "1");
        clock.advance_seconds(3 * 3600);
        eventually("old authorizations are gone", async || {
            clock.advance_seconds(31);
            (count(db, "authorizations WHERE session_id IS NULL").await == "0").then_some(())
        })
        .await;
        let silent = request_with(&[("prompt", "none")]);
        assert!(answered(&thief.authorize(&silent).await).contains_key("code"));
        // WeChat lives on as well: what it signs must look fresh.
        let later = json!({ "advance_seconds": (clock.now().0 - START.0) / 1000 });
        let address = house.sandbox.base().join("_sandbox/v1/clock").unwrap();
        assert!(thief.visitor.http.post(address).json(&later).send().await.unwrap().status().is_success());
        let told = phone.say(&SERVICE, "不是我").await;
        assert!(said(&told).contains("that login has ended"), "{}", told.json);
        assert_eq!(answered(&thief.authorize(&silent).await)["error"], "login_required");
        assert_eq!(count(db, "consents").await, "0", "whoever was let in may have said it");
        house.close().await;
    }

    /// OP-12: who logs in over somebody else's session ends what that one's websites could go on with.
    async fn op_12_tokens_do_not_outlive_a_session_that_another_person_took_over(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
        let token = tokens(&browser.visitor, &code).await.0.text("access_token").to_owned();
        browser.log_in(&request_with(&[("prompt", "login")]), "ann").await;
        assert_eq!(browser.visitor.user_info(&token).await.status, StatusCode::OK, "it is still theirs");
        browser.log_in(&request_with(&[("prompt", "login")]), "bob").await;
        assert_eq!(browser.visitor.user_info(&token).await.status, StatusCode::UNAUTHORIZED);
        house.close().await;
    }

    /// OP-09, OP-16: a website that expects one person is not told of another by that one's yes.
    async fn op_16_the_yes_of_somebody_who_is_not_expected_is_none(db: &Database) {
        let house = open(db).await;
        let code = SiteBrowser::new(&house).log_in(&usual_request(), "ann").await["code"].clone();
        let (reply, _) = tokens(&house.visitor(), &code).await;
        let mut bob = SiteBrowser::new(&house);
        let page = bob.to_login_page(&request_with(&[("id_token_hint", reply.text("id_token"))])).await;
        bob.confirm_at(&page, "bob").await;
        let csrf = hidden(&bob.get(&page).await, "csrf");
        bob.post(&page, &[("csrf", &csrf), ("decision", "allow")]).await;
        let back = answered(&bob.post(&page, &[("csrf", &csrf), ("decision", "leave")]).await);
        assert_eq!(back["error"], "login_required");
        let silent = answered(&bob.authorize(&request_with(&[("prompt", "none")])).await);
        assert_eq!(silent["error"], "consent_required", "it was told nothing of them");
        house.close().await;
    }

    /// A page that asks one person takes no answer for another who has come since.
    async fn op_16_what_was_shown_to_one_person_decides_nothing_for_the_next(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&request_with(&[("scope", "openid offline_access")])).await;
        browser.confirm_at(&page, "ann").await;
        let of_ann = hidden(&browser.get(&page).await, "csrf");
        let elsewhere = browser.to_login_page(&request_with(&[("prompt", "login")])).await;
        browser.confirm_at(&elsewhere, "bob").await;
        answered(&browser.get(&elsewhere).await);
        assert!(html(&browser.get(&page).await).contains("csrf"), "bob is asked now");
        let late = browser.post(&page, &[("csrf", &of_ann), ("decision", "allow")]).await;
        assert_eq!(late.status, StatusCode::FORBIDDEN);
        house.close().await;
    }

    /// A10: anybody can say that they are a public client.
    async fn pushed_requests_of_public_clients_are_counted_and_only_what_is_read_is_kept(db: &Database) {
        let limits_toml = Some("[limits]\nbegins = 3\n".to_owned());
        let house = House::planned(db.url(), Plan { limits_toml, client_toml: PUBLIC.to_owned(), ..Plan::default() }).await;
        let changes = [("client_id", "page"), ("redirect_uri", "http://localhost:9/page"), ("state", "kept"), ("padding", "nonsense")];
        let visitor = house.visitor();
        let mut refused = 0;
        for _ in 0..8 {
            let asked = visitor.request(Method::POST, "/oauth2/par").form(&request_with(&changes));
            let answer = send(asked).await;
            refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!((1..8).contains(&refused), "{refused}");
        let kept = db.lines("SELECT parameters AS line FROM pushed_requests").await;
        assert_eq!(kept.len(), 8 - refused);
        assert!(kept.iter().all(|row| row.contains("kept") && !row.contains("nonsense")), "{kept:?}");
        house.close().await;
    }

    /// On PostgreSQL two may write at once: who ends a session either finds what a code was worth, or the code is
    /// worth nothing.
    async fn op_12_a_code_is_not_redeemed_beside_the_end_of_its_session(db: &Database) {
        if db.is_sqlite() {
            return;
        }
        let house = open(db).await;
        let code = SiteBrowser::new(&house).log_in(&usual_request(), "ann").await["code"].clone();
        let mut ending = db.raw().await;
        ending.execute("BEGIN").await.unwrap();
        ending.execute("UPDATE user_sessions SET ended_at = 1").await.unwrap();
        let visitor = house.visitor();
        let redeeming = async { redeem(&visitor, &code, &[]).await };
        let ending = async {
            let waits = "SELECT 'x' AS line FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
            eventually("the code waits", async || (!db.lines(waits).await.is_empty()).then_some(())).await;
            ending.execute("COMMIT").await.unwrap();
        };
        let (answer, ()) = tokio::join!(redeeming, ending);
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "invalid_grant"));
        assert_eq!(count(db, "grants").await, "0");
        house.close().await;
    }
}
