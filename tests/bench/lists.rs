//! The admin's lists and overview over a million Logins: first page, last page, and how they are found.
//!
//! Measured at the services, in this process: what HTTP and the page add is the same whatever the filter.

use crate::filled::{self, END, ROWS};
use crate::places::Place;
use crate::report::Report;
use saoma_core::admin::{Admin, Caller, Role, Who, abilities::ReadLogins, abilities::ReadStatistics};
use saoma_core::entropy::SeededEntropy;
use saoma_core::id::{AdminId, SessionId};
use saoma_core::logbook::{LogbookService, LoginFilter};
use saoma_core::login::{Reason, Stage};
use saoma_core::page::PageRequest;
use saoma_core::provider::Registry;
use saoma_core::statistics::{StatisticsFilter, StatisticsRules, StatisticsService, roll_up};
use saoma_core::time::ManualClock;
use saoma_store::raw::Raw;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

/// Runs of one question; the slowest counts as well.
const RUNS: usize = 15;
/// Rows on a page.
const PAGE: u16 = 50;
/// The aim for each of them, in milliseconds.
const AIM: f64 = 200.0;
/// Ways to log in of the filled database.
const WAYS: [&str; 4] = ["mini", "service", "chat", "website"];

/// A filter, its meaning in SQL, and a part of its list as it is asked for.
struct Case {
    name: &'static str,
    filter: LoginFilter,
    means: &'static str,
    part: &'static str,
}

fn cases(user: &str) -> Vec<Case> {
    let nothing = LoginFilter::default;
    let client = || Some("c0".parse().unwrap());
    let case = |name, filter, means, part| Case { name, filter, means, part };
    let user: &'static str = Box::leak(format!("user_id = '{user}'").into_boxed_str());
    let id = user.trim_start_matches("user_id = '").trim_end_matches('\'');
    let opera = || Some("Opera".to_owned());
    vec![
        case("all", nothing(), "1 = 1", "created_at <= 1796000000000"),
        case(
            "one website",
            LoginFilter { client: client(), ..nothing() },
            "client_id = 'c0'",
            "client_id = 'c0' AND ended_at IS NOT NULL AND stage = 'redeemed'",
        ),
        case(
            "one provider",
            LoginFilter { provider: Some("chat".parse().unwrap()), ..nothing() },
            "provider = 'chat'",
            "provider = 'chat' AND ended_at IS NOT NULL AND stage = 'expired'",
        ),
        case(
            "failed only",
            LoginFilter { unlucky: true, ..nothing() },
            "stage <> 'redeemed'",
            "stage = 'failed' AND ended_at > 0",
        ),
        case(
            "one website, vendor failed",
            LoginFilter { client: client(), reason: Some(Reason::VendorFailed), ..nothing() },
            "client_id = 'c0' AND reason = 'vendor_failed'",
            "reason = 'vendor_failed' AND (client_id || '') = 'c0'",
        ),
        case(
            "one stage",
            LoginFilter { stages: BTreeSet::from([Stage::Conflict]), ..nothing() },
            "stage = 'conflict'",
            "stage = 'conflict' AND ended_at > 0",
        ),
        case(
            "a rare reason",
            LoginFilter { reason: Some(Reason::UnrealPerson), ..nothing() },
            "reason = 'unreal_person'",
            "reason = 'unreal_person'",
        ),
        case("one user", LoginFilter { user: Some(id.parse().unwrap()), ..nothing() }, user, user),
        case(
            "one address",
            LoginFilter { address: Some("10.120.30.7".parse().unwrap()), ..nothing() },
            "address_key = '00000000000000000000ffff0a781e07'",
            "address_key = '00000000000000000000ffff0a781e07'",
        ),
        case(
            "a block of addresses",
            LoginFilter { address: Some("10.120.0.0/16".parse().unwrap()), ..nothing() },
            "address_key BETWEEN '00000000000000000000ffff0a780000' AND '00000000000000000000ffff0a78ffff'",
            "(address_key || '') BETWEEN '00000000000000000000ffff0a780000' AND '00000000000000000000ffff0a78ffff'",
        ),
        case(
            "a rare browser",
            LoginFilter { browser: opera(), ..nothing() },
            "browser = 'Opera'",
            "browser = 'Opera'",
        ),
        case(
            "a rare browser, one website",
            LoginFilter { browser: opera(), client: client(), ..nothing() },
            "browser = 'Opera' AND client_id = 'c0'",
            "(browser || '') = 'Opera' AND client_id = 'c0' AND ended_at IS NOT NULL AND stage = 'redeemed'",
        ),
        case(
            "one week",
            LoginFilter {
                from: Some(END.plus_seconds(-9 * 86_400)),
                until: Some(END.plus_seconds(-2 * 86_400)),
                ..nothing()
            },
            "created_at BETWEEN 1795222400000 AND 1795827200000",
            "created_at >= 1795222400000 AND created_at <= 1795827200000",
        ),
    ]
}

