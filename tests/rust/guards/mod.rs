//! Guards: rules about the house itself that no compiler keeps. They read the sources, cargo's metadata and
//! the list of tests, never a running server.

mod architecture;
mod dependencies;
mod files;
mod modules;
mod requirements;
mod texts;

use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A text of ours, below the root.
fn text(path: &str) -> String {
    let file = root().join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Every file of ours below a folder, by its path from the root; nothing built, nothing installed.
fn files(folder: &str) -> Vec<PathBuf> {
    let is_ours = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_str().unwrap();
        let is_made = ["target", "node_modules", ".git", "test-results"].contains(&name);
        entry.depth() == 0 || !is_made
    };
    let walk = WalkDir::new(root().join(folder)).into_iter().filter_entry(is_ours);
    let mut found: Vec<_> = walk
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(root()).unwrap().to_owned())
        .collect();
    found.sort();
    assert!(!found.is_empty(), "there is nothing in {folder}");
    found
}

/// The Rust sources below a folder, with their texts.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let rust = files(folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    rust.map(|path| {
        let text = text(path.to_str().unwrap());
        (path, text)
    })
    .collect()
}

/// Panics with all flaws, one a line.
fn assert_none(flaws: &[String]) {
    assert!(flaws.is_empty(), "\n{}", flaws.join("\n"));
}
