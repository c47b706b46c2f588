//! The real binary, killed and stopped while somebody logs in by a service account or by WeChat's page:
//! what was answered holds, what was asked of WeChat is finished or ends, and nothing is asked twice.

use nix::sys::signal::Signal;
use reqwest::StatusCode;
use saoma_core::time::ManualClock;
use saoma_tests::database::Database;
use saoma_tests::events::EventStream;
use saoma_tests::every_database;
use saoma_tests::house::Plan;
use saoma_tests::inspect::{calls, clear_faults, fault, forget_calls};
use saoma_tests::installed::Installed;
use saoma_tests::phone::{Phone, link, parameter, said};
use saoma_tests::socket::Socket;
use saoma_tests::visitor::{Held, Visitor};
use saoma_tests::wait::eventually;
use saoma_tests::ways::{CHAT, SERVICE, WEBSITE, Way};
use saoma_tests::website::{code_at_website, come_back, confirmed_at_wechat, log_in, sent_on};
use serde_json::json;
use std::cell::Cell;

const SPENDS: &str = "/sns/oauth2/access_token";
/// A round of housekeeping begins this often.
const ROUND_SECONDS: i64 = 31;
/// Looks after which another round is due: some seconds, in which a vendor has answered.
const LOOKS_A_ROUND: u32 = 250;

async fn follower(visitor: &Visitor, way: &Way, person: &str) -> Phone {
    let phone = Phone::of(visitor, person);
    phone.already_follows(way).await;
    phone
}

/// A login whose person has sent back the number, killed while WeChat is still asked who that is.
async fn killed_while_it_asks(house: &mut Installed, db: &Database) -> (Held, String) {
    let visitor = house.visitor();
    let phone = follower(&visitor, &CHAT, "ann").await;
    let begun = visitor.try_begin(&Visitor::begin_body_for("chat")).await;
    let held = Held::of(&begun);
    phone.scan(held.code_text()).await;
    fault(&visitor, "/cgi-bin/user/info", &json!({"delay_ms": 4000}), Some(1)).await;
    let number = begun.text("number").to_owned();
    let told = phone.say(&CHAT, &number).await;
    assert!(said(&told).contains("已登录"), "{}", said(&told));
    let waiting = db.lines("SELECT stage AS line FROM logins WHERE asked_at IS NOT NULL").await;
    assert_eq!(waiting, ["scanned"], "the consent is in its row");
    assert_eq!(house.end(Signal::SIGKILL).await.code, None, "killed, not ended");
    (held, number)
}

/// Moves time on, round by round, until the Login has left this stage; gives the view.
async fn left(visitor: &Visitor, held: &Held, stage: &str, clock: &ManualClock) -> (String, String) {
    let looks = Cell::new(0_u32);
    eventually("housekeeping has seen to it", || async {
        let view = visitor.read(held, "").await;
        if view.text("stage") != stage {
            return Some((view.text("stage").to_owned(), view.text("reason").to_owned()));
        }
        if looks.get().is_multiple_of(LOOKS_A_ROUND) {
            clock.advance_seconds(ROUND_SECONDS);
        }
        looks.set(looks.get() + 1);
        None
    })
    .await
}

async fn users(db: &Database) -> usize {
    db.lines("SELECT id AS line FROM users").await.len()
}

