//! PSH-08, PSH-02: at the most talkative level the log of the real binary holds no query of a push, no
//! path secret, no openid and nothing that was sent; and it warns of what is not safe.

use super::steps::{begin, scene, until};
use nix::sys::signal::Signal;
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::Plan;
use saoma_tests::installed::Installed;
use saoma_tests::letter::{Letter, Writer, now_outside};
use saoma_tests::phone::Phone;
use saoma_tests::visitor::{Visitor, send};
use saoma_tests::ways::{CHAT, COMPATIBLE, PLAIN, PUSH_AES_KEY, PUSH_PATH_SECRET, PUSH_TOKEN, SERVICE};
use std::collections::BTreeSet;

const ECHO: &str = "canary-echo-4375120948345356249";
const OPENID: &str = "oCanaryOpenidOfSomebody";

/// Sends it, and remembers all that was in its query and body.
async fn send_and_note(visitor: &Visitor, letter: &Letter, canaries: &mut BTreeSet<String>) -> StatusCode {
    for (name, value) in &letter.query {
        if !["encrypt_type", "x"].contains(&name.as_str()) {
            canaries.insert(value.clone());
            canaries.insert(format!("{name}="));
        }
    }
    let answer = letter.send(visitor).await;
    for text in [String::from_utf8_lossy(&letter.body), String::from_utf8_lossy(&answer.bytes)] {
        let start: String = text.split("<Encrypt>").last().unwrap_or_default().chars().take(60).collect();
        if start.len() > 20 {
            canaries.insert(start);
        }
    }
    answer.status
}

/// The digits of a line's time may by chance be those of a nonce.
fn after_the_time(line: &str) -> &str {
    match line.split_once(' ') {
        Some((time, said)) if time.ends_with('Z') && time.starts_with("20") => said,
        _ => line,
    }
}

/// Good ones, bad ones, and some to addresses that are none.
async fn push_everything(db: &Database, visitor: &Visitor, canaries: &mut BTreeSet<String>) {
    for way in [&SERVICE, &CHAT, &COMPATIBLE, &PLAIN] {
        let writer = Writer::at(way, now_outside());
        let (held, number) = begin(visitor, way).await;
        let scene = scene(db, &held).await;
        let letter = |message: String| match way.slug {
            "plain" => writer.plain(message),
            "compatible" => writer.beside(&message, &message),
            _ => writer.sealed(message),
        };
        let scan = letter(writer.scan(OPENID, &scene)).and("openid", OPENID);
        canaries.insert(scene);
        assert_eq!(send_and_note(visitor, &scan, canaries).await, StatusCode::OK);
        assert_eq!(send_and_note(visitor, &writer.echo(ECHO), canaries).await, StatusCode::OK);
        let said = letter(writer.text(OPENID, if number.is_empty() { "canary-text" } else { &number }));
        assert_eq!(send_and_note(visitor, &said, canaries).await, StatusCode::OK);
        let strange = format!("/push/canary%0d%0acanary-forged/{PUSH_PATH_SECRET}");
        for bad in [
            scan.clone().with("nonce", "canary-nonce"),
            scan.clone().with("signature", "canary-signature").with("msg_signature", "canary-signature"),
            scan.clone().with("timestamp", "1234567890"),
            scan.clone().and("nonce", "canary-twice"),
            scan.clone().saying("<xml>canary-body"),
            writer.sealed("<xml>canary-body"),
            writer.echo(ECHO).with("signature", &"0".repeat(40)),
            writer.echo(&format!("<script>{ECHO}{ECHO}</script>")),
            scan.clone().at(&format!("/push/{}/canary-other-secret", way.slug)),
            // Provider and secret exchanged, as people do.
            scan.clone().at(&format!("/push/{PUSH_PATH_SECRET}/{}", way.slug)),
            scan.clone().at(&strange),
        ] {
            assert!(send_and_note(visitor, &bad, canaries).await.is_client_error());
        }
        let large = scan.saying("canary-body".repeat(10_000));
        assert_eq!(send_and_note(visitor, &large, canaries).await, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

every_database! {
    async fn psh_08_the_log_holds_nothing_of_a_push(db: &Database) {
        let plan = Plan { extra_toml: "[log]\nlevel = \"debug\"\n".to_owned(), ..Plan::default() };
        let mut house = Installed::open(db.url(), plan).await;
        let visitor = house.visitor();
        let mut canaries: BTreeSet<String> =
            [PUSH_TOKEN, PUSH_AES_KEY, PUSH_PATH_SECRET, ECHO, OPENID, "canary", "/push/"]
                .map(str::to_owned)
                .into();
        push_everything(db, &visitor, &mut canaries).await;
        // By the phone as well, up to a user, whose openid and unionid are then known.
        let phone = Phone::of(&visitor, "ann");
        phone.already_follows(&CHAT).await;
        let (held, number) = begin(&visitor, &CHAT).await;
        phone.scan(held.code_text()).await;
        phone.say(&CHAT, &number).await;
        until(&visitor, &held, "confirmed").await;
        for sql in ["SELECT subject AS line FROM identities", "SELECT value AS line FROM aliases"] {
            let found = db.lines(sql).await;
            assert_eq!(found.len(), 1, "{sql}");
            canaries.extend(found);
        }
        send(visitor.request(Method::GET, &format!("/push/service/{PUSH_PATH_SECRET}?canary-query=1"))).await;
        let ended = house.end(Signal::SIGTERM).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
        let log = ended.stderr;
        let refused = log.lines().filter(|line| line.contains("a push was refused")).count();
        assert!(refused > 20, "it says that pushes were refused, and why:\n{log}");
        assert!(log.contains("provider=\"service\"") && log.contains("operation=\"push\""), "{log}");
        for canary in &canaries {
            assert!(canary.len() >= 5, "too short to be searched for: {canary}");
            let line = log.lines().find(|line| after_the_time(line).contains(canary.as_str()));
            assert_eq!(line, None, "{canary} stands in the log");
        }
        // PSH-02: the operator is told at every start.
        for warning in ["provider plain: push_mode = ", "provider quick: confirm = "] {
            let warned = log.lines().any(|line| line.contains(" WARN ") && line.contains(warning));
            assert!(warned, "{warning} is not in the log:\n{log}");
        }
        for quiet in ["service", "chat", "compatible", "mini", "website"] {
            assert!(!log.contains(&format!("provider {quiet}: ")), "{quiet}");
        }
    }
}
