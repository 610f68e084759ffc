//! Short files and short functions.

use super::sources::{self, Source};
use super::{assert_none, finding};

const FILE_LINES: usize = 500;
const FILE_LINES_MEDIAN: usize = 150;
const FUNCTION_LINES: usize = 70;

#[test]
fn files_are_short() {
    let long = |source: &Source| source.text.lines().count() > FILE_LINES;
    let advice = format!("more than {FILE_LINES} lines: split it by concept");
    let findings: Vec<String> = sources::rust()
        .iter()
        .filter(|source| long(source))
        .map(|source| finding(source, 0, &advice))
        .collect();
    assert_none(&findings);
}

#[test]
fn most_files_are_very_short() {
    let mut lengths: Vec<usize> = sources::rust().iter().map(|source| source.text.lines().count()).collect();
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or_default();
    assert!(median <= FILE_LINES_MEDIAN, "the median file has {median} lines; split the longest ones");
}

#[test]
fn functions_are_short() {
    assert_none(&sources::rust().iter().flat_map(long_functions).collect::<Vec<_>>());
}

#[test]
fn a_long_function_is_found() {
    for (body, found) in [(FUNCTION_LINES - 2, 0), (FUNCTION_LINES - 1, 1)] {
        let text = format!(
            "impl X {{\n    pub(crate) async fn f(\n    ) {{\n{}    }}\n}}\n",
            "        x();\n".repeat(body - 1)
        );
        let source = Source { path: "x.rs".to_owned(), text };
        assert_eq!(long_functions(&source).len(), found, "{body}");
    }
}

/// A function ends at the first line that is its own indentation and a brace: rustfmt sees to that.
fn long_functions(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut findings = Vec::new();
    for (start, line) in lines.iter().enumerate().filter(|(_, line)| starts_function(line)) {
        let indentation = &line[..line.len() - line.trim_start().len()];
        let rest = lines.iter().skip(start);
        let length = rest.take_while(|line| **line != format!("{indentation}}}")).count() + 1;
        let bodiless = line.ends_with(';') || line.ends_with('}');
        if length > FUNCTION_LINES && !bodiless {
            let advice = format!("a function of {length} lines, more than {FUNCTION_LINES}: split it");
            findings.push(finding(source, start, &advice));
        }
    }
    findings
}

fn starts_function(line: &str) -> bool {
    let words = line.split_whitespace();
    let modifiers = ["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe"];
    words.into_iter().find(|word| !modifiers.contains(word)) == Some("fn")
}
