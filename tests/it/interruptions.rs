//! Processes that are killed or interrupted in the middle of an apply. Whatever had happened until then, the next
//! apply brings what is configured, and nothing is left running.
//!
//! Linux tells in `/proc` which provider belongs to which Terraform; elsewhere these tests do not exist.

use crate::harness::{NO_PREFLIGHT, PROVIDER, SUBSCRIPTION, Scene};
use crate::requests::in_order;
use crate::shared::process::Failure;
use crate::state::instance;
use arm_emulator::Fault;
use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Three plans; Containers needs a second write, because its first one switches extensions on that are not wanted.
const CONFIGURATION: &str = r#"
resource "defender_plan" "this" {
  for_each = toset(["Containers", "KeyVaults", "VirtualMachines"])
  name     = each.key
  extension_ownership = each.key == "Containers" ? "exclusive" : "listed"
}
"#;

/// No process takes this long to do its part unless it hangs, even on a loaded machine.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// Longer than any test runs: a request that is held this long never takes effect.
const FOR_EVER: u64 = 600_000;

#[test]
fn a_provider_that_is_killed_between_two_requests_is_no_loss() -> Result<(), Failure> {
    let undisturbed = Scene::new(CONFIGURATION)?;
    undisturbed.configure(NO_PREFLIGHT)?;
    undisturbed.workspace.apply()?.require(0)?;
    let requests = in_order(&undisturbed.azure);
    assert_eq!(requests.iter().filter(|line| line.starts_with("PUT")).count(), 4, "{requests:?}");
    for request in 0..requests.len() {
        killed_at(request).map_err(Failure::of(format!("kill the provider at request {request}")))?;
    }
    Ok(())
}

/// Kills the provider while its request with this number, counted from 0, is under way.
fn killed_at(request: usize) -> Result<(), Failure> {
    let scene = Scene::new(CONFIGURATION)?;
    scene.configure(NO_PREFLIGHT)?;
    kill_at(&scene, request)?;
    converges(&scene)
}

/// Applies, and kills the provider while its request with this number, counted from 0, is under way.
pub(crate) fn kill_at(scene: &Scene, request: usize) -> Result<(), Failure> {
    hold(scene, Fault { skip: u32::try_from(request).unwrap_or(u32::MAX), ..Fault::default() });
    let terraform = start_apply(scene)?;
    until("the request is held", || scene.azure.waiting_faults() == 0)?;
    for provider in providers_of(&terraform) {
        kill_process(provider, Signal::KILL).map_err(Failure::of("kill the provider"))?;
    }
    require_failure(terraform, "plugin6.(*GRPCProvider)")?;
    scene.azure.clear_faults();
    Ok(())
}

/// The provider has nobody to work for any more, so it ends, and the lock of the state is gone with Terraform.
#[test]
fn a_terraform_that_is_killed_takes_its_provider_along() -> Result<(), Failure> {
    let scene = Scene::new(CONFIGURATION)?;
    hold(&scene, Fault { method: Some("PUT".to_owned()), ..Fault::default() });
    let mut terraform = start_apply(&scene)?;
    until("a write is held", || scene.azure.waiting_faults() == 0)?;
    let providers = providers_of(&terraform);
    assert!(!providers.is_empty(), "the provider that waits for the write is a child of Terraform");
    terraform.kill().map_err(Failure::of("kill Terraform"))?;
    terraform.wait().map_err(Failure::of("wait for Terraform"))?;
    until("the provider has ended", || providers.iter().all(|pid| test_kill_process(*pid).is_err()))?;
    converges(&scene)
}

