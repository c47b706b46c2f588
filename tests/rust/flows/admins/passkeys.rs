//! ADM-03, ADM-04: passkeys, made and used over real sockets by one in software.

use reqwest::StatusCode;
use saoma_tests::admin::{AdminBrowser, PASSWORD, Page, bootstrap, now};
use saoma_tests::authenticator::Authenticator;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use serde_json::Value;

type Fields<'a> = &'a [(&'a str, &'a str)];

async fn manual(db: &Database) -> House {
    House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await
}

/// What the page's script asks for first.
async fn begin(browser: &mut AdminBrowser, path: &str, fields: Fields<'_>) -> Value {
    let begun = browser.post(path, fields).await;
    serde_json::from_str(&begun.html).unwrap_or_else(|_| panic!("{path}: {}", begun.html))
}

async fn finish(
    browser: &mut AdminBrowser,
    path: &str,
    (begun, answer): (&Value, &str),
    more: Fields<'_>,
) -> Page {
    let ceremony = begun["ceremony"].as_str().unwrap_or_else(|| panic!("{begun}"));
    let mut fields = vec![("ceremony", ceremony), ("answer", answer)];
    fields.extend(more);
    browser.post(path, &fields).await
}

/// Follows a link to the end with a passkey in the place of an app.
async fn enrol(browser: &mut AdminBrowser, house: &House, name: &str) -> Authenticator {
    let path = format!("/enrol/{}", bootstrap(house).await);
    let mut key = Authenticator::new(&browser.base);
    let own = [("name", name), ("password", PASSWORD), ("passkey_name", "the key")];
    let begun = begin(browser, &format!("{path}/passkey"), &own).await;
    let answer = key.create(&begun["options"]);
    let done = finish(browser, &path, (&begun, &answer), &own).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.html);
    assert_eq!(done.html.matches("<li><code>").count(), 10, "{}", done.html);
    key
}

/// Adds one to an account whose holder has just shown who they are.
async fn add(browser: &mut AdminBrowser) -> Authenticator {
    let csrf = browser.csrf().await;
    let mut key = Authenticator::new(&browser.base);
    let begun = begin(browser, "/account/passkeys/begin", &[("csrf", &csrf)]).await;
    let answer = key.create(&begun["options"]);
    let more = [("csrf", csrf.as_str()), ("passkey_name", "我的手机")];
    let done = finish(browser, "/account/passkeys", (&begun, &answer), &more).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/account#passkeys"), "{}", done.html);
    key
}

async fn log_in(browser: &mut AdminBrowser, key: &mut Authenticator) -> Page {
    let begun = begin(browser, "/log-in/passkey/begin", &[]).await;
    let answer = key.answer(&begun["options"]);
    finish(browser, "/log-in/passkey", (&begun, &answer), &[("next", "/websites")]).await
}

async fn refusals(db: &Database) -> Vec<String> {
    let sql = "SELECT detail AS line FROM audit_events WHERE outcome = 'refused' ORDER BY at, id";
    db.lines(sql).await
}

/// Not in, told why, and written down.
async fn assert_refused(db: &Database, page: &Page, word: &str, said: &str) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{word}");
    assert!(page.html.contains(said), "{word}: {}", page.html);
    assert!(refusals(db).await.contains(&word.to_owned()), "{word}");
}

