//! The files of the repository.

use crate::harness::ROOT;
use std::fs;
use std::path::Path;

/// A text file of the repository.
#[derive(Debug)]
pub(super) struct Source {
    /// Relative to the repository's root, with `/` between the parts.
    pub(super) path: String,
    /// All of its text.
    pub(super) text: String,
}

/// Returns the files below these folders, or these files, whose names end so; sorted by path.
pub(super) fn files(places: &[&str], ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    for place in places {
        collect(&Path::new(ROOT).join(place), place, ending, &mut found);
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Returns the file at this path, if there is one.
pub(super) fn file(path: &str) -> Option<Source> {
    let text = fs::read_to_string(Path::new(ROOT).join(path)).ok()?;
    Some(Source { path: path.to_owned(), text })
}

/// All Rust of the workspace.
pub(super) fn rust() -> Vec<Source> {
    files(&["src", "proto", "examples", "tests", "build.rs"], ".rs")
}

fn collect(place: &Path, path: &str, ending: &str, found: &mut Vec<Source>) {
    if place.is_dir() {
        let entries = fs::read_dir(place).expect("a folder of the repository can be listed");
        for entry in entries {
            let name = entry.expect("a folder of the repository can be listed").file_name();
            let name = name.to_string_lossy();
            if name != "target" && name != ".git" {
                collect(&place.join(&*name), &format!("{path}/{name}"), ending, found);
            }
        }
    } else if path.ends_with(ending) {
        found.extend(file(path));
    }
}
