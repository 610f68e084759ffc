//! Plain text for a terminal or a log.

use std::fmt::Write as _;

use crate::drift::finding::{Finding, Severity, Shown};
use crate::drift::report::Report;

/// The report.
pub(super) fn text(report: &Report) -> String {
    let mut text =
        format!("Drift of Microsoft Defender for Cloud on {}: {}\n", report.today, report.headline());
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    if report.total() > 0 {
        line(report.counts_in_words());
    }
    for (place, subjects) in report.by_place() {
        line(format!("\n{place}"));
        for (subject, findings) in subjects {
            line(format!("  {subject}"));
            for finding in findings {
                line(told(finding));
            }
        }
    }
    if report.accepted().next().is_some() {
        line("\nAccepted by the baseline".to_owned());
        for finding in report.accepted() {
            line(accepted(finding));
        }
    }
    let notes = report.notes();
    if !notes.is_empty() {
        line(String::new());
        for note in notes {
            line(format!("note: {note}"));
        }
    }
    text
}

/// A finding, in lines of which each begins with words of ours: a log takes lines that begin with `::` for commands.
fn told(finding: &Finding) -> String {
    let Finding { severity, expected, actual, address, id, link, .. } = finding;
    let severity = if finding.exact { severity.title() } else { "severity not known" };
    let attribute = finding.attribute();
    let mut text = match (expected, actual) {
        (Shown::Untold, Shown::Untold) => format!("    {severity}: {attribute} differs\n"),
        _ => format!("    {severity}: {attribute}: {expected} expected, {actual} found\n"),
    };
    // Writing to a text does not fail.
    if !finding.implied.is_empty() {
        writeln!(text, "      with it: {}", finding.implied.join(", ")).ok();
    }
    writeln!(text, "      at {address}").ok();
    writeln!(text, "      cause: {}", finding.cause.sentence()).ok();
    write!(text, "      id {id}, see {link}").ok();
    text
}

fn accepted(finding: &Finding) -> String {
    let (id, path) = (&finding.id, finding.full_path());
    let severity = Severity::title(finding.severity);
    let why = finding.accepted.as_ref();
    let why =
        why.map(|accepted| format!("until {}: {}", accepted.expires, accepted.reason)).unwrap_or_default();
    format!("  {severity}: {path}, {} found, id {id}, {why}", finding.actual)
}
