//! Requirements and threats that are kept by tests: each is named by at least one, by its name or its text.
//!
//! Numbers are those of the threat model and the checklist that `SECURITY.md` speaks of; a number is taken
//! in here when what it asks for is built.

use super::{files, text};
use regex::Regex;

const REQUIREMENTS: [&str; 70] = [
    "LOG-01", "LOG-02", "LOG-03", "LOG-04", "LOG-05", "LOG-06", "LOG-07", "LOG-08", "LOG-09", "LOG-10",
    "LOG-11", "LOG-12", "LOG-13", "LOG-14", "LOG-15", "LOG-16", "OP-01", "OP-02", "OP-03", "OP-04", "OP-05",
    "OP-06", "OP-07", "OP-08", "OP-09", "OP-10", "OP-11", "OP-12", "OP-13", "OP-14", "OP-15", "OP-16",
    "OP-17", "OP-18", "PSH-01", "PSH-02", "PSH-03", "PSH-04", "PSH-05", "PSH-06", "PSH-07", "PSH-08",
    "NET-01", "NET-02", "NET-04", "NET-05", "SEC-01", "SEC-03", "SEC-04", "REL-06", "REL-09", "SUP-02",
    "F18", "AUD-01", "AUD-02", "AUD-03", "AUD-04", "ADM-01", "ADM-02", "ADM-03", "ADM-04", "ADM-05",
    "ADM-06", "ADM-07", "ADM-08", "ADM-09", "ADM-10", "ADM-11", "ADM-12", "PRV-01",
];
const THREATS: [u32; 27] =
    [1, 2, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31];

/// Everything that is written in tests, in whatever language.
fn tests() -> String {
    let is_test = |path: &str| {
        path.starts_with("tests/rust/flows")
            || path.starts_with("tests/rust/contract")
            || path.starts_with("tests/rust/engine")
            || path.starts_with("tests/browser/")
            || path.contains("/tests/")
            || path.contains("/test/")
            || path.ends_with("tests.rs")
    };
    let ends = ["rs", "js", "mjs"];
    let ours = files("").into_iter().filter_map(|path| {
        let name = path.to_str()?.to_owned();
        let has_text = path.extension().is_some_and(|end| ends.iter().any(|own| end == *own));
        (has_text && is_test(&name)).then_some(name)
    });
    ours.map(|path| text(&path)).collect()
}

#[test]
fn every_requirement_is_named_by_a_test() {
    let tests = tests();
    let names = |id: &str| {
        let as_name = id.to_lowercase().replace('-', "_");
        Regex::new(&format!(r"\b{id}\b|\b{as_name}_|_{as_name}_")).unwrap().is_match(&tests)
    };
    let missing: Vec<_> = REQUIREMENTS.into_iter().filter(|id| !names(id)).collect();
    assert!(missing.is_empty(), "no test names {missing:?}");
    let threat = |number: &u32| {
        Regex::new(&format!(r"\bT0?{number}\b|\bt0?{number}_|_t0?{number}_")).unwrap().is_match(&tests)
    };
    let missing: Vec<_> = THREATS.into_iter().filter(|number| !threat(number)).collect();
    assert!(missing.is_empty(), "no test names the threats {missing:?}");
}
