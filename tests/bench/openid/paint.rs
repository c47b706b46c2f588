//! How soon somebody whom a website sends to our login page sees something there, and then the code.

use crate::node::{node, root};
use crate::report::Report;
use crate::rounds::median;
use saoma_tests::program;
use serde::Deserialize;
use std::process::{Command, Stdio};

/// The aim until the code is seen, in milliseconds.
const AIM: f64 = 300.0;

/// What each visit saw, in milliseconds since the browser set out.
#[derive(Deserialize)]
struct Seen {
    first: Vec<f64>,
    code: Vec<f64>,
}

/// Measures it by `first-paint.mjs`, which says how.
pub fn paint(report: &mut Report) {
    let name = "login page, code on screen, median";
    match seen() {
        Err(why) => report.line(name, "skipped".to_owned(), &why),
        Ok(Seen { first, code }) => {
            let (visits, first, code) = (code.len(), median(first), median(code));
            let missed = if code < AIM { "" } else { "MISSED: " };
            let note = format!(
                "{missed}aim < {AIM:.0} ms; first paint {first:.0} ms; {visits} visits, nothing cached"
            );
            report.line(name, format!("{code:.0} ms"), &note);
        }
    }
}

fn seen() -> Result<Seen, String> {
    let output = Command::new(node("20.19", "tests/browser")?)
        .arg(root().join("tests/bench/openid/first-paint.mjs"))
        .env("SAOMA_BIN", program::binary())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find(|line| line.starts_with('{'));
    line.and_then(|line| serde_json::from_str(line).ok()).ok_or_else(|| "the browser saw nothing".to_owned())
}
