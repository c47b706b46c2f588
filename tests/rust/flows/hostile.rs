//! T31: a vendor that answers with floods, nonsense, halves and nothing at all, at each of the calls that a
//! login waits on: it ends in bounded time as it should, nothing is made of it, and the next one works.

use bytes::Bytes;
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::hostile::{Hostile, Says};
use saoma_tests::house::{House, Plan, REDIRECT_URI};
use saoma_tests::inspect::{assert_documented, document, rows};
use saoma_tests::phone::{Phone, link, parameter, said};
use saoma_tests::visitor::{Held, Visitor, send};
use saoma_tests::wait::eventually;
use saoma_tests::ways::{CHAT, SERVICE, WEBSITE, Way};
use saoma_tests::website::WebsitePage;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::{Duration, Instant};
use url::Url;

const CODE: &str = "/cgi-bin/qrcode/create";
const PERSON: &str = "/cgi-bin/user/info";
const GRANT: &str = "/sns/oauth2/access_token";
const PROFILE: &str = "/sns/userinfo";
/// Nobody looks at a page that does nothing for longer.
const PATIENCE: Duration = Duration::from_secs(6);
/// What lies in socket buffers when nobody reads on; the answers themselves have no end.
const BUFFERED: usize = 16 * 1024 * 1024;

/// Whether an answer of this sort comes too late, or is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Late,
    Nonsense,
}

/// Answers that are wrong for every call.
fn mad(trap: &str) -> Vec<(&'static str, Sort, Says)> {
    let chunked = || Says::head("transfer-encoding: chunked\r\n");
    let chunk = |text: &str| Bytes::from(format!("{:x}\r\n{text}\r\n", text.len()));
    let body = |text: String| Says::json(200, text);
    let deep = |open: &str, close: &str, count: usize| {
        format!("{{\"a\":{}{}}}", open.repeat(count), close.repeat(count))
    };
    let half = r#"{"errcode":0,"access_token":"t","openid":"oP"#;
    let length = |length: usize| Says::head(&format!("content-length: {length}\r\n"));
    let blanks = || Bytes::from(" ".repeat(64 * 1024));
    let nonsense = [
        ("50 MiB, announced", Says::Endless(length(50 * 1024 * 1024), blanks())),
        (
            "50 MiB of a text",
            Says::Endless(chunked() + "8\r\n{\"url\":\"\r\n", chunk(&"x".repeat(32 * 1024))),
        ),
        ("chunks without an end", Says::Endless(chunked(), chunk(&" ".repeat(32 * 1024)))),
        ("a body without an end", Says::Endless(Says::head("connection: close\r\n"), blanks())),
        (
            "headers without an end",
            Says::Endless("HTTP/1.1 200 OK\r\n".to_owned(), Bytes::from_static(b"x-more: and more\r\n")),
        ),
        ("100,000 deep and open", body(format!("{{\"a\":{}", "[".repeat(100_000)))),
        ("100,000 deep", body(deep("[", "]", 100_000))),
        ("40,000 objects deep", body(deep("{\"a\":", "1", 1).replace('1', &"{\"a\":".repeat(40_000)))),
        ("no object", body("[]".to_owned())),
        ("a number", body("1e9999".to_owned())),
        ("null", body("null".to_owned())),
        ("a code of another type", body("{\"errcode\":[40001]}".to_owned())),
        ("a code beyond measure", body("{\"errcode\":99999999999999999999999}".to_owned())),
        ("half of it, said to be whole", body(half.to_owned())),
        ("half of it", Says::Once(length(500), Bytes::from(half))),
        ("half a chunk", Says::Once(chunked() + "400\r\n", Bytes::from(half))),
        ("nothing inside", body(String::new())),
        ("a page", Says::json(200, "<html><body>Welcome to the hotel</body></html>")),
        ("502", Says::json(502, "<html><h1>502 Bad Gateway</h1></html>")),
        ("500 with a good face", Says::json(500, "{\"errcode\":0}")),
        (
            "another address",
            Says::Once(
                format!("HTTP/1.1 302 Found\r\nlocation: {trap}\r\ncontent-length: 0\r\n\r\n"),
                Bytes::new(),
            ),
        ),
        ("no HTTP", Says::Once("SSH-2.0-OpenSSH_9.6\r\n\r\n".to_owned(), Bytes::new())),
        ("a reset", Says::Reset),
    ];
    let sorted = nonsense.map(|(what, says)| (what, Sort::Nonsense, says)).into_iter();
    sorted.chain([("silence", Sort::Late, Says::Nothing)]).collect()
}

