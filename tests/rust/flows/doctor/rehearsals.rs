//! A login that an admin rehearses: by each way, with a real phone, through the real engine, and at
//! its end nobody is a user who was none before.

use super::steps::{codes, doctor, found, permit};
use reqwest::StatusCode;
use saoma_core::audit::AuditScope;
use saoma_core::doctor::{BeginRehearsal, Rehearsal};
use saoma_core::login::{RehearsalError, Stage};
use saoma_core::page::PageRequest;
use saoma_core::provider::{Challenge, Standing};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::inspect::{clear_faults, fault, rows};
use saoma_tests::phone::{Phone, link, said};
use saoma_tests::visitor::{Held, Visitor};
use saoma_tests::wait::eventually;
use saoma_tests::ways::{self, CHAT, QUICK, SERVICE, Way};
use saoma_tests::website::{WebsitePage, come_back};
use serde_json::json;
use std::collections::BTreeMap;

async fn begin(house: &House, slug: &str) -> Rehearsal {
    let begin = BeginRehearsal { provider: slug.parse().unwrap(), browser: None, locale: None };
    doctor(house).rehearse(&permit(house), begin).await.unwrap()
}

async fn read(house: &House, begun: &Rehearsal) -> Rehearsal {
    let login = &begun.login;
    let found = doctor(house).find_rehearsal(&permit(house), &login.provider, &login.id).await.unwrap();
    found.expect("the rehearsal is gone")
}

fn text(rehearsal: &Rehearsal) -> &str {
    match &rehearsal.login.challenge {
        Challenge::QrText { text } => text,
        other => panic!("{other:?}"),
    }
}

/// Everything that may not change: all but Logins and the audit.
async fn accounts(db: &Database) -> BTreeMap<&'static str, String> {
    let mut rows = rows(db).await;
    rows.retain(|table, _| !matches!(*table, "logins" | "audit_events"));
    rows
}

/// Waits until the rehearsal has ended well; gives what it showed.
async fn proven(house: &House, begun: &Rehearsal) -> Rehearsal {
    let look = || async {
        let now = read(house, begun).await;
        now.login.stage.is_end().then_some(now)
    };
    let ended = eventually("the rehearsal ends", look).await;
    assert_eq!(ended.login.stage, Stage::Cancelled, "{:?}", ended.report);
    assert!(ended.login.was_rehearsed() && ended.login.user.is_none() && ended.login.code.is_none());
    assert_eq!(found(&ended.report, "login_proven").standing, Standing::Ok);
    ended
}

async fn phone(visitor: &Visitor, way: &Way) -> Phone {
    let phone = Phone::of(visitor, "ann");
    phone.already_follows(way).await;
    phone
}

/// The whole way by the mini-program; gives the phone's token.
async fn by_mini_program(house: &House, visitor: &Visitor) -> (Rehearsal, String) {
    let begun = begin(house, "mini").await;
    let js_code = visitor.js_code("ann").await;
    let scanned = visitor.try_scan(begun.login.scene.as_str(), &js_code).await;
    assert_eq!(scanned.status, StatusCode::OK, "{:?}", scanned.json);
    assert!(scanned.json["client"]["name"].as_str().unwrap().contains("Saoma"), "{:?}", scanned.json);
    assert_eq!(codes(&read(house, &begun).await.report), ["scan_arrived"]);
    let token = scanned.text("companion_token").to_owned();
    assert_eq!(visitor.confirm(&token).await.status, StatusCode::OK);
    (proven(house, &begun).await, token)
}

async fn by_page(house: &House, visitor: &Visitor) -> Rehearsal {
    let begun = begin(house, "service").await;
    let phone = phone(visitor, &SERVICE).await;
    let answer = phone.scan(text(&begun)).await;
    assert!(said(&answer).contains("Saoma"), "{}", said(&answer));
    let browser = phone.browser().await;
    let page = browser.open(&link(&answer), &visitor.saoma).await;
    for _ in 0..2 {
        // The second press is told the same.
        assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::OK);
    }
    assert!(browser.open(&link(&answer), &visitor.saoma).await.text().contains("<html"));
    proven(house, &begun).await
}

