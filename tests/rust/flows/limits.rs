//! Rate limits: whoever has too many is told when to come back, and nobody else is hurt.

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::events::EventStream;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, ORIGIN, Plan};
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use serde_json::json;

/// Everybody comes through a proxy of ours, so that a test can have two addresses.
async fn house(db: &Database, limits: &str) -> House {
    let off = [
        "begins",
        "begins_per_client",
        "pending_per_address",
        "reads",
        "unknown_scenes",
        "scans_per_subject_per_hour",
        "streams_per_address",
    ];
    let name = |line: &str| line.split(' ').next().unwrap().to_owned();
    let named: Vec<_> = limits.lines().map(name).collect();
    let rest = off.iter().filter(|name| !named.contains(&(**name).to_owned()));
    let rest: String = rest.map(|name| format!("{name} = 0\n")).collect();
    let limits_toml = Some(format!("[limits]\n{limits}\n{rest}"));
    let server_toml = "trusted_proxies = [\"127.0.0.0/8\"]".to_owned();
    House::planned(db.url(), Plan { limits_toml, server_toml, ..Plan::default() }).await
}

async fn begin(visitor: &Visitor, address: &str) -> Answer {
    let request = visitor.request(Method::POST, "/api/v1/logins").header("origin", ORIGIN);
    send(request.header("x-forwarded-for", address).json(&Visitor::begin_body())).await
}

async fn read(visitor: &Visitor, held: &Held, address: &str) -> Answer {
    let request = visitor.request(Method::GET, &format!("/api/v1/logins/{}", held.id));
    send(request.bearer_auth(&held.secret).header("x-forwarded-for", address)).await
}

fn assert_limited(answer: &Answer, code: &str) {
    assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, code), "{:?}", answer.json);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let seconds: u32 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=3600).contains(&seconds), "{seconds}");
    assert_eq!(answer.json["status"], 429);
}

const HERE: &str = "203.0.113.1";
const THERE: &str = "203.0.113.2";