/// As from a keyboard: the signal reaches Terraform and the provider. The write under way ends well and is
/// remembered; those that wait for their turn are not sent.
#[test]
fn an_interrupt_lets_the_write_under_way_finish() -> Result<(), Failure> {
    let scene = Scene::new(CONFIGURATION)?;
    let put = || Fault { method: Some("PUT".to_owned()), ..Fault::default() };
    scene.azure.add_fault(Fault { delay_ms: 2_000, ..put() });
    let terraform = start_apply(&scene)?;
    until("a write is held", || scene.azure.waiting_faults() == 0)?;
    let group = pid(&terraform)?;
    kill_process_group(group, Signal::INT).map_err(Failure::of("interrupt Terraform"))?;
    require_failure(terraform, "Interrupt received")?;
    let writes = || scene.azure.requests().into_iter().filter(|request| request.method == "PUT");
    assert_eq!(writes().map(|request| request.status).collect::<Vec<_>>(), [200]);
    let written = writes().next().map(|request| request.path).unwrap_or_default();
    let stored = instance(&scene, "defender_plan.this")?.unwrap_or_default();
    let name = stored["attributes"]["name"].as_str().unwrap_or("nothing");
    assert!(written.contains(&format!("/pricings/{name}?")), "{written} was written, {name} is stored");
    converges(&scene)
}

/// The next apply does what is left to do, and then nothing is.
fn converges(scene: &Scene) -> Result<(), Failure> {
    scene.azure.clear_faults();
    scene.workspace.apply()?.require(0)?;
    scene.workspace.plan()?.require(0)?;
    for plan in ["Containers", "KeyVaults", "VirtualMachines"] {
        let id = format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/{plan}");
        let properties = scene.azure.resource(&id).unwrap_or_default()["properties"].clone();
        assert_eq!(properties["pricingTier"], "Standard", "{plan}");
        let mut extensions = properties["extensions"].as_array().into_iter().flatten();
        let on = |extension: &serde_json::Value| extension["isEnabled"] == "True";
        assert!(plan != "Containers" || !extensions.any(on), "{plan} has no extensions on: {properties}");
    }
    Ok(())
}

pub(crate) fn hold(scene: &Scene, fault: Fault) {
    scene.azure.add_fault(Fault { delay_ms: FOR_EVER, ..fault });
}

/// Starts `terraform apply` in a process group of its own.
pub(crate) fn start_apply(scene: &Scene) -> Result<Child, Failure> {
    let mut command = scene.workspace.command(["apply", "-input=false", "-auto-approve"]);
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(Failure::of("start Terraform"))
}

/// Waits for the end of a Terraform that must fail and say so.
pub(crate) fn require_failure(terraform: Child, says: &str) -> Result<(), Failure> {
    let output = terraform.wait_with_output().map_err(Failure::of("wait for Terraform"))?;
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    if output.status.code() == Some(1) && said.contains(says) {
        return Ok(());
    }
    Err(Failure::new(format!("expected exit code 1 and {says:?}, got {}\n{said}", output.status)))
}

fn pid(child: &Child) -> Result<Pid, Failure> {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    pid.ok_or_else(|| Failure::new("a process has no id"))
}

/// The providers that this Terraform has started and that have not ended.
pub(crate) fn providers_of(terraform: &Child) -> Vec<Pid> {
    let parent = format!("PPid:\t{}", terraform.id());
    let is_provider = |process: &fs::DirEntry| {
        let status = fs::read_to_string(process.path().join("status")).unwrap_or_default();
        let program = fs::read_link(process.path().join("exe")).unwrap_or_default();
        status.lines().any(|line| line == parent)
            && fs::canonicalize(PROVIDER).is_ok_and(|own| own == program)
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let number = |process: fs::DirEntry| process.file_name().to_str()?.parse().ok().and_then(Pid::from_raw);
    processes.filter(is_provider).filter_map(number).collect()
}

/// Waits for what another process does, which nothing announces.
pub(crate) fn until(what: &str, happened: impl Fn() -> bool) -> Result<(), Failure> {
    let start = Instant::now();
    while !happened() {
        if start.elapsed() > TIME_LIMIT {
            return Err(Failure::new(format!("waited in vain until {what}")));
        }
        thread::park_timeout(Duration::from_millis(5));
    }
    Ok(())
}
