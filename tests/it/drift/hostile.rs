//! Plan files that want something of their reader.

use super::formats::{assert_balanced, without_code};
use super::{FORMATS, baseline, drift, file};
use crate::shared::process::Failure;
use serde_json::{Value, json};

/// What terminals, pipelines, browsers and Markdown would take for more than text.
const PAYLOADS: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "\r\n::error file=a::b",
    "::set-output name=a::b",
    "##vso[task.complete result=Succeeded]",
    "x##[error]y",
    "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m",
    "\n```\n</details></summary>\n# heading",
    "`` ` ```` | a | b |",
    "@everyone #1 [x](javascript:alert(1)) ![y](https://example.com/z) www.example.com",
    "]]><failure/>",
    "\u{202e}drowssap\u{2066}\u{200b}\u{feff}\u{e0041}",
    "&lt;b&gt;\\",
];

/// A plan in which every text that a plan may have is the payload.
fn document(payload: &str) -> Value {
    let id = format!("/subscriptions/{payload}/providers/Microsoft.Security/pricings/{payload}");
    let extensions = |on: bool| {
        let mut map = serde_json::Map::new();
        map.insert(
            payload.to_owned(),
            json!({"enabled": on, "properties": {payload: format!("{on}{payload}")}}),
        );
        Value::Object(map)
    };
    let side = |on: bool| {
        json!({"id": id, "name": payload, "tier": if on { "Standard" } else { payload }, "extensions": extensions(on),
            "inherited": true, "inherited_from": payload, payload: on})
    };
    let change = |address: &str, before: Value, after: Value, unknown: Value| {
        json!({"address": address, "module_address": payload, "mode": "managed", "type": "defender_plan", "name": payload,
            "deposed": payload, "change": {"actions": ["update", payload], "before": before, "after": after, "after_unknown": unknown}})
    };
    let mut of_tomorrow = change(payload, json!(null), json!({"id": id}), json!({}));
    of_tomorrow["type"] = json!(format!("defender_{payload}"));
    let both = change(&format!("defender_plan.{payload}"), side(false), side(true), json!({}));
    json!({
        "format_version": "1.2", "terraform_version": payload,
        "resource_drift": [both, of_tomorrow],
        "resource_changes": [both, of_tomorrow],
        "prior_state": {"values": {"root_module": {"resources": [
            {"mode": "managed", "type": "defender_plan", "address": payload, "values": side(false)}]}}},
        "complete": true,
    })
}

fn assert_harmless(format: &str, text: &str, payload: &str) {
    let place = format!("{format} with {payload:?}: {text}");
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || ['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{e0041}'].contains(&c)
    };
    assert!(!text.contains(hidden), "{place}");
    assert!(!text.contains("##vso[") && !text.contains("##["), "{place}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{place}");
    match format {
        "html" | "junit" => {
            assert_balanced(text);
            for mark in ["<script", "<img", "<failure/>", "onmouseover='"] {
                assert!(!text.contains(mark), "{place}");
            }
        }
        "markdown" => {
            let rest = without_code(text);
            for mark in
                ["<script", "<img", "@everyone", "](javascript", "www.", "# heading", "```", "onerror"]
            {
                assert!(!rest.contains(mark), "{place}");
            }
            assert_eq!(rest.matches("<details").count(), rest.matches("</details>").count(), "{place}");
        }
        "json" | "sarif" => assert!(serde_json::from_str::<Value>(text).is_ok(), "{place}"),
        _ => {}
    }
}

#[test]
fn nothing_is_taken_for_more_than_text() -> Result<(), Failure> {
    let directory = tempfile::tempdir().unwrap();
    for payload in PAYLOADS {
        let plan = file(&directory, "plan.json", document(payload).to_string());
        for format in FORMATS {
            let output = drift(&plan, &["--format", format])?.require(2)?;
            assert_harmless(format, &output.stdout, payload);
            assert!(output.stderr.is_empty(), "{}", output.stderr);
        }
    }
    Ok(())
}

/// The same for what Terraform itself had to say, and for what is no plan.
#[test]
fn messages_are_harmless_too() -> Result<(), Failure> {
    let directory = tempfile::tempdir().unwrap();
    for payload in PAYLOADS {
        let stream = [
            json!({"type": "version", "ui": "1.2", "terraform": payload}),
            json!({"type": "diagnostic", "diagnostic": {"severity": "error", "summary": payload}}),
        ];
        let lines = stream.map(|message| message.to_string()).join("\n");
        let plan = file(&directory, "plan.jsonl", lines);
        for format in FORMATS {
            let output = drift(&plan, &["--format", format])?.require(1)?;
            assert_harmless(format, &output.stdout, payload);
            assert_harmless("text", &output.stderr, payload);
        }
        for wrong in [
            payload.to_owned(),
            json!({"format_version": payload}).to_string(),
            json!({payload: 1}).to_string(),
        ] {
            let plan = file(&directory, "plan.json", wrong);
            let output = drift(&plan, &[])?.require(1)?;
            assert!(output.stdout.is_empty());
            assert_harmless("text", &output.stderr, payload);
        }
    }
    Ok(())
}

#[test]
fn sensitive_values_are_nowhere() -> Result<(), Failure> {
    let directory = tempfile::tempdir().unwrap();
    let secret = "hunter2";
    let id = format!("/subscriptions/{secret}/providers/Microsoft.Security/pricings/Arm");
    let side = |text: &str| json!({"id": id, "name": format!("{secret}-name"), "tier": format!("{secret}{text}"), "list": [secret, text]});
    let sensitive = json!({"id": true, "name": true, "tier": true, "list": [true, false]});
    for mask in [json!(true), sensitive] {
        let change = json!({"actions": ["update"], "before": side("a"), "after": side("b"), "after_unknown": {},
            "before_sensitive": mask, "after_sensitive": mask});
        let resource = json!({"address": "defender_plan.a", "mode": "managed", "type": "defender_plan", "change": change});
        let document = json!({"format_version": "1.2", "resource_changes": [resource], "resource_drift": [resource],
            "prior_state": {"values": {"root_module": {"resources": [
                {"mode": "managed", "type": "defender_plan", "values": side("a"), "sensitive_values": mask}]}}}});
        let plan = file(&directory, "plan.json", document.to_string());
        for format in FORMATS {
            let output = drift(&plan, &["--format", format])?.require(2)?;
            assert!(!output.stdout.contains(secret), "{format}: {}", output.stdout);
            assert!(output.stdout.contains("sensitive"), "{format}: {}", output.stdout);
        }
    }
    Ok(())
}

/// A plan that was cut off is told so wherever it was cut.
#[test]
fn every_cut_is_told() -> Result<(), Failure> {
    let directory = tempfile::tempdir().unwrap();
    let mut document = baseline::document();
    document["prior_state"] = json!({"filler": "é ".repeat(8 << 10)});
    let text = document.to_string();
    for end in (0..text.len()).step_by(1024) {
        let plan = file(&directory, "plan.json", &text.as_bytes()[..end]);
        let output = drift(&plan, &[])?.require(1)?;
        assert!(output.stdout.is_empty() && !output.stderr.contains("panic"), "{end}: {}", output.stderr);
        output.require_text(if end == 0 { "it is empty" } else { "it is cut off" })?;
    }
    Ok(())
}
