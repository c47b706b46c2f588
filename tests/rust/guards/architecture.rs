//! Who may name whom in the sources, and a map of the house that is true.

use super::{assert_none, files, root, sources, text};
use cargo_metadata::MetadataCommand;
use regex::Regex;
use std::collections::BTreeSet;

/// Places, and what they must not name.
const BANS: [(&str, &str, &str); 14] = [
    (
        "server/src/http",
        r"\bsaoma_store\b|crate::apply|crate::wire|crate::cli|crate::demo",
        "http calls services only",
    ),
    (
        "server/src/http/login",
        r"http::oauth|http::pages|super::super::(oauth|pages)",
        "the API knows no other surface",
    ),
    ("server/src/http/oauth", r"http::login|http::pages", "OAuth knows no other surface"),
    ("server/src/http/pages", r"http::login|http::oauth", "pages know no other surface"),
    (
        "server/src/http/admin",
        r"\bsaoma_core::(login|provider)::.*Store\b|LoginStore|ClientStore",
        "admins go through services",
    ),
    ("admin-ui/src", r"\b(poem|saoma_store|saoma_providers)\b|Store\b", "views come filled"),
    ("server/src", r"\b(diesel|diesel_async|reqwest|redis)::", "the server goes through store and host"),
    (
        "server/src/demo/shop",
        r"\bsaoma_(core::login|store|providers|host|sandbox)\b|crate::(http|wire|server)\b",
        "the shop is a stranger",
    ),
    (
        "core/src",
        r"\b(poem|poem_openapi|diesel|reqwest|redis|tera|hyper)::|tokio::(spawn|net|fs|time|runtime)",
        "core knows no framework",
    ),
    (
        "core/src/login",
        r"\bsaoma_providers\b|\b(MiniProgram|ServiceAccount|OpenPlatform)\b|wechat_\w+::",
        "the engine knows traits only",
    ),
    ("core/src", r"(?i)\bsaoma_(providers|host|store|sandbox)\b|\bsandbox\b", "core knows nobody of ours"),
    (
        "providers/src",
        r"(?i)\bsandbox\b|\bsaoma_(host|store|sandbox)\b|\b(reqwest|hyper|tokio::net)\b",
        "plugins know core only",
    ),
    ("providers/host/src", r"\bsaoma_(providers|store|sandbox)\b", "the host knows core only"),
    (
        "providers/sandbox/src",
        r"\bsaoma_(core|providers|host|store|tests)\b|\buse saoma\b|\bsaoma::",
        "the sandbox knows nobody",
    ),
];

#[test]
fn nobody_names_whom_they_must_not_know() {
    let mut flaws = Vec::new();
    for (folder, pattern, rule) in BANS {
        let pattern = Regex::new(pattern).unwrap();
        for (path, text) in sources(folder) {
            let code = text.split("#[cfg(test)]").next().unwrap();
            let found = code.lines().enumerate().find(|(_, line)| pattern.is_match(line));
            flaws.extend(
                found.map(|(number, line)| {
                    format!("{}:{}: {rule}: {}", path.display(), number + 1, line.trim())
                }),
            );
        }
    }
    assert_none(&flaws);
}

#[test]
fn only_tasks_spawn_and_only_the_clock_tells_time() {
    let spawn =
        Regex::new(r"tokio::spawn\(|tokio::task::spawn\(|SystemTime::now|Utc::now|std::thread::sleep")
            .unwrap();
    let mut flaws = Vec::new();
    for folder in ["core/src", "providers/src", "providers/host/src", "server/src", "server/store/src"] {
        for (path, text) in sources(folder) {
            let code = text.split("#[cfg(test)]").next().unwrap();
            let is_test =
                path.to_str().unwrap().ends_with("tests.rs") || path.to_str().unwrap().contains("testing");
            let is_clock = path.ends_with("server/src/clock.rs");
            if !is_test && !is_clock && spawn.is_match(code) {
                flaws.push(path.display().to_string());
            }
        }
    }
    assert_none(&flaws);
}

fn map() -> String {
    text("ARCHITECTURE.md")
}

#[test]
fn the_map_is_short() {
    let lines = map().lines().count();
    assert!(lines < 200, "ARCHITECTURE.md has {lines} lines");
}

#[test]
fn every_path_on_the_map_exists() {
    let map = map();
    // Outside of fenced pictures: what stands in backticks and looks like a path.
    let prose: String = map.split("```").step_by(2).collect();
    let quoted = Regex::new(r"`([^`\n]+)`").unwrap();
    let is_path =
        Regex::new(r"^[\w.-]+(/[\w.-]+)+/?$|^[A-Z][A-Z-]+(\.[\w-]+)?\.md$|^Makefile$|^[\w-]+\.toml$")
            .unwrap();
    let begins_here: BTreeSet<String> = std::fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut checked = 0;
    let mut flaws = Vec::new();
    for found in
        quoted.captures_iter(&prose).map(|found| found[1].to_owned()).filter(|found| is_path.is_match(found))
    {
        // `application/json` is no path of ours; a first step that is ours makes it one.
        let first = found.split('/').next().unwrap();
        let is_file = !found.contains('/');
        if is_file && found == "saoma.toml" {
            continue;
        }
        if is_file || begins_here.contains(first) {
            checked += 1;
            if !root().join(&found).exists() {
                flaws.push(format!("ARCHITECTURE.md names {found}, which does not exist"));
            }
        }
    }
    assert!(checked > 10, "only {checked} paths are named");
    assert_none(&flaws);
}

#[test]
fn every_crate_and_every_folder_is_on_the_map() {
    let map = map();
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let crates = metadata.packages.iter().map(|package| package.name.to_string());
    let folders: BTreeSet<String> = files("")
        .iter()
        .filter(|path| path.components().count() > 1)
        .map(|path| path.components().next().unwrap().as_os_str().to_str().unwrap().to_owned())
        .collect();
    let named = |name: &String| map.contains(&format!("`{name}`")) || map.contains(&format!("`{name}/"));
    let flaws: Vec<_> = crates
        .chain(folders)
        .filter(|name| !named(name))
        .map(|name| format!("{name} is not on the map"))
        .collect();
    assert_none(&flaws);
}

/// The documents say that an optional field may be absent, not that it may be null.
#[test]
fn what_an_answer_has_not_it_leaves_out() {
    let mut flaws = Vec::new();
    for (path, text) in sources("server/src/http") {
        for part in text.split("derive(").skip(1).filter(|part| {
            let derived = part.split(')').next().unwrap_or_default();
            derived.split(", ").any(|name| name == "Object")
        }) {
            let object = part.split("\n}").next().unwrap_or_default();
            // What is received says which fields there are; a form's fields are the protocol's.
            let is_received =
                object.contains("deny_unknown_fields") || path.starts_with("server/src/http/oauth");
            if object.contains("Option<") && !object.contains("skip_serializing_if_is_none") && !is_received {
                let name = object.split("struct ").nth(1).and_then(|rest| rest.split(' ').next());
                flaws.push(format!("{}: {} would say null", path.display(), name.unwrap_or_default()));
            }
        }
    }
    assert_none(&flaws);
}
