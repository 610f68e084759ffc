//! Policy assignments with their roles and remediations: twenty of them beside one. What Azure needs time for is waited
//! for at the same time, so twenty take as long as the slowest few.

use crate::report::{Report, milliseconds};
use crate::shared::process::Failure;
use crate::shared::terraform::Terraform;
use crate::shared::workspace::Workspace;
use arm_emulator::{Emulator, Options};
use std::path::Path;
use std::time::Duration;

/// The time of a request, until a new identity is known, and between the states of a remediation.
const LATENCY: Duration = Duration::from_millis(100);
const REPLICATION: Duration = Duration::from_secs(3);
const REMEDIATION: Duration = Duration::from_secs(1);

/// How many, and how many at once.
const CASES: [(usize, &str); 3] = [(1, "10"), (20, "10"), (20, "20")];

/// Measures and reports.
pub(crate) fn measure(terraform: &Terraform, provider: &Path, report: &mut Report) -> Result<(), Failure> {
    let mut one = None;
    for (count, parallelism) in CASES {
        let took = apply(terraform, provider, count, parallelism)?;
        let one = *one.get_or_insert(took);
        let note = format!(
            "{:.1} x the time of one; requests take {LATENCY:?}, new identities {REPLICATION:?}, remediations twice {REMEDIATION:?}",
            took / one
        );
        let name = format!("policies: apply of {count}, {parallelism} at once");
        report.add(name, (took, "ms"), None, note)?;
    }
    Ok(())
}

fn apply(terraform: &Terraform, provider: &Path, count: usize, parallelism: &str) -> Result<f64, Failure> {
    let azure = Emulator::start(Options::default()).map_err(Failure::of("start the emulator"))?;
    azure.set_latency(LATENCY);
    azure.set_replication_delay(REPLICATION);
    azure.set_remediation_step(REMEDIATION);
    let mut workspace = Workspace::new(terraform, provider)?;
    workspace.use_emulator(azure.ready());
    workspace.write_provider(azure.ready(), "")?;
    let scope = format!(
        "/subscriptions/{}/resourceGroups",
        azure.ready().subscriptions.first().map_or("", String::as_str)
    );
    let configuration = format!(
        r#"
resource "defender_policy_assignment" "sensor" {{
  count                = {count}
  scope                = "{scope}/group-${{count.index}}"
  policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/64def556-fbad-4622-930e-72d1d5589bf5"
  location             = "westeurope"
  remediation          = {{}}
}}
"#
    );
    workspace.write("main.tf", &configuration)?;
    workspace.run(["plan", "-out=plan"])?.require(0)?;
    let parallelism = format!("-parallelism={parallelism}");
    let output = workspace.run(["apply", parallelism.as_str(), "plan"])?.require(0)?;
    Ok(milliseconds(output.took))
}
