//! Workflows of the repository: they are YAML, what they use is pinned, and what they run is there.

use super::sources::{self, Source};
use super::{assert_none, finding};
use crate::harness::ROOT;
use std::path::Path;

#[test]
fn workflows_are_pinned_and_run_what_is_there() {
    let workflows = sources::files(&[".github/workflows"], ".yml");
    assert!(workflows.len() > 1, "the workflows were found");
    let unreadable = workflows.iter().filter_map(|workflow| {
        let read = serde_saphyr::from_str::<serde_json::Value>(&workflow.text);
        Some(finding(workflow, 0, &format!("is no YAML: {}", read.err()?)))
    });
    assert_none(&workflows.iter().flat_map(problems).chain(unreadable).collect::<Vec<_>>());
}

#[test]
fn a_loose_workflow_is_found() {
    let pinned = "- uses: a/b@0123456789012345678901234567890123456789";
    for (line, found) in [
        (format!("{pinned} # v1.2.3"), 0),
        (pinned.to_owned(), 1),
        ("- uses: a/b@v1 # v1".to_owned(), 1),
        ("uses: ./.github/workflows/ci.yml".to_owned(), 0),
        ("uses: ./.github/workflows/surprise.yml".to_owned(), 1),
        ("run: .ci/run".to_owned(), 0),
        ("run: .ci/surprise --fast".to_owned(), 1),
        ("cargo run --example package -- --out dist".to_owned(), 0),
        ("cargo run --example surprise".to_owned(), 1),
    ] {
        let text = format!("permissions:\n  contents: read\n{line}\n");
        assert_eq!(problems(&Source { path: "x.yml".to_owned(), text }).len(), found, "{line}");
    }
    assert_eq!(problems(&Source { path: "x.yml".to_owned(), text: "on: push\n".to_owned() }).len(), 1);
}

fn problems(workflow: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    if !workflow.text.starts_with("permissions:\n") && !workflow.text.contains("\npermissions:\n") {
        findings.push(finding(workflow, 0, "say at the top which permissions it has; the default is many"));
    }
    for (number, line) in workflow.text.lines().enumerate() {
        let words: Vec<&str> = line.trim_start().trim_start_matches("- ").split(' ').collect();
        let advice = match words.as_slice() {
            ["uses:", path] if path.starts_with("./") => is_missing(path).then_some("there is no such file"),
            ["uses:", action, rest @ ..] => (!is_pinned(action) || !is_version(rest))
                .then_some("pin it by the commit, with the version as a comment"),
            ["run:", script, ..] if script.starts_with('.') => {
                is_missing(script).then_some("there is no such script")
            }
            _ => {
                let example = line.split_once("--example ").and_then(|(_, rest)| rest.split(' ').next());
                let places = |name: &str| [format!("examples/{name}.rs"), format!("examples/{name}/main.rs")];
                let missing = example.is_some_and(|name| places(name).iter().all(|path| is_missing(path)));
                missing.then_some("there is no such example")
            }
        };
        findings.extend(advice.map(|advice| finding(workflow, number, advice)));
    }
    findings
}

fn is_missing(path: &str) -> bool {
    !Path::new(ROOT).join(path).exists()
}

fn is_pinned(action: &str) -> bool {
    let commit = action.split_once('@').map(|(_, commit)| commit);
    commit.is_some_and(|commit| commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()))
}

fn is_version(comment: &[&str]) -> bool {
    matches!(comment, ["#", version] if version.starts_with('v'))
}
