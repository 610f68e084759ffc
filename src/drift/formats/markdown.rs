//! Markdown for a comment on a pull request, or a job's summary.
//!
//! What comes from the plan file stands in code spans, in which nothing has a meaning: no link, no mention, no HTML.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::markup::escaped;
use crate::drift::cause::Cause;
use crate::drift::finding::{Finding, Place, Severity};
use crate::drift::report::{Outcome, Report, counted};

/// GitHub takes 65,536 characters, and whoever posts it may want to add some.
const MOST: usize = 60_000;
/// What is kept free for what stands behind the findings.
const END: usize = 2_000;
/// The most columns and rows of the overview, and the most notes.
const COLUMNS: usize = 14;
const ROWS: usize = 100;
const NOTES: usize = 10;

/// The report.
pub(super) fn markdown(report: &Report) -> String {
    let mut text = format!("## {} {}\n\n", sign(report), report.headline());
    if report.total() > 0 {
        // Writing to a text does not fail; so it is below.
        write!(text, "{}.\n\n", report.counts_in_words()).ok();
    }
    text.push_str(&overview(report));
    let mut left_out = 0;
    for (place, subjects) in report.by_place() {
        left_out += add_place(&mut text, place, &subjects);
    }
    left_out += add_accepted(&mut text, report);
    if left_out > 0 {
        let what = counted(left_out, "finding");
        write!(text, "**{what} more do not fit in here.** The other formats have them.\n\n").ok();
    }
    for note in report.notes().iter().take(NOTES) {
        let note: String = note.chars().take(160).collect();
        writeln!(text, "- {}", code(&note)).ok();
    }
    text
}

fn sign(report: &Report) -> &'static str {
    match report.outcome() {
        Outcome::Failed => "💥",
        _ if report.total() == 0 => "✅",
        Outcome::Drift | Outcome::Clean => "⚠️",
    }
}

/// Places and plans as a table of colours, folded.
fn overview(report: &Report) -> String {
    let places = report.by_place();
    if places.is_empty() {
        return String::new();
    }
    let mut columns: Vec<&str> = places.iter().flat_map(|(_, subjects)| subjects.keys().copied()).collect();
    columns.sort_unstable();
    columns.dedup();
    columns.truncate(COLUMNS);
    let heads: Vec<String> = columns.iter().map(|column| cell(column)).collect();
    let mut text = "<details><summary>Overview</summary>\n\n".to_owned();
    write!(text, "| | {} |\n|---|{}\n", heads.join(" | "), ":-:|".repeat(columns.len())).ok();
    for (place, subjects) in places.iter().take(ROWS) {
        let cells: Vec<String> =
            columns.iter().map(|column| square(report, place, column, subjects.get(column))).collect();
        writeln!(text, "| {} | {} |", cell(&place.to_string()), cells.join(" | ")).ok();
    }
    let legend =
        Severity::ALL.map(|severity| format!("{} {}", colour(severity), severity.title())).join(", ");
    text + &format!("\n{legend}, 🟩 as it should be\n</details>\n\n")
}

fn square(report: &Report, place: &Place, column: &str, findings: Option<&Vec<&Finding>>) -> String {
    let worst = findings.into_iter().flatten().map(|finding| finding.severity).min();
    let there = report.watched.get(place).is_some_and(|subjects| subjects.contains_key(column));
    match worst {
        Some(severity) => format!("{} {}", colour(severity), findings.map_or(0, Vec::len)),
        None if there => "🟩".to_owned(),
        None => String::new(),
    }
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::ProtectionOff => "🟥",
        Severity::CapabilityLost => "🟧",
        Severity::Configuration => "🟨",
        Severity::Cosmetic => "⬜",
    }
}

/// Adds the findings of a place, as far as they fit; says how many do not.
fn add_place(text: &mut String, place: &Place, subjects: &BTreeMap<&str, Vec<&Finding>>) -> usize {
    let mut findings: Vec<&Finding> = subjects.values().flatten().copied().collect();
    findings.sort_by_key(|finding| finding.severity);
    // No mention and no link is made of what is code.
    let head = format!(
        "<details><summary><code>{}</code>: {}</summary>\n\n",
        escaped(&place.to_string()),
        counted(findings.len(), "finding")
    );
    let items = findings.iter().map(|finding| item(finding));
    add_folded(text, &head, items.collect())
}

fn add_accepted(text: &mut String, report: &Report) -> usize {
    let accepted: Vec<String> = report
        .accepted()
        .map(|finding| {
            let why = finding.accepted.as_ref();
            let why = why.map(|accepted| format!(" until {}: {}", accepted.expires, code(&accepted.reason)));
            format!("- {}{}\n", code(&finding.full_path()), why.unwrap_or_default())
        })
        .collect();
    if accepted.is_empty() {
        return 0;
    }
    let head = format!("<details><summary>{} accepted by the baseline</summary>\n\n", accepted.len());
    add_folded(text, &head, accepted)
}

fn add_folded(text: &mut String, head: &str, items: Vec<String>) -> usize {
    let fits = |text: &str, more: &str| text.len() + more.len() + END < MOST;
    let count = items.len();
    if !items.first().is_some_and(|first| fits(text, &format!("{head}{first}"))) {
        return count;
    }
    text.push_str(head);
    let mut told = 0;
    for item in items {
        if !fits(text, &item) {
            break;
        }
        text.push_str(&item);
        told += 1;
    }
    text.push_str("\n</details>\n\n");
    count - told
}

fn item(finding: &Finding) -> String {
    let severity = if finding.exact { finding.severity.title() } else { "severity not known" };
    let mut text = format!(
        "- {} **{severity}** {}: {} expected, {} found\n  {}\n  {}",
        colour(finding.severity),
        code(&format!("{} {}", finding.subject, finding.attribute())),
        code(&finding.expected.to_string()),
        code(&finding.actual.to_string()),
        code(&finding.address),
        cause(&finding.cause),
    );
    if !finding.implied.is_empty() {
        write!(text, " With it: {}.", code(&finding.implied.join(", "))).ok();
    }
    text + &format!(" [Read more]({}), id {}\n", finding.link, code(&finding.id))
}

/// The sentence, with what comes from the plan as code.
fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Inherited(from) => format!("The setting is inherited from {}.", code(from)),
        Cause::PolicyAssignment(by) => {
            format!("Changed outside of Terraform; a policy switches the plan on, assigned as {}.", code(by))
        }
        Cause::NotApplied | Cause::DefenderPortal | Cause::AzureDefault | Cause::Unknown => cause.sentence(),
    }
}

/// A code span, whose fence is longer than any run of backticks in it.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad =
        if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A code span in a table, whose cells end at a bar wherever it stands.
fn cell(text: &str) -> String {
    code(&text.replace('|', "¦"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_code_span() {
        for (text, expected) in [
            ("a", "`a`"),
            ("a`b``c", "```a`b``c```"),
            ("`", "`` ` ``"),
            ("", "`  `"),
            ("</details> @all #1 [x](y) **z**", "`</details> @all #1 [x](y) **z**`"),
        ] {
            assert_eq!(code(text), expected);
        }
        assert_eq!(cell("a|b"), "`a¦b`");
    }
}
