//! The findings, one by one.

use std::fmt::Write as _;

use super::{class, glyph};
use crate::drift::finding::{Finding, Place, Shown};
use crate::drift::formats::markup::escaped;
use crate::drift::report::{Report, counted};

/// What nobody has accepted, by place and plan.
pub(super) fn open(report: &Report) -> String {
    let places = report.by_place();
    if places.is_empty() {
        return String::new();
    }
    let mut text = "<section class=\"what\">\n<h2>What</h2>\n".to_owned();
    for (place, subjects) in places {
        let mut findings: Vec<&Finding> = subjects.into_values().flatten().collect();
        findings.sort_by_key(|finding| finding.severity);
        // Writing to a text does not fail.
        write!(
            text,
            "<details open>\n<summary><h3>{} <small>{}</small></h3></summary>\n",
            heading(place),
            counted(findings.len(), "finding")
        )
        .ok();
        text.extend(findings.into_iter().map(article));
        text.push_str("</details>\n");
    }
    text + "</section>\n"
}

/// What the baseline accepts, folded.
pub(super) fn accepted(report: &Report) -> String {
    let accepted: Vec<&Finding> = report.accepted().collect();
    if accepted.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "<section class=\"accepted\">\n<h2>Accepted</h2>\n<details>\n<summary>{} in the baseline</summary>\n",
        counted(accepted.len(), "finding")
    );
    text.extend(accepted.into_iter().map(article));
    text + "</details>\n</section>\n"
}

fn heading(place: &Place) -> String {
    match place {
        Place::Subscription(id) => format!("Subscription <code>{}</code>", escaped(id)),
        Place::ManagementGroup(name) => format!("Management group <code>{}</code>", escaped(name)),
        Place::Unknown => "A subscription that is not known yet".to_owned(),
    }
}

fn article(finding: &Finding) -> String {
    let Finding { severity, id, address, link, subject, .. } = finding;
    let title = if finding.exact { severity.title() } else { "severity not known" };
    let mut text = format!(
        "<article class=\"{}\" id=\"f-{}\">\n<h4><span class=\"tag\"><span aria-hidden=\"true\">{}</span> {title}</span> {} <code>{}</code></h4>\n{}",
        class(*severity),
        escaped(id),
        glyph(*severity),
        escaped(subject),
        escaped(&finding.attribute()),
        values(finding),
    );
    let mut row = |name: &str, value: String| {
        // Writing to a text does not fail.
        writeln!(text, "<dt>{name}</dt><dd>{value}</dd>").ok();
    };
    if !finding.implied.is_empty() {
        row("With it", format!("<code>{}</code>", escaped(&finding.implied.join(", "))));
    }
    if let Some(accepted) = &finding.accepted {
        row("Accepted", format!("until {}: {}", accepted.expires, escaped(&accepted.reason)));
    }
    row("Cause", escaped(&finding.cause.sentence()));
    row("Address", format!("<code>{}</code>", escaped(address)));
    row(
        "Id",
        format!(
            "<code>{}</code> · <a href=\"{}\" rel=\"noreferrer\">read more</a>",
            escaped(id),
            escaped(link)
        ),
    );
    text + "</dl>\n</article>\n"
}

/// The two sides, and the beginning of the list below them.
fn values(finding: &Finding) -> String {
    let value = |class: &str, name: &str, shown: &Shown| {
        format!(
            "<div class=\"{class}\"><span>{name}</span> <code>{}</code></div>",
            escaped(&shown.to_string())
        )
    };
    let sides = match (&finding.expected, &finding.actual) {
        (Shown::Untold, Shown::Untold) => String::new(),
        (expected, actual) => format!(
            "<div class=\"values\">{}{}</div>\n",
            value("expected", "expected", expected),
            value("found", "found", actual)
        ),
    };
    sides + "<dl>\n"
}
