//! The device grant (RFC 8628): a code on a device, typed at our page, and tokens for the device.

use super::{OTHER, OWN, THIRD};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::relying_party::{SiteBrowser, checked, location};
use saoma_tests::visitor::{Answer, send};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn open(db: &Database) -> House {
    let client_toml = "[client.openid]\ndevice_grant = true\nrefresh_tokens = true\n\
        [[client]]\nclient_id = \"second\"\nname = \"Second Tea\"\ntype = \"confidential\"\n\
        secrets = [\"another-client-secret-of-more-than-32-chars\"]\nredirect_uris = [\"http://localhost:9/second\"]\n\
        providers = [\"mini\"]\n\
        [[client]]\nclient_id = \"third\"\nname = \"Third Tea\"\ntype = \"confidential\"\n\
        secrets = [\"another-client-secret-of-more-than-32-chars\"]\nredirect_uris = [\"http://localhost:9/third\"]\n\
        providers = [\"mini\"]\n[client.openid]\ndevice_grant = true\n";
    House::planned(
        db.url(),
        Plan { manual_clock: true, client_toml: client_toml.to_owned(), ..Plan::default() },
    )
    .await
}

async fn post(house: &House, path: &str, (id, secret): (&str, &str), form: &[(&str, &str)]) -> Answer {
    send(house.visitor().request(Method::POST, path).basic_auth(id, Some(secret)).form(form)).await
}

async fn begin(house: &House) -> Answer {
    let begun = post(house, "/oauth2/device_authorization", OWN, &[("scope", "openid profile")]).await;
    assert_eq!(begun.status, StatusCode::OK, "{:?}", begun.json);
    begun
}

async fn poll(house: &House, who: (&str, &str), device_code: &str) -> Answer {
    post(house, "/oauth2/token", who, &[("grant_type", GRANT), ("device_code", device_code)]).await
}

/// The person types the code; gives the login page.
async fn type_code(browser: &mut SiteBrowser, code: &str) -> String {
    let page = location(&browser.post("/device", &[("user_code", code)]).await);
    assert!(page.starts_with("/login/azr_"), "{page}");
    page
}

