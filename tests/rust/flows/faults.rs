//! WeChat in trouble, on the real clock: each fault ends in the right problem in time, leaves
//! no more than a note for the admin, and is over when it is over.

use saoma_core::logbook::{Attempt, LogbookQuery, LoginFilter, Passed};
use saoma_core::login::{Reason, Stage};
use saoma_core::page::PageRequest;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::inspect::{
    assert_documented, calls, clear_faults, document, fault, forget_calls, revoke_tokens, rows,
};
use saoma_tests::program::Program;
use saoma_tests::visitor::{Answer, Visitor, send};
use saoma_tests::wait::eventually;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CODE: &str = "/wxa/getwxacodeunlimit";
const TOKEN: &str = "/cgi-bin/stable_token";
const SESSION: &str = "/sns/jscode2session";
/// Nobody looks at a page that does nothing for longer.
const PATIENCE: Duration = Duration::from_secs(6);

/// Which call fails, how, and what the caller is told.
type Case = (&'static str, Value, u16, &'static str);

fn begin_faults() -> Vec<Case> {
    let code = |code: i64| json!({"errcode": code});
    vec![
        (CODE, code(41030), 502, "vendor_misconfigured"),
        (CODE, code(45009), 429, "vendor_quota"),
        (CODE, code(-1), 503, "vendor_unavailable"),
        (CODE, code(40001), 503, "vendor_unavailable"),
        (CODE, code(123_456), 503, "vendor_unavailable"),
        (CODE, json!({"status": 500}), 503, "vendor_unavailable"),
        (CODE, json!({"status": 502}), 503, "vendor_unavailable"),
        (CODE, json!("reset_after_commit"), 503, "vendor_unavailable"),
        (CODE, json!("garbage"), 503, "vendor_unavailable"),
        (CODE, json!({"delay_ms": 10_000}), 504, "vendor_timeout"),
        (TOKEN, code(40164), 502, "vendor_misconfigured"),
        (TOKEN, code(40125), 502, "vendor_misconfigured"),
        (TOKEN, code(40013), 502, "vendor_misconfigured"),
        (TOKEN, code(45009), 429, "vendor_quota"),
        (TOKEN, code(-1), 503, "vendor_unavailable"),
        (TOKEN, json!({"status": 503}), 503, "vendor_unavailable"),
        (TOKEN, json!("reset_after_commit"), 503, "vendor_unavailable"),
        (TOKEN, json!("garbage"), 503, "vendor_unavailable"),
        (TOKEN, json!({"delay_ms": 10_000}), 504, "vendor_timeout"),
    ]
}

fn scan_faults() -> Vec<Case> {
    let code = |code: i64| json!({"errcode": code});
    vec![
        (SESSION, code(40029), 422, "js_code_invalid"),
        (SESSION, code(40163), 422, "js_code_invalid"),
        (SESSION, code(40226), 403, "user_refused"),
        (SESSION, code(45011), 429, "vendor_quota"),
        (SESSION, code(40125), 502, "vendor_misconfigured"),
        (SESSION, code(-1), 503, "vendor_unavailable"),
        (SESSION, json!({"status": 500}), 503, "vendor_unavailable"),
        (SESSION, json!("reset_after_commit"), 503, "vendor_unavailable"),
        (SESSION, json!("garbage"), 503, "vendor_unavailable"),
        (SESSION, json!({"delay_ms": 10_000}), 504, "vendor_timeout"),
    ]
}

/// The visitor reads what to do, never what the vendor said.
fn assert_answer(case: &Case, answer: &Answer, began: Instant, path: &str, document: &Value) {
    let (call, kind, status, code) = case;
    let took = began.elapsed();
    assert_eq!((answer.status.as_u16(), answer.code()), (*status, *code), "{call} {kind}");
    assert!(took < PATIENCE, "{call} {kind} took {took:?}");
    assert_eq!(answer.headers.contains_key("retry-after"), matches!(status, 429 | 503), "{call} {kind}");
    assert_documented(document, "POST", path, answer);
    let body = String::from_utf8(answer.bytes.to_vec()).unwrap();
    let vendors_words =
        [kind["errcode"].to_string(), "rid".to_owned(), "AppSecret".to_owned(), "errcode".to_owned()];
    for word in vendors_words.iter().filter(|word| *word != "null" && *word != "-1") {
        assert!(!body.contains(word.as_str()), "{call} {kind}: {body}");
    }
}

/// The newest attempt, as an admin reads it.
async fn newest(house: &House) -> Attempt {
    let everything = LogbookQuery { filter: LoginFilter::default(), within: None };
    let logbook = &house.server().parts().stores.logbook;
    logbook.list_attempts(&everything, &PageRequest::first(1)).await.unwrap().items.remove(0)
}

/// What the vendor's part failed at is kept for the admin, with the vendor's own code if it spoke.
fn assert_told(case: &Case, attempt: &Attempt) {
    let (call, kind, _, problem) = case;
    let answer = attempt.vendor_answer.as_ref().unwrap();
    assert_eq!(answer.problem, *problem, "{call} {kind}");
    assert_eq!(answer.code, kind["errcode"].as_i64(), "{call} {kind}");
    assert_eq!(
        (answer.meaning.is_some(), answer.cure.is_some()),
        (answer.code.is_some(), answer.code.is_some())
    );
}