every_database! {
    async fn adm_03_a_passkey_takes_the_place_of_the_app(db: &Database) {
        let house = manual(db).await;
        let mut browser = AdminBrowser::new(&house);
        let mut key = enrol(&mut browser, &house, "ann").await;
        let mut other = AdminBrowser::new(&house);
        let inside = log_in(&mut other, &mut key).await;
        assert_eq!((inside.status, inside.location()), (StatusCode::SEE_OTHER, "/websites"), "{}", inside.html);
        assert_eq!(other.get("/websites").await.status, StatusCode::OK);
        assert!(other.get("/account").await.html.contains("the key"));
        // There is no app whose code would do.
        let by_code = AdminBrowser::new(&house).try_log_in("ann", PASSWORD, "000000").await;
        assert_eq!(by_code.status, StatusCode::UNPROCESSABLE_ENTITY);
        let kept = db.lines("SELECT totp AS line FROM admins").await;
        assert_eq!(kept, [""]);
        house.close().await;
    }

    async fn adm_04_a_key_that_names_nobody_answers_after_name_and_password(db: &Database) {
        let house = manual(db).await;
        let mut browser = AdminBrowser::new(&house);
        let mut key = enrol(&mut browser, &house, "ann").await;
        key.names_holder = false;
        let mut other = AdminBrowser::new(&house);
        assert_refused(db, &log_in(&mut other, &mut key).await, "passkey_unknown", "not known here").await;
        let wrong = begin(&mut other, "/log-in/passkey/begin", &[("name", "ann"), ("password", "another")]).await;
        assert_eq!(wrong["problem"], "wrong");
        let begun = begin(&mut other, "/log-in/passkey/begin", &[("name", "ann"), ("password", PASSWORD)]).await;
        assert_eq!(begun["options"]["publicKey"]["allowCredentials"].as_array().unwrap().len(), 1);
        let answer = key.answer(&begun["options"]);
        let inside = finish(&mut other, "/log-in/passkey", (&begun, &answer), &[]).await;
        assert_eq!(inside.status, StatusCode::SEE_OTHER, "{}", inside.html);
        house.close().await;
    }

    async fn adm_04_what_does_not_hold_lets_nobody_in(db: &Database) {
        let house = manual(db).await;
        let mut browser = AdminBrowser::new(&house);
        let mut key = enrol(&mut browser, &house, "ann").await;
        let mut other = AdminBrowser::new(&house);
        key.verifies = false;
        assert_refused(db, &log_in(&mut other, &mut key).await, "passkey_not_verified", "did not check").await;
        key.verifies = true;
        key.origin = "https://evil.example".to_owned();
        assert_refused(db, &log_in(&mut other, &mut key).await, "passkey_other_origin", "another address").await;
        key.origin.clone_from(&other.base);
        let mut stranger = Authenticator::new(&other.base);
        assert_refused(db, &log_in(&mut other, &mut stranger).await, "passkey_unknown", "not known here").await;
        // Too late.
        let begun = begin(&mut other, "/log-in/passkey/begin", &[]).await;
        let answer = key.answer(&begun["options"]);
        house.clock.as_ref().unwrap().advance_millis(300_000);
        let late = finish(&mut other, "/log-in/passkey", (&begun, &answer), &[]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.html.contains("longer than five minutes"), "{}", late.html);
        // Twice.
        let begun = begin(&mut other, "/log-in/passkey/begin", &[]).await;
        let answer = key.answer(&begun["options"]);
        let fields = (&begun, answer.as_str());
        assert_eq!(finish(&mut other, "/log-in/passkey", fields, &[]).await.status, StatusCode::SEE_OTHER);
        let mut thief = AdminBrowser::new(&house);
        let again = finish(&mut thief, "/log-in/passkey", fields, &[]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.html);
        // An old answer to a new question.
        let begun = begin(&mut thief, "/log-in/passkey/begin", &[]).await;
        let replayed = finish(&mut thief, "/log-in/passkey", (&begun, &answer), &[]).await;
        assert_refused(db, &replayed, "passkey_expired", "Press the button again").await;
        assert_eq!(thief.get("/websites").await.status, StatusCode::SEE_OTHER);
        house.close().await;
    }

    async fn adm_04_a_counter_that_goes_back_is_refused_and_written_down(db: &Database) {
        let house = manual(db).await;
        let mut browser = AdminBrowser::new(&house);
        let mut key = enrol(&mut browser, &house, "ann").await;
        key.counter = 7;
        assert_eq!(log_in(&mut browser, &mut key).await.status, StatusCode::SEE_OTHER);
        for before in [6, 7] {
            // It counts on by itself: to what was used, and to what is used now.
            key.counter = before;
            assert_refused(db, &log_in(&mut browser, &mut key).await, "passkey_counter_back", "counted backwards").await;
        }
        key.counter = 8;
        assert_eq!(log_in(&mut browser, &mut key).await.status, StatusCode::SEE_OTHER);
        house.close().await;
    }

    async fn adm_04_nobody_proves_themselves_by_somebody_elses_passkey(db: &Database) {
        let house = manual(db).await;
        let [mut ann, mut bob] = [(); 2].map(|()| AdminBrowser::new(&house));
        let mut key_of_ann = enrol(&mut ann, &house, "ann").await;
        let mut key_of_bob = enrol(&mut bob, &house, "bob").await;
        let csrf = ann.csrf().await;
        let begun = begin(&mut ann, "/prove/passkey/begin", &[("csrf", &csrf)]).await;
        let answer = key_of_bob.answer(&begun["options"]);
        let refused = finish(&mut ann, "/prove/passkey", (&begun, &answer), &[("csrf", &csrf)]).await;
        assert_refused(db, &refused, "passkey_unknown", "not known here").await;
        // A question of one session is not answered in another.
        let begun = begin(&mut ann, "/prove/passkey/begin", &[("csrf", &csrf)]).await;
        let (answer, csrf_of_bob) = (key_of_bob.answer(&begun["options"]), bob.csrf().await);
        let refused = finish(&mut bob, "/prove/passkey", (&begun, &answer), &[("csrf", &csrf_of_bob)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Rows that were swapped in the database do not open.
        let ids = db.lines("SELECT id AS line FROM admins ORDER BY name").await;
        let swap = format!("UPDATE admin_passkeys SET admin_id = CASE admin_id WHEN '{0}' THEN '{1}' ELSE '{0}' END", ids[0], ids[1]);
        db.raw().await.execute(&swap).await.unwrap();
        let begun = begin(&mut ann, "/log-in/passkey/begin", &[("name", "ann"), ("password", PASSWORD)]).await;
        assert_eq!(begun["problem"], "wrong", "what does not open is no passkey of hers");
        key_of_ann.names_holder = false;
        key_of_bob.names_holder = true;
        for key in [&mut key_of_ann, &mut key_of_bob] {
            assert_eq!(log_in(&mut ann, key).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        house.close().await;
    }

    async fn adm_04_a_fresh_proof_by_passkey_is_as_good_as_one_by_code(db: &Database) {
        let house = manual(db).await;
        let mut browser = AdminBrowser::new(&house);
        browser.enrol(&house, &bootstrap(&house).await, "ann").await;
        let mut key = add(&mut browser).await;
        house.clock.as_ref().unwrap().advance_millis(301_000);
        let csrf = browser.csrf().await;
        let late = begin(&mut browser, "/account/passkeys/begin", &[("csrf", &csrf)]).await;
        assert_eq!(late["go"], "/prove?next=%2Faccount");
        let begun = begin(&mut browser, "/prove/passkey/begin", &[("csrf", &csrf)]).await;
        let answer = key.answer(&begun["options"]);
        let more = [("csrf", csrf.as_str()), ("next", "/account")];
        let proven = finish(&mut browser, "/prove/passkey", (&begun, &answer), &more).await;
        assert_eq!((proven.status, proven.location()), (StatusCode::SEE_OTHER, "/account"), "{}", proven.html);
        let csrf = browser.csrf().await;
        let now_so = begin(&mut browser, "/account/passkeys/begin", &[("csrf", &csrf)]).await;
        assert!(now_so["ceremony"].is_string(), "{now_so}");
        house.close().await;
    }

    async fn adm_08_a_held_form_goes_on_once_it_is_proven_by_passkey(db: &Database) {
        let house = manual(db).await;
        let mut browser = AdminBrowser::new(&house);
        let mut key = enrol(&mut browser, &house, "ann").await;
        let csrf = browser.csrf().await;
        house.clock.as_ref().unwrap().advance_millis(301_000);
        let website = [
            ("csrf", csrf.as_str()), ("stack", "node"), ("name", "Typed & kept"), ("client_id", "own"),
            ("origin", "https://blog.example"), ("redirect_uri", "https://blog.example/cb"), ("provider.mini", "on"),
        ];
        let asked = browser.post("/websites/new", &website).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN);
        let (held, csrf) = (asked.hidden("held"), asked.hidden("csrf"));
        let begun = begin(&mut browser, "/prove/passkey/begin", &[("csrf", &csrf)]).await;
        let answer = key.answer(&begun["options"]);
        let more = [("csrf", csrf.as_str()), ("held", held.as_str())];
        let made = finish(&mut browser, "/websites/new", (&begun, &answer), &more).await;
        assert!(made.status == StatusCode::OK && made.html.contains("Typed &amp; kept"), "{}", made.html);
        assert_eq!(browser.get("/websites/own").await.status, StatusCode::OK);
        house.close().await;
    }

    async fn adm_03_the_last_second_factor_stays(db: &Database) {
        let house = manual(db).await;
        let mut browser = AdminBrowser::new(&house);
        enrol(&mut browser, &house, "ann").await;
        let page = browser.get("/account").await;
        let (csrf, first) = (page.hidden("csrf"), page.hidden("passkey"));
        let fields = [("csrf", csrf.as_str()), ("passkey", first.as_str())];
        let kept = browser.post("/account/passkeys/remove", &fields).await;
        assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(kept.html.contains("only second factor"), "{}", kept.html);
        let mut second = add(&mut browser).await;
        let gone = browser.post("/account/passkeys/remove", &fields).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.html);
        assert_eq!(db.lines("SELECT name AS line FROM admin_passkeys").await, ["我的手机"]);
        assert_eq!(log_in(&mut AdminBrowser::new(&house), &mut second).await.status, StatusCode::SEE_OTHER);
        let told = db.lines("SELECT action AS line FROM audit_events WHERE action LIKE 'admin.passkey%' ORDER BY at, id").await;
        assert_eq!(told.len(), 2, "{told:?}");
        house.close().await;
    }

    async fn adm_04_owners_who_need_a_passkey_add_one_first_and_then_use_it(db: &Database) {
        let extra_toml = "[admin]\nowners_need_passkeys = true\n".to_owned();
        let house = House::planned(db.url(), Plan { manual_clock: true, extra_toml, ..Plan::default() }).await;
        let mut browser = AdminBrowser::new(&house);
        let proofs = browser.enrol(&house, &bootstrap(&house).await, "ann").await;
        let led = browser.get("/websites").await;
        assert_eq!((led.status, led.location()), (StatusCode::SEE_OTHER, "/account#passkeys"));
        let account = browser.get("/account").await;
        assert!(account.html.contains("Add one now"), "{}", account.html);
        let csrf = account.hidden("csrf");
        let call = browser.call(reqwest::Method::GET, "/clients", &csrf);
        assert_eq!(saoma_tests::admin::answer(call).await.code(), "passkey_required");
        let mut key = add(&mut browser).await;
        assert_eq!(browser.get("/websites").await.status, StatusCode::OK);
        let mine = browser.get("/account").await.hidden("passkey");
        let kept = browser.post("/account/passkeys/remove", &[("csrf", &csrf), ("passkey", &mine)]).await;
        assert!(kept.html.contains("Owners need a passkey here"), "{}", kept.html);
        house.clock.as_ref().unwrap().advance_millis(60_000);
        let mut other = AdminBrowser::new(&house);
        let by_code = other.try_log_in("ann", PASSWORD, &proofs.code_at(now(&house))).await;
        assert_refused(db, &by_code, "passkey_needed", "Owners log in by passkey").await;
        assert_eq!(log_in(&mut other, &mut key).await.status, StatusCode::SEE_OTHER);
        let by_paper = other.try_log_in("ann", PASSWORD, &proofs.recovery_codes[0]).await;
        assert_eq!(by_paper.status, StatusCode::SEE_OTHER, "who has lost the key is not shut out");
        house.close().await;
    }

    async fn a_renewal_takes_the_passkeys_away(db: &Database) {
        let house = manual(db).await;
        let mut browser = AdminBrowser::new(&house);
        let mut key = enrol(&mut browser, &house, "ann").await;
        let link = house.server().parts().admins().bootstrap(Some(&"ann".parse().unwrap())).await.unwrap().unwrap();
        browser.enrol(&house, link.expose(), "ann").await;
        assert_eq!(log_in(&mut AdminBrowser::new(&house), &mut key).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let kept = db.lines("SELECT name AS line FROM admins WHERE passkeys = 0").await;
        assert_eq!(kept, ["ann"]);
        house.close().await;
    }
}
