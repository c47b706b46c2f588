//! The bench: what Saoma costs, measured on the release binary, as ratios within one run.
//!
//! `make bench` builds and runs it. Driver, server, pretend WeChat and database share this machine's
//! cores, so absolute figures are this machine's; ratios travel. Bounded in count and time.

mod bare;
mod driver;
mod filled;
mod journeys;
mod lists;
mod load;
mod million;
mod node;
mod openid;
mod padding;
mod places;
mod report;
mod rounds;

use journeys::Route;
use places::Place;
use report::Report;
use std::time::Duration;

/// Length of one round of load.
const ROUND: Duration = Duration::from_secs(4);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|a| a == "--bare") {
        return bare::serve();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(&wanted(&arguments)));
}

/// `cargo bench -- logins` runs the parts whose names contain a word.
fn wanted(arguments: &[String]) -> Vec<String> {
    arguments.iter().skip(1).filter(|a| !a.starts_with('-')).cloned().collect()
}

async fn run(words: &[String]) {
    let wants = |part: &str| words.is_empty() || words.iter().any(|word| part.contains(word.as_str()));
    let mut report = Report::begin();
    if wants("size") {
        report.size();
        report.nobody_confirms_alone();
    }
    if wants("start") {
        load::cold_start(&mut report).await;
    }
    if wants("memory") {
        load::idle_memory(&mut report).await;
    }
    if wants("calls") {
        load::calls(&mut report).await;
    }
    if wants("padding") {
        padding::padding(&mut report).await;
    }
    if wants("openid") {
        openid::openid(&mut report).await;
    }
    if wants("openid paint") {
        openid::paint(&mut report);
    }
    for place in [Place::Sqlite, Place::Postgres] {
        if wants("audit") {
            million::audit(&mut report, place).await;
        }
        if wants("lists") {
            lists::lists(&mut report, place).await;
        }
        if wants("pushes") {
            load::push_to_event(&mut report, place).await;
        }
        for route in Route::ALL.into_iter().filter(|_| wants("logins")) {
            load::logins(&mut report, place, route).await;
        }
    }
    report.end();
}
