//! The whole way: WeChat's page, its code at our callback, our code at the website's own address.

use super::steps::{spent, timed_house};
use crate::flows::net05::assert_headers;
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT_SECRET, House, ORIGIN, Plan, REDIRECT_URI};
use saoma_tests::phone::{Phone, parameter};
use saoma_tests::visitor::{Held, VERIFIER, Visitor, send};
use saoma_tests::ways::WEBSITE;
use saoma_tests::website::{come_back, confirmed_at_wechat, log_in, sent_on};
use serde_json::json;
use std::collections::BTreeSet;
use url::Url;

/// What a website may have registered: an address with a query of its own, in its own spelling.
const ODD: &str = "http://localhost:9/cb?shop=%E5%BA%97&q=a+b%20c&empty=&%7e=~";

async fn house_with_odd_address(db: &Database) -> House {
    let extra_toml = format!(
        r#"
[[client]]
client_id = "odd"
name = "Odd"
type = "confidential"
secrets = ["{CLIENT_SECRET}"]
redirect_uris = ["{ODD}"]
origins = ["{ORIGIN}"]
providers = ["website"]
"#
    );
    House::planned(db.url(), Plan { extra_toml, ..Plan::default() }).await
}

every_database! {
    /// The address has the parameters in WeChat's own order, a state of its own and the page's language.
    async fn the_redirect_is_as_wechat_wants_it(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let mut states = BTreeSet::new();
        for (locale, lang) in [(None, "cn"), (Some("zh-CN"), "cn"), (Some("en"), "en"), (Some("en-GB"), "en")] {
            let mut body = Visitor::begin_body_for("website");
            if let Some(locale) = locale {
                body["locale"] = json!(locale);
            }
            let begun = visitor.try_begin(&body).await;
            let held = Held::of(&begun);
            assert_eq!((begun.text("stage"), begun.json.get("awaiting")), ("pending", None));
            assert_eq!((&held.challenge["type"], &begun.json["expires_in"]), (&json!("redirect"), &json!(300)));
            let to: Url = held.redirect_url().parse().unwrap();
            let names: Vec<_> = to.query_pairs().map(|(name, _)| name.into_owned()).collect();
            assert_eq!(names, ["appid", "redirect_uri", "response_type", "scope", "state", "lang"]);
            assert!(held.redirect_url().starts_with(&format!("{}/connect/qrconnect?appid=", visitor.sandbox)));
            assert_eq!(to.fragment(), Some("wechat_redirect"));
            let given = |name| parameter(&to, name).unwrap();
            assert_eq!((given("appid").as_str(), given("scope").as_str()), (WEBSITE.appid, "snsapi_login"));
            assert_eq!(given("redirect_uri"), format!("{}/callback/website", house.saoma));
            assert_eq!((given("response_type").as_str(), given("lang").as_str()), ("code", lang));
            let state = given("state");
            assert!(state.len() == 32 && state.bytes().all(|b| b.is_ascii_alphanumeric()), "{state}");
            assert!(states.insert(state));
        }
        house.close().await;
    }

    /// From the begin to the user, with name and picture; who comes again is the same user, by the
    /// mini-program as well.
    async fn a_person_logs_in_and_is_known_again(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        Phone::of(&visitor, "ann").becomes(&json!({"nickname": "安安 🌱"})).await;
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        assert!(back.as_str().starts_with(&format!("{}/callback/website?", house.saoma)));
        assert_eq!(visitor.stage(&held).await, "pending", "what happens at WeChat is WeChat's");
        let answer = come_back(&visitor, &back).await;
        let to = sent_on(&answer);
        let code = parameter(&to, "code").unwrap();
        let iss = house.saoma.replace(':', "%3A").replace('/', "%2F");
        assert_eq!(to.as_str(), format!("{REDIRECT_URI}?code={code}&state=website-state&iss={iss}"));
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), &view.json["version"]), ("confirmed", &json!(2)));
        let tokens = visitor.redeem(&code).await;
        assert_eq!(visitor.stage(&held).await, "redeemed");
        let info = visitor.user_info(tokens.text("access_token")).await;
        assert_eq!((info.text("name"), &info.json["name_is_stand_in"]), ("安安 🌱", &json!(false)));
        assert!(info.text("picture").starts_with(&format!("{}/api/v1/pictures/", house.saoma)));
        let user = info.text("sub");
        assert_eq!(log_in(&visitor, "ann").await.text("sub"), user);
        assert_eq!(visitor.log_in("ann").await, user, "by mini-program");
        assert_ne!(log_in(&visitor, "bob").await.text("sub"), user);
        house.close().await;
    }

    /// There is no other place for the answer, so a begin without an address is refused, in the right field.
    async fn a_begin_without_an_address_is_refused(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let mut body = Visitor::begin_body_for("website");
        body.as_object_mut().unwrap().remove("redirect_uri");
        let refused = visitor.try_begin(&body).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field"));
        assert_eq!(refused.json["errors"][0]["pointer"], "/redirect_uri");
        assert!(db.lines("SELECT id AS line FROM logins").await.is_empty());
        house.close().await;
    }

    /// The website's address is kept byte for byte, its own query first.
    async fn an_address_with_a_query_is_kept_as_it_is(db: &Database) {
        let house = house_with_odd_address(db).await;
        let visitor = house.visitor();
        let mut body = Visitor::begin_body_for("website");
        body["client_id"] = json!("odd");
        body["redirect_uri"] = json!(ODD);
        body.as_object_mut().unwrap().remove("state");
        let held = Held::of(&visitor.try_begin(&body).await);
        let answer = come_back(&visitor, &confirmed_at_wechat(&visitor, &held, "ann").await).await;
        let address = answer.headers["location"].to_str().unwrap();
        let code = address.strip_prefix(&format!("{ODD}&code=")).unwrap_or_else(|| panic!("{address}"));
        let (code, iss) = code.split_once("&iss=").unwrap();
        assert_eq!(iss, house.saoma.replace(':', "%3A").replace('/', "%2F"), "no state was given, none comes back");
        let form = [
            ("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER), ("redirect_uri", ODD),
        ];
        let request = visitor.request(Method::POST, "/oauth2/token").basic_auth("odd", Some(CLIENT_SECRET));
        assert_eq!(send(request.form(&form)).await.status, StatusCode::OK);
        house.close().await;
    }

    /// T16: whoever is named beside WeChat's code: the person whom WeChat proves counts.
    async fn t16_nobody_is_named_by_a_parameter(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let bob = log_in(&visitor, "bob").await.text("sub").to_owned();
        let bobs = db.lines("SELECT subject AS line FROM identities").await.remove(0);
        let held = visitor.begin_by(&WEBSITE).await;
        let mut back = confirmed_at_wechat(&visitor, &held, "ann").await;
        for (name, value) in [("openid", &bobs), ("unionid", &bobs), ("user", &bob), ("sub", &bob), ("person", &bob)] {
            back.query_pairs_mut().append_pair(name, value);
        }
        let code = parameter(&sent_on(&come_back(&visitor, &back).await), "code").unwrap();
        let tokens = visitor.redeem(&code).await;
        let user = visitor.user_info(tokens.text("access_token")).await.text("sub").to_owned();
        assert_ne!(user, bob);
        assert_eq!(visitor.log_in("ann").await, user);
        house.close().await;
    }

    /// T23: one person has an openid in each app and a unionid in all; none is taken for the other.
    async fn t23_openids_and_unionids_stand_apart(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let user = log_in(&visitor, "ann").await.text("sub").to_owned();
        assert_eq!(visitor.log_in("ann").await, user);
        let of = |appid: &str| format!("wechat@{}:{appid}", visitor.sandbox.strip_prefix("http://").unwrap());
        let mut kept = db.lines("SELECT namespace AS line FROM identities").await;
        kept.sort_unstable();
        assert_eq!(kept, [of(saoma_tests::house::APPID), of(WEBSITE.appid)]);
        let subjects = db.lines("SELECT DISTINCT subject AS line FROM identities").await;
        let unionids = db.lines("SELECT value AS line FROM aliases").await;
        assert_eq!((subjects.len(), unionids.len()), (2, 1));
        assert!(!subjects.contains(&unionids[0]));
        house.close().await;
    }

    /// T27, NET-05: no answer of the callback is kept, framed or told to the next page; none sets a cookie.
    async fn t27_no_answer_of_the_callback_leaks(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        let unknown = format!("{}/callback/website?state={}&code=c", house.saoma, "A".repeat(32));
        let (first, again) = (come_back(&visitor, &back).await, come_back(&visitor, &back).await);
        let wrong = come_back(&visitor, &unknown.parse().unwrap()).await;
        let statuses = [first.status, again.status, wrong.status].map(|status| status.as_u16());
        assert_eq!(statuses, [303, 409, 400]);
        for answer in [first, again, wrong] {
            assert_headers(&answer.headers, answer.status != StatusCode::SEE_OTHER);
            assert_eq!(answer.headers["cache-control"], "no-store");
            assert_eq!(answer.headers["referrer-policy"], "no-referrer");
            assert!(!answer.headers.contains_key("set-cookie"));
            let page = String::from_utf8_lossy(&answer.bytes);
            for elsewhere in ["http://", "https://", "//"] {
                assert!(!page.contains(elsewhere), "{elsewhere} in {page}");
            }
        }
        assert_eq!(spent(&visitor).await, 1);
        house.close().await;
    }

    /// A vendor may send the browser back by POST as well.
    async fn a_post_counts_as_a_get_does(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        let form: Vec<_> = back.query_pairs().into_owned().collect();
        let address = back.as_str().split('?').next().unwrap();
        let to = sent_on(&send(visitor.http.post(address).form(&form)).await);
        assert_eq!(visitor.redeem(&parameter(&to, "code").unwrap()).await.status, StatusCode::OK);
        house.close().await;
    }
}
