//! What a website is told of people: ids of its own, and an address that receives nothing.

use super::open as plain;
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, Plan};
use saoma_tests::relying_party::{SiteBrowser, answered, location, request_with, signed_for, tokens};
use saoma_tests::visitor::{Answer, VERIFIER, send};
use serde_json::{Map, Value, json};
use url::Url;

const SECRET: &str = "another-client-secret-of-more-than-32-chars";

/// The usual website has ids and addresses of its own; of three others one shares them, one has its own, and one
/// is told what everybody is told.
async fn open(db: &Database) -> House {
    let site = |id: &str, policy: &str| {
        format!(
            "[[client]]\nclient_id = \"{id}\"\nname = \"{id} Tea\"\ntype = \"confidential\"\nsecrets = [\"{SECRET}\"]\n\
             redirect_uris = [\"http://localhost:9/{id}\"]\nproviders = [\"mini\"]\n[client.openid]\n{policy}\n"
        )
    };
    let client_toml = format!(
        "[client.openid]\nsubject_type = \"pairwise\"\nstand_in_email = true\n{}{}{}",
        site("sister", "subject_type = \"pairwise\"\nsector = \"shop\""),
        site("stranger", "subject_type = \"pairwise\""),
        site("open", "")
    );
    House::planned(db.url(), Plan { client_toml, ..Plan::default() }).await
}

/// What this website is told of whoever is logged in: the claims of its id token, and the profile.
async fn told_at(browser: &mut SiteBrowser, client: &'static str) -> (Map<String, Value>, Value) {
    let uri = format!("http://localhost:9/{client}");
    let page = browser.to_login_page(&request_with(&[("client_id", client), ("redirect_uri", &uri)])).await;
    assert_eq!(location(&browser.consent(&page, "allow").await), page);
    let to = Url::parse(&location(&browser.get(&page).await)).unwrap();
    let code = to.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &uri),
        ("code_verifier", VERIFIER),
    ];
    let request = browser.visitor.request(Method::POST, "/oauth2/token").basic_auth(client, Some(SECRET));
    let reply = send(request.form(&form)).await;
    let claims = signed_for(&browser.visitor, reply.text("id_token"), client).await;
    let claims = claims.as_object().unwrap().clone();
    (claims, browser.visitor.user_info(reply.text("access_token")).await.json)
}

async fn introspected(browser: &SiteBrowser, token: &str) -> Answer {
    let request = browser.visitor.request(Method::POST, "/oauth2/introspect");
    send(request.basic_auth(CLIENT, Some(CLIENT_SECRET)).form(&[("token", token)])).await
}

every_database! {
    async fn a_pairwise_id_is_the_same_wherever_its_website_reads_it_and_another_elsewhere(db: &Database) {
        let mut house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&request_with(&[]), "ann").await["code"].clone();
        let (reply, claims) = tokens(&browser.visitor, &code).await;
        let sub = claims["sub"].as_str().unwrap().to_owned();
        assert!(sub.len() == 32 && sub.bytes().all(|b| b.is_ascii_hexdigit()), "{sub}");
        let token = reply.text("access_token");
        assert_eq!(browser.visitor.user_info(token).await.text("sub"), sub);
        assert_eq!(introspected(&browser, token).await.text("sub"), sub);
        assert_eq!(told_at(&mut browser, "sister").await.0["sub"], json!(sub));
        let stranger = told_at(&mut browser, "stranger").await.0["sub"].clone();
        assert_ne!(stranger, json!(sub));
        let public = told_at(&mut browser, "open").await.0["sub"].clone();
        assert!(public.as_str().unwrap().starts_with("usr_"));
        // Of somebody else another, and after a restart the same.
        let other = SiteBrowser::new(&house).log_in(&request_with(&[]), "bob").await["code"].clone();
        assert_ne!(tokens(&browser.visitor, &other).await.1["sub"], json!(sub));
        house.restart().await;
        let again = SiteBrowser::new(&house).log_in(&request_with(&[]), "ann").await["code"].clone();
        assert_eq!(tokens(&browser.visitor, &again).await.1["sub"], json!(sub));
        house.close().await;
    }

    async fn nothing_that_we_make_up_joins_what_two_websites_are_told(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&request_with(&[]), "ann").await["code"].clone();
        let (reply, claims) = tokens(&browser.visitor, &code).await;
        let told = browser.visitor.user_info(reply.text("access_token")).await.json;
        let (sister, of_sister) = told_at(&mut browser, "sister").await;
        let (stranger, of_stranger) = told_at(&mut browser, "stranger").await;
        let (open, of_open) = told_at(&mut browser, "open").await;
        assert!(open["sid"].as_str().unwrap().starts_with("uss_"));
        assert_eq!(sister["sid"], claims["sid"]);
        for other in [&stranger, &open] {
            assert_ne!(other["sid"], claims["sid"]);
        }
        for made_up in ["name", "picture"] {
            assert_eq!((&told["name_is_stand_in"], &told["picture_is_stand_in"]), (&json!(true), &json!(true)));
            assert_eq!(of_sister[made_up], told[made_up]);
            for other in [&of_stranger, &of_open] {
                assert_ne!(other[made_up], told[made_up], "{made_up}");
            }
        }
        // When somebody was here first is as good as a name.
        assert_eq!([&told, &of_sister, &of_stranger].map(|told| told.get("updated_at")), [None; 3]);
        assert!(of_open["updated_at"].is_i64());
        // Each of these pictures is there.
        let seen = browser.visitor.http.get(told["picture"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(seen.status(), StatusCode::OK);
        house.close().await;
    }

    async fn a_pairwise_id_serves_as_a_hint(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&request_with(&[]), "ann").await["code"].clone();
        let (reply, _) = tokens(&browser.visitor, &code).await;
        let hint = reply.text("id_token");
        let silent = [("prompt", "none"), ("id_token_hint", hint)];
        assert!(answered(&browser.authorize(&request_with(&silent)).await).contains_key("code"));
        let mut bob = SiteBrowser::new(&house);
        bob.log_in(&request_with(&[]), "bob").await;
        assert_eq!(answered(&bob.authorize(&request_with(&silent)).await)["error"], "login_required");
        house.close().await;
    }

    async fn a_stand_in_address_is_given_to_whoever_is_to_have_one_and_asks(db: &Database) {
        let house = open(db).await;
        let email = [("scope", "openid profile email")];
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&request_with(&email), "ann").await["code"].clone();
        let (reply, claims) = tokens(&browser.visitor, &code).await;
        assert_eq!(reply.text("scope"), "openid profile email");
        let told = browser.visitor.user_info(reply.text("access_token")).await;
        let address = format!("{}@users.127.0.0.1", claims["sub"].as_str().unwrap());
        assert_eq!((told.text("email"), &told.json["email_verified"]), (address.as_str(), &json!(false)));
        let code = answered(&browser.authorize(&request_with(&[])).await)["code"].clone();
        let (reply, _) = tokens(&browser.visitor, &code).await;
        let told = browser.visitor.user_info(reply.text("access_token")).await;
        assert_eq!((told.status, told.json.get("email")), (StatusCode::OK, None), "it did not ask");
        house.close().await;
    }

    async fn a_scope_is_passed_over_where_no_address_is_to_be_had(db: &Database) {
        let house = plain(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&request_with(&[("scope", "openid email")]), "ann").await["code"].clone();
        let (reply, _) = tokens(&browser.visitor, &code).await;
        assert_eq!(reply.text("scope"), "openid");
        house.close().await;
    }
}
