//! The address itself: who finds it, who may test it (PSH-08), and parameters that come twice (NET-04).

use super::steps::{assert_refused, begin, scene, standing, timed_house, world};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::inspect::calls;
use saoma_tests::letter::{Letter, Writer};
use saoma_tests::phone::Phone;
use saoma_tests::visitor::{Answer, send};
use saoma_tests::ways::{PLAIN, PUSH_PATH_SECRET, SERVICE, WAYS, WEBSITE};
use saoma_tests::website::WebsitePage;
use serde_json::json;

/// A house where three misses a minute are too many.
async fn strict(db: &Database) -> House {
    let limits_toml = Some("[limits]\nbegins = 0\nreads = 0\nunknown_scenes = 3\n".to_owned());
    House::planned(db.url(), Plan { limits_toml, ..Plan::default() }).await
}

/// Status, headers and body, but for the time.
fn whole(answer: &Answer) -> (StatusCode, Vec<(String, String)>, bytes::Bytes) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (answer.status, headers.collect(), answer.bytes.clone())
}

/// After three such guesses nobody is heard from there any more, and the database is asked nothing.
async fn shut_out(db: &Database, guess: impl Fn(&Letter, u32) -> Letter, first: StatusCode) {
    let house = strict(db).await;
    let visitor = house.visitor();
    let writer = Writer::of(&house, &SERVICE);
    let (held, _) = begin(&visitor, &SERVICE).await;
    let good = writer.sealed(writer.scan("oPerson", &scene(db, &held).await));
    let mut statuses = Vec::new();
    for number in 0..20 {
        let request = guess(&good, number).request(&visitor);
        let answer = send(request.header("x-forwarded-for", format!("203.0.113.{number}"))).await;
        assert_refused("a guess", &answer, answer.status);
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            let seconds: u32 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=60).contains(&seconds), "{seconds}");
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses[..3], [first; 3]);
    assert_eq!(statuses[3..], [StatusCode::TOO_MANY_REQUESTS; 17], "{statuses:?}");
    let statements = house.server().parts().stores.statements();
    assert_refused("the right one", &good.send(&visitor).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        house.server().parts().stores.statements(),
        statements,
        "the database was asked for a guesser"
    );
    house.close().await;
}