fn owner() -> Arc<Caller> {
    let entropy = SeededEntropy::new(1);
    let admin = Admin {
        id: AdminId::generate(&entropy),
        name: "ann".parse().unwrap(),
        role: Role::Owner,
        clients: BTreeSet::new(),
        enabled: true,
        version: 1,
        created_at: END,
        updated_at: END,
        last_login_at: None,
        passkeys: 0,
    };
    let who = Who::Session { id: SessionId::generate(&entropy), proven_at: END };
    Arc::new(Caller { admin, who, address: None, must_add_passkey: false })
}

/// Median and slowest, in milliseconds.
async fn timed(mut ask: impl AsyncFnMut()) -> (f64, f64) {
    let mut took = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        ask().await;
        took.push(began.elapsed().as_secs_f64() * 1e3);
    }
    took.sort_by(f64::total_cmp);
    (took[RUNS / 2], took[RUNS - 1])
}

fn shown((median, slowest): (f64, f64)) -> String {
    format!("{median:.1} ms, slowest {slowest:.1} ms")
}

fn aim((_, slowest): (f64, f64)) -> String {
    let missed = if slowest < AIM { "" } else { "MISSED: " };
    format!("{missed}aim < {AIM:.0} ms")
}

/// The mark before the oldest page of a list.
async fn last_mark(raw: &mut Raw, means: &str) -> Option<String> {
    let sql = format!(
        "SELECT CAST(created_at AS TEXT) || '.' || id AS line FROM logins WHERE {means} ORDER BY created_at, id LIMIT 1 OFFSET {PAGE}"
    );
    raw.lines(&sql).await.unwrap().pop()
}

/// Lists, statistics and overview.
pub async fn lists(report: &mut Report, place: Place) {
    let database = place.database().await;
    let stores = database.stores().await;
    let mut raw = database.raw().await;
    let name = place.name();
    let began = Instant::now();
    filled::fill(&mut raw, database.is_sqlite()).await;
    report.line(
        &format!("{name}: filled"),
        format!("{:.0} s", began.elapsed().as_secs_f64()),
        &format!("{ROWS} logins"),
    );
    let began = Instant::now();
    let hours = roll_up(&*stores.statistics, &StatisticsRules::default(), END, 10_000).await.unwrap();
    report.line(
        &format!("{name}: hours counted"),
        format!("{:.1} s", began.elapsed().as_secs_f64()),
        &format!("{hours} hours"),
    );
    let caller = owner();
    let logbook = LogbookService::new(Arc::clone(&stores.logbook));
    let permit = caller.may::<ReadLogins>(END).unwrap();
    let user =
        raw.lines(&format!("SELECT {} AS line", filled::user("CAST(77 AS BIGINT)"))).await.unwrap().remove(0);
    for Case { name: case, filter, means, part } in cases(&user) {
        let marks = [("first", None), ("last", last_mark(&mut raw, means).await)];
        for (which, after) in marks {
            let page = PageRequest { after, limit: PAGE };
            let took = timed(async || drop(logbook.list(&permit, &filter, &page).await.unwrap())).await;
            report.line(&format!("{name}: {case}, {which} page"), shown(took), &aim(took));
        }
        let part = format!(
            "SELECT id FROM logins WHERE {part} ORDER BY created_at DESC, id DESC LIMIT {}",
            PAGE + 1
        );
        for step in raw.plan(&part).await.unwrap() {
            println!("        {step}");
        }
    }
    numbers(report, name, &stores, &caller).await;
    stores.close().await;
}

async fn numbers(report: &mut Report, name: &str, stores: &saoma_store::Stores, caller: &Arc<Caller>) {
    let clock = Arc::new(ManualClock::new(END));
    let registry = Arc::new(Registry::new());
    let statistics = StatisticsService::new(Arc::clone(&stores.statistics), registry, clock);
    let permit = caller.may::<ReadStatistics>(END).unwrap();
    let zone = "Asia/Shanghai".parse().unwrap();
    for days in [14, 30] {
        let took = timed(async || drop(statistics.overview(&permit, days, zone).await.unwrap())).await;
        report.line(&format!("{name}: overview of {days} days"), shown(took), &aim(took));
    }
    let logbook = LogbookService::new(Arc::clone(&stores.logbook));
    let read = caller.may::<ReadLogins>(END).unwrap();
    let (all, newest) = (LoginFilter::default(), PageRequest::first(PAGE));
    // As its page asks: with no Provider open here, what is asked of each is asked beside it.
    let took = timed(async || {
        drop(statistics.overview(&permit, 14, zone).await.unwrap());
        for way in WAYS {
            drop(stores.statistics.find_last(&way.parse().unwrap(), None).await.unwrap());
        }
        drop(logbook.list(&read, &all, &newest).await.unwrap());
    })
    .await;
    report.line(
        &format!("{name}: the first page: 14 days, {} ways, the newest", WAYS.len()),
        shown(took),
        &aim(took),
    );
    let month = StatisticsFilter {
        client: None,
        provider: None,
        from: END.plus_seconds(-29 * 86_400),
        until: END,
        zone,
    };
    let took = timed(async || drop(statistics.count(&permit, &month).await.unwrap())).await;
    report.line(&format!("{name}: statistics of 30 days"), shown(took), &aim(took));
}
