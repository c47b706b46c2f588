//! Requirements LOG-01, LOG-02, LOG-03, LOG-08 and LOG-10, each by tests that name it.

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::events::EventStream;
use saoma_tests::every_database;
use saoma_tests::house::{APP_SECRET, CLIENT_SECRET, House, Plan};
use saoma_tests::visitor::{Answer, Held, VERIFIER, Visitor, send};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn timed_house(db: &Database) -> House {
    House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await
}

fn advance(house: &House, millis: i64) {
    house.clock.as_ref().unwrap().advance_millis(millis);
}

async fn try_scan(visitor: &Visitor, scene: &str, person: &str) -> Answer {
    visitor.try_scan(scene, &visitor.js_code(person).await).await
}

fn keys(view: &Value) -> BTreeSet<&str> {
    view.as_object().unwrap().keys().map(String::as_str).collect()
}

every_database! {
    /// Scene, login id and browser secret are three values of their own, never used twice.
    async fn log_01_three_values_never_the_same(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let mut seen = BTreeSet::new();
        for _ in 0..20 {
            let held = visitor.begin().await;
            let scene = visitor.scene(&held).await;
            assert_eq!((scene.len(), held.secret.len(), held.id.len()), (22, 43, 26));
            let base64url = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            assert!(base64url(&scene) && base64url(&held.secret) && held.id.starts_with("lgn_"));
            for value in [scene, held.secret.clone(), held.id.clone(), held.image_url.clone()] {
                assert!(seen.insert(value));
            }
        }
        house.close().await;
    }

    /// Whoever reads the whole database finds no secret in clear, at any stage.
    async fn log_01_a_dump_of_the_database_opens_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let js_code = visitor.js_code("ann").await;
        let scanned = visitor.try_scan(&visitor.scene(&held).await, &js_code).await;
        let companion = scanned.text("companion_token").to_owned();
        let mut dumps = db.dump().await;
        visitor.confirm(&companion).await;
        let code = visitor.post(&held, "complete").await.text("code").to_owned();
        dumps += &db.dump().await;
        let tokens = visitor.redeem(&code).await;
        dumps += &db.dump().await;
        let token = tokens.text("access_token").to_owned();
        assert!(dumps.contains(&held.id) && dumps.contains("access_tokens: "), "the dump is one");
        let bare = held.secret.as_str();
        for (what, secret) in [
            ("browser secret", bare), ("companion token", &companion), ("code", &code), ("access token", &token),
            ("client secret", CLIENT_SECRET), ("app secret", APP_SECRET), ("verifier", VERIFIER), ("js_code", &js_code),
        ] {
            assert!(!dumps.contains(secret), "the {what} stands in the database");
        }
        house.close().await;
    }

    /// T1: a code nobody scans lives 120 seconds, to the millisecond; after that nothing moves it.
    async fn log_02_a_code_lives_120_seconds(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let (held, scanned_late) = (visitor.begin().await, visitor.begin().await);
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("expires_at"), &view.json["expires_in"]), ("2027-01-15T08:02:00.000Z", &json!(120)));
        let (scene, late) = (visitor.scene(&held).await, visitor.scene(&scanned_late).await);
        advance(&house, 119_999);
        assert_eq!(visitor.stage(&held).await, "pending");
        assert_eq!(send(visitor.http.get(&held.image_url)).await.status, StatusCode::OK);
        assert_eq!(try_scan(&visitor, &late, "bob").await.status, StatusCode::OK);
        advance(&house, 1);
        assert_eq!(send(visitor.http.get(&held.image_url)).await.code(), "unknown_image");
        let scan = try_scan(&visitor, &scene, "ann").await;
        assert_eq!((scan.status, scan.code(), scan.text("stage")), (StatusCode::GONE, "login_ended", "expired"));
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), view.text("reason")), ("expired", "not_scanned_in_time"));
        assert_eq!(visitor.stage(&scanned_late).await, "scanned");
        house.close().await;
    }

    /// Scanned, it lives 300 seconds in all; a second scan lengthens nothing.
    async fn log_02_a_scanned_code_lives_300_seconds_in_all(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let (held, in_time) = (visitor.begin().await, visitor.begin().await);
        advance(&house, 100_000);
        let companion = visitor.scan(&held, "ann").await;
        let other = visitor.scan(&in_time, "bob").await;
        assert_eq!(visitor.read(&held, "").await.json["expires_in"], 200);
        advance(&house, 100_000);
        let again = visitor.scan(&held, "ann").await;
        assert_eq!(visitor.confirm(&companion).await.code(), "unknown_companion_token");
        assert_eq!(visitor.read(&held, "").await.text("expires_at"), "2027-01-15T08:05:00.000Z");
        advance(&house, 99_999);
        assert_eq!(visitor.confirm(&other).await.text("stage"), "confirmed");
        advance(&house, 1);
        let confirm = visitor.confirm(&again).await;
        assert_eq!((confirm.status, confirm.text("stage")), (StatusCode::GONE, "expired"));
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), view.text("reason")), ("expired", "not_confirmed_in_time"));
        house.close().await;
    }

    /// The confirmation adds 60 seconds for the website, however early it came.
    async fn log_02_a_confirmation_adds_60_seconds(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let (held, in_time) = (visitor.confirmed("ann").await, visitor.confirmed("bob").await);
        assert_eq!(visitor.read(&held, "").await.json["expires_in"], 360);
        advance(&house, 359_999);
        let (code, other) = (visitor.post(&held, "complete").await, visitor.post(&in_time, "complete").await);
        assert_eq!(visitor.redeem(other.text("code")).await.status, StatusCode::OK);
        advance(&house, 1);
        assert_eq!(visitor.redeem(code.text("code")).await.code(), "invalid_grant");
        let over = visitor.post(&held, "complete").await;
        assert_eq!((over.status, over.code(), over.text("stage")), (StatusCode::CONFLICT, "login_not_confirmed", "expired"));
        assert_eq!(visitor.read(&held, "").await.text("reason"), "not_redeemed_in_time");
        house.close().await;
    }

    /// A code lives 60 seconds, an access token 600.
    async fn log_02_codes_and_tokens_have_their_own_ends(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let held = visitor.confirmed("ann").await;
        let code = visitor.post(&held, "complete").await;
        advance(&house, 60_000);
        assert_eq!(visitor.redeem(code.text("code")).await.code(), "invalid_grant");
        let code = visitor.post(&held, "complete").await;
        advance(&house, 59_999);
        let tokens = visitor.redeem(code.text("code")).await;
        assert_eq!((tokens.status, &tokens.json["expires_in"]), (StatusCode::OK, &json!(600)));
        advance(&house, 599_999);
        assert_eq!(visitor.user_info(tokens.text("access_token")).await.status, StatusCode::OK);
        advance(&house, 1);
        assert_eq!(visitor.user_info(tokens.text("access_token")).await.code(), "invalid_token");
        house.close().await;
    }

    /// 16 decisions at once, yes and no and the browser's cancel: one wins and all agree on it.
    async fn log_03_sixteen_decisions_have_one_winner(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for _ in 0..10 {
            let held = visitor.begin().await;
            let companion = visitor.scan(&held, "ann").await;
            let start = tokio::sync::Barrier::new(16);
            let decisions = (0..16).map(|n| {
                let (visitor, held, companion, start) = (&visitor, &held, &companion, &start);
                async move {
                    start.wait().await;
                    match n % 3 {
                        0 => visitor.confirm(companion).await,
                        1 => visitor.companion("deny", &json!({"companion_token": companion})).await,
                        _ => visitor.post(held, "cancel").await,
                    }
                }
            });
            let answers = futures_util::future::join_all(decisions).await;
            let end = visitor.read(&held, "").await;
            let stage = end.text("stage");
            let told: BTreeSet<_> = answers.iter().map(|answer| answer.text("stage")).collect();
            // A confirmed Login may still be cancelled: then some were told of the first of the two.
            let one_winner = told.len() == 1 && told.contains(stage) && end.json["version"] == 3;
            let then_cancelled = stage == "cancelled" && end.json["version"] == 4 && told.contains("confirmed")
                && !told.contains("denied");
            assert!(one_winner || then_cancelled, "{told:?} {:?}", end.json);
            let ends = format!("SELECT detail AS line FROM audit_events WHERE action = 'login.ended' AND target = '{}'", held.id);
            assert_eq!(db.lines(&ends).await.len(), usize::from(stage != "confirmed"));
        }
        house.close().await;
    }

    /// 16 persons scan one code at once: at most one is let on, and it ends in conflict for all.
    async fn log_03_sixteen_persons_on_one_code_end_in_conflict(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let scene = visitor.scene(&held).await;
        let mut js_codes = Vec::new();
        for n in 0..16 {
            let (id, name) = (format!("person-{n}"), format!("Person {n}"));
            house.sandbox.add_person(saoma_sandbox::Person::new(&id, &name));
            js_codes.push(visitor.js_code(&id).await);
        }
        let scans = js_codes.iter().map(|js_code| visitor.try_scan(&scene, js_code));
        let answers = futures_util::future::join_all(scans).await;
        let let_on: Vec<_> = answers.iter().filter(|answer| answer.status == StatusCode::OK).collect();
        assert_eq!(let_on.len(), 1, "exactly one was the first");
        assert_eq!(visitor.confirm(let_on[0].text("companion_token")).await.text("stage"), "conflict");
        for answer in answers.iter().filter(|answer| answer.status != StatusCode::OK) {
            assert_eq!((answer.status, answer.text("stage")), (StatusCode::GONE, "conflict"));
        }
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), &view.json["version"]), ("conflict", &json!(3)));
        house.close().await;
    }

    /// 16 scans by one person at once: each is answered, and exactly one token is the newest.
    async fn log_03_sixteen_scans_by_one_person_leave_one_token(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let scene = visitor.scene(&held).await;
        let answers = futures_util::future::join_all((0..16).map(|_| try_scan(&visitor, &scene, "ann"))).await;
        assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
        assert_eq!(visitor.read(&held, "").await.json["version"], 17);
        let mut confirmed = 0;
        for answer in &answers {
            let decision = visitor.confirm(answer.text("companion_token")).await;
            confirmed += usize::from(decision.status == StatusCode::OK);
        }
        assert_eq!(confirmed, 1);
        assert!(visitor.finish(&held).await.starts_with("usr_"));
        house.close().await;
    }

    /// 16 pages of one browser complete at once: the newest code works, once.
    async fn log_03_sixteen_completions_leave_one_code(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.confirmed("ann").await;
        let answers = futures_util::future::join_all((0..16).map(|_| visitor.post(&held, "complete"))).await;
        let redeemed = answers.iter().map(|answer| visitor.redeem(answer.text("code")));
        let redeemed = futures_util::future::join_all(redeemed).await;
        assert_eq!(redeemed.iter().filter(|answer| answer.status == StatusCode::OK).count(), 1);
        house.close().await;
    }

    /// Until the website has redeemed, and after it, the browser learns the stage and nothing of the person.
    async fn log_08_the_browser_learns_only_the_stage(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        visitor.log_in("ann").await;
        let people = db.lines("SELECT subject || '|' || namespace AS line FROM identities").await;
        let (openid, namespace) = people[0].split_once('|').unwrap();
        let unionid = db.lines("SELECT value AS line FROM aliases").await.pop().unwrap();
        let user = db.lines("SELECT id AS line FROM users").await.pop().unwrap();
        let held = visitor.begin().await;
        let waiting = ["awaiting", "challenge", "expires_at", "expires_in", "login_id", "stage", "version"];
        let mut bodies = Vec::new();
        let pending = visitor.read(&held, "").await;
        assert_eq!(keys(&pending.json), BTreeSet::from(waiting));
        assert_eq!(keys(&pending.json["challenge"]), BTreeSet::from(["image_url", "type"]));
        bodies.push(pending);
        let companion = visitor.scan(&held, "ann").await;
        let scanned = visitor.read(&held, "").await;
        assert_eq!(keys(&scanned.json), BTreeSet::from(waiting));
        let (_, event) = EventStream::open(&visitor, &held, None).await.stage().await.unwrap();
        assert_eq!(keys(&event), BTreeSet::from(waiting));
        bodies.extend([scanned, visitor.post(&held, "complete").await]);
        let confirm = json!({"companion_token": companion, "nickname": "阿明"});
        bodies.push(visitor.companion("confirm", &confirm).await);
        let confirmed = visitor.read(&held, "").await;
        assert_eq!(keys(&confirmed.json), BTreeSet::from(["challenge", "expires_at", "expires_in", "login_id", "stage", "version"]));
        let completed = visitor.post(&held, "complete").await;
        assert_eq!(keys(&completed.json), BTreeSet::from(["code", "redirect_to", "type"]));
        bodies.extend([confirmed, completed.clone()]);
        for body in &bodies {
            let text = String::from_utf8_lossy(&body.bytes);
            for private in [openid, namespace, &unionid, &user, "阿明", "region"] {
                assert!(!text.contains(private), "{private} in {text}");
            }
        }
        let tokens = visitor.redeem(completed.text("code")).await;
        let info = visitor.user_info(tokens.text("access_token")).await;
        assert_eq!((info.text("sub"), info.text("name")), (user.as_str(), "阿明"));
        assert!(!String::from_utf8_lossy(&info.bytes).contains(openid));
        house.close().await;
    }

    /// T10: opening a Login's addresses in another browser attaches nobody and sets nothing.
    async fn log_10_a_shared_address_attaches_nobody(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let own = visitor.request(Method::POST, "/api/v1/logins").header("origin", &house.saoma);
        let begun = send(own.json(&Visitor::begin_body())).await;
        let held = Held::of(&begun);
        let location = begun.headers["location"].to_str().unwrap();
        assert_eq!(location, format!("{}/api/v1/logins/{}", house.saoma, held.id));
        let before = at_rest(db).await;
        // A link in a mail, a page of ours, another site: with and without a cookie of the victim's own.
        let theirs = format!("saoma-{}={}", house.saoma.rsplit(':').next().unwrap(), "A".repeat(43));
        for address in [location, &format!("{location}/events"), &format!("{location}/complete"), &held.image_url] {
            for site in ["none", "same-origin", "cross-site"] {
                for cookie in [None, Some(&theirs)] {
                    let mut request = visitor.http.get(address).header("sec-fetch-site", site);
                    if let Some(cookie) = cookie {
                        request = request.header("cookie", cookie);
                    }
                    let answer = send(request).await;
                    assert!(!answer.headers.contains_key("set-cookie"), "{address}");
                    assert!(answer.json.get("stage").is_none(), "{address} {:?}", answer.json);
                }
            }
        }
        assert_eq!(at_rest(db).await, before);
        house.close().await;
    }
}

/// All that is stored, but for the chain of the audit: what was written is linked a moment later.
async fn at_rest(db: &Database) -> String {
    let dump = db.dump().await;
    let lines =
        dump.lines().filter(|line| !line.starts_with("audit_links") && !line.starts_with("audit_heads"));
    lines.collect::<Vec<_>>().join("\n")
}
