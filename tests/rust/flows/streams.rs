//! Following a Login: server-sent events and the long poll.

use reqwest::{Method, StatusCode};
use saoma_core::time::ManualClock;
use saoma_tests::database::Database;
use saoma_tests::events::EventStream;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use serde_json::json;
use std::future::Future;
use std::sync::Arc;

async fn timed_house(db: &Database) -> (House, Arc<ManualClock>) {
    let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
    let clock = Arc::clone(house.clock.as_ref().unwrap());
    (house, clock)
}

async fn events(visitor: &Visitor, held: &Held, last_event_id: &str) -> Answer {
    let path = format!("/api/v1/logins/{}/events", held.id);
    let request = visitor.request(Method::GET, &path).bearer_auth(&held.secret);
    send(request.header("last-event-id", last_event_id)).await
}

/// Moves the time second by second until the answer is there; says after how many seconds it was.
async fn seconds_until<T>(clock: &ManualClock, answer: impl Future<Output = T>) -> (i64, T) {
    let mut answer = std::pin::pin!(answer);
    for second in 0..1000 {
        // An answer that is due comes sooner; one that is late is seen a few seconds too late.
        let due = tokio::time::timeout(std::time::Duration::from_millis(50), answer.as_mut()).await;
        match due {
            Ok(answer) => return (second, answer),
            Err(_) => clock.advance_seconds(1),
        }
    }
    panic!("no answer in a thousand seconds");
}

