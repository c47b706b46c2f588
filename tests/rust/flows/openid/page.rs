//! Our login page when the way through it is not straight: given up, opened again, in a second tab, in another
//! browser, in another language.

use super::{AT_SECOND, POLICY, open};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::phone::WECHAT_AGENT;
use saoma_tests::relying_party::{
    SiteBrowser, answered, location, redeem, request_with, tokens, usual_request,
};
use saoma_tests::visitor::{Answer, Held, Visitor};

/// The page's text.
fn html(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).replace("&#x2F;", "/")
}

/// A house whose second website offers this way only.
async fn offering(db: &Database, way: &str) -> House {
    let client_toml = POLICY.replace("providers = [\"mini\"]", &format!("providers = [\"{way}\"]"));
    House::planned(db.url(), Plan { client_toml, ..Plan::default() }).await
}

every_database! {
    async fn whoever_gives_up_ends_every_code_that_was_on_show_and_the_phone_is_told(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&usual_request()).await;
        let mut asked = Vec::new();
        for person in [Some("ann"), None] {
            let held = Held::of(&browser.start(&page, "mini").await);
            let token = match person {
                Some(person) => Some(browser.visitor.scan(&held, person).await),
                None => None,
            };
            asked.push((held, token));
        }
        // In this house time stands still: only a wake-up ends the wait.
        let (waiting, _) = &asked[1];
        let mut same = SiteBrowser { visitor: house.visitor(), cookies: browser.cookies.clone() };
        let (view, cancelled) = tokio::join!(same.read(waiting, "?after_version=1&wait=25"), browser.post(&page, &[("decision", "cancel")]));
        assert!(location(&cancelled).contains("error=access_denied"));
        assert_eq!((view.text("stage"), view.text("reason")), ("cancelled", "cancelled_by_browser"), "{:?}", view.json);

        let told = browser.visitor.confirm(asked[0].1.as_deref().unwrap()).await;
        assert_eq!((told.status, told.code()), (StatusCode::GONE, "login_ended"));
        for (held, _) in &asked {
            let ends = format!(
                "SELECT actor || ' ' || outcome || ' ' || detail AS line FROM audit_events \
                 WHERE action = 'login.ended' AND target = '{}'",
                held.id
            );
            assert_eq!(db.lines(&ends).await, ["browser refused cancelled_by_browser"]);
        }
        // Who comes back to the page may begin anew.
        let again = browser.confirm_at(&page, "ann").await;
        assert!(!asked.iter().any(|(held, _)| held.id == again.id));
        let code = answered(&browser.get(&page).await)["code"].clone();
        tokens(&browser.visitor, &code).await;
        house.close().await;
    }

    async fn op_16_a_second_tab_goes_on_by_the_session_that_the_first_one_made(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let requests = [
            usual_request(),
            request_with(&AT_SECOND),
            request_with(&[("prompt", "login")]),
            request_with(&[("acr_values", "urn:saoma:acr:number")]),
        ];
        let [mut first, mut second, mut anew, mut stronger] = [const { String::new() }; 4];
        for (request, page) in requests.iter().zip([&mut first, &mut second, &mut anew, &mut stronger]) {
            *page = browser.to_login_page(request).await;
        }
        let same_tab = browser.to_login_page(&usual_request()).await;
        browser.confirm_at(&first, "ann").await;
        let code = answered(&browser.get(&first).await)["code"].clone();
        let (_, claims) = tokens(&browser.visitor, &code).await;

        let code = answered(&browser.get(&same_tab).await)["code"].clone();
        let (_, other) = tokens(&browser.visitor, &code).await;
        for same in ["sub", "sid", "auth_time"] {
            assert_eq!(claims[same], other[same], "{same}");
        }
        // The second website may know only when the person says so.
        assert_eq!(location(&browser.consent(&second, "allow").await), second);
        assert!(location(&browser.get(&second).await).starts_with("http://localhost:9/second?code="));
        // Who wants them to log in anew, or more surely, waits for that.
        for page in [&anew, &stronger] {
            let shown = browser.get(page).await;
            assert_eq!(shown.status, StatusCode::OK);
            assert!(!html(&shown).contains("name=\"csrf\""), "nobody is asked yet");
        }
        house.close().await;
    }

    async fn somebody_elses_session_gives_a_waiting_page_nothing_of_the_first_person(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let waiting = browser.to_login_page(&request_with(&[("prompt", "consent")])).await;
        browser.log_in(&usual_request(), "ann").await;
        assert_eq!(location(&browser.consent(&waiting, "allow").await), waiting, "ann says yes");
        let old = answered(&browser.get(&waiting).await)["code"].clone();
        browser.log_in(&request_with(&[("prompt", "login")]), "bob").await;
        let asked = browser.get(&waiting).await;
        assert!(html(&asked).contains("name=\"csrf\""), "bob is asked anew: {}", html(&asked));
        assert_eq!(redeem(&browser.visitor, &old, &[]).await.code(), "invalid_grant", "ann's code is void");
        house.close().await;
    }

    async fn whoever_is_asked_sees_who_is_logged_in_and_somebody_else_logs_in_anew(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
        let (reply, _) = tokens(&browser.visitor, &code).await;
        let ann = browser.visitor.user_info(reply.text("access_token")).await;
        let asked = browser.to_login_page(&request_with(&AT_SECOND)).await;
        let shown = html(&browser.get(&asked).await);
        for part in [ann.text("name"), ann.text("picture")] {
            assert!(!part.is_empty() && shown.contains(part), "{part}: {shown}");
        }
        let anew = location(&browser.post(&asked, &[("decision", "other")]).await);
        assert!(anew.starts_with("/login/azr_") && anew != asked, "{anew}");
        assert!(!html(&browser.get(&anew).await).contains("name=\"csrf\""), "ann's session will not do");
        browser.confirm_at(&anew, "bob").await;
        let to = location(&browser.get(&anew).await);
        assert!(to.starts_with("http://localhost:9/second?code=") && to.contains("state=website-state"), "{to}");
        house.close().await;
    }

    async fn t10_a_request_that_begins_again_in_another_browser_is_counted(db: &Database) {
        let limits_toml = "[limits]\nbegins = 3\nbegins_per_client = 0\npending_per_address = 0\nreads = 0\n\
            unknown_scenes = 0\nscans_per_subject_per_hour = 0\nstreams_per_address = 0\n";
        let plan = Plan { limits_toml: Some(limits_toml.to_owned()), ..Plan::default() };
        let house = House::planned(db.url(), plan).await;
        let page = SiteBrowser::new(&house).to_login_page(&usual_request()).await;
        for _ in 0..2 {
            assert!(location(&SiteBrowser::new(&house).get(&page).await).starts_with("/login/azr_"));
        }
        let refused = SiteBrowser::new(&house).get(&page).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers.contains_key("retry-after"));
        house.close().await;
    }

    async fn whatever_follows_the_page_speaks_its_language_and_leads_back_to_the_website(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let chinese = |more: &[(&'static str, &str)]| request_with(&[&[("ui_locales", "fr zh-CN")], more].concat());
        let speaks = |answer: &Answer| html(answer).contains("<html lang=\"zh-CN\">");
        // The form that posts the answer, when somebody gives up and when nobody was shown anything.
        let page = browser.to_login_page(&chinese(&[("response_mode", "form_post")])).await;
        assert!(speaks(&browser.post(&page, &[("decision", "cancel")]).await));
        assert!(speaks(&browser.authorize(&chinese(&[("response_mode", "form_post"), ("prompt", "none")])).await));
        assert!(speaks(&browser.authorize(&chinese(&[("client_id", "nobody")])).await));
        // A decision that no page of ours made.
        let forged = browser.post(&page, &[("decision", "allow"), ("csrf", "x")]).await;
        assert!(forged.status == StatusCode::FORBIDDEN && speaks(&forged));
        // The website has its answer: said so, with a way back to it.
        let code = browser.log_in(&chinese(&[]), "ann").await["code"].clone();
        let page = browser.to_login_page(&chinese(&[("prompt", "login")])).await;
        browser.confirm_at(&page, "ann").await;
        let newer = answered(&browser.get(&page).await)["code"].clone();
        for code in [&code, &newer] {
            tokens(&browser.visitor, code).await;
        }
        let answered_before = browser.get(&page).await;
        let said = html(&answered_before);
        assert_eq!(answered_before.status, StatusCode::GONE);
        assert!(speaks(&answered_before) && said.contains("本次登录已处理过"), "{said}");
        assert!(said.contains("href=\"http://localhost:9\"") && said.contains("Test Shop"), "{said}");
        // Nobody came in time: that is another thing to say.
        let page = browser.to_login_page(&chinese(&[("prompt", "login")])).await;
        house.clock.as_ref().unwrap().advance_seconds(1801);
        let late = browser.get(&page).await;
        assert!(late.status == StatusCode::GONE && html(&late).contains("请回到网站重新登录。"), "{}", html(&late));
        house.close().await;
    }

    async fn where_no_way_will_do_the_page_says_so_leads_back_and_begins_nothing(db: &Database) {
        let house = offering(db, "website").await;
        let mut browser = SiteBrowser::new(&house);
        for (locale, says) in [("en", "a stronger login than any way here offers"), ("zh-CN", "网站要求的安全级别高于这里的所有登录方式")] {
            let more = [("acr_values", "urn:saoma:acr:number"), ("ui_locales", locale)];
            let page = browser.to_login_page(&request_with(&[&AT_SECOND[..], &more].concat())).await;
            let shown = html(&browser.get(&page).await);
            assert!(shown.contains(says) && !shown.contains("<saoma-login"), "{shown}");
            // No script of the page's own would have anything to do, and the way back is what there is to press.
            assert!(shown.contains("<button name=\"decision\" value=\"cancel\">"), "{shown}");
            let begun = browser.start(&page, "website").await;
            assert_eq!((begun.status, begun.code()), (StatusCode::FORBIDDEN, "provider_not_offered"));
            let back = location(&browser.post(&page, &[("decision", "cancel")]).await);
            assert!(back.starts_with("http://localhost:9/second?error=access_denied"), "{back}");
        }
        assert!(db.lines("SELECT id AS line FROM logins").await.is_empty());
        house.close().await;
    }

    /// In WeChat's own browser a service account has no code to scan, and reaches less than on another screen.
    async fn what_a_way_does_not_reach_in_this_browser_begins_nothing(db: &Database) {
        let house = offering(db, "service").await;
        for (agent, status) in [("Firefox", StatusCode::CREATED), (WECHAT_AGENT, StatusCode::FORBIDDEN)] {
            let mut browser = SiteBrowser::new(&house);
            browser.visitor = Visitor::calling_itself(agent, &browser.visitor);
            let request = request_with(&[&AT_SECOND[..], &[("acr_values", "urn:saoma:acr:number")]].concat());
            let page = browser.to_login_page(&request).await;
            assert_eq!(browser.start(&page, "service").await.status, status, "{agent}");
        }
        assert_eq!(db.lines("SELECT id AS line FROM logins").await.len(), 1);
        house.close().await;
    }
}
