//! Each format, as its readers want it.

use super::{baseline, drift, file};
use crate::shared::process::Failure;
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

/// Every element is closed, in order; nothing is left of what should be text.
pub(super) fn assert_balanced(text: &str) {
    let mut open: Vec<&str> = Vec::new();
    for part in text.split('<').skip(1) {
        let (tag, rest) = part.split_once('>').unwrap_or_else(|| panic!("a tag does not end: {part}"));
        let name = tag.split([' ', '/']).find(|name| !name.is_empty()).unwrap_or_default();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "closed out of order: {part}");
        } else if !tag.ends_with('/') && !tag.starts_with(['!', '?']) && name != "meta" {
            open.push(name);
        }
        // The style has some: `details[open] > summary`.
        assert!(open.last() == Some(&"style") || !rest.contains('>'), "a mark is not escaped: {rest}");
    }
    assert!(open.is_empty(), "{open:?}");
}

/// What is left of Markdown without its code: spans, of which each ends at a run of as many backticks as it began with,
/// and elements.
pub(super) fn without_code(text: &str) -> String {
    let text = without_spans(text);
    let parts = text.split("<code>").map(|part| part.split_once("</code>").map_or(part, |(_, rest)| rest));
    parts.collect()
}

fn without_spans(text: &str) -> String {
    let mut rest = String::new();
    for line in text.lines() {
        let mut left = line;
        if line.starts_with('<') {
            // A line of HTML has no spans.
            (left, rest) = ("", rest + line);
        }
        while let Some(start) = left.find('`') {
            let fence = left[start..].chars().take_while(|c| *c == '`').count();
            rest.push_str(&left[..start]);
            let inner = &left[start + fence..];
            let runs = inner.match_indices('`').filter(|(place, _)| !inner[..*place].ends_with('`'));
            let end = runs
                .map(|(place, _)| place)
                .find(|place| inner[*place..].chars().take_while(|c| *c == '`').count() == fence);
            left = end.map_or("", |end| &inner[end + fence..]);
            assert!(end.is_some(), "a code span does not end: {line}");
        }
        rest.push_str(left);
        rest.push('\n');
    }
    rest
}

fn written(document: &Value) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let plan = file(&directory, "plan.json", document.to_string());
    (directory, plan)
}

/// Many findings, with long names.
fn many(count: usize) -> Value {
    let change = |number: usize| {
        let id = format!(
            "/subscriptions/{:08}-0000-0000-0000-000000000000/providers/Microsoft.Security/pricings/Arm",
            number % 700
        );
        let side = |tier: &str| json!({"id": id, "name": "Arm", "tier": tier});
        json!({"address": format!("module.{}.defender_plan.p[{number}]", "m".repeat(80)), "mode": "managed", "type": "defender_plan",
            "change": {"actions": ["update"], "before": side("Free"), "after": side("Standard"), "after_unknown": {}}})
    };
    json!({"format_version": "1.2", "resource_changes": (0..count).map(change).collect::<Vec<_>>()})
}

#[test]
fn markdown_fits_a_comment() -> Result<(), Failure> {
    let (_directory, plan) = written(&many(6000));
    let output = drift(&plan, &["--format=markdown"])?.require(2)?;
    let characters = output.stdout.chars().count();
    assert!((50_000..=60_000).contains(&characters), "{characters}");
    let told = output.stdout.matches("**protection off**").count();
    let output = output.require_text(&format!("**{} findings more do not fit in here.**", 5000 - told))?;
    output.require_text("Too many to be told one by one: 1000 findings more.").map(drop)
}

#[test]
fn sarif_is_what_code_scanning_takes() -> Result<(), Failure> {
    let mut document = baseline::document();
    document["resource_changes"][0]["module_address"] = json!("module.m[\"a.b\"].module.n");
    let inner = json!({"n": {"source": "../other one", "module": {}}});
    let calls = json!({"m": {"source": "./modules/m", "module": {"module_calls": inner}}});
    document["configuration"] = json!({"root_module": {"module_calls": calls}});
    let (_directory, plan) = written(&document);
    let output = drift(&plan, &["--format=sarif"])?.require(2)?;
    let log: Value = serde_json::from_str(&output.stdout).map_err(Failure::of("read the log"))?;
    assert_eq!((&log["version"], log["runs"].as_array().map(Vec::len)), (&json!("2.1.0"), Some(1)));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(
            rule["helpUri"].as_str().is_some_and(|link| link.starts_with("https://learn.microsoft.com/"))
        );
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let location = &result["locations"][0];
        let within =
            if result["ruleId"] == "defender_plan.tier" { "modules/other%20one/main.tf" } else { "main.tf" };
        assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], within);
        assert!(
            location["logicalLocations"][0]["fullyQualifiedName"].as_str().unwrap().starts_with("defender_")
        );
        assert_eq!(result["partialFingerprints"]["findingId/v1"].as_str().map(str::len), Some(12));
    }
    let ids: Vec<&Value> = rules.iter().map(|rule| &rule["id"]).collect();
    assert_eq!(
        ids,
        ["defender_plan.extensions", "defender_plan.tier", "defender_policy_assignment.description"]
    );
    Ok(())
}

#[test]
fn junit_counts_what_it_has() -> Result<(), Failure> {
    let (_directory, plan) = written(&baseline::document());
    let output = drift(&plan, &["--format=junit", "--fail-on=capability_lost"])?.require(2)?;
    assert_balanced(&output.stdout);
    assert!(
        output.stdout.contains("tests=\"3\" failures=\"2\" errors=\"0\" skipped=\"1\""),
        "{}",
        output.stdout
    );
    assert_eq!(output.stdout.matches("<testcase ").count(), 3);
    assert_eq!(output.stdout.matches("<failure ").count(), 2);
    output.require_text("below --fail-on").map(drop)
}

#[test]
fn the_page_stands_on_its_own() -> Result<(), Failure> {
    let (_directory, plan) = written(&many(40));
    let page = drift(&plan, &["--format=html"])?.require(2)?.stdout;
    assert_balanced(&page);
    for foreign in ["<script", "<link", "<img", " src=", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    for needed in [
        "lang=\"en\"",
        "<caption",
        "scope=\"row\"",
        "scope=\"col\"",
        "prefers-color-scheme: dark",
        "name=\"viewport\"",
    ] {
        assert!(page.contains(needed), "{needed}");
    }
    assert_eq!(page.matches("<td class=\"off\">").count(), 40);
    Ok(())
}
