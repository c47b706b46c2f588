//! What strangers stumbled over when they tried the house: two tabs, refused messages, names in the audit, a
//! link that went astray, an export after a fresh proof, a code that an app has learned already.

use super::api_callers::{Held, enrolled, house, invited};
use regex::Regex;
use reqwest::{Method, StatusCode};
use saoma_core::admin::Role;
use saoma_core::client::{ConsentPolicy, Pkce, SubjectType};
use saoma_tests::admin::{AdminBrowser, Page, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, ORIGIN};
use saoma_tests::letter::Writer;
use saoma_tests::visitor::{Visitor, send};
use saoma_tests::ways::SERVICE;
use serde_json::json;

async fn with_owner(db: &Database) -> (House, Held) {
    let house = house(db).await;
    let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
    (house, owner)
}

async fn post(held: &mut Held, path: &str, fields: &[(&str, &str)]) -> Page {
    let mut all = vec![("csrf", held.csrf.as_str())];
    all.extend_from_slice(fields);
    held.browser.post(path, &all).await
}

every_database! {
    async fn who_was_slower_in_another_tab_sees_how_it_is_and_undoes_nothing(db: &Database) {
        let (house, mut ann) = with_owner(db).await;
        let body = json!({ "client_id": "mine", "name": "Mine", "type": "public", "providers": ["mini"], "origins": ["https://a.example"] });
        assert_eq!(ann.ask(Method::POST, "/clients", Some(&body)).await.status, StatusCode::CREATED);
        let first = [("version", "1"), ("name", "Mine"), ("accent", "#00aa00"), ("provider.mini", "on"), ("enabled", "on")];
        assert_eq!(post(&mut ann, "/websites/mine/look", &first).await.status, StatusCode::SEE_OTHER);
        let second = [("version", "1"), ("name", "Ours"), ("accent", ""), ("provider.mini", "on"), ("enabled", "on")];
        let late = post(&mut ann, "/websites/mine/look", &second).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.html.contains("#00aa00") && !late.html.contains("Ours"), "{}", late.html);
        let wiring = [("version", "1"), ("origins", "https://b.example"), ("redirect_uris", ""), ("min_assurance", "confirmed")];
        let late = post(&mut ann, "/websites/mine/wiring", &wiring).await;
        assert!(late.html.contains("a.example") && !late.html.contains("b.example"), "{}", late.html);
        house.close().await;
    }

    async fn what_a_website_may_do_by_openid_connect_is_set_in_its_own_form(db: &Database) {
        let (house, mut ann) = with_owner(db).await;
        let new = json!({ "client_id": "mine", "name": "Mine", "type": "confidential", "providers": ["mini"] });
        assert_eq!(ann.ask(Method::POST, "/clients", Some(&new)).await.status, StatusCode::CREATED);
        let shown = ann.browser.get("/websites/mine?tab=openid").await;
        let discovery = format!("{}/.well-known/openid-configuration", house.saoma);
        assert!(shown.html.replace("&#x2F;", "/").contains(&discovery), "{}", shown.html);
        let wrong = [("version", "1"), ("pkce", "optional"), ("consent", "each_time"), ("post_logout_redirect_uris", "http://*.example/")];
        let refused = post(&mut ann, "/websites/mine/openid", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.html.replace("&#x2F;", "/").contains("http://*.example/"), "what was typed stays");
        let right = [
            ("version", "1"), ("pkce", "optional"), ("consent", "each_time"), ("refresh_tokens", "on"),
            ("post_logout_redirect_uris", "https://mine.example/bye"),
        ];
        assert_eq!(post(&mut ann, "/websites/mine/openid", &right).await.location(), "/websites/mine?tab=openid&saved");
        let kept = house.server().parts().stores.clients.list_clients().await.unwrap();
        let kept = kept.into_iter().find(|client| client.id.as_str() == "mine").unwrap().openid;
        assert!(kept.refresh_tokens && kept.may_return_to("https://mine.example/bye"));
        assert_eq!((kept.pkce, kept.consent), (Pkce::Optional, ConsentPolicy::EachTime));
        house.close().await;
    }

    async fn what_a_website_is_told_and_proves_itself_with_have_forms_that_leave_the_rest(db: &Database) {
        let (house, mut ann) = with_owner(db).await;
        let new = json!({ "client_id": "mine", "name": "Mine", "type": "confidential", "providers": ["mini"] });
        assert_eq!(ann.ask(Method::POST, "/clients", Some(&new)).await.status, StatusCode::CREATED);
        let rules = [("version", "1"), ("consent", "each_time"), ("backchannel_logout_uri", "https://mine.example/told")];
        assert_eq!(post(&mut ann, "/websites/mine/openid", &rules).await.status, StatusCode::SEE_OTHER);
        for (tab, form, field, wrong) in [
            ("openid", "openid", "backchannel_logout_uri", "com.example.app:/told"),
            ("told", "told", "sector", "two words"),
            ("secrets", "keys", "jwks", "no json"),
            ("secrets", "keys", "jwks", "{\"keys\": [{\"kty\": \"EC\", \"d\": \"secret\"}]}"),
            ("secrets", "keys", "jwks", "{\"keys\": [{\"kty\": \"oct\"}]}"),
        ] {
            assert_eq!(ann.browser.get(&format!("/websites/mine?tab={tab}")).await.status, StatusCode::OK);
            let refused = post(&mut ann, &format!("/websites/mine/{form}"), &[("version", "2"), (field, wrong)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}: {wrong}");
        }
        let told = [("version", "2"), ("subject_type", "pairwise"), ("sector", "group"), ("stand_in_email", "on")];
        assert_eq!(post(&mut ann, "/websites/mine/told", &told).await.location(), "/websites/mine?tab=told&saved");
        let key = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
        let keys = [("version", "3"), ("jwks", &*format!("{{\"keys\": [{key}]}}"))];
        assert_eq!(post(&mut ann, "/websites/mine/keys", &keys).await.location(), "/websites/mine?tab=secrets&saved");
        let kept = house.server().parts().stores.clients.list_clients().await.unwrap();
        let kept = kept.into_iter().find(|client| client.id.as_str() == "mine").unwrap().openid;
        assert_eq!((kept.consent, kept.subject_type), (ConsentPolicy::EachTime, SubjectType::Pairwise));
        assert_eq!(kept.sector.as_deref(), Some("group"));
        assert_eq!(kept.backchannel_logout_uri.as_deref(), Some("https://mine.example/told"));
        assert!(kept.stand_in_email && kept.jwks.is_some());
        house.close().await;
    }

    async fn a_login_whose_messages_were_refused_says_so(db: &Database) {
        let (house, mut ann) = with_owner(db).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&SERVICE).await;
        let page = format!("/logins/{}", held.id);
        let stranger = Writer { token: "another".to_owned(), ..Writer::of(&house, &SERVICE) };
        let letter = stranger.sealed(stranger.scan("openid", "scene"));
        assert!(!ann.browser.get(&page).await.html.contains("something that was refused"));
        assert_eq!(letter.send(&visitor).await.status, StatusCode::FORBIDDEN);
        house.clock.as_ref().unwrap().advance_seconds(121);
        visitor.stage(&held).await;
        let told = ann.browser.get(&page).await;
        assert!(told.html.contains("something that was refused") && told.html.contains("/providers/service/doctor"), "{}", told.html);
        let overview = ann.browser.get("/").await;
        assert!(overview.html.contains("messages are refused"), "{}", overview.html);
        house.close().await;
    }

    async fn the_audit_finds_people_by_the_beginning_of_their_name(db: &Database) {
        let (house, mut ann) = with_owner(db).await;
        let user = house.visitor().log_in("ann").await;
        let named = format!("UPDATE users SET name = '李华', name_key = '李华' WHERE id = '{user}'");
        db.raw().await.execute(&named).await.unwrap();
        let found = ann.browser.get("/audit?q=%E6%9D%8E").await;
        assert!(found.html.contains("A login ended") && found.html.contains("李华"), "{}", found.html);
        let none = ann.browser.get("/audit?q=%E5%8D%8E").await;
        assert!(none.html.contains("Nothing fits"), "{}", none.html);
        house.close().await;
    }

    async fn a_link_that_went_astray_is_withdrawn(db: &Database) {
        let (house, mut ann) = with_owner(db).await;
        let body = json!({ "role": "operator" });
        let made = ann.ask(Method::POST, "/invitations", Some(&body)).await.json;
        let link = made["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let page = ann.browser.get("/admins").await;
        let name = page.hidden("link");
        assert!(page.html.contains("Links that can still be used") && !page.html.contains(&link), "{}", page.html);
        let auditor = invited(&house, &ann, Role::Auditor, "aud").await;
        let listed = auditor.ask(Method::GET, "/invitations", None).await.json;
        assert_eq!((listed["items"].as_array().unwrap().len(), listed["items"][0]["invitation_id"].as_str()), (1, Some(name.as_str())));
        assert_eq!(post(&mut ann, "/admins/withdraw", &[("link", &name)]).await.location(), "/admins");
        assert_eq!(AdminBrowser::new(&house).get(&format!("/enrol/{link}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(ann.ask(Method::DELETE, &format!("/invitations/{name}"), None).await.status, StatusCode::NOT_FOUND);
        let told = "SELECT target AS line FROM audit_events WHERE action = 'admin.link_withdrawn'";
        assert_eq!(db.lines(told).await, [format!("link {name}")]);
        house.close().await;
    }

    async fn an_export_that_needs_a_fresh_proof_leads_back_to_its_list(db: &Database) {
        let (house, mut ann) = with_owner(db).await;
        house.clock.as_ref().unwrap().advance_seconds(301);
        let asked = ann.browser.get("/logins/export?format=csv&stage=failed").await;
        assert_eq!((asked.status, asked.location()), (StatusCode::SEE_OTHER, "/prove?next=%2Flogins%3Fstage%3Dfailed"));
        house.close().await;
    }

    async fn another_language_shows_the_key_that_the_app_has_learned(db: &Database) {
        let house = house(db).await;
        let link = bootstrap(&house).await;
        let key = |page: &Page| Regex::new("class=\"key\">([A-Z2-7 ]+)<").unwrap().captures(&page.html).unwrap()[1].to_owned();
        let mut browser = AdminBrowser::new(&house);
        let page = browser.get(&format!("/enrol/{link}")).await;
        let next = page.hidden("next");
        let turned = browser.post("/language", &[("language", "zh-CN"), ("next", &next)]).await;
        let sent_on = browser.get(turned.location()).await;
        assert_ne!(key(&sent_on), key(&page), "whoever sends the link on has not chosen the key");
        let own = browser.request(Method::GET, turned.location()).header("referer", format!("{}/enrol/{link}", browser.base));
        let chinese = browser.send(own).await;
        assert!(chinese.html.contains("lang=\"zh-CN\""), "{}", chinese.html);
        assert_eq!(key(&chinese), key(&page));
        // Another link does not open it.
        let other = next.replace(&link, &bootstrap(&house).await);
        let other = browser.request(Method::GET, &other).header("referer", format!("{}/", browser.base));
        assert_ne!(key(&browser.send(other).await), key(&page));
        house.close().await;
    }

    async fn who_began_a_login_is_told_as_it_is(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        visitor.begin().await;
        let back_end = visitor.request(Method::POST, "/api/v1/logins").basic_auth(CLIENT, Some(CLIENT_SECRET));
        let begun = send(back_end.json(&Visitor::begin_body())).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{ORIGIN} {:?}", begun.json);
        let began = "SELECT actor AS line FROM audit_events WHERE action = 'login.began' ORDER BY actor";
        assert_eq!(db.lines(began).await, ["browser", "client"]);
        house.close().await;
    }

    async fn a_website_manager_is_led_to_no_closed_door(db: &Database) {
        let (house, ann) = with_owner(db).await;
        house.visitor().log_in("ann").await;
        let all = json!({ "role": "client_manager", "clients": [CLIENT] });
        let made = ann.ask(Method::POST, "/invitations", Some(&all)).await.json;
        let link = made["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let mut manager = enrolled(&house, &link, "mia").await;
        let page = manager.browser.get("/logins").await;
        assert!(page.html.contains("logged in") && !page.html.contains("href=\"/users/"), "{}", page.html);
        house.close().await;
    }
}