async fn by_number(house: &House, visitor: &Visitor) -> Rehearsal {
    let begun = begin(house, "chat").await;
    let phone = phone(visitor, &CHAT).await;
    phone.scan(text(&begun)).await;
    let number = begun.login.number.unwrap().to_string();
    assert!(said(&phone.say(&CHAT, &number).await).contains("已登录"));
    proven(house, &begun).await
}

async fn by_scan(house: &House, visitor: &Visitor) -> Rehearsal {
    let begun = begin(house, "quick").await;
    phone(visitor, &QUICK).await.scan(text(&begun)).await;
    proven(house, &begun).await
}

async fn by_website(house: &House, visitor: &Visitor) -> Rehearsal {
    let begun = begin(house, "website").await;
    let Challenge::Redirect { url } = &begun.login.challenge else { panic!("no redirect") };
    let held = Held {
        id: String::new(),
        secret: String::new(),
        image_url: String::new(),
        challenge: json!({ "url": url }),
    };
    let page = WebsitePage::open(visitor, &held).await;
    let back = page.confirmed_by(&Phone::of(visitor, "ann")).await;
    let answer = come_back(visitor, &back).await;
    let html = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status, StatusCode::OK, "{html}");
    assert!(html.contains("The test worked") && !answer.headers.contains_key("location"), "{html}");
    assert_eq!(come_back(visitor, &back).await.status, StatusCode::CONFLICT, "a reload proves nothing again");
    proven(house, &begun).await
}

