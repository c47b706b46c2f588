//! The logbook: every filter lists exactly what it means, page by page, and what is left of a Login that
//! has been cleared opens nothing.

use super::fixture::*;
use saoma_core::id::{LoginId, UserId};
use saoma_core::logbook::{Attempt, LogbookQuery, LoginFilter, Moment, Named, Passed};
use saoma_core::login::{IssuedCode, Login, Proof, Reason, Requester, Stage, Steps, VendorAnswer};
use saoma_core::page::PageRequest;
use saoma_core::provider::{Challenge, Kind, LocalText, ProviderError, Step, Upstream};
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use std::collections::BTreeSet;

const CLIENTS: [&str; 3] = ["shop", "blog", "wiki"];
const PROVIDERS: [&str; 2] = ["mini", "service"];
const ADDRESSES: [&str; 4] = ["192.0.2.1", "192.0.2.200", "198.51.100.7", "2001:db8::1"];
const BROWSERS: [&str; 3] = ["Firefox, Windows", "Chrome, Linux", "Safari"];

fn pick<'a>(of: &[&'a str], number: usize) -> &'a str {
    of[number % of.len()]
}

/// Logins of every stage, no two at one moment but those that end a second alike.
async fn many(stores: &Stores, users: &[UserId; 2]) -> Vec<Login> {
    let mut all = Vec::new();
    for number in 0..108 {
        let stage = Stage::ALL[number % Stage::ALL.len()];
        let created_at = NOW.plus_seconds(i64::try_from(number / 2).unwrap());
        let reason = Reason::ALL[number % Reason::ALL.len()];
        let login = Login {
            client: pick(&CLIENTS, number / 3).parse().unwrap(),
            provider: pick(&PROVIDERS, number / 5).parse().unwrap(),
            stage,
            reason: (stage.is_end() && stage != Stage::Redeemed).then_some(reason),
            requester: Requester {
                address: (number % 7 != 0).then(|| pick(&ADDRESSES, number).parse().unwrap()),
                browser: (number % 11 != 0).then(|| pick(&BROWSERS, number).to_owned()),
                region: None,
            },
            user: (stage == Stage::Redeemed).then(|| users[number / 9 % 2].clone()),
            created_at,
            updated_at: created_at.plus_seconds(9),
            ..new_login()
        };
        create(stores, &login).await;
        all.push(login);
    }
    all.sort_by(|a, b| (b.created_at, b.id.as_str()).cmp(&(a.created_at, a.id.as_str())));
    all
}

/// What the filter means, said once more.
fn means(query: &LogbookQuery, login: &Login) -> bool {
    let LoginFilter { client, provider, stages, unlucky, reason, user, address, browser, from, until } =
        &query.filter;
    let family = login.requester.browser_family();
    query.within.as_ref().is_none_or(|own| own.contains(&login.client))
        && client.as_ref().is_none_or(|client| login.client == *client)
        && provider.as_ref().is_none_or(|provider| login.provider == *provider)
        && (stages.is_empty() || stages.contains(&login.stage))
        && (!unlucky || login.stage.is_end() && login.stage != Stage::Redeemed)
        && reason.is_none_or(|reason| login.reason == Some(reason))
        && user.as_ref().is_none_or(|user| login.user.as_ref() == Some(user))
        && address
            .as_ref()
            .is_none_or(|block| login.requester.address.is_some_and(|address| block.has(address)))
        && browser.as_ref().is_none_or(|browser| family == Some(browser.as_str()))
        && from.is_none_or(|from| login.created_at >= from)
        && until.is_none_or(|until| login.created_at <= until)
}