every_database! {
    /// T7: another secret, another provider, no such provider, one without pushes: all the same, whatever
    /// is sent, by any method.
    async fn t07_addresses_that_are_none_look_alike(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let writer = Writer::of(&house, &SERVICE);
        let (held, _) = begin(&visitor, &SERVICE).await;
        let good = writer.sealed(writer.scan("oPerson", &scene(db, &held).await));
        let (before, secret) = (world(db).await, PUSH_PATH_SECRET);
        let longer = format!("/push/service/{secret}x");
        let paths = [
            format!("/push/service/{}", "x".repeat(secret.len())),
            format!("/push/service/{}", &secret[..secret.len() - 1]),
            longer.clone(),
            format!("/push/service/{}", secret.to_uppercase()),
            format!("/push/nobody/{secret}"),
            format!("/push/mini/{secret}"),
            format!("/push/Service/{secret}"),
            format!("/push/service%00/{secret}"),
            format!("/push/{secret}/service"),
            format!("/push/service%2f{secret}/x"),
        ];
        let unknown = whole(&good.clone().at(&longer).send(&visitor).await);
        assert_eq!(unknown.0, StatusCode::NOT_FOUND);
        for path in &paths {
            for letter in [good.clone(), writer.plain("<xml>"), writer.echo("1"), good.clone().without("nonce")] {
                let answer = letter.at(path).send(&visitor).await;
                assert_refused(path, &answer, StatusCode::NOT_FOUND);
                assert_eq!(whole(&answer), unknown, "{path}");
            }
        }
        for path in ["/push", "/push/", "/push/service", "/push/service/", "/push/service/a/b"] {
            assert_refused(path, &good.clone().at(path).send(&visitor).await, StatusCode::NOT_FOUND);
        }
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let other = send(visitor.request(method.clone(), &good.path).query(&good.query)).await;
            assert_refused(method.as_str(), &other, StatusCode::METHOD_NOT_ALLOWED);
        }
        assert_eq!(world(db).await, before);
        house.close().await;
    }

    /// T7, T28: whoever guesses addresses is shut out for a while, whatever address they claim to come from.
    async fn t07_t28_guessing_addresses_is_limited(db: &Database) {
        let guess = |good: &Letter, number: u32| good.clone().at(&format!("/push/service/guess-number-{number:05}"));
        shut_out(db, guess, StatusCode::NOT_FOUND).await;
    }

    /// T7, T28: so is whoever guesses signatures.
    async fn t07_t28_guessing_signatures_is_limited(db: &Database) {
        let guess = |good: &Letter, number: u32| good.clone().with("msg_signature", &format!("{number:040x}"));
        shut_out(db, guess, StatusCode::FORBIDDEN).await;
    }

    /// The test of the address, as WeChat's console makes it: the text comes back byte for byte, as plain
    /// text that no browser takes for anything else.
    async fn psh_08_the_echo_is_plain_text(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let phone = Phone::of(&visitor, "ann");
        for way in WAYS {
            let verified = phone.control(Method::POST, &format!("apps/{}/push_verification", way.appid), &json!({})).await;
            assert_eq!((verified.status, &verified.json["ok"]), (StatusCode::OK, &true.into()), "{}", verified.json);
        }
        let before = world(db).await;
        for way in [&SERVICE, &PLAIN, &WEBSITE] {
            let writer = Writer::of(&house, way);
            let longest = "1".repeat(64);
            for text in ["4375120948345356249", "<script>alert(1)</script>", "a b+c&d%20\"'", "扫码", &longest] {
                let answer = writer.echo(text).send(&visitor).await;
                assert_eq!((answer.status, &*answer.bytes), (StatusCode::OK, text.as_bytes()));
                assert_eq!(answer.headers["content-type"], "text/plain", "{text}");
                assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{text}");
                let policy = answer.headers["content-security-policy"].to_str().unwrap();
                assert!(policy.contains("default-src 'none'"), "{policy}");
            }
            let good = writer.echo("4375120948345356249");
            let stranger = Writer { token: "tokenOfTestz".to_owned(), ..writer.clone() };
            let stale = Writer { now: writer.now - 301, ..writer.clone() };
            for (what, letter, status) in [
                ("65 bytes", writer.echo(&"1".repeat(65)), StatusCode::BAD_REQUEST),
                ("64 characters of more", writer.echo(&"扫".repeat(22)), StatusCode::BAD_REQUEST),
                ("no text", writer.echo(""), StatusCode::BAD_REQUEST),
                ("no parameter", good.clone().without("echostr"), StatusCode::BAD_REQUEST),
                ("another token", stranger.echo("1"), StatusCode::FORBIDDEN),
                ("no signature", good.clone().without("signature"), StatusCode::FORBIDDEN),
                ("another signature", good.clone().with("signature", &"0".repeat(40)), StatusCode::FORBIDDEN),
                ("another nonce", good.clone().with("nonce", "1"), StatusCode::FORBIDDEN),
                ("too old", stale.echo("1"), StatusCode::FORBIDDEN),
            ] {
                assert_refused(what, &letter.send(&visitor).await, status);
            }
        }
        assert_eq!(world(db).await, before);
        house.close().await;
    }

    /// A parameter that comes twice is refused, however it is spelled and whichever of the two is right.
    async fn net_04_nothing_is_pushed_twice_in_one_query(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let writer = Writer::of(&house, &SERVICE);
        let (held, _) = begin(&visitor, &SERVICE).await;
        let good = writer.sealed(writer.scan("oPerson", &scene(db, &held).await)).and("openid", "oPerson");
        let before = world(db).await;
        for letter in [good.clone(), writer.echo("1")] {
            for (name, value) in &letter.query {
                for other in [value.as_str(), "other"] {
                    let twice = letter.clone().and(name, other);
                    assert_refused(name, &twice.send(&visitor).await, StatusCode::BAD_REQUEST);
                    let mut first = letter.clone();
                    first.query.insert(0, (name.clone(), other.to_owned()));
                    assert_refused(name, &first.send(&visitor).await, StatusCode::BAD_REQUEST);
                }
            }
        }
        let pairs = good.query.iter().map(|(name, value)| format!("{name}={value}"));
        let query = pairs.collect::<Vec<_>>().join("&");
        for more in ["n%6fnce=1", "nonce", "%74imestamp=1", "x=1&x=1", "x=%ff", "x=%00"] {
            let path = format!("{}?{query}&{more}", good.path);
            let answer = send(visitor.request(Method::POST, &path).body(good.body.clone())).await;
            assert_refused(more, &answer, StatusCode::BAD_REQUEST);
        }
        assert_eq!(world(db).await, before);
        assert_eq!(good.send(&visitor).await.status, StatusCode::OK);
        assert_eq!(standing(&visitor, &held).await.0, "scanned");
        house.close().await;
    }

    /// Likewise where a browser comes back, by its query and by its form: the Login waits on, and the code
    /// is not spent.
    async fn net_04_nothing_comes_back_twice_in_one_callback(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let (held, _) = begin(&visitor, &WEBSITE).await;
        let page = WebsitePage::open(&visitor, &held).await;
        let back = page.confirmed_by(&Phone::of(&visitor, "ann")).await;
        let good: Vec<(String, String)> = back.query_pairs().into_owned().collect();
        let before = world(db).await;
        for (name, value) in &good {
            for other in [value.as_str(), "other"] {
                let twice = [&good[..], &[(name.clone(), other.to_owned())]].concat();
                let by_query = visitor.request(Method::GET, "/callback/website").query(&twice);
                let by_form = visitor.request(Method::POST, "/callback/website").form(&twice);
                for request in [by_query, by_form] {
                    let answer = send(request).await;
                    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}={other}");
                    assert!(!answer.headers.contains_key("location"), "{name}={other}");
                }
            }
        }
        assert_eq!((world(db).await, calls(&visitor, "/sns/oauth2/access_token").await), (before, 0));
        let answer = send(visitor.http.get(back.as_str())).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(standing(&visitor, &held).await.0, "confirmed");
        house.close().await;
    }
}
