//! A plan of 200 MB: an answer, within bounded memory.

use crate::harness::PROVIDER;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufWriter, Read, Write};
use std::process::{Command, Stdio};

/// How large the plan is, in bytes.
const SIZE: usize = 200_000_000;
/// How much memory the program may take, in KiB.
const MEMORY: usize = 64 << 10;
/// How many of our resources have drifted; more than are told one by one.
const OURS: usize = 6000;

fn change(address: &str, kind: &str, before: &Value, after: &Value) -> Value {
    json!({"address": address, "mode": "managed", "type": kind,
        "change": {"actions": ["update"], "before": before, "after": after}})
}

/// A resource of somebody else's, as large as one with a start script.
fn foreign(number: usize) -> Value {
    let values = json!({"id": number, "user_data": "x\"{[".repeat(10_000)});
    let mut resource = change(&format!("aws_instance.x[{number}]"), "aws_instance", &values, &values);
    resource["values"] = values;
    resource
}

/// One of ours, in which a plan is off.
fn ours(number: usize) -> Value {
    let id = format!(
        "/subscriptions/{number:08}-0000-0000-0000-000000000000/providers/Microsoft.Security/pricings/Arm"
    );
    let side = |tier: &str| json!({"id": id, "name": "Arm", "tier": tier, "all_extensions": {"a": {"text": "y".repeat(2000)}}});
    change(&format!("defender_plan.x[{number}]"), "defender_plan", &side("Free"), &side("Standard"))
}

/// Writes a list, and says how many bytes.
fn list(out: &mut impl Write, start: &str, items: impl Iterator<Item = Value>) -> usize {
    out.write_all(start.as_bytes()).unwrap();
    let mut written = start.len();
    for (place, item) in items.enumerate() {
        let text = format!("{}{item}", if place == 0 { "" } else { "," });
        out.write_all(text.as_bytes()).unwrap();
        written += text.len();
    }
    written
}

/// Writes the whole plan.
fn write(out: &mut impl Write) {
    let mut size =
        list(out, "{\"format_version\":\"1.2\",\"planned_values\":{\"resources\":[", (0..400).map(foreign));
    size += list(out, "]},\"resource_drift\":[", (0..OURS).map(ours));
    size += list(out, "],\"resource_changes\":[", (0..500).map(foreign).chain((0..OURS).map(ours)));
    let state = "],\"prior_state\":{\"values\":{\"root_module\":{\"resources\":[";
    size += list(out, state, (0..400).map(foreign));
    out.write_all(b"]}}},\"errored\":false}\n").unwrap();
    assert!(size > SIZE, "{size}");
}

/// The most memory that a process has had, in KiB, where the system tells.
fn peak(process: u32) -> Option<usize> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[test]
fn two_hundred_megabytes() {
    let mut command = Command::new(PROVIDER);
    command.env_clear().args(["drift", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = BufWriter::new(child.stdin.take().unwrap());
    write(&mut input);
    input.flush().unwrap();
    drop(input);
    // It has written the report, and waits for its reader.
    let mut output = child.stdout.take().unwrap();
    let mut text = vec![0; 1];
    output.read_exact(&mut text).unwrap();
    let peak = peak(child.id());
    output.read_to_end(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("6000 protection off"), "{text:.500}");
    assert!(text.contains("Too many to be told one by one: 1000 findings more."));
    // Linux tells the memory of a process; others need not.
    assert!(peak.is_some() || !cfg!(target_os = "linux"));
    println!("peak memory: {peak:?} KiB");
    assert!(peak.is_none_or(|peak| peak < MEMORY), "{peak:?} KiB");
}
