//! The way of our own pages: one HttpOnly cookie a browser instead of a secret in the body.

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, ORIGIN};
use saoma_tests::visitor::{Answer, Held, Visitor, send};

/// Our own page in one browser.
struct OwnPage<'a> {
    house: &'a House,
    visitor: Visitor,
    cookie: Option<String>,
}

impl<'a> OwnPage<'a> {
    fn new(house: &'a House) -> Self {
        Self { house, visitor: house.visitor(), cookie: None }
    }

    async fn begin(&mut self) -> Answer {
        let mut request =
            self.visitor.request(Method::POST, "/api/v1/logins").header("origin", &self.house.saoma);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let answer = send(request.json(&Visitor::begin_body())).await;
        if let Some(set) = answer.headers.get("set-cookie") {
            self.cookie = Some(set.to_str().unwrap().split(';').next().unwrap().to_owned());
        }
        answer
    }

    async fn call(&self, method: Method, login: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.visitor.request(method, &format!("/api/v1/logins/{login}"));
        request = request.header("cookie", self.cookie.as_deref().unwrap());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(request).await
    }
}

every_database! {
    /// The cookie's flags, and no secret where a script could read it.
    async fn our_own_page_gets_a_cookie_and_no_secret(db: &Database) {
        let house = House::open(db.url()).await;
        let mut page = OwnPage::new(&house);
        let begun = page.begin().await;
        assert_eq!(begun.status, StatusCode::CREATED, "{:?}", begun.json);
        assert!(begun.json.get("browser_secret").is_none());
        assert!(!begun.headers.contains_key("access-control-allow-credentials"));
        let cookies: Vec<_> = begun.headers.get_all("set-cookie").iter().collect();
        assert_eq!(cookies.len(), 1);
        let cookie = cookies[0].to_str().unwrap();
        let port = house.saoma.rsplit(':').next().unwrap();
        let (pair, flags) = cookie.split_once("; ").unwrap();
        let (name, secret) = pair.split_once('=').unwrap();
        assert_eq!((name.to_owned(), secret.len()), (format!("saoma-{port}"), 43));
        let mut flags: Vec<_> = flags.split("; ").collect();
        flags.sort_unstable();
        // No Secure: without https the browser would throw the cookie away.
        assert_eq!(flags, ["HttpOnly", "Max-Age=3600", "Path=/", "SameSite=Lax"]);
        assert!(!String::from_utf8_lossy(&begun.bytes).contains(secret));
        house.close().await;
    }

    /// The cookie counts only in requests that come from our own pages, as the browser says.
    async fn the_cookie_counts_only_from_our_own_page(db: &Database) {
        let house = House::open(db.url()).await;
        let mut page = OwnPage::new(&house);
        let id = page.begin().await.text("login_id").to_owned();
        let foreign: [&[(&str, &str)]; 7] = [
            &[],
            &[("origin", "null")],
            &[("origin", "https://evil.example")],
            &[("origin", ORIGIN)],
            &[("origin", ORIGIN), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site")],
        ];
        let post_only: [&[(&str, &str)]; 2] = [&[("sec-fetch-site", "same-origin")], &[("sec-fetch-site", "none")]];
        for (rest, posts) in [("", false), ("/events", false), ("/cancel", true), ("/complete", true)] {
            let method = if posts { Method::POST } else { Method::GET };
            let refused = foreign.iter().chain(post_only.iter().filter(|_| posts));
            for headers in refused {
                let answer = page.call(method.clone(), &format!("{id}{rest}"), headers).await;
                assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "origin_not_allowed"), "{rest} {headers:?}");
                assert!(!answer.headers.contains_key("access-control-allow-credentials"));
            }
        }
        // A GET by the browser itself has no Origin but says that it is same-origin.
        let same = page.call(Method::GET, &id, &[("sec-fetch-site", "same-origin")]).await;
        assert_eq!((same.status, same.text("stage")), (StatusCode::OK, "pending"));
        let own = page.call(Method::GET, &id, &[("origin", house.saoma.as_str())]).await;
        assert_eq!(own.status, StatusCode::OK);
        house.close().await;
    }

    /// The whole way by cookie.
    async fn our_own_page_completes_by_its_cookie(db: &Database) {
        let house = House::open(db.url()).await;
        let mut page = OwnPage::new(&house);
        let begun = page.begin().await;
        let held = Held::of(&begun);
        page.visitor.confirm(&page.visitor.scan(&held, "ann").await).await;
        let from_us = [("origin", house.saoma.as_str())];
        let completed = page.call(Method::POST, &format!("{}/complete", held.id), &from_us).await;
        assert_eq!(completed.status, StatusCode::OK);
        let code = completed.text("code");
        let expected = format!(
            "http://localhost:9/callback?code={code}&state=website-state&iss={}",
            house.saoma.replace(':', "%3A").replace('/', "%2F")
        );
        assert_eq!(completed.text("redirect_to"), expected);
        assert_eq!(page.visitor.redeem(code).await.status, StatusCode::OK);
        house.close().await;
    }

    /// One cookie serves several Logins, each with its own stored hash, and opens nobody else's.
    async fn one_cookie_serves_several_logins_and_only_its_own(db: &Database) {
        let house = House::open(db.url()).await;
        let (mut page, mut other) = (OwnPage::new(&house), OwnPage::new(&house));
        let first = page.begin().await.text("login_id").to_owned();
        let cookie = page.cookie.clone();
        let again = page.begin().await;
        // Given again with the same value, so that it outlives the newest Login too.
        assert!(again.headers.contains_key("set-cookie"));
        assert_eq!(page.cookie, cookie);
        let second = again.text("login_id").to_owned();
        let others = other.begin().await.text("login_id").to_owned();
        assert_ne!(other.cookie, cookie);
        let from_us = [("origin", house.saoma.as_str())];
        for id in [&first, &second] {
            assert_eq!(page.call(Method::GET, id, &from_us).await.status, StatusCode::OK);
            let stolen = other.call(Method::GET, id, &from_us).await;
            assert_eq!((stolen.status, stolen.code()), (StatusCode::NOT_FOUND, "unknown_login"));
        }
        assert_eq!(page.call(Method::GET, &others, &from_us).await.status, StatusCode::NOT_FOUND);
        let mut hashes = db.lines("SELECT browser_hash AS line FROM logins").await;
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 3);
        // Ending one leaves the other.
        page.call(Method::POST, &format!("{first}/cancel"), &from_us).await;
        assert_eq!(page.call(Method::GET, &second, &from_us).await.text("stage"), "pending");
        house.close().await;
    }

    /// A secret of a page of another site is no cookie, and a cookie's value is no bearer for others.
    async fn a_planted_cookie_of_another_shape_is_not_adopted(db: &Database) {
        let house = House::open(db.url()).await;
        let port = house.saoma.rsplit(':').next().unwrap();
        for planted in ["", "short", "with\"quote", &"A".repeat(44)] {
            let mut page = OwnPage::new(&house);
            page.cookie = Some(format!("saoma-{port}={planted}"));
            let begun = page.begin().await;
            assert_eq!(begun.status, StatusCode::CREATED);
            assert_eq!(page.cookie.unwrap().split_once('=').unwrap().1.len(), 43, "{planted}");
        }
        house.close().await;
    }
}
