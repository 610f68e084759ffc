//! Runs the cases in `cases/`: facts in, findings out. Every case says all that is found, and nothing else.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Action, Fact, Facts, Finding, evaluate, outcome};
use crate::catalog::model::{Catalog, Day};

/// A case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) id: String,
    /// The rule that it is a case of; the build sees to it that every rule has some.
    #[serde(rename = "about")]
    _about: String,
    /// The day; none for what holds on any day.
    date: Option<Day>,
    facts: Facts,
    /// Facts that are absent.
    #[serde(default)]
    absent: Vec<String>,
    /// All findings, as `error MDC100`, in the order of their ids.
    expect: Vec<String>,
    /// Texts that must stand in one of them.
    #[serde(default)]
    says: Vec<String>,
    /// What becomes of an agent that is there, and where the machine reports to afterwards.
    outcome: Option<String>,
    reports_to: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

impl Case {
    pub(super) fn facts(&self) -> Facts {
        let mut facts = self.facts.clone();
        self.absent.iter().for_each(|name| facts.rule_out(name));
        facts
    }

    pub(super) fn date(&self) -> Fact<Day> {
        self.date.map_or(Fact::Unknown, Fact::Known)
    }
}

/// All cases, sorted by file.
pub(super) fn all() -> Vec<Case> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/availability/cases");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        toml::from_str::<Cases>(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())).cases
    };
    paths.iter().flat_map(read).collect()
}

/// A finding in two words.
pub(super) fn short(finding: &Finding) -> String {
    format!("{} {}", finding.severity.as_str(), finding.rule.id)
}

#[test]
fn every_case_comes_out_as_it_says() {
    let mut wrong = Vec::new();
    for case in all() {
        let facts = case.facts();
        let findings = evaluate(Catalog::get(), &facts, case.date());
        let found: Vec<String> = findings.iter().map(short).collect();
        if found != case.expect {
            wrong.push(format!("{}: expected {:?}, found {found:?}", case.id, case.expect));
        }
        for text in &case.says {
            if !findings.iter().any(|finding| finding.detail.contains(text)) {
                let details: Vec<&str> = findings.iter().map(|finding| finding.detail.as_str()).collect();
                wrong.push(format!("{}: {text:?} is not said: {details:#?}", case.id));
            }
        }
        if let Some(expected) = &case.outcome {
            let decided = outcome(&facts).expect("something is known");
            let reports_to = case.reports_to.clone().unwrap_or_default();
            if (decided.action.as_str(), &decided.reports_to) != (expected.as_str(), &reports_to) {
                wrong.push(format!("{}: {decided:?}", case.id));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What users read, all of it in one file, so that a change of a text is seen as such.
#[test]
fn texts() {
    let mut texts = BTreeMap::new();
    for case in all() {
        for finding in evaluate(Catalog::get(), &case.facts(), case.date()) {
            let Finding { rule, severity, subject, summary, detail } = &finding;
            let date = case.date().known().map_or("any day".to_owned(), ToString::to_string);
            let text = format!("{}: {summary} ({subject:?})\n{detail}\n", severity.as_str());
            texts.entry(format!("{} {text}", rule.id)).or_insert_with(|| format!("{}, {date}", case.id));
        }
    }
    let lines = texts.iter().map(|(text, case)| format!("[{case}]\n{text}"));
    insta::assert_snapshot!("findings", lines.collect::<Vec<_>>().join("\n"));
}

/// A diagnostic's summary is one line without a full stop, its detail whole sentences.
#[test]
fn findings_are_fit_to_be_read() {
    for case in all() {
        for finding in evaluate(Catalog::get(), &case.facts(), case.date()) {
            let Finding { summary, detail, .. } = &finding;
            assert!(summary.len() <= 80 && !summary.ends_with('.'), "{}: {summary}", case.id);
            assert!(!detail.contains("  {") && !detail.is_empty(), "{}: {detail}", case.id);
            let whole = detail.ends_with(['.', '?', '}']) || detail.ends_with(')');
            assert!(whole && !detail.contains(".."), "{}: {detail}", case.id);
        }
    }
}

#[test]
fn an_agent_that_nobody_has_looked_for_decides_nothing() {
    assert_eq!(outcome(&Facts::default()), None);
    assert_eq!(Action::Keep.as_str(), "keep");
}
