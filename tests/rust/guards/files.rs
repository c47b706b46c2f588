//! The shape of source files: what they say first, how long they are, what must not stand in them.

use super::{assert_none, files, sources, text};
use std::path::Path;

/// Lines without the tests at the end of the file.
fn own_lines(text: &str) -> usize {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap().lines().count()
}

fn is_test(path: &Path) -> bool {
    let path = path.to_str().unwrap();
    path.starts_with("tests/") || path.contains("/tests") || path.ends_with("_tests.rs")
}

#[test]
fn every_source_says_what_it_owns() {
    let mut flaws = Vec::new();
    for (path, text) in sources("") {
        let head = text.lines().take_while(|line| line.starts_with("//!")).count();
        let first = text.lines().next().unwrap_or_default();
        if !(1..=10).contains(&head) || first.len() < 15 {
            flaws.push(format!("{} opens with {head} lines of //!", path.display()));
        }
    }
    for path in
        files("").into_iter().filter(|path| path.extension().is_some_and(|end| end == "js" || end == "mjs"))
    {
        let text = text(path.to_str().unwrap());
        if !text.starts_with("//") && !text.starts_with("/*") {
            flaws.push(format!("{} says nothing about itself", path.display()));
        }
    }
    assert_none(&flaws);
}

#[test]
fn no_file_is_long_and_most_are_short() {
    let mut lengths: Vec<(usize, String)> = sources("")
        .into_iter()
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| (own_lines(&text), path.display().to_string()))
        .collect();
    lengths.sort();
    let long: Vec<_> =
        lengths.iter().filter(|(n, _)| *n > 400).map(|(n, path)| format!("{path}: {n} lines")).collect();
    assert_none(&long);
    let median = lengths[lengths.len() / 2].0;
    assert!(median <= 120, "the median is {median}");
    for path in files("server/web")
        .into_iter()
        .chain(files("admin-ui"))
        .chain(files("providers/mini-program"))
        .chain(files("providers/sandbox/phone"))
    {
        if path.extension().is_some_and(|end| ["js", "css", "html", "wxss"].iter().any(|own| end == *own)) {
            let lines = text(path.to_str().unwrap()).lines().count();
            assert!(lines <= 400, "{}: {lines} lines", path.display());
        }
    }
}

#[test]
fn nothing_is_put_off_skipped_or_bound_to_one_machine() {
    // Written in two pieces, so that this file does not find itself.
    let banned = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["XX", "X:"],
        ["#[ign", "ore"],
        ["todo", "!("],
        ["unimpl", "emented!("],
        ["#[al", "low("],
        ["/ro", "ot/"],
        ["/wo", "rk/"],
        ["/ho", "me/"],
        ["test.sk", "ip("],
        ["describe.sk", "ip("],
        ["test.on", "ly("],
    ]
    .map(|parts| parts.concat());
    let ends = ["rs", "js", "mjs", "toml", "md", "sh", "sql", "html", "css", "json", "yml", "wxml", "wxss"];
    let mut flaws = Vec::new();
    for path in files("") {
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        let has_text = ends.contains(&end) || ["Makefile", "run"].iter().any(|name| path.ends_with(name));
        if !has_text {
            continue;
        }
        for (number, line) in text(path.to_str().unwrap()).lines().enumerate() {
            for word in banned.iter().filter(|word| line.contains(word.as_str())) {
                flaws.push(format!("{}:{}: {word}", path.display(), number + 1));
            }
        }
    }
    assert_none(&flaws);
}
