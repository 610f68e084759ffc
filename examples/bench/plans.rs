//! Fourteen plans of one subscription, through the real Terraform: requests, time, memory.

use crate::Size;
use crate::plugin::Attachable;
use crate::report::{Report, median, milliseconds};
use crate::shared::process::{Failure, Output};
use crate::shared::requests;
use crate::shared::terraform::Terraform;
use crate::shared::workspace::{Workspace, emulator_variables};
use arm_emulator::{Emulator, Options};
use std::path::Path;

/// Every plan that can be bought, and one that every subscription has.
pub(crate) const PLANS: &str = r#"
locals {
  plans = toset([
    "AI", "Api", "AppServices", "Arm", "CloudPosture", "Containers", "CosmosDbs", "FoundationalCspm", "KeyVaults",
    "OpenSourceRelationalDatabases", "SqlServerVirtualMachines", "SqlServers", "StorageAccounts", "VirtualMachines",
  ])
}
"#;

const DEFENDER: &str = r#"
resource "defender_plan" "this" {
  for_each = local.plans
  name     = each.key
  subplan  = each.key == "Api" ? "P1" : null

  # Without any, the plan would be looked up first, to say that this is rarely meant.
  extensions = each.key == "Containers" ? { ContainerSensor = {} } : null
}
"#;

/// Leaves out the look at what the caller may do.
const NO_PREFLIGHT: &str = "  preflight_permissions = false\n";

const TERRAFORM_DATA: &str = r#"
resource "terraform_data" "this" {
  for_each = local.plans
  input    = each.key
}
"#;

/// A command, its budget of requests, and its name.
type Command = (&'static str, &'static [&'static str], Option<f64>, i32);

/// One token, one list, and one PUT per plan. Planning and applying also look at the caller's permissions, once each.
const COMMANDS: [Command; 4] = [
    ("plan", &["plan", "-out=plan", "-detailed-exitcode"], Some(2.0), 2),
    ("apply of that plan", &["apply", "plan"], Some(16.0), 0),
    ("refresh", &["plan", "-detailed-exitcode"], Some(2.0), 0),
    ("destroy", &["destroy", "-auto-approve"], None, 0),
];

/// Measures and reports.
pub(crate) fn measure(
    terraform: &Terraform,
    provider: &Path,
    size: Size,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut ours: Vec<Vec<f64>> = vec![Vec::new(); COMMANDS.len()];
    let mut theirs = ours.clone();
    let mut counted = Vec::new();
    for _run in 0..size.runs {
        let azure = Emulator::start(Options::default()).map_err(Failure::of("start the emulator"))?;
        let (defender, data) = (
            workspace(terraform, provider, &azure, DEFENDER)?,
            workspace(terraform, provider, &azure, TERRAFORM_DATA)?,
        );
        counted.clear();
        for (number, command) in COMMANDS.iter().enumerate() {
            azure.clear_requests();
            ours[number].push(milliseconds(run(&defender, command)?.took));
            counted.push((azure.requests().len(), requests::in_words(&azure.requests())));
            theirs[number].push(milliseconds(run(&data, command)?.took));
        }
    }
    let times = ours.into_iter().zip(theirs);
    for (((name, _, budget, _), (count, kinds)), (ours, theirs)) in COMMANDS.iter().zip(counted).zip(times) {
        #[expect(clippy::cast_precision_loss, reason = "a few dozen requests")]
        report.add(format!("14 plans: {name}, requests"), (count as f64, "requests"), *budget, kinds)?;
        let (ours, theirs) = (median(ours), median(theirs));
        let note = format!("{:.2} x the {theirs:.0} ms of 14 terraform_data", ours / theirs);
        report.add(format!("14 plans: {name}, time"), (ours, "ms"), None, note)?;
    }
    without_preflight(terraform, provider, report)?;
    memory(terraform, provider, report)
}

/// The same without the look at permissions, which is there to warn and not needed to apply.
fn without_preflight(terraform: &Terraform, provider: &Path, report: &mut Report) -> Result<(), Failure> {
    let azure = Emulator::start(Options::default()).map_err(Failure::of("start the emulator"))?;
    let workspace = workspace(terraform, provider, &azure, DEFENDER)?;
    workspace.write_provider(azure.ready(), NO_PREFLIGHT)?;
    for command in &COMMANDS[..2] {
        azure.clear_requests();
        run(&workspace, command)?;
        let (name, _, budget, _) = command;
        let (count, kinds) = (azure.requests().len(), requests::in_words(&azure.requests()));
        #[expect(clippy::cast_precision_loss, reason = "a few dozen requests")]
        let figure = (count as f64, "requests");
        report.add(
            format!("14 plans: {name}, requests without preflight_permissions"),
            figure,
            *budget,
            kinds,
        )?;
    }
    Ok(())
}

fn run(workspace: &Workspace, (_, arguments, _, code): &Command) -> Result<Output, Failure> {
    workspace.run(*arguments)?.require(*code)
}

fn workspace(
    terraform: &Terraform,
    provider: &Path,
    azure: &Emulator,
    resource: &str,
) -> Result<Workspace, Failure> {
    let mut workspace = Workspace::new(terraform, provider)?;
    workspace.use_emulator(azure.ready());
    if resource == DEFENDER {
        workspace.write_provider(azure.ready(), "")?;
    }
    workspace.write("main.tf", &format!("{PLANS}{resource}"))?;
    Ok(workspace)
}

/// One process serves the whole life of the 14 plans, so this is more than any process of daily use needs.
fn memory(terraform: &Terraform, provider: &Path, report: &mut Report) -> Result<(), Failure> {
    let name = "peak memory with 14 plans";
    let azure = Emulator::start(Options::default()).map_err(Failure::of("start the emulator"))?;
    let process = Attachable::start(provider, &emulator_variables(azure.ready()))?;
    let mut workspace = workspace(terraform, provider, &azure, DEFENDER)?;
    workspace.set("TF_REATTACH_PROVIDERS", &process.reattach);
    workspace.apply()?.require(0)?;
    workspace.plan()?.require(0)?;
    workspace.destroy()?.require(0)?;
    match process.peak_memory() {
        Some(memory) => {
            report.add(name, (memory, "MiB"), Some(16.0), "apply, plan and destroy in one process")
        }
        None => report.add_missing(name, "not measured: this system has no /proc"),
    }
}
