//! `terraform-provider-defender availability`, run as people run it.

use crate::harness::PROVIDER;
use crate::shared::process::{self, Failure, Output};
use std::process::{Command, Stdio};
use std::time::Duration;

/// No command takes this long unless it hangs, even on a loaded machine.
const TIME_LIMIT: Duration = Duration::from_secs(60);

fn run(arguments: &[&str]) -> Result<Output, Failure> {
    process::run(Command::new(PROVIDER).arg("availability").args(arguments), TIME_LIMIT)
}

#[test]
fn the_matrix_in_every_format() -> Result<(), Failure> {
    let table = run(&["--component", "log_analytics_agent", "--date=2024-11-29"])?.require(0)?;
    assert!(table.stderr.is_empty(), "{}", table.stderr);
    let table = table.require_text("are available on 2024-11-29 (rules as of 2026-11-22)")?;
    table.require_text("arc_machine any ga policy yes no no FoundationalCspm, VirtualMachines,")?;
    let json = run(&["--component=log_analytics_agent", "--cloud=public", "--format=json"])?.require(0)?;
    let entries: Vec<serde_json::Value> =
        serde_json::from_str(&json.stdout).map_err(Failure::of("read the entries"))?;
    let words: Vec<_> = entries.iter().map(|entry| (&entry["target"], &entry["availability"])).collect();
    assert_eq!(words, [(&"azure_vm".into(), &"retired".into()), (&"arc_machine".into(), &"retired".into())]);
    let markdown = run(&["--format", "markdown", "--cloud", "usgovernment"])?.require(0)?;
    assert!(markdown.stdout.starts_with("| Component | Target |"), "{}", markdown.stdout);
    run(&["--help"])?.require(0)?.require_text("--date YYYY-MM-DD")?;
    Ok(())
}

#[test]
fn mistakes_go_to_standard_error() -> Result<(), Failure> {
    for (arguments, text) in [
        (
            &["--component", "mma"][..],
            "--component: \"mma\" is not a component; did you mean \"log_analytics_agent\"?",
        ),
        (&["--date=2026-02-30"], "--date: \"2026-02-30\" is not a day of the calendar"),
        (&["--verbose"], "there is no option \"--verbose\"; try --help"),
    ] {
        let output = run(arguments)?.require(2)?;
        assert!(output.stdout.is_empty() && output.stderr.lines().count() == 1, "{}", output.stderr);
        output.require_text(text)?;
    }
    Ok(())
}

/// As with `| head -0`: whoever reads has seen enough.
#[test]
fn a_closed_pipe_is_no_failure() -> Result<(), Failure> {
    let mut command = Command::new(PROVIDER);
    command.args(["availability", "--format=json"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(Failure::of("start the command"))?;
    drop(child.stdout.take());
    let output = child.wait_with_output().map_err(Failure::of("wait for the command"))?;
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    Ok(())
}