every_database! {
    /// By every way, for somebody unknown and for somebody known: all is proven, nothing is written.
    async fn every_way_is_rehearsed_and_no_account_comes_of_it(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for known in [false, true] {
            if known {
                visitor.log_in("ann").await;
            }
            let before = accounts(db).await;
            let ended = [
                by_mini_program(&house, &visitor).await.0,
                by_page(&house, &visitor).await,
                by_number(&house, &visitor).await,
                by_scan(&house, &visitor).await,
                by_website(&house, &visitor).await,
            ];
            for rehearsal in ended {
                let way = &rehearsal.login.provider;
                assert_eq!(found(&rehearsal.report, "unionid_available").standing, Standing::Ok, "{way}");
                let subject = rehearsal.login.proof.unwrap().identity.subject;
                assert!(!format!("{:?}", rehearsal.report).contains(&subject), "{way}");
            }
            assert_eq!(accounts(db).await, before, "known: {known}");
        }
        house.close().await;
    }

    /// The phone that confirmed is told so again, and nobody else gets anything: not by the picture's
    /// address, not as the website that a rehearsal has not.
    async fn a_rehearsal_cannot_be_completed_by_anybody(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let before = accounts(db).await;
        let (ended, token) = by_mini_program(&house, &visitor).await;
        assert_eq!(visitor.confirm(&token).await.status, StatusCode::OK);
        let id = ended.login.id.to_string();
        for secret in ["", ended.login.image_token.as_str(), ended.login.browser_hash.as_str(), &token] {
            let held = Held {
                id: id.clone(),
                secret: secret.to_owned(),
                image_url: String::new(),
                challenge: json!(null),
            };
            for what in ["complete", "cancel"] {
                let status = visitor.post(&held, what).await.status;
                assert!(matches!(status.as_u16(), 401 | 404), "{what}: {status}");
            }
        }
        let client = ended.login.client.to_string();
        for secret in ["", "x"] {
            let basic = visitor.http.post(format!("{}/oauth2/token", visitor.saoma)).basic_auth(&client, Some(secret));
            let form = [("grant_type", "authorization_code"), ("code", "x"), ("code_verifier", "x")];
            assert_eq!(saoma_tests::visitor::send(basic.form(&form)).await.status, StatusCode::UNAUTHORIZED);
        }
        let public = visitor.http.get(format!("{}/api/v1/clients/{client}", visitor.saoma));
        assert_eq!(saoma_tests::visitor::send(public).await.status, StatusCode::NOT_FOUND);
        assert_eq!(accounts(db).await, before);
        // The audit says that there was a rehearsal and how it ended, and names nobody.
        let page = PageRequest::first(100);
        let audit = house.server().parts().stores.audit.list_audit(&AuditScope::all(), &page).await.unwrap();
        let detail = |action: &str| {
            let row = audit.items.iter().find(|row| row.action == action).unwrap();
            (row.outcome.clone(), row.detail.clone().unwrap_or_default())
        };
        assert_eq!(detail("provider.probed"), ("success".to_owned(), "dry_run".to_owned()));
        assert_eq!(detail("login.ended"), ("success".to_owned(), "rehearsed".to_owned()));
        let subject = ended.login.proof.unwrap().identity.subject;
        assert!(!format!("{audit:?}").contains(&subject));
        house.close().await;
    }

    /// A unionid that does not come is told, although the login works.
    async fn a_missing_unionid_is_told(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        fault(&visitor, "/sns/jscode2session", &json!("no_unionid"), None).await;
        let (ended, _) = by_mini_program(&house, &visitor).await;
        let missing = found(&ended.report, "unionid_missing");
        assert_eq!(missing.standing, Standing::Warning);
        assert!(missing.cure.as_ref().unwrap().zh.contains("绑定"));
        clear_faults(&visitor).await;
        for call in ["/cgi-bin/user/info", "/sns/oauth2/access_token"] {
            fault(&visitor, call, &json!("no_unionid"), None).await;
        }
        let ended = by_page(&house, &visitor).await;
        assert_eq!(found(&ended.report, "unionid_missing").standing, Standing::Warning);
        house.close().await;
    }

    /// How else a rehearsal ends: declined, nobody came, ended early, refused pushes, a vendor that fails.
    async fn other_ends_say_what_they_show(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let visitor = house.visitor();
        let clock = house.clock.clone().unwrap();
        let begun = begin(&house, "mini").await;
        let scanned = visitor.try_scan(begun.login.scene.as_str(), &visitor.js_code("ann").await).await;
        visitor.companion("deny", &json!({"companion_token": scanned.text("companion_token")})).await;
        assert_eq!(codes(&read(&house, &begun).await.report), ["scan_arrived", "declined"]);

        let begun = begin(&house, "mini").await;
        assert!(read(&house, &begun).await.report.0.is_empty());
        clock.advance_seconds(121);
        assert_eq!(codes(&read(&house, &begun).await.report), ["no_scan"]);

        let begun = begin(&house, "mini").await;
        let login = &begun.login;
        let ended = doctor(&house).end_rehearsal(&permit(&house), &login.provider, &login.id).await.unwrap();
        assert_eq!(codes(&ended.unwrap().report), ["rehearsal_ended"]);
        let elsewhere = "service".parse().unwrap();
        let other = doctor(&house).find_rehearsal(&permit(&house), &elsewhere, &login.id).await.unwrap();
        assert!(other.is_none(), "a rehearsal belongs to its provider");

        let mut wrong = ways::app(&SERVICE, &house.saoma);
        wrong.push.as_mut().unwrap().token = "anotherToken".to_owned();
        house.sandbox.register_app(wrong);
        let begun = begin(&house, "service").await;
        phone(&visitor, &SERVICE).await.scan(text(&begun)).await;
        assert_eq!(codes(&read(&house, &begun).await.report), ["push_refused"]);

        fault(&visitor, "/cgi-bin/user/info", &json!({"errcode": 40013}), None).await;
        let begun = begin(&house, "chat").await;
        let phone = phone(&visitor, &CHAT).await;
        phone.scan(text(&begun)).await;
        phone.say(&CHAT, &begun.login.number.unwrap().to_string()).await;
        let failed = eventually("it fails", || async {
            Some(read(&house, &begun).await).filter(|now| now.login.stage.is_end())
        });
        assert_eq!(codes(&failed.await.report), ["vendor_failed"]);
        house.close().await;
    }

    /// A login of a website is no rehearsal, and what is not switched on is not rehearsed.
    async fn only_rehearsals_are_read_and_only_open_providers_rehearsed(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let id = held.id.parse().unwrap();
        let found = doctor(&house).find_rehearsal(&permit(&house), &"mini".parse().unwrap(), &id).await;
        assert!(found.unwrap().is_none());
        let begin = BeginRehearsal { provider: "nothing".parse().unwrap(), browser: None, locale: None };
        let refused = doctor(&house).rehearse(&permit(&house), begin).await;
        assert!(matches!(refused, Err(RehearsalError::UnknownProvider)));
        house.close().await;
    }
}