every_database! {
    /// After a scan was answered with a link: the same link, the same page and the browser's stream go on.
    async fn a_scan_that_was_answered_survives_a_kill(db: &Database) {
        let mut house = Installed::open(db.url(), Plan::default()).await;
        let visitor = house.visitor();
        let (ann, bob) =
            (follower(&visitor, &SERVICE, "ann").await, follower(&visitor, &SERVICE, "bob").await);
        let (linked, opened) = (visitor.begin_by(&SERVICE).await, visitor.begin_by(&SERVICE).await);
        let address = link(&ann.scan(linked.code_text()).await);
        // Bob has come so far that his browser holds the proof.
        let bobs = bob.browser().await;
        let bobs_page = bobs.open(&link(&bob.scan(opened.code_text()).await), &visitor.saoma).await;
        assert_eq!(house.end(Signal::SIGKILL).await.code, None, "killed, not ended");
        house.start().await;
        let mut stream = EventStream::open(&visitor, &linked, Some(2)).await;
        let (id, view) = stream.stage().await.unwrap();
        assert_eq!((id, &view["stage"]), (2, &json!("scanned")));
        assert_eq!(link(&ann.scan(linked.code_text()).await), address, "a retried push gets the same link");
        let anns = ann.browser().await;
        let page = anns.open(&address, &visitor.saoma).await;
        for (browser, page) in [(&anns, &page), (&bobs, &bobs_page)] {
            assert_eq!(browser.press(page, "confirm").await.status, StatusCode::OK);
        }
        assert_eq!(stream.stage().await.unwrap().1["stage"], "confirmed");
        let user = visitor.finish(&linked).await;
        assert_eq!(stream.stage().await.unwrap().1["stage"], "redeemed");
        assert_eq!(visitor.log_in("ann").await, user);
        assert_ne!(visitor.finish(&opened).await, user);
        assert_eq!(house.end(Signal::SIGTERM).await.code, Some(0));
    }

    /// The phone was told "logged in" while WeChat was still asked who that is: the consent in its row is finished
    /// by whoever runs next, and the browser that waited is logged in.
    async fn a_consent_that_was_answered_is_finished_after_a_kill(db: &Database) {
        let mut house = Installed::open(db.url(), Plan::default()).await;
        let (held, number) = killed_while_it_asks(&mut house, db).await;
        let visitor = house.visitor();
        assert_eq!(users(db).await, 0);
        // At once it is as it was; the number, said again, is answered as before.
        house.start().await;
        let told = Phone::of(&visitor, "ann").say(&CHAT, &number).await;
        assert!(said(&told).contains("已登录"), "{}", said(&told));
        assert_eq!(visitor.stage(&held).await, "scanned");
        assert_eq!(house.end(Signal::SIGKILL).await.code, None);
        let (server, clock) = house.take_over().await;
        let ended = left(&visitor, &held, "scanned", &clock).await;
        assert_eq!(ended, ("confirmed".to_owned(), String::new()));
        let user = visitor.finish(&held).await;
        assert_eq!((visitor.log_in("ann").await, users(db).await), (user, 1), "the unionid was asked for");
        assert!(server.stop().await);
    }

    /// Likewise when WeChat does not tell: the login ends for that reason, it does not hang until its time is over.
    async fn a_consent_that_cannot_be_finished_ends(db: &Database) {
        let mut house = Installed::open(db.url(), Plan::default()).await;
        let (held, _) = killed_while_it_asks(&mut house, db).await;
        let visitor = house.visitor();
        clear_faults(&visitor).await;
        fault(&visitor, "/cgi-bin/user/info", &json!({"errcode": 48001}), None).await;
        let (server, clock) = house.take_over().await;
        let ended = left(&visitor, &held, "scanned", &clock).await;
        assert_eq!(ended, ("failed".to_owned(), "vendor_failed".to_owned()));
        assert_eq!(users(db).await, 0);
        assert!(server.stop().await);
    }

    /// Killed while WeChat's page is open, and after the website was sent its code: both go on.
    async fn a_redirect_survives_a_kill_before_and_after_its_callback(db: &Database) {
        let mut house = Installed::open(db.url(), Plan::default()).await;
        let visitor = house.visitor();
        let (before, after) = (visitor.begin_by(&WEBSITE).await, visitor.begin_by(&WEBSITE).await);
        let back = confirmed_at_wechat(&visitor, &before, "ann").await;
        let code = code_at_website(&visitor, &after, "bob").await;
        assert_eq!(house.end(Signal::SIGKILL).await.code, None, "killed, not ended");
        house.start().await;
        let theirs = parameter(&sent_on(&come_back(&visitor, &back).await), "code").unwrap();
        for (code, held) in [(theirs, &before), (code, &after)] {
            let tokens = visitor.redeem(&code).await;
            assert_eq!(tokens.status, StatusCode::OK, "{:?}", tokens.json);
            assert_eq!(visitor.stage(held).await, "redeemed");
        }
        assert_eq!(users(db).await, 2);
    }

    /// Killed between WeChat's answer to the code and ours to the browser: the code is spent, so the login cannot be
    /// saved. It says so, ends by itself, WeChat is not asked again, and the next one works.
    async fn a_callback_that_was_cut_off_asks_nobody_again(db: &Database) {
        let mut house = Installed::open(db.url(), Plan::default()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        fault(&visitor, "/sns/userinfo", &json!({"delay_ms": 4000}), Some(1)).await;
        let browser = visitor.http.get(back.as_str());
        let browser = tokio::spawn(async move { browser.send().await.is_err() });
        eventually("the code is spent", || async { (calls(&visitor, SPENDS).await == 1).then_some(()) }).await;
        assert_eq!(house.end(Signal::SIGKILL).await.code, None, "killed, not ended");
        assert!(browser.await.unwrap(), "nobody answered");
        house.start().await;
        // The person loads the address again.
        assert_eq!(come_back(&visitor, &back).await.status, StatusCode::CONFLICT);
        assert_eq!((calls(&visitor, SPENDS).await, visitor.stage(&held).await.as_str()), (1, "pending"));
        assert_eq!(users(db).await, 0);
        assert!(log_in(&visitor, "ann").await.text("sub").starts_with("usr_"));
        assert_eq!(house.end(Signal::SIGKILL).await.code, None);
        forget_calls(&visitor).await;
        let (server, clock) = house.take_over().await;
        let ended = left(&visitor, &held, "pending", &clock).await;
        assert_eq!(ended, ("failed".to_owned(), "vendor_failed".to_owned()));
        assert_eq!(come_back(&visitor, &back).await.status, StatusCode::CONFLICT);
        assert_eq!(calls(&visitor, SPENDS).await, 0, "it was spent once and is not sent again");
        assert!(server.stop().await);
    }

    /// REL-09: SIGTERM closes sockets as going away before the process ends, however many there are.
    async fn rel_09_sigterm_closes_sockets_as_going_away(db: &Database) {
        let mut house = Installed::open(db.url(), Plan::default()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let mut sockets = Vec::new();
        for _ in 0..200 {
            let mut socket = Socket::open(&visitor, &held).await;
            assert_eq!(socket.stage().await.unwrap().0, 1);
            sockets.push(socket);
        }
        let ended = house.end(Signal::SIGTERM).await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        for mut socket in sockets {
            assert_eq!(socket.stage().await, Err(Some(1001)));
        }
    }
}
