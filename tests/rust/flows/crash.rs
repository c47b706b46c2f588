//! The real binary, killed and stopped in the middle: what was written holds, what runs is finished.

use nix::sys::signal::Signal;
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::events::EventStream;
use saoma_tests::every_database;
use saoma_tests::house::Plan;
use saoma_tests::installed::Installed;
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use saoma_tests::wait::eventually;
use serde_json::json;
use std::time::{Duration, Instant};

/// The vendor answers the next code picture late.
async fn delay_next_code(visitor: &Visitor, millis: u64) {
    let fault = json!({"path": "/wxa/getwxacodeunlimit", "kind": {"delay_ms": millis}, "times": 1});
    let answer =
        send(visitor.http.post(format!("{}/_sandbox/v1/faults", visitor.sandbox)).json(&fault)).await;
    assert!(answer.status.is_success(), "{:?}", answer.json);
}

/// Returns once the vendor has given the app token: a first begin is then at its picture.
async fn first_begin_is_under_way(visitor: &Visitor) {
    eventually("the begin reaches the vendor", || async {
        let calls = send(visitor.http.get(format!("{}/_sandbox/v1/calls", visitor.sandbox))).await;
        calls.json["counts"].get("/cgi-bin/stable_token").map(|_| ())
    })
    .await;
}

every_database! {
    /// `kill -9` between scan and confirm: the same browser finishes after the restart.
    async fn a_login_survives_a_kill_between_scan_and_confirm(db: &Database) {
        let mut house = Installed::open(db.url(), Plan::default()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let companion = visitor.scan(&held, "ann").await;
        let killed = house.end(Signal::SIGKILL).await;
        assert_eq!(killed.code, None, "killed, not ended");
        house.start().await;
        assert_eq!(visitor.stage(&held).await, "scanned");
        // The browser follows again from what it had; the phone goes on with its token.
        let mut stream = EventStream::open(&visitor, &held, Some(2)).await;
        assert_eq!(stream.stage().await.unwrap().0, 2);
        assert_eq!(visitor.confirm(&companion).await.text("stage"), "confirmed");
        assert_eq!(stream.stage().await.unwrap().1["stage"], "confirmed");
        let user = visitor.finish(&held).await;
        assert_eq!(visitor.log_in("ann").await, user);
        assert_eq!(house.end(Signal::SIGTERM).await.code, Some(0));
    }

    /// `kill -9` before the scan: the picture is drawn again, its scene is the same.
    async fn a_code_survives_a_kill_before_it_is_scanned(db: &Database) {
        let mut house = Installed::open(db.url(), Plan::default()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let scene = visitor.scene(&held).await;
        house.end(Signal::SIGKILL).await;
        house.start().await;
        assert_eq!(visitor.scene(&held).await, scene);
        visitor.confirm(&visitor.scan(&held, "ann").await).await;
        assert!(visitor.finish(&held).await.starts_with("usr_"));
    }

    /// `kill -9` after the confirmation: a code given before it is good, another can be had after it.
    async fn a_login_survives_a_kill_between_confirm_and_redeem(db: &Database) {
        let mut house = Installed::open(db.url(), Plan::default()).await;
        let visitor = house.visitor();
        let (with_code, without) = (visitor.confirmed("ann").await, visitor.confirmed("bob").await);
        let code = visitor.post(&with_code, "complete").await.text("code").to_owned();
        house.end(Signal::SIGKILL).await;
        house.start().await;
        let tokens = visitor.redeem(&code).await;
        assert_eq!(tokens.status, StatusCode::OK, "{:?}", tokens.json);
        assert_eq!(visitor.redeem(&code).await.code(), "invalid_grant");
        assert_eq!(visitor.stage(&without).await, "confirmed");
        let token = visitor.access_token(&without).await;
        // What was redeemed is redeemed, and its token lives on.
        house.end(Signal::SIGKILL).await;
        house.start().await;
        assert_eq!(visitor.stage(&without).await, "redeemed");
        assert!(visitor.user_info(&token).await.text("sub").starts_with("usr_"));
        assert_eq!(visitor.user_info(tokens.text("access_token")).await.code(), "invalid_token");
    }

    /// REL-09: SIGTERM ends streams and long polls, finishes a begin in flight, and exits with 0.
    async fn rel_09_sigterm_ends_streams_and_finishes_what_is_in_flight(db: &Database) {
        let limits_toml = "[limits]\nstreams_per_address = 4\nbegins = 0\nreads = 0\n".to_owned();
        let plan = Plan { limits_toml: Some(limits_toml), ..Plan::default() };
        let mut house = Installed::open(db.url(), plan).await;
        let visitor = house.visitor();
        delay_next_code(&visitor, 1500).await;
        let slow = visitor.clone();
        let begin = tokio::spawn(async move { slow.try_begin(&Visitor::begin_body()).await });
        first_begin_is_under_way(&visitor).await;
        let held = visitor.begin().await;
        let mut streams = Vec::new();
        for _ in 0..3 {
            let mut stream = EventStream::open(&visitor, &held, None).await;
            stream.stage().await.unwrap();
            streams.push(stream);
        }
        let (poller, polled) = (visitor.clone(), held.clone());
        let poll = tokio::spawn(async move {
            eventually("a place for the poll", || async {
                let answer = poller.read(&polled, "?after_version=1&wait=25").await;
                (answer.status != StatusCode::TOO_MANY_REQUESTS).then_some(answer)
            })
            .await
        });
        // With the poll all four places are taken; a look that comes before it takes one for a second.
        let refused = |answer: &Answer| answer.status == StatusCode::TOO_MANY_REQUESTS;
        eventually("the poll waits", || async {
            refused(&visitor.read(&held, "?after_version=1&wait=1").await).then_some(())
        })
        .await;
        let asked = Instant::now();
        let ended = house.end(Signal::SIGTERM).await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
        for mut stream in streams {
            assert_eq!(stream.next().await, None, "a stream ends without an event");
        }
        let begun = Held::of(&begin.await.unwrap());
        assert!(!ended.stderr.contains("did not end in time"), "{}", ended.stderr);
        let polled = poll.await.unwrap();
        assert_eq!((polled.status, polled.text("stage")), (StatusCode::OK, "pending"));
        // Nothing is lost: both go on after the start.
        house.start().await;
        for login in [&held, &begun] {
            visitor.confirm(&visitor.scan(login, "ann").await).await;
            assert!(visitor.finish(login).await.starts_with("usr_"));
        }
    }
}
