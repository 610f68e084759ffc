//! Nothing of the machine on which the code was written is in it.

use super::sources::{self, Source};
use super::{assert_none, finding};

/// Folders in which nobody else has this repository; put together here so as not to find themselves.
const MACHINE_PATHS: [&str; 5] = [
    concat!("/", "root/"),
    concat!("/", "work/"),
    concat!("/", "Users/"),
    concat!("/", "home/runner"),
    concat!("C:\\", "Users"),
];

/// Hidden files that are part of the repository.
const HIDDEN: [&str; 6] = [".cargo", ".ci", ".clippy.toml", ".github", ".gitignore", ".rustfmt.toml"];

const VISIBLE: [&str; 10] = [
    "src",
    "proto",
    "examples",
    "templates",
    "tests",
    "docs",
    "README.md",
    "CHANGELOG.md",
    "Cargo.toml",
    "build.rs",
];

#[test]
fn no_path_of_a_machine() {
    let mut findings = Vec::new();
    for source in sources::files(&[HIDDEN.as_slice(), VISIBLE.as_slice()].concat(), "") {
        findings.extend(paths(&source));
    }
    assert_none(&findings);
}

fn paths(source: &Source) -> Vec<String> {
    let lines = source.text.lines().enumerate();
    let named = lines.filter(|(_, line)| MACHINE_PATHS.iter().any(|path| names(line, path)));
    named.map(|(number, _)| finding(source, number, "a path of one machine: make it relative")).collect()
}

/// Whether the path stands on its own: `src/root/x` and `https://host/work/` are not of a machine.
fn names(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || "._-}".contains(c))
    })
}
