//! Who may depend on whom, over cargo's metadata; one binary; a reason beside every dependency.

use super::{assert_none, root, text};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, TargetKind};
use std::collections::{BTreeMap, BTreeSet};

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap()
}

fn package<'a>(metadata: &'a Metadata, name: &str) -> &'a Package {
    metadata.packages.iter().find(|package| *package.name == name).unwrap_or_else(|| panic!("no {name}"))
}

/// What a package needs to run, without what only its tests need.
fn needs(package: &Package) -> BTreeSet<&str> {
    let normal = package.dependencies.iter().filter(|need| need.kind == DependencyKind::Normal);
    normal.map(|need| need.name.as_str()).collect()
}

#[test]
fn our_own_crates_know_only_whom_they_may() {
    let may: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("saoma-core", &[][..]),
        ("saoma-providers", &["saoma-core"][..]),
        ("saoma-host", &["saoma-core"][..]),
        ("saoma-sandbox", &[][..]),
        ("saoma-store", &["saoma-core"][..]),
        ("saoma-admin-ui", &["saoma-core"][..]),
        (
            "saoma",
            &[
                "saoma-admin-ui",
                "saoma-core",
                "saoma-host",
                "saoma-providers",
                "saoma-sandbox",
                "saoma-store",
            ][..],
        ),
    ]);
    let metadata = metadata();
    for package in metadata.packages.iter().filter(|package| *package.name != "saoma-tests") {
        let may = may.get(package.name.as_str()).unwrap_or_else(|| panic!("who is {}?", package.name));
        // Tests of a crate must not reach further than the crate: all kinds of dependency count.
        let ours = package
            .dependencies
            .iter()
            .map(|need| need.name.as_str())
            .filter(|name| name.starts_with("saoma"));
        let strangers: Vec<_> = ours.filter(|name| !may.contains(name)).collect();
        assert!(strangers.is_empty(), "{} must not know {strangers:?}", package.name);
    }
}

#[test]
fn the_domain_and_the_plugins_are_free_of_frameworks() {
    let metadata = metadata();
    let banned = [
        "poem",
        "poem-openapi",
        "diesel",
        "diesel-async",
        "reqwest",
        "redis",
        "tera",
        "hyper",
        "hyper-util",
        "tracing-subscriber",
        "figment",
        "clap",
    ];
    for name in ["saoma-core", "saoma-providers"] {
        let package = package(&metadata, name);
        let found: Vec<_> = needs(package).into_iter().filter(|need| banned.contains(need)).collect();
        assert!(found.is_empty(), "{name} must not know {found:?}");
        for tokio in package
            .dependencies
            .iter()
            .filter(|need| need.name == "tokio" && need.kind == DependencyKind::Normal)
        {
            let runtime = ["rt", "rt-multi-thread", "net", "fs", "time", "process", "signal", "full"];
            let found: Vec<_> = tokio.features.iter().filter(|f| runtime.contains(&f.as_str())).collect();
            assert!(
                found.is_empty() && !tokio.uses_default_features,
                "{name} must not know tokio's {found:?}"
            );
        }
    }
    assert!(
        !needs(package(&metadata, "saoma-providers")).contains("tokio"),
        "a plugin asks its host to wait"
    );
}

#[test]
fn databases_and_the_outside_each_have_one_door() {
    let metadata = metadata();
    let doors = [
        ("saoma-store", &["diesel", "diesel-async", "diesel_migrations", "libsqlite3-sys", "deadpool"][..]),
        ("saoma-host", &["reqwest"][..]),
    ];
    for package in metadata.packages.iter().filter(|package| *package.name != "saoma-tests") {
        for (door, names) in doors.iter().filter(|(door, _)| package.name != *door) {
            let found: Vec<_> =
                package.dependencies.iter().filter(|need| names.contains(&need.name.as_str())).collect();
            assert!(found.is_empty(), "{} must go through {door}", package.name);
        }
    }
}

#[test]
fn there_is_one_binary_and_plain_cargo_test_tests_everything() {
    let metadata = metadata();
    let targets = metadata.packages.iter().flat_map(|package| &package.targets);
    let binaries: Vec<_> =
        targets.filter(|t| t.kind.contains(&TargetKind::Bin)).map(|t| t.name.as_str()).collect();
    assert_eq!(binaries, ["saoma"]);
    assert!(!text("Cargo.toml").contains("default-members"));
    let examples =
        metadata.packages.iter().flat_map(|p| &p.targets).filter(|t| t.kind.contains(&TargetKind::Example));
    assert_eq!(examples.count(), 0, "an example is a second program");
    let tests = &package(&metadata, "saoma-tests").targets;
    assert_eq!(
        tests.iter().filter(|t| t.kind.contains(&TargetKind::Test)).count(),
        1,
        "one test binary links once"
    );
}

#[test]
fn every_dependency_has_its_reason_and_is_used() {
    let manifest = text("Cargo.toml");
    let table = manifest.split("[workspace.dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (ours, others): (Vec<_>, Vec<_>) = lines.partition(|line| line.contains("path = "));
    assert!(!ours.is_empty() && others.len() > 20);
    let metadata = metadata();
    let needed: BTreeSet<&str> =
        metadata.packages.iter().flat_map(|p| &p.dependencies).map(|need| need.name.as_str()).collect();
    let mut flaws = Vec::new();
    for line in others {
        let name = line.split([' ', '=']).next().unwrap();
        let reason = line.rsplit_once("# ").map(|(_, reason)| reason.trim()).unwrap_or_default();
        if reason.len() < 4 {
            flaws.push(format!("{name} has no reason beside it"));
        }
        if !needed.contains(name) {
            flaws.push(format!("{name} is used by nobody"));
        }
    }
    assert_none(&flaws);
}

#[test]
fn every_crate_keeps_the_lints_of_the_house() {
    for package in metadata().packages.iter().filter(|package| *package.name != "saoma-tests") {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{}", package.name);
    }
    let clippy = text("clippy.toml");
    assert!(
        clippy.contains("too-many-lines-threshold = 60")
            && clippy.contains("too-many-arguments-threshold = 6")
    );
    assert!(text("Cargo.toml").contains("too_many_lines = \"deny\""));
}