/// Single filters, and some that are used together.
pub(super) fn filters(user: &UserId) -> Vec<LoginFilter> {
    let nothing = LoginFilter::default;
    let shop = || Some("shop".parse().unwrap());
    let mini = || Some("mini".parse().unwrap());
    let block = |text: &str| Some(text.parse().unwrap());
    let from = Some(NOW.plus_seconds(11));
    let until = Some(NOW.plus_seconds(40));
    vec![
        nothing(),
        LoginFilter { client: shop(), ..nothing() },
        LoginFilter { provider: mini(), ..nothing() },
        LoginFilter { client: shop(), provider: mini(), ..nothing() },
        LoginFilter { stages: BTreeSet::from([Stage::Failed]), ..nothing() },
        LoginFilter { stages: BTreeSet::from([Stage::Pending, Stage::Redeemed]), ..nothing() },
        LoginFilter { stages: BTreeSet::from([Stage::Pending, Stage::Denied]), unlucky: true, ..nothing() },
        LoginFilter { stages: BTreeSet::from([Stage::Redeemed]), unlucky: true, ..nothing() },
        LoginFilter { unlucky: true, ..nothing() },
        LoginFilter { unlucky: true, client: shop(), from, ..nothing() },
        LoginFilter { reason: Some(Reason::VendorFailed), ..nothing() },
        LoginFilter { reason: Some(Reason::WrongNumber), provider: mini(), until, ..nothing() },
        LoginFilter { user: Some(user.clone()), ..nothing() },
        LoginFilter {
            user: Some(user.clone()),
            client: shop(),
            browser: Some("Firefox".to_owned()),
            ..nothing()
        },
        LoginFilter { address: block("192.0.2.1"), ..nothing() },
        LoginFilter { address: block("192.0.2.0/24"), ..nothing() },
        LoginFilter { address: block("192.0.2.0/24"), client: shop(), ..nothing() },
        LoginFilter { address: block("2001:db8::/32"), unlucky: true, ..nothing() },
        LoginFilter { browser: Some("Safari".to_owned()), ..nothing() },
        LoginFilter { browser: Some("Chrome".to_owned()), address: block("192.0.2.1"), ..nothing() },
        LoginFilter { browser: Some("' OR 1=1 --".to_owned()), ..nothing() },
        LoginFilter { from, until, ..nothing() },
    ]
}

/// All pages of the list.
async fn listed(stores: &Stores, query: &LogbookQuery) -> Vec<Attempt> {
    let mut page = PageRequest::first(7);
    let mut all = Vec::new();
    loop {
        let got = stores.logbook.list_attempts(query, &page).await.unwrap();
        assert!(got.items.len() <= 7 && (got.next.is_none() || got.items.len() == 7));
        all.extend(got.items);
        let Some(next) = got.next else { return all };
        page.after = Some(next);
    }
}

/// Ended Logins, a millisecond after each other; the first and the last but one from 10.0.0.0/8.
const SPARSE: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000)
    INSERT INTO logins (id, client_id, provider, scene, image_token, browser_hash, stage, version, challenge_type,
        site, code_challenge, requester, created_at, updated_at, expires_at, ended_at, address_key)
    SELECT 'lgn_00000000000000000' || (10000 + i % 90000), 'shop', 'mini', 's' || i, 't' || i, 'b', 'denied', 1, 'qr_image', '{}', 'c',
        '{}', i, i, i, i, CASE i WHEN 1 THEN '00000000000000000000ffff0a000001' WHEN 69999 THEN '00000000000000000000ffff0a000002' ELSE NULL END
    FROM n;";

fn failure() -> ProviderError {
    let upstream = Upstream {
        code: 40164,
        meaning: LocalText { en: "our address is not on the list", zh: "地址不在名单里" },
        cure: LocalText { en: "add it", zh: "加进去" },
        finding: "ip_not_allowed",
        trace_id: Some("rid".to_owned()),
        address: Some("203.0.113.9".to_owned()),
    };
    ProviderError { step: Step::Begin, kind: Kind::Misconfigured, upstream: Some(Box::new(upstream)) }
}