every_database! {
    /// The current state first, then each change under its version, and the end closes the stream.
    async fn a_stream_tells_every_stage_and_ends(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let mut stream = EventStream::open(&visitor, &held, None).await;
        assert_eq!(stream.frames.response.status(), StatusCode::OK);
        let headers = stream.frames.response.headers();
        assert_eq!(headers["content-type"], "text/event-stream");
        assert_eq!(headers["x-accel-buffering"], "no");
        assert_eq!(stream.next().await.unwrap().0, ["retry: 2000"]);
        let first = stream.next().await.unwrap();
        assert_eq!((first.field("id"), first.field("event")), (Some("1"), Some("stage")));
        let view: serde_json::Value = serde_json::from_str(first.field("data").unwrap()).unwrap();
        assert_eq!((&view["stage"], &view["awaiting"]), (&json!("pending"), &json!("scan")));
        assert!(view.get("browser_secret").is_none());
        let companion = visitor.scan(&held, "ann").await;
        let (id, view) = stream.stage().await.unwrap();
        assert_eq!((id, &view["stage"], &view["awaiting"]), (2, &json!("scanned"), &json!("phone")));
        visitor.confirm(&companion).await;
        let (id, view) = stream.stage().await.unwrap();
        assert_eq!((id, &view["stage"], view.get("awaiting")), (3, &json!("confirmed"), None));
        // The event is the same document that a read gives.
        assert_eq!(view["version"], visitor.read(&held, "").await.json["version"]);
        visitor.finish(&held).await;
        let (id, view) = stream.stage().await.unwrap();
        assert_eq!((id, &view["stage"]), (4, &json!("redeemed")));
        assert_eq!(stream.next().await, None);
        house.close().await;
    }

    /// REL-06: a reader that connects again goes on where it was; one that has the end gets 204.
    async fn rel_06_a_reader_resumes_and_stops_at_the_end(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let companion = visitor.scan(&held, "ann").await;
        // It missed version 2, or it has it: the current state comes in both cases.
        for last in [Some(1), Some(2), Some(99), Some(-1)] {
            let mut stream = EventStream::open(&visitor, &held, last).await;
            assert_eq!(stream.stage().await.unwrap().0, 2, "{last:?}");
        }
        let mut stream = EventStream::open(&visitor, &held, Some(2)).await;
        assert_eq!(stream.stage().await.unwrap().0, 2);
        visitor.companion("deny", &json!({"companion_token": companion})).await;
        let (id, view) = stream.stage().await.unwrap();
        assert_eq!((id, &view["stage"], &view["reason"]), (3, &json!("denied"), &json!("declined_on_phone")));
        assert_eq!(stream.next().await, None);
        let mut late = EventStream::open(&visitor, &held, Some(2)).await;
        assert_eq!(late.stage().await.unwrap().0, 3);
        assert_eq!(late.next().await, None);
        for last in ["3", "4"] {
            let over = events(&visitor, &held, last).await;
            assert_eq!((over.status, over.bytes.len()), (StatusCode::NO_CONTENT, 0), "{last}");
        }
        let wrong = events(&visitor, &held, "three").await;
        assert_eq!((wrong.status, wrong.code()), (StatusCode::BAD_REQUEST, "invalid_parameter"));
        house.close().await;
    }

    /// Several readers of one Login all hear of the end.
    async fn every_reader_hears_of_a_change(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let mut streams = Vec::new();
        for _ in 0..20 {
            let mut stream = EventStream::open(&visitor, &held, None).await;
            assert_eq!(stream.stage().await.unwrap().0, 1);
            streams.push(stream);
        }
        assert_eq!(visitor.post(&held, "cancel").await.text("stage"), "cancelled");
        for mut stream in streams {
            assert_eq!(stream.stage().await.unwrap().1["stage"], "cancelled");
            assert_eq!(stream.next().await, None);
        }
        house.close().await;
    }

    /// Expiry arrives by itself: nobody calls anything, the time comes.
    async fn expiry_arrives_by_itself(db: &Database) {
        let (house, clock) = timed_house(db).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let mut stream = EventStream::open(&visitor, &held, None).await;
        assert_eq!(stream.stage().await.unwrap().1["expires_in"], 120);
        clock.advance_millis(119_999);
        assert_eq!(visitor.stage(&held).await, "pending");
        clock.advance_millis(1);
        let (id, view) = stream.stage().await.unwrap();
        assert_eq!((id, &view["stage"], &view["reason"]), (2, &json!("expired"), &json!("not_scanned_in_time")));
        assert_eq!(stream.next().await, None);
        house.close().await;
    }

    /// A quiet stream is kept open by comments.
    async fn a_quiet_stream_has_a_heartbeat(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let mut stream = EventStream::open(&visitor, &held, None).await;
        stream.stage().await.unwrap();
        assert_eq!(stream.next().await.unwrap().0, [":"]);
        house.close().await;
    }

    /// The long poll answers at the change, not at the end of the wait.
    async fn a_long_poll_wakes_on_a_change(db: &Database) {
        let (house, _standing_still) = timed_house(db).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let scene = visitor.scene(&held).await;
        let js_code = visitor.js_code("ann").await;
        let (answer, _) = tokio::join!(visitor.read(&held, "?after_version=1&wait=25"), visitor.try_scan(&scene, &js_code));
        assert_eq!((answer.text("stage"), &answer.json["version"]), ("scanned", &json!(2)));
        // What is newer already is told at once.
        assert_eq!(visitor.read(&held, "?after_version=1&wait=25").await.json["version"], 2);
        assert_eq!(visitor.read(&held, "?after_version=2").await.json["version"], 2);
        assert_eq!(visitor.read(&held, "?wait=25").await.json["version"], 2);
        visitor.post(&held, "cancel").await;
        assert_eq!(visitor.read(&held, "?after_version=99&wait=25").await.text("stage"), "cancelled");
        house.close().await;
    }

    /// At the end of the wait, 25 s at most, it answers with what is.
    async fn a_long_poll_answers_unchanged_at_the_end_of_its_wait(db: &Database) {
        let (house, clock) = timed_house(db).await;
        let visitor = house.visitor();
        // No later than the next bound: the usual most, and the Login's own end.
        for (query, least, most) in [("?after_version=1&wait=7", 7, 24), ("?after_version=1&wait=4000000000", 25, 119)] {
            let held = visitor.begin().await;
            let (seconds, answer) = seconds_until(&clock, visitor.read(&held, query)).await;
            assert_eq!((answer.status, answer.text("stage"), &answer.json["version"]), (StatusCode::OK, "pending", &json!(1)));
            assert!((least..=most).contains(&seconds), "{query}: {seconds} s");
        }
        let held = visitor.begin().await;
        for wrong in ["?wait=-1", "?wait=x", "?after_version=x"] {
            let answer = visitor.read(&held, wrong).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "invalid_parameter"), "{wrong}");
        }
        house.close().await;
    }

    /// A long poll sees the expiry that comes while it waits.
    async fn a_long_poll_tells_of_the_expiry(db: &Database) {
        let (house, clock) = timed_house(db).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        clock.advance_seconds(110);
        let (seconds, answer) = seconds_until(&clock, visitor.read(&held, "?after_version=1&wait=25")).await;
        assert_eq!((answer.text("stage"), answer.text("reason")), ("expired", "not_scanned_in_time"));
        assert!((10..25).contains(&seconds), "{seconds} s");
        house.close().await;
    }

    /// LOG-16: the API works by polling alone, from the begin to the user.
    async fn log_16_a_login_works_by_polling_alone(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let phone = async {
            let companion = visitor.scan(&held, "ann").await;
            visitor.confirm(&companion).await;
        };
        let page = async {
            let mut version = 1;
            loop {
                let view = visitor.read(&held, &format!("?after_version={version}&wait=5")).await;
                version = view.json["version"].as_i64().unwrap();
                if view.text("stage") == "confirmed" {
                    return visitor.finish(&held).await;
                }
            }
        };
        let ((), user) = tokio::join!(phone, page);
        assert!(user.starts_with("usr_"));
        house.close().await;
    }
}