/// Everything of the right shape but for its types.
fn mistyped() -> Says {
    Says::json(
        200,
        r#"{"errcode":0,"url":7,"ticket":[],"expire_seconds":"soon","access_token":{},"openid":["o"],"unionid":1,"scope":2,"nickname":[],"headimgurl":{}}"#,
    )
}

/// A house whose WeChat can go mad, and where a trap is that nobody must step into.
struct Asylum {
    house: House,
    hostile: Hostile,
    visitor: Visitor,
    trap: TcpListener,
}

impl Asylum {
    async fn open(db: &Database) -> Self {
        let hostile = Hostile::start().await;
        let plan = Plan { vendor: Some(hostile.base.clone()), ..Plan::default() };
        let house = House::planned(db.url(), plan).await;
        hostile.lead_to(house.sandbox.addr());
        let trap = TcpListener::bind("127.0.0.1:0").unwrap();
        trap.set_nonblocking(true).unwrap();
        // Everything of WeChat's is reached by the same address, as in life.
        let visitor = Visitor::new(&house.saoma, &hostile.base);
        Self { house, hostile, visitor, trap }
    }

    fn answers(&self) -> Vec<(&'static str, Sort, Says)> {
        let mut answers = mad(&format!("http://{}/trap", self.trap.local_addr().unwrap()));
        answers.push(("wrong types", Sort::Nonsense, mistyped()));
        answers
    }

    /// One of each sort, where the same call has met them all elsewhere.
    fn some_answers(&self) -> Vec<(&'static str, Sort, Says)> {
        let some = ["50 MiB of a text", "100,000 deep", "half of it", "502", "a reset", "wrong types"];
        let mut answers = self.answers();
        answers.retain(|(what, ..)| some.contains(what));
        assert_eq!(answers.len(), some.len());
        answers
    }

    /// From the moment it was told what to say, little was taken, in little time.
    fn assert_bounded(&self, what: &str, began: Instant) {
        assert!(began.elapsed() < PATIENCE, "{what} took {:?}", began.elapsed());
        assert!(self.hostile.taken() < BUFFERED, "{what}: {} bytes were taken", self.hostile.taken());
        self.hostile.calm_down();
    }

    async fn close(self) {
        assert_eq!(self.trap.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "a redirect was followed");
        self.house.close().await;
    }
}

/// The visitor's browser is back from WeChat's page with this person's code.
async fn returned(visitor: &Visitor, person: &str) -> (Held, Url) {
    let held = visitor.begin_by(&WEBSITE).await;
    let page = WebsitePage::open(visitor, &held).await;
    let back = page.confirmed_by(&Phone::of(visitor, person)).await;
    (held, back)
}

/// Where the website is told what became of it.
async fn told(visitor: &Visitor, back: &Url) -> Url {
    let answer = send(visitor.http.get(back.as_str())).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{:?}", answer.bytes);
    let to: Url = answer.headers["location"].to_str().unwrap().parse().unwrap();
    assert!(to.as_str().starts_with(REDIRECT_URI), "{to}");
    to
}

async fn follower(visitor: &Visitor, way: &Way, person: &str) -> Phone {
    let phone = Phone::of(visitor, person);
    phone.already_follows(way).await;
    phone
}

