//! Where a scan was enough, `complete` leads to a page of ours that asks, once for each website.

use super::quick::{body, scanned, scanned_after};
use reqwest::{Method, RequestBuilder, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT_SECRET, House, ORIGIN, Plan, REDIRECT_URI};
use saoma_tests::visitor::{Answer, Held, VERIFIER, Visitor, send};
use saoma_tests::ways::KIOSK;
use url::Url;

/// The page that `complete` leads to.
pub(super) async fn page_of(visitor: &Visitor, held: &Held) -> String {
    let completed = visitor.post(held, "complete").await;
    assert_eq!(
        (completed.status, completed.text("type")),
        (StatusCode::OK, "interaction"),
        "{}",
        completed.json
    );
    assert!(completed.json.get("code").is_none(), "{}", completed.json);
    completed.text("redirect_to").to_owned()
}

/// Presses a button of the page.
pub(super) async fn press(visitor: &Visitor, page: &str, decision: &str) -> Answer {
    send(pressing(visitor, page, decision).header("origin", &visitor.saoma)).await
}

fn pressing(visitor: &Visitor, page: &str, decision: &str) -> RequestBuilder {
    visitor.http.post(page).form(&[("decision", decision)])
}

/// What the website's address was given.
pub(super) fn given(answer: &Answer, name: &str) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", String::from_utf8_lossy(&answer.bytes));
    let to = answer.headers["location"].to_str().unwrap();
    assert!(to.starts_with(REDIRECT_URI), "{to}");
    let found = Url::parse(to)
        .unwrap()
        .query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned());
    found.unwrap_or_default()
}

pub(super) async fn redeem(visitor: &Visitor, code: &str) -> Answer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", REDIRECT_URI),
    ];
    let request = visitor.request(Method::POST, "/oauth2/token");
    send(request.basic_auth(KIOSK, Some(CLIENT_SECRET)).form(&fields)).await
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

every_database! {
    async fn whoever_only_scanned_is_asked_once_by_each_website(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = scanned(&visitor, "ann").await;
        let page = page_of(&visitor, &held).await;
        let shown = send(visitor.http.get(&page).header("accept-language", "en")).await;
        assert_eq!(shown.status, StatusCode::OK);
        for word in ["Test Kiosk", "localhost", "your name and picture", "Logged in as"] {
            assert!(text(&shown).contains(word), "{word}: {}", text(&shown));
        }
        assert!(!text(&shown).contains("Not you?"), "who scanned is who is asked");
        let answered = press(&visitor, &page, "allow").await;
        assert_eq!((given(&answered, "state").as_str(), given(&answered, "iss")), ("website-state", house.saoma.clone()));
        let tokens = redeem(&visitor, &given(&answered, "code")).await;
        assert_eq!((tokens.status, tokens.text("scope")), (StatusCode::OK, "openid profile"));
        let again = scanned(&visitor, "ann").await;
        assert_eq!(visitor.post(&again, "complete").await.text("type"), "code");
        let other = scanned(&visitor, "bob").await;
        page_of(&visitor, &other).await;
        house.close().await;
    }

    async fn whoever_says_no_goes_back_with_a_refusal_and_nothing_is_kept(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = scanned(&visitor, "ann").await;
        let page = page_of(&visitor, &held).await;
        let answered = press(&visitor, &page, "deny").await;
        assert_eq!(given(&answered, "error"), "access_denied");
        assert_eq!(given(&answered, "state"), "website-state");
        assert_eq!(visitor.stage(&held).await, "cancelled");
        assert_eq!(visitor.post(&held, "complete").await.code(), "login_not_confirmed");
        assert_eq!(press(&visitor, &page, "allow").await.status, StatusCode::GONE);
        page_of(&visitor, &scanned(&visitor, "ann").await).await;
        house.close().await;
    }

    async fn the_page_is_no_code_and_only_the_newest_counts(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let visitor = house.visitor();
        let held = scanned(&visitor, "ann").await;
        let older = page_of(&visitor, &held).await;
        let page = page_of(&visitor, &held).await;
        let secret = page.rsplit('/').next().unwrap();
        assert_eq!(redeem(&visitor, secret).await.code(), "invalid_grant");
        assert_eq!(press(&visitor, &older, "allow").await.status, StatusCode::GONE);
        let elsewhere = send(pressing(&visitor, &page, "allow").header("origin", ORIGIN)).await;
        assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
        assert_eq!(send(pressing(&visitor, &page, "allow")).await.status, StatusCode::FORBIDDEN);
        for wrong in ["", "perhaps"] {
            assert_eq!(press(&visitor, &page, wrong).await.status, StatusCode::BAD_REQUEST);
        }
        assert_eq!(send(visitor.http.get(format!("{}/consent/guessed", house.saoma))).await.status, StatusCode::GONE);
        // Reading it decides nothing.
        assert_eq!(send(visitor.http.head(&page)).await.status, StatusCode::OK);
        assert_eq!(visitor.stage(&held).await, "confirmed");
        let code = given(&press(&visitor, &page, "allow").await, "code");
        assert_eq!(press(&visitor, &page, "allow").await.status, StatusCode::GONE, "it is answered");
        assert_eq!(redeem(&visitor, &code).await.status, StatusCode::OK);
        let lapsing = page_of(&visitor, &scanned(&visitor, "bob").await).await;
        house.clock.as_ref().unwrap().advance_seconds(3600);
        assert_eq!(press(&visitor, &lapsing, "allow").await.status, StatusCode::GONE);
        house.close().await;
    }

    async fn a_website_whose_policy_keeps_no_consent_asks_each_time(db: &Database) {
        let client = format!(
            "[[client]]\nclient_id = \"lobby\"\nname = \"The Lobby\"\ntype = \"public\"\norigins = [\"{ORIGIN}\"]\n\
             redirect_uris = [\"{REDIRECT_URI}\"]\nproviders = [\"quick\"]\nmin_assurance = \"scan_only\"\n\
             [client.openid]\nconsent = \"each_time\"\n"
        );
        let house = House::planned(db.url(), Plan { extra_toml: client, ..Plan::default() }).await;
        let visitor = house.visitor();
        let mut begin = body();
        begin["client_id"] = "lobby".into();
        for _ in 0..2 {
            let page = page_of(&visitor, &scanned_after(&visitor, "ann", &begin).await).await;
            assert!(!given(&press(&visitor, &page, "allow").await, "code").is_empty());
        }
        assert!(db.lines("SELECT client_id AS line FROM consents").await.is_empty());
        house.close().await;
    }

    async fn without_an_address_there_is_no_way_back_so_nobody_is_asked(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let mut begin = body();
        begin.as_object_mut().unwrap().remove("redirect_uri");
        let held = scanned_after(&visitor, "ann", &begin).await;
        assert_eq!(visitor.post(&held, "complete").await.text("type"), "code");
        house.close().await;
    }
}
