//! The measured loads: starts, idle memory, single calls against the bare handler, whole logins.

use crate::ROUND;
use crate::driver::{Call, Wire};
use crate::places::{Place, Served, Vendor, cpu_seconds};
use crate::report::Report;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hyper::Method;
use saoma_tests::house::{APPID, CLIENT, CLIENT_SECRET, ORIGIN, REDIRECT_URI};
use saoma_tests::visitor::{VERIFIER, Visitor};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Connections of one load.
const WORKERS: usize = 32;
const ROUNDS: usize = 3;

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
    let done = whole_logins(&served, &vendor, Duration::from_secs(2)).await;
    let text = format!("{:.1} MiB", served.memory_mib());
    report.line("memory after logins, idle again", text, &format!("{done} logins"));
}

struct Bare(Child, String);

impl Bare {
    fn start() -> Self {
        let this = std::env::current_exe().unwrap();
        let mut child = Command::new(this).arg("--bare").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self(child, line.trim().to_owned())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
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
    let plan =
        [(&bare.1, &bare_read), (&served.public, &read), (&bare.1, &bare_begin), (&served.public, &begin)];
    let mut rates = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        for (rates, (host, call)) in rates.iter_mut().zip(plan) {
            rates.push(rate(host, call).await);
        }
    }
    let [bare_reads, reads, bare_begins, begins] = rates.map(median);
    ratio(report, "long-poll reads : bare GET", (reads, bare_reads), "aim >= 0.5");
    ratio(report, "begins (one vendor call each) : bare POST", (begins, bare_begins), "no aim");
}

fn ratio(report: &mut Report, name: &str, (ours, bare): (f64, f64), aim: &str) {
    report.line(name, format!("{:.2}  ({ours:.0}/s : {bare:.0}/s)", ours / bare), aim);
}

/// Answers a second over `WORKERS` connections for one round.
async fn rate(host: &str, call: &Call) -> f64 {
    let done = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let worker = || {
        let (done, call, host) = (Arc::clone(&done), call.clone(), host.to_owned());
        tokio::spawn(async move {
            let mut wire = Wire::open(&host).await;
            while began.elapsed() < ROUND {
                let got = wire.send(&call).await;
                assert!(got.status.is_success(), "{} {:?}", got.status, got.body);
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    for worker in (0..WORKERS).map(|_| worker()).collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
}

/// Whole logins of returning persons, nine calls each, on one database.
pub async fn logins(report: &mut Report, place: Place, vendor: Vendor) {
    let served = Served::start(place, &vendor).await;
    whole_logins(&served, &vendor, Duration::from_secs(1)).await;
    let mut rates = Vec::new();
    let (began, own, all) = (Instant::now(), cpu_seconds(std::process::id()), served.cpu_seconds());
    let mut total = 0;
    for _ in 0..ROUNDS {
        let round = Instant::now();
        let done = whole_logins(&served, &vendor, ROUND).await;
        rates.push(done as f64 / round.elapsed().as_secs_f64());
        total += done;
    }
    let (rate, aim) = (median(rates), if place == Place::Sqlite { "aim >= 500/s" } else { "aim >= 300/s" });
    report.line(&format!("whole logins on {}", place.name()), format!("{rate:.0}/s"), aim);
    let per = |seconds: f64| format!("{:.2} ms", 1000.0 * seconds / total as f64);
    let server = per(served.cpu_seconds() - all);
    let driver = per(cpu_seconds(std::process::id()) - own);
    let used = began.elapsed().as_secs_f64();
    let note = format!("server {server}, driver and pretend WeChat {driver}, in {used:.0} s");
    report.line("  processor time a login", String::new(), &note);
}

/// How many whole logins were finished in this time.
async fn whole_logins(served: &Served, vendor: &Vendor, time: Duration) -> u64 {
    let began = Instant::now();
    let sandbox = vendor.0.addr().to_string();
    let worker = |number: usize| {
        let (public, sandbox) = (served.public.clone(), sandbox.clone());
        tokio::spawn(async move {
            let mut journey = Journey::open(&public, &sandbox, number).await;
            let mut done = 0_u64;
            while began.elapsed() < time {
                journey.walk().await;
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

/// One worker's way through whole logins.
struct Journey {
    saoma: Wire,
    sandbox: Wire,
    person: &'static str,
    basic: String,
    form: String,
}

impl Journey {
    async fn open(public: &str, sandbox: &str, number: usize) -> Self {
        Self {
            saoma: Wire::open(public).await,
            sandbox: Wire::open(sandbox).await,
            person: if number.is_multiple_of(2) { "ann" } else { "bob" },
            basic: format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{CLIENT_SECRET}"))),
            form: format!(
                "grant_type=authorization_code&code_verifier={VERIFIER}&redirect_uri={}&code=",
                url::form_urlencoded::byte_serialize(REDIRECT_URI.as_bytes()).collect::<String>()
            ),
        }
    }

    /// Begin, look at the picture, scan, confirm, complete, redeem, ask who it is.
    async fn walk(&mut self) {
        let begun =
            self.saoma.post("/api/v1/logins", &[("origin", ORIGIN)], &Visitor::begin_body()).await.json();
        let bearer = format!("Bearer {}", begun["browser_secret"].as_str().unwrap());
        let login = format!("/api/v1/logins/{}", begun["login_id"].as_str().unwrap());
        let image = url::Url::parse(begun["challenge"]["image_url"].as_str().unwrap()).unwrap();
        let picture = self.saoma.get(image.path(), &[]).await.body;
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(&picture));
        let scene = self.sandbox.get(&format!("/_sandbox/v1/pictures/{digest}"), &[]).await.json();
        let person = json!({"person": self.person, "appid": APPID});
        let js_code = self.sandbox.post("/_sandbox/v1/js_codes", &[], &person).await.json();
        let scan = json!({"scene": scene["scene"], "js_code": js_code["js_code"]});
        let scanned = self.saoma.post("/api/v1/companion/scan", &[], &scan).await.json();
        let confirm = json!({"companion_token": scanned["companion_token"]});
        self.saoma.post("/api/v1/companion/confirm", &[], &confirm).await;
        let headers = [("authorization", bearer.as_str()), ("origin", ORIGIN)];
        let code =
            self.saoma.call(Method::POST, &format!("{login}/complete"), &headers, String::new()).await.json();
        let form = format!("{}{}", self.form, code["code"].as_str().unwrap());
        let headers =
            [("authorization", self.basic.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        let tokens = self.saoma.call(Method::POST, "/oauth2/token", &headers, form).await.json();
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let user = self.saoma.get("/oauth2/userinfo", &[("authorization", &bearer)]).await.json();
        assert!(user["sub"].as_str().unwrap().starts_with("usr_"));
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
