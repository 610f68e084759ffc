//! `JUnit`, for pipelines that show test results: a suite a place, a case a finding, and one for each plan without any.
//!
//! <https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-test-results-v2>

use std::fmt::Write as _;

use super::markup::escaped;
use crate::drift::finding::{Finding, Place};
use crate::drift::report::Report;

/// The report.
pub(super) fn junit(report: &Report) -> String {
    let suites: Vec<Suite> = suites(report);
    let total = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"Drift of Microsoft Defender for Cloud\" \
         tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n",
        total(|suite| suite.tests),
        total(|suite| suite.failures),
        total(|suite| suite.errors),
        total(|suite| suite.skipped)
    );
    for suite in &suites {
        // Writing to a text does not fail.
        writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}  </testsuite>",
            escaped(&suite.name), suite.tests, suite.failures, suite.errors, suite.skipped, suite.cases
        )
        .ok();
    }
    text + "</testsuites>\n"
}

#[derive(Default)]
struct Suite {
    name: String,
    cases: String,
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Suite {
    fn add(&mut self, class: &str, name: &str, content: &str) {
        let (class, name) = (escaped(class), escaped(name));
        self.tests += 1;
        // Writing to a text does not fail.
        writeln!(
            self.cases,
            "    <testcase classname=\"{class}\" name=\"{name}\" time=\"0\">{content}</testcase>"
        )
        .ok();
    }
}

fn suites(report: &Report) -> Vec<Suite> {
    let mut suites: Vec<Suite> = report.watched.keys().map(|place| of_place(report, place)).collect();
    let mut plan = Suite { name: "plan".to_owned(), ..Suite::default() };
    for error in &report.errors {
        plan.errors += 1;
        plan.add("terraform plan", "the plan succeeds", &format!("<error message=\"{}\"/>", escaped(error)));
    }
    let left_out: usize = report.left_out.values().sum();
    if left_out > 0 {
        plan.failures += 1;
        let message = format!("<failure message=\"{left_out} findings more than are told one by one\"/>");
        plan.add("terraform plan", "all findings are told", &message);
    }
    if plan.tests > 0 {
        suites.push(plan);
    }
    suites
}

fn of_place(report: &Report, place: &Place) -> Suite {
    let mut suite = Suite { name: place.to_string(), ..Suite::default() };
    let here: Vec<&Finding> = report.findings.iter().filter(|finding| finding.place == *place).collect();
    for finding in &here {
        add(&mut suite, report, finding);
    }
    for subject in report.watched.get(place).into_iter().flat_map(|subjects| subjects.keys()) {
        if !here.iter().any(|finding| finding.subject == *subject) {
            suite.add(&class(place, subject), "as it should be", "");
        }
    }
    suite
}

fn add(suite: &mut Suite, report: &Report, finding: &Finding) {
    let Finding { severity, expected, actual, address, id, link, .. } = finding;
    let class = class(&finding.place, &finding.subject);
    let name = format!("{} ({id})", finding.full_path());
    let message = format!("{}: {expected} expected, {actual} found", severity.title());
    if let Some(accepted) = &finding.accepted {
        suite.skipped += 1;
        let why = format!("accepted until {}: {} ({message})", accepted.expires, accepted.reason);
        suite.add(&class, &name, &format!("<skipped message=\"{}\"/>", escaped(&why)));
    } else if report.counts(finding) {
        suite.failures += 1;
        let detail = format!("{address}\n{}\n{link}", finding.cause.sentence());
        let (message, detail) = (escaped(&message), escaped(&detail));
        suite.add(
            &class,
            &name,
            &format!("<failure message=\"{message}\" type=\"{}\">{detail}</failure>", severity.as_str()),
        );
    } else {
        suite.skipped += 1;
        let why = format!("below --fail-on: {message}");
        suite.add(&class, &name, &format!("<skipped message=\"{}\"/>", escaped(&why)));
    }
}

/// Dots part classes, and a GUID has none.
fn class(place: &Place, subject: &str) -> String {
    let place = match place {
        Place::Subscription(name) | Place::ManagementGroup(name) => name.as_str(),
        Place::Unknown => "unknown",
    };
    format!("{place}.{subject}")
}
