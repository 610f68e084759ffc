//! SARIF 2.1.0, for code scanning: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
//!
//! Code scanning shows a result only with a file, and a plan names none. So it is the `main.tf` of the module that the
//! resource is in, as far as the module lies in the repository, or else of the root module; the resource itself is
//! the logical location.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::json::written;
use crate::drift::finding::{Finding, Severity};
use crate::drift::report::{Outcome, Report};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The report.
///
/// # Errors
///
/// It cannot be written.
pub(super) fn sarif(report: &Report) -> Result<String, String> {
    let kinds: BTreeMap<String, &Finding> =
        report.findings.iter().rev().map(|finding| (finding.rule(), finding)).collect();
    let rules: Vec<Value> = kinds.iter().map(|(id, example)| rule(id, example)).collect();
    let places: BTreeMap<&String, usize> = kinds.keys().enumerate().map(|(place, id)| (id, place)).collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(report, finding, places.get(&finding.rule()).copied()))
        .collect();
    let notes: Vec<Value> = report
        .notes()
        .iter()
        .map(|note| json!({"level": "note", "message": {"text": literal(note)}}))
        .collect();
    written(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "terraform-provider-defender drift",
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "automationDetails": {"id": "defender-drift/"},
            "invocations": [{
                "executionSuccessful": report.outcome() != Outcome::Failed,
                "toolExecutionNotifications": notes,
            }],
            "results": results,
        }],
    }))
}

fn rule(id: &str, example: &Finding) -> Value {
    let what = match example.path.first() {
        None => format!("A {} is not as it should be", example.kind),
        Some(attribute) => format!("{attribute} of a {} is not as it should be", example.kind),
    };
    let help = "Azure and the Terraform plan do not agree. Apply the configuration, change it, or accept the finding in a baseline.";
    json!({
        "id": id,
        "name": id.split(['.', '_']).map(capitalised).collect::<String>(),
        "shortDescription": {"text": what},
        "fullDescription": {"text": format!("{what}.")},
        "help": {"text": help},
        "helpUri": example.link,
        "defaultConfiguration": {"level": level(example.severity)},
        "properties": {"tags": ["security", "drift"]},
    })
}

fn result(report: &Report, finding: &Finding, rule: Option<usize>) -> Value {
    let text = format!(
        "{} of {} in {}: {}, {} expected, {} found. {}",
        finding.attribute(),
        finding.subject,
        finding.place,
        finding.severity.title(),
        finding.expected,
        finding.actual,
        finding.cause.sentence()
    );
    let mut result = json!({
        "ruleId": finding.rule(),
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": {"text": literal(&text)},
        "locations": [{
            "physicalLocation": {"artifactLocation": {"uri": file(&report.directory(finding))}, "region": {"startLine": 1}},
            "logicalLocations": [{"fullyQualifiedName": finding.address, "kind": "resource"}],
        }],
        "partialFingerprints": {"findingId/v1": finding.id},
        "properties": {"severity": finding.severity.as_str(), "cause": finding.cause.title()},
    });
    if let Some(accepted) = &finding.accepted {
        let why = format!("until {}: {}", accepted.expires, accepted.reason);
        result["suppressions"] = json!([{"kind": "external", "status": "accepted", "justification": why}]);
    }
    result
}

/// The file, as a reference of a URI.
fn file(directory: &str) -> String {
    let mut uri = String::new();
    for byte in directory.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            write!(uri, "%{byte:02X}").ok();
        }
    }
    if uri.is_empty() { "main.tf".to_owned() } else { uri + "/main.tf" }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::ProtectionOff | Severity::CapabilityLost => "error",
        Severity::Configuration => "warning",
        Severity::Cosmetic => "note",
    }
}

/// Brackets would make a link of what is between them (3.11.6 of the standard).
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars().filter(char::is_ascii_alphanumeric);
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}
