//! The doctor by the admin API and on its pages: what programs and people are told, who may ask, and a
//! rehearsed login watched to its end.

use super::api_callers::{enrolled, invited};
use regex::Regex;
use reqwest::{Method, StatusCode};
use saoma_core::admin::Role;
use saoma_tests::admin::{Page, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{APP_SECRET, House, ORIGIN};
use saoma_tests::inspect::fault;
use saoma_tests::phone::Phone;
use saoma_tests::ways::{PUSH_AES_KEY, PUSH_PATH_SECRET, PUSH_TOKEN, QUICK};
use serde_json::{Value, json};

const TOKEN: &str = "/cgi-bin/stable_token";

fn refused_address() -> Value {
    json!({"errcode": 40164, "errmsg": "invalid ip 9.8.7.6, not in whitelist"})
}

fn finding<'a>(report: &'a Value, code: &str) -> &'a Value {
    let all = report["findings"].as_array().unwrap_or_else(|| panic!("{report}"));
    all.iter().find(|finding| finding["code"] == code).unwrap_or_else(|| panic!("no {code}: {report}"))
}

/// The text of a page, as a reader gets it.
fn words(page: &Page) -> String {
    let bare = Regex::new("<[^>]*>").unwrap().replace_all(&page.html, " ").into_owned();
    bare.replace("&#x2F;", "/").replace("&quot;", "\"").replace("&amp;", "&")
}

