//! LOG-12, T18: one callback path per provider; what does not fit stops before WeChat is asked, and
//! uses nothing up.

use super::steps::{assert_page, spent, works_again};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::inspect::forget_calls;
use saoma_tests::phone::{Phone, WECHAT_AGENT, parameter};
use saoma_tests::visitor::{Visitor, send};
use saoma_tests::ways::{SERVICE, WEBSITE};
use saoma_tests::website::{WebsitePage, come_back, confirmed_at_wechat, sent_on};
use url::Url;

const NO_SUCH_STATE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The same address at another provider's path.
fn moved(back: &Url, slug: &str) -> Url {
    let mut moved = back.clone();
    moved.set_path(&format!("/callback/{slug}"));
    moved
}

every_database! {
    /// A state of one provider at the path of another: refused, nobody is asked, and at its own path it works on.
    async fn log_12_t18_a_state_counts_at_its_own_path_only(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        for other in ["service", "chat", "quick", "compatible", "plain"] {
            assert_page(&come_back(&visitor, &moved(&back, other)).await, StatusCode::BAD_REQUEST);
        }
        // A mini-program has no callback; a provider that does not exist has none either.
        assert_page(&come_back(&visitor, &moved(&back, "mini")).await, StatusCode::BAD_REQUEST);
        for nobody in ["nobody", "WEBSITE", "website%20", "%00"] {
            assert_page(&come_back(&visitor, &moved(&back, nobody)).await, StatusCode::NOT_FOUND);
        }
        assert_eq!((spent(&visitor).await, visitor.stage(&held).await.as_str()), (0, "pending"));
        assert!(parameter(&sent_on(&come_back(&visitor, &back).await), "code").is_some());
        assert_eq!(spent(&visitor).await, 1);
        house.close().await;
    }

    /// The other way round: a code that WeChat's own browser got for the service account, at the website's path.
    async fn log_12_t18_a_code_of_another_app_is_not_sent_anywhere(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_as(&SERVICE, WECHAT_AGENT).await;
        let browser = Phone::of(&visitor, "ann").browser().await;
        let back = browser.get(held.redirect_url()).await;
        let back: Url = back.headers["location"].to_str().unwrap().parse().unwrap();
        assert_eq!(back.path(), "/callback/service");
        assert_page(&come_back(&visitor, &moved(&back, "website")).await, StatusCode::BAD_REQUEST);
        assert_eq!((spent(&visitor).await, visitor.stage(&held).await.as_str()), (0, "pending"));
        house.close().await;
    }

    /// Whatever is not a callback of a login of ours: a page, and WeChat is not asked.
    async fn log_12_what_is_not_ours_stops_before_any_call(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        let (state, code) = (parameter(&back, "state").unwrap(), parameter(&back, "code").unwrap());
        let (short, long) = (&state[..31], format!("{state}a"));
        let odd = format!("{}-", &state[..31]);
        for query in [
            String::new(),
            format!("code={code}"),
            format!("code={code}&state="),
            format!("code={code}&state={NO_SUCH_STATE}"),
            format!("state={NO_SUCH_STATE}"),
            format!("code={code}&state={}", state.chars().rev().collect::<String>()),
            format!("code={code}&state={short}"),
            format!("code={code}&state={long}"),
            format!("code={code}&state={odd}"),
            format!("code={code}&state={state}%00"),
            format!("code={code}%00&state={state}"),
            format!("code={code}%0d%0aSet-Cookie:x&state={state}"),
            format!("code=%22%3E%3Cscript%3E&state={state}"),
            format!("code={}&state={state}", "c".repeat(2000)),
            format!("code=%ff&state={state}"),
            // One name twice: which of the two counts would depend on who reads it.
            format!("code={code}&code={code}&state={state}"),
            format!("code={code}&state={state}&state={state}"),
            format!("code={code}&state={state}&%73tate={NO_SUCH_STATE}"),
        ] {
            let mut address = back.clone();
            address.set_query(Some(&query));
            assert_page(&come_back(&visitor, &address).await, StatusCode::BAD_REQUEST);
        }
        assert_eq!((spent(&visitor).await, visitor.stage(&held).await.as_str()), (0, "pending"));
        assert!(parameter(&sent_on(&come_back(&visitor, &back).await), "code").is_some());
        house.close().await;
    }

    /// T12: whoever mails the link of a login that they began gets nothing by it: the person who confirms
    /// is sent to the website in their own browser, and the one who began learns the stage alone.
    async fn t12_a_mailed_link_gives_its_sender_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let sender = house.visitor();
        let held = sender.begin_by(&WEBSITE).await;
        let victim = house.visitor();
        let page = WebsitePage::open(&victim, &held).await;
        let back = page.confirmed_by(&Phone::of(&victim, "bob")).await;
        let code = parameter(&sent_on(&come_back(&victim, &back).await), "code").unwrap();
        for _ in 0..2 {
            let refused = sender.post(&held, "complete").await;
            assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "answered_by_redirect"));
        }
        let known = db.lines("SELECT subject AS line FROM identities UNION SELECT value FROM aliases UNION SELECT id FROM users").await;
        assert_eq!(known.len(), 3);
        let view = String::from_utf8(sender.read(&held, "").await.bytes.to_vec()).unwrap();
        for private in known.iter().chain([&code]) {
            assert!(!view.contains(private), "{private} in {view}");
        }
        // Loaded again in the sender's browser, the address gives a page.
        assert_page(&come_back(&sender, &back).await, StatusCode::CONFLICT);
        assert_eq!(victim.redeem(&code).await.status, StatusCode::OK);
        let refused = sender.post(&held, "complete").await;
        assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "answered_by_redirect"));
        house.close().await;
    }

    /// LOG-07, T9: a link that two people opened and confirmed logs in the first of them alone.
    async fn log_07_of_two_people_with_one_link_the_first_counts(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let (anns, bobs) = (
            confirmed_at_wechat(&visitor, &held, "ann").await,
            confirmed_at_wechat(&visitor, &held, "bob").await,
        );
        assert_eq!(parameter(&anns, "state"), parameter(&bobs, "state"));
        forget_calls(&visitor).await;
        let code = parameter(&sent_on(&come_back(&visitor, &anns).await), "code").unwrap();
        assert_page(&come_back(&visitor, &bobs).await, StatusCode::CONFLICT);
        assert_eq!(spent(&visitor).await, 1);
        let tokens = visitor.redeem(&code).await;
        let user = visitor.user_info(tokens.text("access_token")).await.text("sub").to_owned();
        assert_eq!(visitor.log_in("ann").await, user);
        assert_eq!(db.lines("SELECT id AS line FROM users").await.len(), 1, "bob has become nobody");
        works_again(&visitor, "bob").await;
        house.close().await;
    }

    /// Another browser's cookies, or none, change nothing: the website's own address is the binding.
    async fn no_cookie_of_ours_is_asked_for(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let own = visitor.request(Method::POST, "/api/v1/logins").header("origin", &house.saoma);
        let begun = send(own.json(&Visitor::begin_body_for("website"))).await;
        assert!(begun.headers.contains_key("set-cookie"));
        let held = saoma_tests::visitor::Held::of(&begun);
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        let port = house.saoma.rsplit(':').next().unwrap();
        let foreign = visitor.http.get(back.as_str()).header("cookie", format!("saoma-{port}={}", "A".repeat(43)));
        let to = sent_on(&send(foreign).await);
        assert_eq!(visitor.redeem(&parameter(&to, "code").unwrap()).await.status, StatusCode::OK);
        house.close().await;
    }
}
