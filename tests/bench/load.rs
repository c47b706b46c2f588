//! The measured loads: starts, idle memory, single calls against the bare handler, whole logins, pushes.

use crate::ROUND;
use crate::bare::Bare;
use crate::driver::Call;
use crate::journeys::{self, Journey, Route};
use crate::places::{Place, Served, Vendor, cpu_seconds};
use crate::report::Report;
use crate::rounds::{Ask, ROUNDS, WORKERS, median, rate};
use saoma_tests::events::EventStream;
use saoma_tests::house::ORIGIN;
use saoma_tests::visitor::Visitor;
use saoma_tests::ways::CHAT;
use std::time::{Duration, Instant};

/// Pushes whose way is timed.
const PUSHES: usize = 1000;

/// Time from `exec` to ready, on an existing SQLite database; the median of several.
pub async fn cold_start(report: &mut Report) {
    let vendor = Vendor::start().await;
    let mut served = Served::start(Place::Sqlite, &vendor).await;
    let mut times = Vec::new();
    for _ in 0..9 {
        let (again, took) = served.restart().await;
        served = again;
        times.push(took);
    }
    times.sort();
    report.line("cold start to ready, median of 9", format!("{:.0} ms", millis(times[4])), "aim < 300 ms");
}

/// Resident memory after the start, and after some logins have warmed it.
pub async fn idle_memory(report: &mut Report) {
    let vendor = Vendor::start().await;
    let served = Served::start(Place::Sqlite, &vendor).await;
    report.line("idle memory after start", format!("{:.1} MiB", served.memory_mib()), "aim < 40 MB");
    journeys::people(&vendor.0, WORKERS);
    let done = whole_logins(&served, &vendor, Route::MiniProgram, Duration::from_secs(2)).await;
    let text = format!("{:.1} MiB", served.memory_mib());
    report.line("memory after logins, idle again", text, &format!("{done} logins"));
}

/// Reads and begins against the bare handler; rounds alternate, so that both meet the same weather.
pub async fn calls(report: &mut Report) {
    let (bare, vendor) = (Bare::start(), Vendor::start().await);
    let served = Served::start(Place::Sqlite, &vendor).await;
    let held = Visitor::new(&format!("http://{}", served.public), "").begin().await;
    let bearer = format!("Bearer {}", held.secret);
    // A reader that is behind is answered at once: the cost of a long poll without its wait.
    let read = Call::get(
        &format!("/api/v1/logins/{}?after_version=0&wait=25", held.id),
        &[("authorization", &bearer)],
    );
    let begin = Call::post("/api/v1/logins", &[("origin", ORIGIN)], &Visitor::begin_body());
    let (bare_read, bare_begin) =
        (Call::get("/read", &[]), Call::post("/begin", &[], &Visitor::begin_body()));
    let plan = [
        (&bare.host, &bare_read),
        (&served.public, &read),
        (&bare.host, &bare_begin),
        (&served.public, &begin),
    ];
    let mut rates = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        for (rates, (host, call)) in rates.iter_mut().zip(plan) {
            rates.push(rate(host, &Ask::Same(call.clone()), ROUND).await);
        }
    }
    let [bare_reads, reads, bare_begins, begins] = rates.map(median);
    ratio(report, "long-poll reads : bare GET", (reads, bare_reads), "aim >= 0.5");
    ratio(report, "begins (one vendor call each) : bare POST", (begins, bare_begins), "no aim");
}

fn ratio(report: &mut Report, name: &str, (ours, bare): (f64, f64), aim: &str) {
    report.line(name, format!("{:.2}  ({ours:.0}/s : {bare:.0}/s)", ours / bare), aim);
}

/// Whole logins of returning persons by one way, on one database.
pub async fn logins(report: &mut Report, place: Place, route: Route) {
    let vendor = Vendor::start().await;
    let served = Served::start(place, &vendor).await;
    journeys::people(&vendor.0, WORKERS);
    whole_logins(&served, &vendor, route, Duration::from_secs(1)).await;
    let mut rates = Vec::new();
    let (began, own, all) = (Instant::now(), cpu_seconds(std::process::id()), served.cpu_seconds());
    let mut total = 0;
    for _ in 0..ROUNDS {
        let round = Instant::now();
        let done = whole_logins(&served, &vendor, route, ROUND).await;
        rates.push(done as f64 / round.elapsed().as_secs_f64());
        total += done;
    }
    let (rate, aim) = (median(rates), if place == Place::Sqlite { "aim >= 500/s" } else { "aim >= 300/s" });
    report.line(&format!("whole logins {} on {}", route.name(), place.name()), format!("{rate:.0}/s"), aim);
    let per = |seconds: f64| format!("{:.2} ms", 1000.0 * seconds / total as f64);
    let server = per(served.cpu_seconds() - all);
    let driver = per(cpu_seconds(std::process::id()) - own);
    let used = began.elapsed().as_secs_f64();
    let note = format!("server {server}, driver and pretend WeChat {driver}, in {used:.0} s");
    report.line("  processor time a login", String::new(), &note);
}

/// How many whole logins were finished in this time.
async fn whole_logins(served: &Served, vendor: &Vendor, route: Route, time: Duration) -> u64 {
    let began = Instant::now();
    let sandbox = vendor.0.addr().to_string();
    let worker = |number: usize| {
        let (public, sandbox) = (served.public.clone(), sandbox.clone());
        tokio::spawn(async move {
            let mut journey = Journey::open(&public, &sandbox, number).await;
            let mut done = 0_u64;
            while began.elapsed() < time {
                journey.walk(route).await;
                done += 1;
            }
            done
        })
    };
    let mut done = 0;
    for worker in (0..WORKERS).map(worker).collect::<Vec<_>>() {
        done += worker.await.unwrap();
    }
    done
}

/// From the moment WeChat tells of a scan to its event at the page: one after the other, so that it is
/// the way and not a queue that is measured.
pub async fn push_to_event(report: &mut Report, place: Place) {
    let vendor = Vendor::start().await;
    let served = Served::start(place, &vendor).await;
    journeys::people(&vendor.0, 1);
    let mut journey = Journey::open(&served.public, &vendor.0.addr().to_string(), 0).await;
    let visitor = Visitor::new(&format!("http://{}", served.public), "");
    let mut times = Vec::new();
    for _ in 0..PUSHES {
        let held = visitor.begin_by(&CHAT).await;
        let mut stream = EventStream::open(&visitor, &held, None).await;
        stream.stage().await.unwrap();
        let began = Instant::now();
        // WeChat's own answer to the phone comes after ours to WeChat.
        let (_, event) = tokio::join!(journey.scan(held.code_text()), stream.stage());
        times.push(began.elapsed());
        assert_eq!(event.unwrap().1["stage"], "scanned");
    }
    times.sort();
    let at = |part: f64| millis(times[((times.len() - 1) as f64 * part) as usize]);
    let figure = format!("p50 {:.2} ms, p99 {:.2} ms", at(0.5), at(0.99));
    let name = format!("push to event and answer on {}", place.name());
    report.line(&name, figure, "the pretend WeChat's own part is in it");
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
