//! Terraform and the provider are told to stop in the middle of an apply: what was done is stored.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

use super::scene::{Scene, thing};
use crate::shared::process::Failure;

/// By Ctrl-C in a terminal.
#[test]
fn an_interrupt_of_both() -> Result<(), Failure> {
    check(Signal::INT)
}

/// By `timeout`, by an init system, by a runner of CI jobs.
#[test]
fn a_termination_of_both() -> Result<(), Failure> {
    check(Signal::TERM)
}

/// Sends the signal to the whole process group while the provider creates a thing.
fn check(signal: Signal) -> Result<(), Failure> {
    let attributes = "name = \"t\"\nmisbehave = \"wait\"\ntimeouts {\n create = \"2m\"\n}";
    let scene = Scene::new(&thing(attributes))?;
    let mut terraform = scene.command(&["apply", "-auto-approve"]);
    terraform.env("TF_LOG_PROVIDER", "INFO").process_group(0);
    terraform.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let said = stop(terraform.spawn().map_err(Failure::of("start Terraform"))?, signal)?;
    let instance = scene.instance()?;
    assert_eq!(instance["attributes"]["echo"], "t", "{signal:?}: {instance:#}\n{said}");
    assert_eq!(instance["status"], serde_json::Value::Null, "{signal:?}: {instance:#}\n{said}");
    Ok(())
}

/// Stops a Terraform whose provider waits for that, and returns what it said.
fn stop(mut terraform: Child, signal: Signal) -> Result<String, Failure> {
    let stderr = terraform.stderr.take().ok_or_else(|| Failure::new("Terraform has no standard error"))?;
    let mut stderr = BufReader::new(stderr);
    let mut said = String::new();
    while !said.contains("echo waits") {
        let length = stderr.read_line(&mut said).map_err(Failure::of("read what Terraform says"))?;
        assert_ne!(length, 0, "Terraform has ended early: {said}");
    }
    let group = Pid::from_child(&terraform);
    kill_process_group(group, signal).map_err(Failure::of("send the signal"))?;
    stderr.read_to_string(&mut said).map_err(Failure::of("read what Terraform says"))?;
    terraform.wait().map_err(Failure::of("wait for Terraform"))?;
    Ok(said)
}