every_database! {
    async fn op_14_a_device_waits_until_its_person_has_typed_the_code_logged_in_and_said_yes(db: &Database) {
        let house = open(db).await;
        let clock = house.clock.as_ref().unwrap();
        let begun = begin(&house).await;
        let (device, user) = (begun.text("device_code").to_owned(), begun.text("user_code").to_owned());
        assert_eq!((begun.json["interval"].as_u64(), begun.json["expires_in"].as_u64()), (Some(5), Some(600)));
        assert_eq!(begun.text("verification_uri"), format!("{}/device", house.saoma));
        assert!(user.len() == 9 && user.as_bytes()[4] == b'-', "{user}");
        let told = poll(&house, OWN, &device).await;
        assert_eq!((told.status, told.json["error"].as_str()), (StatusCode::BAD_REQUEST, Some("authorization_pending")));

        let mut browser = SiteBrowser::new(&house);
        let shown = browser.get(begun.text("verification_uri_complete")).await;
        assert!(String::from_utf8_lossy(&shown.bytes).contains(&user), "filled in, and no more");
        // As people type.
        let page = type_code(&mut browser, &user.to_lowercase().replace('-', " ")).await;
        // Both pages say that it is a device, and which.
        let told = format!("logs in the device that shows {user}");
        assert!(String::from_utf8_lossy(&browser.get(&page).await.bytes).contains(&told));
        browser.confirm_at(&page, "ann").await;
        let told = format!("goes to the device that shows {user}");
        assert!(String::from_utf8_lossy(&browser.get(&page).await.bytes).contains(&told));
        clock.advance_seconds(5);
        assert_eq!(poll(&house, OWN, &device).await.json["error"], "authorization_pending");
        // Whoever was talked into typing a code is asked, although the phone has asked already.
        let done = location(&{ browser.consent(&page, "allow").await; browser.get(&page).await });
        assert_eq!(done, format!("{}/device/done", house.saoma));
        assert_eq!(browser.get(&done).await.status, StatusCode::OK);
        clock.advance_seconds(5);
        let given = poll(&house, OWN, &device).await;
        assert_eq!(given.status, StatusCode::OK, "{:?}", given.json);
        let claims = checked(&browser.visitor, given.text("id_token")).await;
        let user = browser.visitor.user_info(given.text("access_token")).await;
        assert_eq!((claims["sub"].as_str(), claims["acr"].as_str()), (Some(user.text("sub")), Some("urn:saoma:acr:confirmed")));
        // Once; a second time ends what it gave.
        clock.advance_seconds(5);
        assert_eq!(poll(&house, OWN, &device).await.json["error"], "invalid_grant");
        assert_eq!(browser.visitor.user_info(given.text("access_token")).await.status, StatusCode::UNAUTHORIZED);
        house.close().await;
    }

    async fn op_14_whoever_asks_too_often_is_slowed_down_and_slower_each_time(db: &Database) {
        let house = open(db).await;
        let clock = house.clock.as_ref().unwrap();
        let device = begin(&house).await.text("device_code").to_owned();
        for (wait, told) in [
            (0, "authorization_pending"), (4, "slow_down"), (5, "slow_down"), (14, "slow_down"), (20, "authorization_pending"),
        ] {
            clock.advance_seconds(wait);
            let said = poll(&house, OWN, &device).await;
            assert_eq!((said.status, said.json["error"].as_str()), (StatusCode::BAD_REQUEST, Some(told)), "after {wait}");
            assert!(!said.headers.contains_key("retry-after"), "the interval is what counts");
            assert_eq!(said.text("error_description").contains("five seconds longer"), told == "slow_down");
        }
        clock.advance_seconds(600);
        assert_eq!(poll(&house, OWN, &device).await.json["error"], "expired_token");
        house.close().await;
    }

    async fn op_14_a_no_is_told_to_the_device_and_a_code_belongs_to_one_browser_and_one_client(db: &Database) {
        let house = open(db).await;
        let clock = house.clock.as_ref().unwrap();
        let begun = begin(&house).await;
        let device = begun.text("device_code").to_owned();
        let mut browser = SiteBrowser::new(&house);
        let page = type_code(&mut browser, begun.text("user_code")).await;
        assert_eq!(type_code(&mut browser, begun.text("user_code")).await, page, "the same browser, twice");
        let mut stranger = SiteBrowser::new(&house);
        let late = stranger.post("/device", &[("user_code", begun.text("user_code"))]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(poll(&house, THIRD, &device).await.json["error"], "invalid_grant");
        assert_eq!(poll(&house, OTHER, &device).await.json["error"], "unauthorized_client");
        // In another browser the code would have to be typed again.
        assert_eq!(location(&stranger.get(&page).await), "/device");
        browser.confirm_at(&page, "bob").await;
        // Somebody else decides: the device hears of it all the same.
        let page = location(&browser.consent(&page, "other").await);
        browser.confirm_at(&page, "ann").await;
        let done = location(&browser.consent(&page, "deny").await);
        assert!(done.starts_with(&format!("{}/device/done?error=", house.saoma)), "{done}");
        clock.advance_seconds(5);
        assert_eq!(poll(&house, OWN, &device).await.json["error"], "access_denied");
        house.close().await;
    }

    async fn op_14_devices_are_off_unless_a_client_has_them_and_a_code_is_no_other_grants(db: &Database) {
        let house = open(db).await;
        let refused = post(&house, "/oauth2/device_authorization", OTHER, &[]).await;
        assert_eq!((refused.status, refused.json["error"].as_str()), (StatusCode::BAD_REQUEST, Some("unauthorized_client")));
        let nothing = post(&house, "/oauth2/device_authorization", OWN, &[("scope", "address")]).await;
        assert_eq!(nothing.json["error"], "invalid_scope");
        let begun = begin(&house).await;
        let form = [("grant_type", "authorization_code"), ("code", begun.text("device_code")), ("code_verifier", "x")];
        assert_eq!(post(&house, "/oauth2/token", OWN, &form).await.json["error"], "invalid_grant");
        let browser = SiteBrowser::new(&house);
        let foreign = browser.visitor.http.post(format!("{}/device", house.saoma)).header("origin", "http://evil.test");
        let foreign = send(foreign.form(&[("user_code", begun.text("user_code"))])).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        house.close().await;
    }
}
