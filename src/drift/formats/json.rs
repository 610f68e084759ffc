//! JSON for programs. `format_version` grows by a minor where fields are added, and by a major where one changes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::drift::finding::{Finding, Place, Severity, Shown};
use crate::drift::report::Report;

const VERSION: &str = "1.0";

/// The report.
///
/// # Errors
///
/// It cannot be written.
pub(super) fn json(report: &Report) -> Result<String, String> {
    let summary: BTreeMap<&str, usize> =
        Severity::ALL.into_iter().map(|severity| (severity.as_str(), report.count(severity))).collect();
    let watched: Vec<Value> = report.watched.iter().flat_map(|(place, subjects)| {
        subjects.iter().map(move |(subject, count)| {
            json!({"subscription_id": subscription(place), "place": place.to_string(), "subject": subject, "resources": count})
        })
    }).collect();
    let document = json!({
        "format_version": VERSION,
        "outcome": report.outcome().as_str(),
        "fail_on": report.fail_on.map_or("never", Severity::as_str),
        "date": report.today,
        "plan": {
            "source": if report.stream { "plan -json" } else { "show -json" },
            "refresh_only": report.refresh_only,
            "terraform_version": report.terraform,
            "complete": !report.incomplete,
            "errors": report.errors,
        },
        "summary": summary,
        "accepted": report.accepted().count(),
        "left_out": report.left_out.values().sum::<usize>(),
        "informational": report.informational,
        "findings": report.findings.iter().map(|one| finding(report, one)).collect::<Vec<_>>(),
        "watched": watched,
        "baseline": {"expired": report.baseline.expired, "unused": report.baseline.unused},
    });
    written(&document)
}

/// A document, as people can read it, too.
///
/// # Errors
///
/// It cannot be written.
pub(super) fn written(document: &Value) -> Result<String, String> {
    let text = serde_json::to_string_pretty(document).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

fn finding(report: &Report, finding: &Finding) -> Value {
    let sensitive = [&finding.expected, &finding.actual].contains(&&Shown::Sensitive);
    json!({
        "id": finding.id,
        "rule": finding.rule(),
        "severity": finding.severity,
        "severity_known": finding.exact,
        "counts": report.counts(finding),
        "subscription_id": subscription(&finding.place),
        "place": finding.place.to_string(),
        "subject": finding.subject,
        "resource_type": finding.kind,
        "address": finding.address,
        "attribute": (!finding.path.is_empty()).then(|| finding.attribute()),
        "path": finding.full_path(),
        "expected": value(&finding.expected),
        "actual": value(&finding.actual),
        "sensitive": sensitive,
        "implied": finding.implied,
        "cause": finding.cause.title(),
        "explanation": finding.cause.sentence(),
        "link": finding.link,
        "accepted": finding.accepted,
    })
}

fn value(shown: &Shown) -> Option<&str> {
    match shown {
        Shown::Text(text) => Some(text),
        Shown::Absent | Shown::Sensitive | Shown::Untold => None,
    }
}

fn subscription(place: &Place) -> Option<&str> {
    match place {
        Place::Subscription(id) => Some(id),
        Place::ManagementGroup(_) | Place::Unknown => None,
    }
}
