//! From files to a checked catalogue. Runs in the build script, and in the tests that show what it refuses.
//!
//! Knows no file system: files come as paths and texts. Every problem names the file, the line, and what is allowed.

#[cfg(not(test))]
mod code;
mod dates;
mod deployments;
mod files;
mod lifecycles;
mod names;
mod references;

use std::fmt;

#[cfg(not(test))]
pub(crate) use code::names_as_code;
pub(crate) use files::File;
use files::parse;

use super::model::Catalog;

/// What is wrong with a row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    path: String,
    line: usize,
    text: String,
}

/// Reads and checks all files of `data/`, and the cases that the rules are tested with.
///
/// # Errors
///
/// The first row that does not fit, with its file and line.
pub(crate) fn pack(files: &[File]) -> Result<Catalog, Problem> {
    let parsed = parse(files)?;
    let checks = [
        names::check,
        references::check,
        dates::check,
        lifecycles::check,
        deployments::check,
        names::check_cases,
    ];
    checks.into_iter().try_for_each(|check| check(&parsed))?;
    Ok(parsed.into_catalog())
}

impl Problem {
    /// A problem with the file at the line in which `place` stands first; with its first line if nowhere.
    fn at(file: &File, place: &str, text: impl Into<String>) -> Self {
        let line = file.text.lines().position(|line| line.contains(place)).unwrap_or(0);
        Self { path: file.path.clone(), line: line + 1, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.text)
    }
}

impl std::error::Error for Problem {}

/// Names as a list in a message.
fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