every_database! {
    /// A begin while WeChat fails.
    async fn a_begin_ends_in_the_right_problem_and_the_next_one_works(db: &Database) {
        let house = House::open(db.url()).await;
        let (visitor, document) = (house.visitor(), document());
        for case in begin_faults() {
            let before = rows(db).await;
            // A failed token call is remembered for a second, so that nobody storms the vendor.
            if case.0 == TOKEN {
                revoke_tokens(&visitor).await;
            }
            fault(&visitor, case.0, &case.1, None).await;
            let began = Instant::now();
            let answer = visitor.try_begin(&Visitor::begin_body()).await;
            assert_answer(&case, &answer, began, "/api/v1/logins", &document);
            // The attempt is kept as one that failed, with its row in the audit, and nothing else.
            let mut expected = before;
            for table in ["logins", "audit_events"] {
                let count = expected[table].parse::<u64>().unwrap() + 1;
                expected.insert(table, count.to_string());
            }
            assert_eq!(rows(db).await, expected, "{} {}", case.0, case.1);
            let attempt = newest(&house).await;
            assert_eq!((attempt.stage, attempt.reason), (Stage::Failed, Some(Reason::VendorFailed)));
            assert_told(&case, &attempt);
            clear_faults(&visitor).await;
            works_again(&visitor).await;
        }
        house.close().await;
    }

    /// A scan while WeChat fails: the Login waits on, and the next scan of it counts.
    async fn a_scan_ends_in_the_right_problem_and_the_next_one_works(db: &Database) {
        let house = House::open(db.url()).await;
        let (visitor, document) = (house.visitor(), document());
        let held = visitor.begin().await;
        let scene = visitor.scene(&held).await;
        let before = rows(db).await;
        for case in scan_faults() {
            fault(&visitor, case.0, &case.1, None).await;
            let js_code = visitor.js_code("ann").await;
            let began = Instant::now();
            let answer = visitor.try_scan(&scene, &js_code).await;
            assert_answer(&case, &answer, began, "/api/v1/companion/scan", &document);
            assert_eq!(rows(db).await, before, "{} {}", case.0, case.1);
            assert_eq!(visitor.stage(&held).await, "pending");
            assert_told(&case, &newest(&house).await);
            clear_faults(&visitor).await;
        }
        let token = visitor.scan(&held, "ann").await;
        assert_eq!(visitor.confirm(&token).await.status, 200);
        let attempt = newest(&house).await;
        let steps: Vec<Passed> = attempt.timeline().into_iter().map(|moment| moment.what).collect();
        // Of all that WeChat said the newest few are kept.
        let mut expected = vec![Passed::Begun, Passed::Shown];
        expected.extend([Passed::VendorAnswered; 5]);
        expected.extend([Passed::Scanned, Passed::Confirmed]);
        assert_eq!(steps, expected);
        house.close().await;
    }

    /// "System busy" passes by itself: two refusals, then an answer, and nobody notices.
    async fn busy_is_tried_again(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for path in [TOKEN, CODE, SESSION] {
            fault(&visitor, path, &json!({"errcode": -1}), Some(2)).await;
        }
        let held = visitor.begin().await;
        let token = visitor.scan(&held, "ann").await;
        assert_eq!(visitor.confirm(&token).await.status, 200);
        for path in [TOKEN, CODE, SESSION] {
            assert_eq!(calls(&visitor, path).await, 3, "{path}");
        }
        house.close().await;
    }

    /// All at once find their token dead; one fetches the next.
    async fn a_revoked_token_under_200_begins_costs_one_refresh(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        visitor.begin().await;
        forget_calls(&visitor).await;
        revoke_tokens(&visitor).await;
        let begins = (0..200).map(|_| {
            let visitor = visitor.clone();
            async move { visitor.try_begin(&Visitor::begin_body()).await.status.as_u16() }
        });
        let statuses = futures_util::future::join_all(begins).await;
        assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
        assert_eq!(calls(&visitor, TOKEN).await, 1);
        house.close().await;
    }
}

/// Begins until one succeeds: at once, or after the second that a failed token call is remembered.
async fn works_again(visitor: &Visitor) {
    let look = || async { (visitor.try_begin(&Visitor::begin_body()).await.status == 201).then_some(()) };
    eventually("a begin after the fault", look).await;
}

/// The admin reads the vendor's code and its cure, in the log of the real binary.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_the_admin_the_vendors_code_and_its_cure() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(&["demo", "--port", "0", "--json"], folder.path());
    let (program, line) = tokio::task::spawn_blocking(move || {
        let line = program.first_line();
        (program, line)
    })
    .await
    .unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let address = |name: &str| told[name].as_str().unwrap().to_owned();
    let visitor = Visitor::new(&address("saoma"), &address("sandbox"));
    fault(
        &visitor,
        TOKEN,
        &json!({"errcode": 40164, "errmsg": "invalid ip 9.8.7.6, not in whitelist"}),
        None,
    )
    .await;
    let mut body = Visitor::begin_body();
    body["redirect_uri"] = format!("{}/callback", address("shop")).into();
    let begin = visitor.request(reqwest::Method::POST, "/api/v1/logins").header("origin", address("shop"));
    let answer = send(begin.json(&body)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (502, "vendor_misconfigured"));
    let seen = String::from_utf8(answer.bytes.to_vec()).unwrap();
    let (code, log) = tokio::task::spawn_blocking(move || program.stop()).await.unwrap();
    assert_eq!(code, Some(0), "{log}");
    for word in ["40164", "9.8.7.6", "Add the address named here to the IP list"] {
        assert!(log.contains(word), "{word} is not in the log: {log}");
        assert!(!seen.contains(word), "{word} is told to visitors: {seen}");
    }
    assert!(!log.contains("5a0a0a0a5a0a0a0a"), "the log holds the AppSecret");
}