every_database! {
    /// A begin: the right problem, and no row is made.
    async fn t31_a_code_that_does_not_come(db: &Database) {
        let asylum = Asylum::open(db).await;
        let (visitor, document) = (&asylum.visitor, document());
        visitor.begin_by(&SERVICE).await;
        let mut answers = asylum.answers();
        let slowly = Says::Slowly(Says::head("content-length: 500\r\n"), Bytes::from(" ".repeat(500)));
        answers.push(("a byte now and then", Sort::Late, slowly));
        for (what, sort, says) in answers {
            let before = rows(db).await;
            asylum.hostile.say(CODE, says);
            let began = Instant::now();
            let answer = visitor.try_begin(&Visitor::begin_body_for("service")).await;
            asylum.assert_bounded(what, began);
            let expected = match sort {
                Sort::Late => (504, "vendor_timeout"),
                Sort::Nonsense => (503, "vendor_unavailable"),
            };
            assert_eq!((answer.status.as_u16(), answer.code()), expected, "{what}");
            assert_documented(&document, "POST", "/api/v1/logins", &answer);
            // The attempt is kept, with what became of it, and nothing else.
            let mut kept = before;
            for table in ["logins", "audit_events"] {
                let count: u32 = kept[table].parse().unwrap();
                kept.insert(table, (count + 1).to_string());
            }
            assert_eq!(rows(db).await, kept, "{what}");
            visitor.begin_by(&SERVICE).await;
        }
        asylum.close().await;
    }

    /// Who somebody new is: their push is answered at once, the login fails by itself, nobody is made.
    async fn t31_a_person_who_is_not_told(db: &Database) {
        let asylum = Asylum::open(db).await;
        let visitor = &asylum.visitor;
        let ann = follower(visitor, &CHAT, "ann").await;
        let mut answers = asylum.answers();
        // Somebody else, and nobody.
        answers.push(("another person", Sort::Nonsense, Says::json(200, r#"{"subscribe":1,"openid":"oOther","unionid":"oU"}"#)));
        answers.push(("nobody", Sort::Nonsense, Says::json(200, r#"{"subscribe":1,"unionid":"oU"}"#)));
        for (what, _, says) in answers {
            let begun = visitor.try_begin(&Visitor::begin_body_for("chat")).await;
            let (held, number) = (Held::of(&begun), begun.text("number").to_owned());
            ann.scan(held.code_text()).await;
            asylum.hostile.say(PERSON, says);
            let began = Instant::now();
            let answer = ann.say(&CHAT, &number).await;
            assert!(said(&answer).contains("已登录"), "{what}: {}", answer.json);
            assert!(answer.json["push"]["attempts"][0]["millis"].as_u64().unwrap() < 1000, "{what}: {}", answer.json);
            let view = eventually(what, || async {
                let view = visitor.read(&held, "").await;
                (view.text("stage") != "scanned").then_some(view)
            })
            .await;
            asylum.assert_bounded(what, began);
            assert_eq!((view.text("stage"), view.text("reason")), ("failed", "vendor_failed"), "{what}");
        }
        let made = rows(db).await;
        assert_eq!((made["users"].as_str(), made["identities"].as_str(), made["aliases"].as_str()), ("0", "0", "0"));
        let begun = visitor.try_begin(&Visitor::begin_body_for("chat")).await;
        ann.scan(Held::of(&begun).code_text()).await;
        ann.say(&CHAT, begun.text("number")).await;
        eventually("the next one works", || async {
            (visitor.stage(&Held::of(&begun)).await == "confirmed").then_some(())
        })
        .await;
        assert_eq!(rows(db).await["aliases"], "1");
        asylum.close().await;
    }

    /// Whom a website's code stands for: the website is told, at its own address, and nobody is made.
    async fn t31_a_code_that_stands_for_nobody(db: &Database) {
        let asylum = Asylum::open(db).await;
        let visitor = &asylum.visitor;
        for (what, _, says) in asylum.answers() {
            let (held, back) = returned(visitor, "ann").await;
            asylum.hostile.say(GRANT, says);
            let began = Instant::now();
            let to = told(visitor, &back).await;
            asylum.assert_bounded(what, began);
            assert_eq!(parameter(&to, "error").as_deref(), Some("temporarily_unavailable"), "{what}");
            assert_eq!(parameter(&to, "code"), None, "{what}");
            let view = visitor.read(&held, "").await;
            assert_eq!((view.text("stage"), view.text("reason")), ("failed", "vendor_failed"), "{what}");
        }
        assert_eq!(rows(db).await["users"], "0");
        let (_, back) = returned(visitor, "ann").await;
        assert!(parameter(&told(visitor, &back).await, "code").is_some());
        asylum.close().await;
    }

    /// The proof of the confirm page: the page says so, the login waits, and the link works afterwards.
    async fn t31_a_page_that_cannot_prove_who_looks(db: &Database) {
        let asylum = Asylum::open(db).await;
        let visitor = &asylum.visitor;
        let ann = follower(visitor, &SERVICE, "ann").await;
        let held = visitor.begin_by(&SERVICE).await;
        let address = link(&ann.scan(held.code_text()).await);
        for (what, _, says) in asylum.some_answers() {
            asylum.hostile.say(GRANT, says);
            let began = Instant::now();
            let page = ann.browser().await.open(&address, &visitor.saoma).await;
            asylum.assert_bounded(what, began);
            assert_eq!(page.answer.status, StatusCode::SERVICE_UNAVAILABLE, "{what}");
            assert!(!page.text().contains("csrf"), "{what}");
            assert_eq!(visitor.stage(&held).await, "scanned", "{what}");
        }
        let browser = ann.browser().await;
        let page = browser.open(&address, &visitor.saoma).await;
        assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::OK);
        assert_eq!(visitor.stage(&held).await, "confirmed");
        asylum.close().await;
    }

    /// What somebody is called: nobody is turned away for it, and a name or a picture of a mad vendor's is
    /// no name and no picture.
    async fn t31_a_name_that_is_not_told(db: &Database) {
        let asylum = Asylum::open(db).await;
        let visitor = &asylum.visitor;
        let trap = format!("http://{}/picture", asylum.trap.local_addr().unwrap());
        let mut answers = asylum.some_answers();
        answers.push(("silence", Sort::Late, Says::Nothing));
        let named = |openid: &str, name: &str| {
            let (name, trap) = (serde_json::json!(name), serde_json::json!(trap));
            Says::json(200, format!(r#"{{"openid":"{openid}","nickname":{name},"headimgurl":{trap}}}"#))
        };
        answers.push(("another person's", Sort::Nonsense, named("oOther", "Bob")));
        let mut user = None;
        for (what, _, says) in answers {
            let (held, back) = returned(visitor, "ann").await;
            asylum.hostile.say(PROFILE, says);
            let began = Instant::now();
            let code = parameter(&told(visitor, &back).await, "code").unwrap_or_else(|| panic!("{what}"));
            asylum.assert_bounded(what, began);
            assert_eq!(visitor.stage(&held).await, "confirmed", "{what}");
            let token = visitor.redeem(&code).await;
            let info = visitor.user_info(token.text("access_token")).await.json;
            let made_up = (&info["name_is_stand_in"], &info["picture_is_stand_in"]);
            assert_eq!(made_up, (&true.into(), &true.into()), "{what}: {info}");
            assert_eq!(*user.get_or_insert_with(|| info["sub"].clone()), info["sub"], "{what}");
        }
        // Of the right shape, and far too much of it.
        let openid = db.lines("SELECT subject AS line FROM identities").await.remove(0);
        let long = format!("\u{202e}<b>{}\u{0}", "扫e\u{301}\u{301}".repeat(10_000));
        asylum.hostile.say(PROFILE, named(&openid, &long));
        let (_, back) = returned(visitor, "ann").await;
        let code = parameter(&told(visitor, &back).await, "code").unwrap();
        let info = visitor.user_info(visitor.redeem(&code).await.text("access_token")).await;
        let name = info.text("name");
        assert!(name.starts_with("<b>扫") && name.len() < 1000, "{name}");
        assert!(!name.contains(['\u{202e}', '\0']), "{name}");
        assert_eq!(info.json["picture_is_stand_in"], true);
        asylum.hostile.calm_down();
        asylum.close().await;
    }
}