every_database! {
    /// A program asks, reads code, cure and value, and asks again when it is mended.
    async fn a_program_asks_the_doctor(db: &Database) {
        let house = House::open(db.url()).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let probe = async |slug: &str, depth: &str| {
            let path = format!("/providers/{slug}/probe");
            owner.ask(Method::POST, &path, Some(&json!({ "depth": depth }))).await
        };
        let fine = probe("service", "credentials").await;
        assert_eq!((fine.status, &fine.json["ok"]), (StatusCode::OK, &json!(true)), "{}", fine.json);
        fault(&house.visitor(), TOKEN, &refused_address(), None).await;
        let told = probe("mini", "credentials").await.json;
        let refused = finding(&told, "ip_not_allowed");
        assert_eq!((&told["ok"], &refused["standing"]), (&json!(false), &json!("failed")));
        assert_eq!(refused["values"][0]["name"], "outgoing_address");
        assert_eq!(refused["values"][0]["value"], "9.8.7.6");
        assert!(refused["cure"]["zh"].as_str().unwrap().contains("IP白名单"), "{refused}");
        assert!(refused["values"][0]["label"]["zh"].as_str().unwrap().contains("出口"));
        let text = format!("{}{told}", fine.json);
        for secret in [APP_SECRET, PUSH_AES_KEY, PUSH_TOKEN, PUSH_PATH_SECRET] {
            assert!(!text.contains(secret), "{text}");
        }
        for (slug, body, status) in [
            ("mini", json!({ "depth": "deeper" }), StatusCode::UNPROCESSABLE_ENTITY),
            ("mini", json!({ "depth": "offline", "more": 1 }), StatusCode::UNPROCESSABLE_ENTITY),
            ("nothing", json!({ "depth": "offline" }), StatusCode::NOT_FOUND),
            ("No%20Slug", json!({ "depth": "offline" }), StatusCode::NOT_FOUND),
        ] {
            let answer = owner.ask(Method::POST, &format!("/providers/{slug}/probe"), Some(&body)).await;
            assert_eq!(answer.status, status, "{slug} {body}: {}", answer.json);
        }
        house.close().await;
    }

    /// A program rehearses: the code, the scan, the end; and why one cannot begin.
    async fn a_program_rehearses_a_login(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let begun = owner.ask(Method::POST, "/providers/quick/rehearsals", Some(&json!({}))).await;
        assert_eq!((begun.status, &begun.json["stage"]), (StatusCode::CREATED, &json!("pending")));
        let image = saoma_tests::visitor::send(visitor.http.get(begun.json["image_url"].as_str().unwrap())).await;
        assert_eq!(image.status, StatusCode::OK);
        let path = format!("/providers/quick/rehearsals/{}", begun.json["login_id"].as_str().unwrap());
        let phone = Phone::of(&visitor, "ann");
        phone.already_follows(&QUICK).await;
        let id = begun.json["login_id"].as_str().unwrap().parse().unwrap();
        let login = house.server().parts().stores.logins.find_login(&id).await.unwrap().unwrap();
        let saoma_core::provider::Challenge::QrText { text } = login.challenge else { panic!("no text") };
        phone.scan(&text).await;
        let look = || async {
            let now = owner.ask(Method::GET, &path, None).await.json;
            (now["stage"] != "pending" && now["stage"] != "scanned").then_some(now)
        };
        let ended = saoma_tests::wait::eventually("it ends", look).await;
        assert_eq!((&ended["stage"], &ended["reason"]), (&json!("cancelled"), &json!("rehearsed")));
        assert_eq!(finding(&ended, "unionid_available")["standing"], "ok");
        let again = owner.ask(Method::POST, &format!("{path}/cancel"), None).await;
        assert_eq!((again.status, &again.json["reason"]), (StatusCode::OK, &json!("rehearsed")));
        let elsewhere = path.replace("quick", "service");
        assert_eq!(owner.ask(Method::GET, &elsewhere, None).await.status, StatusCode::NOT_FOUND);

        fault(&visitor, "/wxa/getwxacodeunlimit", &json!({"errcode": 41030}), None).await;
        let refused = owner.ask(Method::POST, "/providers/mini/rehearsals", Some(&json!({}))).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "conflict"));
        assert_eq!(refused.json["obstacle"], "page_not_published");
        house.close().await;
    }

    /// The page says what was found in the reader's language, with values to copy; nothing is scripted in.
    async fn a_person_asks_the_doctor(db: &Database) {
        let house = House::open(db.url()).await;
        let mut owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let path = "/providers/mini/doctor";
        let page = owner.browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        for word in ["Check the settings", "Check settings and network", "Check everything", "Begin a test login"] {
            assert!(page.html.contains(word), "{word}");
        }
        fault(&house.visitor(), TOKEN, &refused_address(), None).await;
        let csrf = page.hidden("csrf");
        let looked = owner.browser.post(path, &[("csrf", &csrf), ("depth", "credentials")]).await;
        let text = words(&looked);
        for word in ["What stops logins:", "9.8.7.6", "IP白名单", "Our outgoing address", "ip_not_allowed"] {
            assert!(text.contains(word), "{word}: {text}");
        }
        let chinese = owner.browser.request(Method::POST, path).header("origin", &owner.browser.base);
        let chinese = chinese.header("accept-language", "zh-CN").form(&[("csrf", csrf.as_str()), ("depth", "credentials")]);
        let text = words(&owner.browser.send(chinese).await);
        assert!(text.contains("微信返回 40164") && text.contains("本服务器的出口 IP"), "{text}");
        let service = owner.browser.post("/providers/service/doctor", &[("csrf", &csrf), ("depth", "network")]).await;
        assert!(words(&service).contains("push_echo_ok"), "{}", service.html);
        for secret in [APP_SECRET, PUSH_AES_KEY, PUSH_TOKEN, PUSH_PATH_SECRET] {
            assert!(!looked.html.contains(secret) && !service.html.contains(secret), "a secret is on the page");
        }
        for (slug, fields, status) in [
            ("mini", vec![("csrf", csrf.as_str()), ("depth", "deeper")], StatusCode::FORBIDDEN),
            ("mini", vec![("csrf", "wrong"), ("depth", "offline")], StatusCode::FORBIDDEN),
            ("nothing", vec![("csrf", csrf.as_str()), ("depth", "offline")], StatusCode::NOT_FOUND),
        ] {
            let refused = owner.browser.post(&format!("/providers/{slug}/doctor"), &fields).await;
            assert_eq!(refused.status, status, "{fields:?}");
        }
        let forged = owner.browser.request(Method::POST, path).header("origin", ORIGIN);
        let forged = forged.form(&[("csrf", csrf.as_str()), ("depth", "offline")]);
        assert_eq!(owner.browser.send(forged).await.status, StatusCode::FORBIDDEN);
        house.close().await;
    }

    /// A rehearsal on its page: the picture, the stage after the scan, the end; ended early; not begun.
    async fn a_person_rehearses_a_login(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let mut owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let csrf = owner.browser.get("/providers/mini/doctor").await.hidden("csrf");
        let begin = "/providers/mini/doctor/rehearsals";
        let begun = owner.browser.post(begin, &[("csrf", &csrf)]).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.html);
        let address = begun.location().to_owned();
        let page = owner.browser.get(&address).await;
        assert!(page.html.contains("Waiting for the scan") && page.html.contains("data-live"), "{}", page.html);
        let picture = owner.browser.request(Method::GET, &format!("{address}/code")).send().await.unwrap();
        assert_eq!((picture.status(), &picture.headers()["content-type"]), (StatusCode::OK, &"image/jpeg".parse().unwrap()));
        let scene = saoma_tests::visitor::scene_in(&picture.bytes().await.unwrap());
        let scanned = visitor.try_scan(&scene, &visitor.js_code("ann").await).await;
        assert!(words(&owner.browser.get(&address).await).contains("Now confirm on the phone"));
        assert_eq!(visitor.confirm(scanned.text("companion_token")).await.status, StatusCode::OK);
        let done = owner.browser.get(&address).await;
        let text = words(&done);
        assert!(text.contains("It worked") && text.contains("unionid_available"), "{text}");
        assert!(!done.html.contains("data-live>") && !done.html.contains("live.js"), "nothing more to wait for");
        assert_eq!(owner.browser.get(&format!("{address}/code")).await.status, StatusCode::NOT_FOUND);

        let begun = owner.browser.post(begin, &[("csrf", &csrf)]).await;
        let address = begun.location().to_owned();
        let ended = owner.browser.post(&format!("{address}/cancel"), &[("csrf", &csrf)]).await;
        assert_eq!((ended.status, ended.location()), (StatusCode::SEE_OTHER, address.as_str()));
        assert!(words(&owner.browser.get(&address).await).contains("Ended early"));

        fault(&visitor, "/wxa/getwxacodeunlimit", &json!({"errcode": 41030}), None).await;
        let refused = owner.browser.post(begin, &[("csrf", &csrf)]).await;
        assert!(words(&refused).contains("page_not_published"), "{}", refused.html);
        house.close().await;
    }

    /// Only owners and operators ask the doctor.
    async fn adm_09_other_roles_get_no_answer_of_the_doctor(db: &Database) {
        let house = House::open(db.url()).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        for role in [Role::ClientManager, Role::Support, Role::Auditor] {
            let mut other = invited(&house, &owner, role, role.as_str()).await;
            assert_eq!(other.browser.get("/providers/mini/doctor").await.status, StatusCode::FORBIDDEN);
            let sent = [("csrf", other.csrf.as_str()), ("depth", "offline")];
            let sent = other.browser.post("/providers/mini/doctor", &sent).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN, "{role:?}");
        }
        house.close().await;
    }
}
