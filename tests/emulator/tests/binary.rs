//! The program: one ready line on standard output, documents from a seed file, and an end on SIGTERM.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

#[test]
fn the_program_says_where_it_is_and_ends_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.json");
    fs::write(&seed, "\u{feff}{\"subscriptions\":[\"5\"]}").unwrap();
    let mut emulator = Command::new(env!("CARGO_BIN_EXE_arm-emulator"))
        .arg(format!("--seed={}", seed.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(emulator.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let authority = ready["ca_certificate"].as_str().unwrap();
    assert!(fs::read_to_string(authority).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(ready["subscriptions"], json!(["5"]));
    assert!(ready["resource_manager"].as_str().unwrap().starts_with("https://localhost:"));

    let kill = Command::new("kill").args(["-TERM", &emulator.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert!(emulator.wait().unwrap().success());
    assert!(!fs::exists(authority).unwrap());
}
