//! Following a Login over a WebSocket: the same events as the stream's, by another road.

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::events::EventStream;
use saoma_tests::every_database;
use saoma_tests::house::{House, ORIGIN, Plan};
use saoma_tests::socket::{Socket, knock, knock_with, path, protocols};
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use saoma_tests::wait::eventually;
use saoma_tests::ways::WEBSITE;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

/// The login is over.
const NORMAL: Result<(i64, serde_json::Value), Option<u16>> = Err(Some(1000));

/// Our own page in a browser that has begun a Login; the `cookie` header it sends.
async fn own_page(house: &House, visitor: &Visitor) -> (Held, String) {
    let request = visitor.request(Method::POST, "/api/v1/logins").header("origin", &house.saoma);
    let begun = send(request.json(&Visitor::begin_body())).await;
    let cookie = begun.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    (Held::of(&begun), cookie)
}

/// Asks for a socket from a page of this origin.
async fn knock_from(visitor: &Visitor, held: &Held, origin: &str) -> Answer {
    let request = knock(visitor, &path(&held.id)).header("sec-websocket-protocol", protocols(&held.secret));
    send(request.header("origin", origin)).await
}

every_database! {
    /// The current state first, then each change under its version; the end closes the socket as it should.
    async fn a_socket_tells_every_stage_and_closes(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let mut socket = Socket::open(&visitor, &held).await;
        assert_eq!(socket.protocol, "saoma.v1", "the secret is not repeated");
        let (id, view) = socket.stage().await.unwrap();
        assert_eq!((id, &view["stage"], &view["awaiting"]), (1, &json!("pending"), &json!("scan")));
        assert!(view.get("browser_secret").is_none());
        let companion = visitor.scan(&held, "ann").await;
        let (id, view) = socket.stage().await.unwrap();
        assert_eq!((id, &view["stage"], &view["awaiting"]), (2, &json!("scanned"), &json!("phone")));
        visitor.confirm(&companion).await;
        let (id, view) = socket.stage().await.unwrap();
        assert_eq!((id, &view["stage"]), (3, &json!("confirmed")));
        // The same document that a read gives, but for the seconds that pass.
        let mut read = visitor.read(&held, "").await.json;
        read["expires_in"] = view["expires_in"].clone();
        assert_eq!(view, read);
        visitor.finish(&held).await;
        let (id, view) = socket.stage().await.unwrap();
        assert_eq!((id, &view["stage"]), (4, &json!("redeemed")));
        assert_eq!(socket.stage().await, NORMAL);
        assert_eq!(socket.next().await, None, "the server hangs up");
        house.close().await;
    }

    /// A redirect's stages come here as well, and so does a no.
    async fn a_socket_follows_a_redirect(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let mut socket = Socket::open(&visitor, &held).await;
        assert_eq!(socket.stage().await.unwrap().1["stage"], "pending");
        saoma_tests::website::code_at_website(&visitor, &held, "ann").await;
        let (id, view) = socket.stage().await.unwrap();
        assert_eq!((id, &view["stage"]), (2, &json!("confirmed")));
        let held = visitor.begin().await;
        let mut socket = Socket::open(&visitor, &held).await;
        assert_eq!(socket.stage().await.unwrap().0, 1);
        let companion = visitor.scan(&held, "ann").await;
        assert_eq!(socket.stage().await.unwrap().0, 2);
        visitor.companion("deny", &json!({"companion_token": companion})).await;
        let (_, view) = socket.stage().await.unwrap();
        assert_eq!((&view["stage"], &view["reason"]), (&json!("denied"), &json!("declined_on_phone")));
        assert_eq!(socket.stage().await, NORMAL);
        house.close().await;
    }

    /// REL-06: a reader that connects again says what it has; one that has the end hears nothing but the close.
    async fn rel_06_a_reader_resumes_and_stops_at_the_end(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let companion = visitor.scan(&held, "ann").await;
        for query in ["", "?after_version=1", "?after_version=2", "?after_version=99", "?after_version=-1"] {
            let mut socket = Socket::open_at(&visitor, &held, query).await;
            assert_eq!(socket.stage().await.unwrap().0, 2, "{query}");
            socket.close().await;
        }
        let mut socket = Socket::open_at(&visitor, &held, "?after_version=2").await;
        assert_eq!(socket.stage().await.unwrap().0, 2);
        visitor.companion("deny", &json!({"companion_token": companion})).await;
        assert_eq!(socket.stage().await.unwrap().0, 3);
        assert_eq!(socket.stage().await, NORMAL);
        let mut late = Socket::open_at(&visitor, &held, "?after_version=2").await;
        assert_eq!(late.stage().await.unwrap().0, 3);
        assert_eq!(late.stage().await, NORMAL);
        for query in ["?after_version=3", "?after_version=4"] {
            let mut over = Socket::open_at(&visitor, &held, query).await;
            assert_eq!(over.stage().await, NORMAL, "{query}");
        }
        house.close().await;
    }

    /// LOG-15, T6: a wrong secret is told what an unknown login is told, none is asked for one, and what asks for
    /// no socket is told so.
    async fn log_15_a_socket_needs_the_secret(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let (held, other) = (visitor.begin().await, visitor.begin().await);
        let nobody = Held { id: format!("lgn_{}", "A".repeat(22)), ..held.clone() };
        let others = Held { secret: other.secret.clone(), ..held.clone() };
        let guessed = Held { secret: "A".repeat(43), ..held.clone() };
        let unknown = knock_with(&visitor, &nobody).await;
        assert_eq!((unknown.status, unknown.code()), (StatusCode::NOT_FOUND, "unknown_login"));
        for wrong in [&others, &guessed] {
            let refused = knock_with(&visitor, wrong).await;
            assert_eq!((refused.status, &refused.json), (unknown.status, &unknown.json));
        }
        // Said to be none of ours, without a secret, or with one where no socket looks for it.
        for offered in [None, Some("saoma.v1"), Some("chat, superchat"), Some("bearer"), Some("saoma.v1, bearer.")] {
            let request = knock(&visitor, &format!("{}?secret={1}&access_token={1}", path(&held.id), held.secret));
            let bare = send(offered.into_iter().fold(request, |request, one| request.header("sec-websocket-protocol", one))).await;
            let expected = if offered.is_some_and(|one| one.contains("bearer.")) { 404 } else { 401 };
            assert_eq!(bare.status.as_u16(), expected, "{offered:?}");
            assert_eq!(bare.headers.contains_key("www-authenticate"), expected == 401, "{offered:?}");
        }
        let plain = visitor.request(Method::GET, &path(&held.id));
        assert_eq!(send(plain.try_clone().unwrap()).await.code(), "credential_required");
        let plain = send(plain.header("sec-websocket-protocol", protocols(&held.secret))).await;
        assert_eq!((plain.status, plain.code()), (StatusCode::UPGRADE_REQUIRED, "not_a_web_socket"));
        assert_eq!(plain.headers["upgrade"], "websocket", "RFC 9110 section 15.5.22");
        house.close().await;
    }

    /// LOG-15, T26: a page of another site opens no socket, neither with the secret nor by the cookie.
    async fn log_15_t26_a_foreign_page_opens_no_socket(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let (own, cookie) = own_page(&house, &visitor).await;
        for origin in ["https://evil.example", "null", "http://localhost:9.evil.example", "http://localhost:10", ""] {
            let by_secret = knock_from(&visitor, &held, origin).await;
            assert_eq!((by_secret.status, by_secret.code()), (StatusCode::FORBIDDEN, "origin_not_allowed"), "{origin}");
            let by_cookie = knock(&visitor, &path(&own.id)).header("cookie", &cookie).header("origin", origin);
            let by_cookie = send(by_cookie.header("sec-websocket-protocol", "saoma.v1")).await;
            assert_eq!((by_cookie.status, by_cookie.code()), (StatusCode::FORBIDDEN, "origin_not_allowed"), "{origin}");
        }
        // The website's own page has the secret, never the cookie; ours has the cookie.
        let theirs = knock(&visitor, &path(&own.id)).header("cookie", &cookie).header("origin", ORIGIN);
        assert_eq!(send(theirs).await.code(), "origin_not_allowed");
        let bare = knock(&visitor, &path(&own.id)).header("cookie", &cookie);
        assert_eq!(send(bare).await.code(), "origin_not_allowed");
        let offered = protocols(&held.secret);
        let headers = [("origin", ORIGIN), ("sec-websocket-protocol", offered.as_str())];
        let mut socket = Socket::with(&visitor, &path(&held.id), &headers).await;
        assert_eq!(socket.stage().await.unwrap().0, 1);
        let headers = [("origin", house.saoma.as_str()), ("cookie", cookie.as_str()), ("sec-websocket-protocol", "saoma.v1")];
        let mut socket = Socket::with(&visitor, &path(&own.id), &headers).await;
        assert_eq!(socket.stage().await.unwrap().0, 1);
        house.close().await;
    }

    /// Nobody has anything to tell us: a word is not heard, a long speech ends it.
    async fn a_socket_does_not_listen(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let mut socket = Socket::open(&visitor, &held).await;
        assert_eq!(socket.stage().await.unwrap().0, 1);
        for word in ["", "{\"stage\":\"confirmed\"}", &"x".repeat(1024)] {
            socket.say(word).await;
        }
        assert_eq!(visitor.stage(&held).await, "pending");
        visitor.scan(&held, "ann").await;
        assert_eq!(socket.stage().await.unwrap().0, 2);
        socket.say(&"x".repeat(1025)).await;
        assert!(socket.stage().await.is_err(), "a message that is too long ends the socket");
        assert_eq!(visitor.stage(&held).await, "scanned");
        house.close().await;
    }

    /// T32: sockets, streams and long polls share one cap an address; whoever leaves makes room.
    async fn t32_sockets_count_as_streams(db: &Database) {
        let limits_toml = Some("[limits]\nstreams_per_address = 2\nbegins = 0\nreads = 0\n".to_owned());
        let house = House::planned(db.url(), Plan { limits_toml, ..Plan::default() }).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let mut first = Socket::open(&visitor, &held).await;
        let mut second = EventStream::open(&visitor, &held, None).await;
        assert_eq!((first.stage().await.unwrap().0, second.stage().await.unwrap().0), (1, 1));
        let refused = knock_with(&visitor, &held).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
        assert!(refused.headers.contains_key("retry-after"));
        assert_eq!(visitor.read(&held, "?after_version=1&wait=1").await.code(), "rate_limited");
        first.close().await;
        eventually("there is room for a long poll", || async {
            let poll = visitor.read(&held, "?after_version=1&wait=1").await;
            (poll.status == StatusCode::OK).then_some(())
        })
        .await;
        // One that hangs up without a word frees its place as well.
        drop(second);
        let mut sockets = Vec::new();
        for _ in 0..2 {
            let room = || async {
                let request = knock(&visitor, &path(&held.id));
                let request = request.header("sec-websocket-protocol", protocols(&held.secret));
                let answer = request.send().await.unwrap();
                (answer.status() == StatusCode::SWITCHING_PROTOCOLS).then_some(answer)
            };
            sockets.push(eventually("there is room for a socket", room).await);
        }
        assert_eq!(knock_with(&visitor, &held).await.code(), "rate_limited");
        house.close().await;
    }

    /// The time comes and nobody calls anything.
    async fn expiry_arrives_by_itself(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let mut socket = Socket::open(&visitor, &held).await;
        assert_eq!(socket.stage().await.unwrap().1["expires_in"], 120);
        house.clock.as_ref().unwrap().advance_millis(120_000);
        let (id, view) = socket.stage().await.unwrap();
        assert_eq!((id, &view["stage"], &view["reason"]), (2, &json!("expired"), &json!("not_scanned_in_time")));
        assert_eq!(socket.stage().await, NORMAL);
        house.close().await;
    }

    /// REL-09: a stop says that it is one, and the reader goes on where it was after the start.
    async fn rel_09_a_stop_closes_sockets_as_going_away(db: &Database) {
        let mut house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let mut sockets = Vec::new();
        for _ in 0..3 {
            let mut socket = Socket::open(&visitor, &held).await;
            assert_eq!(socket.stage().await.unwrap().0, 1);
            sockets.push(socket);
        }
        house.halt().await;
        for mut socket in sockets {
            assert_eq!(socket.stage().await, Err(Some(1001)));
        }
        house.start().await.unwrap();
        let mut socket = Socket::open_at(&visitor, &held, "?after_version=1").await;
        assert_eq!(socket.stage().await.unwrap().0, 1);
        visitor.scan(&held, "ann").await;
        assert_eq!(socket.stage().await.unwrap().0, 2);
        house.close().await;
    }

    /// A quiet socket is kept open by pings, which browsers answer by themselves.
    async fn a_quiet_socket_has_a_heartbeat(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let mut socket = Socket::open(&visitor, &held).await;
        socket.stage().await.unwrap();
        assert!(matches!(socket.next().await, Some(Message::Ping(_))));
        visitor.scan(&held, "ann").await;
        assert_eq!(socket.stage().await.unwrap().0, 2);
        house.close().await;
    }
}