every_database! {
    async fn every_filter_lists_what_it_means_page_by_page(db: &Database) {
        let stores = db.stores().await;
        let users = [(); 2].map(|()| UserId::generate(entropy()));
        let all = many(&stores, &users).await;
        let own = |clients: &[&str]| Some(clients.iter().map(|id| id.parse().unwrap()).collect());
        let crowd: Vec<String> = (0..60).map(|number| format!("client-{number}")).chain(["wiki".to_owned()]).collect();
        let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
        for within in [None, own(&["shop", "wiki"]), own(&["blog"]), own(&[]), own(&crowd)] {
            for filter in filters(&users[0]) {
                let query = LogbookQuery { filter, within: within.clone() };
                let expected: Vec<&LoginId> = all.iter().filter(|login| means(&query, login)).map(|login| &login.id).collect();
                let listed = listed(&stores, &query).await;
                let listed: Vec<&LoginId> = listed.iter().map(|attempt| &attempt.id).collect();
                assert_eq!(listed, expected, "{query:?}");
            }
        }
        let everything = LogbookQuery { filter: LoginFilter::default(), within: None };
        assert_eq!(listed(&stores, &everything).await.len(), 108);
        for mark in ["", "x", "1", "x.y", "1700000000000"] {
            let page = PageRequest { after: Some(mark.to_owned()), limit: 7 };
            let page = stores.logbook.list_attempts(&everything, &page).await.unwrap();
            assert!(page.items.is_empty() && page.next.is_none(), "{mark}");
        }
    }

    /// Of 70,000 Logins two are looked for by what no index answers: no page looks at all of them, and none
    /// is passed over.
    async fn a_page_looks_at_so_many_logins_and_tells_from_where_to_look_on(db: &Database) {
        let stores = db.stores().await;
        db.raw().await.execute(SPARSE).await.unwrap();
        let filter = LoginFilter { address: Some("10.0.0.0/8".parse().unwrap()), ..LoginFilter::default() };
        let query = LogbookQuery { filter, within: None };
        let mut page = PageRequest::first(7);
        let mut found = Vec::new();
        loop {
            let got = stores.logbook.list_attempts(&query, &page).await.unwrap();
            found.push(got.items.iter().map(|attempt| attempt.begun_at.0).collect::<Vec<_>>());
            let Some(next) = got.next else { break };
            page.after = Some(next);
        }
        assert_eq!(found, [vec![69_999], vec![], vec![1]]);
    }

    async fn an_attempt_tells_what_happened_and_whom_it_logged_in(db: &Database) {
        let stores = db.stores().await;
        let login = with_code(&stores).await;
        stores.logins.redeem_code(&redemption(&login)).await.unwrap();
        let attempt = stores.logbook.find_attempt(&login.id).await.unwrap().unwrap();
        assert_eq!(attempt.user, Some(Named { id: login.user.clone().unwrap(), name: Some("阿明".to_owned()) }));
        let at = |seconds| NOW.plus_seconds(seconds);
        let steps = Steps { shown_at: Some(NOW), scanned_at: Some(at(1)), confirmed_at: Some(at(2)) };
        assert_eq!((attempt.steps, attempt.ended_at, attempt.begun_at), (steps, Some(NOW), NOW));
        let timeline: Vec<_> = attempt.timeline().into_iter().map(|Moment { what, .. }| what).collect();
        // The fixture redeems at the moment of the beginning.
        assert_eq!(timeline, [Passed::Begun, Passed::Shown, Passed::Ended(Stage::Redeemed), Passed::Scanned, Passed::Confirmed]);
        assert_eq!(attempt.requester, login.requester);
        assert_eq!(stores.logbook.find_attempt(&LoginId::generate(entropy())).await.unwrap(), None);
    }

    /// Notes never change what was written before, nor a Login that is over.
    async fn notes_of_what_was_shown_and_said_are_kept_once(db: &Database) {
        let stores = db.stores().await;
        let fresh = Login { steps: Steps::default(), ..new_login() };
        create(&stores, &fresh).await;
        let shown = begun(&stores).await;
        let at = NOW.plus_seconds(5);
        let notes: Vec<_> = [&fresh, &shown].map(|login| (login.id.clone(), at)).into();
        stores.logins.put_shown(&notes).await.unwrap();
        stores.logins.put_shown(&[(fresh.id.clone(), NOW.plus_seconds(8))]).await.unwrap();
        stores.logins.put_shown(&[]).await.unwrap();
        let find = async |login: &Login| stores.logins.find_login(&login.id).await.unwrap().unwrap();
        assert_eq!(find(&fresh).await.steps.shown_at, Some(at));
        assert_eq!(find(&shown).await.steps.shown_at, Some(NOW));
        let answer = VendorAnswer::of(&failure(), at);
        stores.logins.put_vendor_answer(&fresh.id, &answer).await.unwrap();
        let told = find(&fresh).await;
        assert_eq!((told.vendor_answer.as_ref(), told.version), (Some(&answer), fresh.version));
        let over = moved(&told, Stage::Cancelled);
        assert!(stores.logins.transition_login(&change(&told, over.clone())).await.unwrap());
        stores.logins.put_vendor_answer(&fresh.id, &VendorAnswer::of(&failure(), NOW)).await.unwrap();
        assert_eq!(find(&fresh).await, over);
    }

    /// PRV-01: what is kept for the logbook can open nothing, prove nothing and names no openid.
    async fn prv_01_a_cleared_login_is_for_the_logbook_only(db: &Database) {
        let stores = db.stores().await;
        let start = new_login();
        let full = Login {
            stage: Stage::Failed,
            reason: Some(Reason::VendorFailed),
            challenge: Challenge::Redirect { url: "https://w.example/secret-address".to_owned() },
            proof: Some(Proof { identity: identity("openid", Some("unionid")) }),
            companion_hash: Some(hash()),
            push_key: Some("push-key".to_owned()),
            code: Some(IssuedCode { hash: hash(), expires_at: NOW }),
            user: Some(UserId::generate(entropy())),
            ..start
        }
        .answered(&failure(), NOW);
        let other = Login { id: LoginId::generate(entropy()), ..new_login() };
        create(&stores, &full).await;
        create(&stores, &Login { stage: Stage::Denied, ..other }).await;
        let before = stores.logbook.find_attempt(&full.id).await.unwrap();
        assert_eq!(stores.logins.clear_ended_logins(NOW.plus_seconds(1), 10).await.unwrap(), 2);
        // All but whom it proved.
        let after = before.map(|attempt| saoma_core::logbook::Attempt { proof_kept: false, ..attempt });
        assert_eq!(stores.logbook.find_attempt(&full.id).await.unwrap(), after);
        let rows = db.dump().await;
        let rows: Vec<&str> = rows.lines().filter(|line| line.starts_with("logins: ")).collect();
        let gone = [
            full.scene.as_str(), full.image_token.as_str(), full.browser_hash.as_str(), full.code_challenge.as_str(),
            full.private.as_deref().unwrap(), full.companion_hash.as_ref().unwrap().as_str(), "openid", "unionid",
            full.code.as_ref().unwrap().hash.as_str(), full.state_hash.as_ref().unwrap().as_str(), "push-key",
            "secret-address", "shop.example", "nonce", "st\\\"ate",
        ];
        for text in gone {
            assert!(rows.iter().all(|row| !row.contains(text)), "{text}");
        }
        let store = &stores.logins;
        assert_eq!(store.find_login(&full.id).await.unwrap(), None);
        let image = format!("{}~", full.id);
        assert_eq!(store.find_login_by_image(&full.image_token).await.unwrap(), None);
        assert!(image.bytes().any(|byte| !byte.is_ascii_alphanumeric() && !b"-_".contains(&byte)));
        assert!(store.find_login_by_companion(full.companion_hash.as_ref().unwrap()).await.unwrap().is_none());
        assert_eq!(store.find_login_by_state(full.state_hash.as_ref().unwrap()).await.unwrap(), None);
    }
}