every_database! {
    async fn begins_are_limited_by_client_and_address(db: &Database) {
        let house = house(db, "begins = 3").await;
        let visitor = house.visitor();
        for _ in 0..3 {
            assert_eq!(begin(&visitor, HERE).await.status, StatusCode::CREATED);
        }
        assert_limited(&begin(&visitor, HERE).await, "rate_limited");
        let there = begin(&visitor, THERE).await;
        let held = Held::of(&there);
        // A begin that was refused made nothing, and whoever has a Login goes on.
        assert_eq!(db.lines("SELECT id AS line FROM logins").await.len(), 4);
        assert_eq!(read(&visitor, &held, HERE).await.status, StatusCode::OK);
        visitor.confirm(&visitor.scan(&held, "ann").await).await;
        assert!(visitor.finish(&held).await.starts_with("usr_"));
        house.close().await;
    }

    /// A back end's visitors are told apart by the address it passes on.
    async fn begins_of_a_back_end_are_limited_by_its_visitors_address(db: &Database) {
        let house = house(db, "begins = 2").await;
        let visitor = house.visitor();
        let begin = |address: &'static str| {
            let mut body = Visitor::begin_body();
            body["browser"] = json!({"ip": address});
            let request = visitor.request(Method::POST, "/api/v1/logins");
            send(request.basic_auth(CLIENT, Some(CLIENT_SECRET)).json(&body))
        };
        for _ in 0..2 {
            assert_eq!(begin(HERE).await.status, StatusCode::CREATED);
        }
        assert_limited(&begin(HERE).await, "rate_limited");
        assert_eq!(begin(THERE).await.status, StatusCode::CREATED);
        house.close().await;
    }

    /// The limit of the whole client guards the vendor's quota, so it is told as such.
    async fn begins_are_limited_by_client(db: &Database) {
        let house = house(db, "begins_per_client = 2").await;
        let visitor = house.visitor();
        for address in [HERE, THERE] {
            assert_eq!(begin(&visitor, address).await.status, StatusCode::CREATED);
        }
        assert_limited(&begin(&visitor, "203.0.113.3").await, "vendor_quota");
        house.close().await;
    }

    /// Codes that nobody scans: a few an address, also when they are asked for all at once.
    async fn waiting_codes_are_limited_by_address(db: &Database) {
        let house = house(db, "pending_per_address = 3").await;
        let visitor = house.visitor();
        let all_at_once = futures_util::future::join_all((0..30).map(|_| begin(&visitor, HERE))).await;
        let (begun, limited): (Vec<_>, Vec<_>) =
            all_at_once.iter().partition(|answer| answer.status == StatusCode::CREATED);
        assert_eq!((begun.len(), limited.len()), (3, 27));
        limited.into_iter().for_each(|answer| assert_limited(answer, "rate_limited"));
        assert_eq!(begin(&visitor, THERE).await.status, StatusCode::CREATED);
        // Scanned or cancelled, it waits no longer and makes room for one.
        visitor.scan(&Held::of(begun[0]), "ann").await;
        visitor.post(&Held::of(begun[1]), "cancel").await;
        for _ in 0..2 {
            assert_eq!(begin(&visitor, HERE).await.status, StatusCode::CREATED);
        }
        assert_limited(&begin(&visitor, HERE).await, "rate_limited");
        house.close().await;
    }

    /// A begin that fails takes no place.
    async fn a_failed_begin_does_not_count_as_waiting(db: &Database) {
        let house = house(db, "pending_per_address = 1").await;
        let visitor = house.visitor();
        let fault = json!({"path": "/wxa/getwxacodeunlimit", "kind": {"errcode": 45009}, "times": 2});
        send(visitor.http.post(format!("{}/_sandbox/v1/faults", visitor.sandbox)).json(&fault)).await;
        for _ in 0..2 {
            assert_limited(&begin(&visitor, HERE).await, "vendor_quota");
        }
        assert_eq!(begin(&visitor, HERE).await.status, StatusCode::CREATED);
        assert_limited(&begin(&visitor, HERE).await, "rate_limited");
        house.close().await;
    }

    async fn reads_are_limited_by_address(db: &Database) {
        let house = house(db, "reads = 4").await;
        let visitor = house.visitor();
        let held = Held::of(&begin(&visitor, HERE).await);
        for _ in 0..4 {
            assert_eq!(read(&visitor, &held, HERE).await.status, StatusCode::OK);
        }
        assert_limited(&read(&visitor, &held, HERE).await, "rate_limited");
        for path in ["/api/v1/clients/shop", "/api/v1/qr/none", "/api/v1/logins/lgn_x/events"] {
            let request = visitor.request(Method::GET, path).header("x-forwarded-for", HERE);
            assert_limited(&send(request.bearer_auth(&held.secret)).await, "rate_limited");
        }
        assert_eq!(read(&visitor, &held, THERE).await.status, StatusCode::OK);
        assert_eq!(begin(&visitor, HERE).await.status, StatusCode::CREATED);
        house.close().await;
    }

    /// Guessing: a few misses, then nothing more is learned; who scans a real code is not hurt.
    async fn guesses_are_limited_by_address(db: &Database) {
        let house = house(db, "unknown_scenes = 3").await;
        let visitor = house.visitor();
        let guess = |what: &'static str, body: serde_json::Value, address: &'static str| {
            let request = visitor.request(Method::POST, &format!("/api/v1/companion/{what}"));
            send(request.header("x-forwarded-for", address).json(&body))
        };
        let scene = json!({"scene": "AAAAAAAAAAAAAAAAAAAAAA", "js_code": "0123456789abcdef"});
        let token = json!({"companion_token": "A".repeat(43)});
        assert_eq!(guess("scan", scene.clone(), HERE).await.code(), "unknown_scene");
        assert_eq!(guess("confirm", token.clone(), HERE).await.code(), "unknown_companion_token");
        assert_eq!(guess("deny", token.clone(), HERE).await.code(), "unknown_companion_token");
        for what in ["confirm", "deny"] {
            assert_limited(&guess(what, token.clone(), HERE).await, "rate_limited");
        }
        assert_limited(&guess("scan", scene.clone(), HERE).await, "rate_limited");
        assert_eq!(guess("scan", scene, THERE).await.code(), "unknown_scene");
        let held = visitor.begin().await;
        let right = json!({"scene": visitor.scene(&held).await, "js_code": visitor.js_code("ann").await});
        // Even a right one waits where the guesses came from, and is not spent by that.
        assert_limited(&guess("scan", right.clone(), HERE).await, "rate_limited");
        assert_eq!(guess("scan", right, THERE).await.status, StatusCode::OK);
        house.close().await;
    }

    /// One person scans so often an hour, whatever the addresses; the others scan on.
    async fn scans_are_limited_by_person(db: &Database) {
        let house = house(db, "scans_per_subject_per_hour = 2").await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        visitor.scan(&held, "ann").await;
        let companion = visitor.scan(&held, "ann").await;
        let scene = visitor.scene(&held).await;
        assert_limited(&visitor.try_scan(&scene, &visitor.js_code("ann").await).await, "rate_limited");
        let others = visitor.begin().await;
        visitor.scan(&others, "bob").await;
        // What was scanned in time is confirmed.
        assert_eq!(visitor.confirm(&companion).await.text("stage"), "confirmed");
        house.close().await;
    }

    /// Open streams and long polls: so many an address; the end of one makes room.
    async fn streams_are_limited_by_address(db: &Database) {
        let house = house(db, "streams_per_address = 2").await;
        let visitor = house.visitor();
        let (first, second) = (visitor.begin().await, visitor.begin().await);
        let mut ends = EventStream::open(&visitor, &first, None).await;
        let mut stays = EventStream::open(&visitor, &second, None).await;
        ends.stage().await.unwrap();
        stays.stage().await.unwrap();
        let path = |rest: &str| format!("/api/v1/logins/{}{rest}", second.id);
        let follow = |rest: &str, address: &'static str| {
            visitor.request(Method::GET, &path(rest)).bearer_auth(&second.secret).header("x-forwarded-for", address)
        };
        // Without the header the address is the proxy's own.
        let direct = "127.0.0.1";
        assert_limited(&send(follow("/events", direct)).await, "rate_limited");
        assert_limited(&send(follow("?after_version=1&wait=1", direct)).await, "rate_limited");
        // A plain read holds no place, another address has its own.
        assert_eq!(send(follow("", direct)).await.status, StatusCode::OK);
        let there = follow("/events", THERE).send().await.unwrap();
        assert_eq!(there.status(), StatusCode::OK);
        visitor.post(&first, "cancel").await;
        assert_eq!(ends.stage().await.unwrap().1["stage"], "cancelled");
        assert_eq!(ends.next().await, None);
        let mut next = EventStream::open(&visitor, &second, None).await;
        assert_eq!(next.stage().await.unwrap().0, 1);
        // A reader that hangs up frees its place as well.
        drop(next);
        saoma_tests::wait::eventually("the place is free", || async {
            let mut again = EventStream::open(&visitor, &second, None).await;
            (again.frames.response.status() == StatusCode::OK).then_some(())?;
            again.stage().await.map(|_| ())
        })
        .await;
        house.close().await;
    }
}
