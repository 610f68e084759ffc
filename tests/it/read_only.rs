//! A job that only looks: all that a drift check does works for a caller with Reader and Security Reader.

use crate::examples;
use crate::harness::{SUBSCRIPTION, Scene};
use crate::plans::story::{require_texts, warnings};
use crate::shared::process::{Failure, Output};
use arm_emulator::LoggedRequest;
use serde_json::{Value, json};

/// Switches the look at the caller's permissions off, as a job does that will never apply.
const PREFLIGHT: &str = "DEFENDER_PREFLIGHT_PERMISSIONS";

/// Something of each kind that the provider has in a subscription, and all that reads.
const CONFIGURATION: &str = r#"
resource "defender_plan" "key_vaults" {
  name = "KeyVaults"
}

resource "defender_setting" "endpoint" {
  name    = "WDATP"
  enabled = true
}

resource "defender_security_contact" "this" {
  emails = ["soc@example.com"]
}

resource "defender_policy_assignment" "subplan" {
  policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/1f725891-01c0-420a-9059-4fa46cb770b7"
  location             = "westeurope"
  parameters           = { subPlan = "PerKeyVault" }
  remediation          = {}
}

resource "defender_autoprovisioning" "sensor" {
  component = "defender_sensor"
  targets   = ["aks_cluster"]
  location  = "westeurope"

  depends_on = [defender_plan.containers]
}

resource "defender_plan" "containers" {
  name = "Containers"
}

data "defender_plans" "all" {}

data "defender_machines" "all" {}
"#;

/// The same answers, and the same warnings, as for somebody who may do everything.
#[test]
fn examples_of_resources() -> Result<(), Failure> {
    examples::of_kind("resources")?.iter().try_for_each(|example| {
        let (scene, _) = examples::scene(example)?;
        scene.workspace.apply()?.require(0)?;
        same_for_readers(&scene)
    })
}

#[test]
fn examples_of_data_sources() -> Result<(), Failure> {
    examples::of_kind("data-sources")?.iter().try_for_each(|example| {
        let (scene, _) = examples::scene(example)?;
        scene.workspace.apply()?.require(0)?;
        same_for_readers(&scene)
    })
}

/// Drift is found as well, and nobody is told what is missing for an apply that will not come.
#[test]
fn a_drift() -> Result<(), Failure> {
    let mut scene = Scene::new(CONFIGURATION)?;
    scene.workspace.apply()?.require(0)?;
    same_for_readers(&scene)?;
    let vaults = format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/KeyVaults");
    scene.azure.put_resource(&vaults, json!({"name": "KeyVaults", "properties": {"pricingTier": "Free"}}));
    let Job { plan, .. } = job(&scene, true)?;
    require_texts(plan, &["A permission seems to be missing", "Microsoft.Security/pricings/write"])?;
    scene.workspace.set(PREFLIGHT, "false");
    let Job { plan, refresh, found } = job(&scene, true)?;
    assert_eq!(found, ["defender_plan.key_vaults"]);
    for output in [plan, refresh] {
        assert_eq!(warnings(&output), 0, "{}", output.stdout);
        require_texts(output, &["defender_plan.key_vaults", "Free"])?;
    }
    assert!(scene.azure.requests().len() > 5, "Azure was asked");
    scene.workspace.apply()?.require(1)?.require_text("AuthorizationFailed")?;
    Ok(())
}

#[test]
fn the_switch_in_the_environment() -> Result<(), Failure> {
    let mut scene = Scene::new("resource \"defender_plan\" \"this\" {\n  name = \"Arm\"\n}\n")?;
    scene.read_only();
    let warned = |scene: &Scene| scene.workspace.plan()?.require(2).map(|output| warnings(&output));
    assert_eq!(warned(&scene)?, 1, "not switched off");
    scene.workspace.set(PREFLIGHT, "false");
    assert_eq!(warned(&scene)?, 0, "switched off");
    scene.configure("  preflight_permissions = true\n")?;
    assert_eq!(warned(&scene)?, 1, "the block comes before the environment");
    scene.configure("")?;
    scene.workspace.set(PREFLIGHT, "perhaps");
    let wrong = scene.workspace.plan()?.require(1)?;
    require_texts(wrong, &["DEFENDER_PREFLIGHT_PERMISSIONS is neither true nor false", "perhaps"]).map(drop)
}

/// Nothing drifted for somebody who may do everything, and nothing for readers, with the same warnings.
fn same_for_readers(scene: &Scene) -> Result<(), Failure> {
    let before = job(scene, false)?;
    scene.read_only();
    let after = job(scene, false)?;
    let said = |job: &Job| (warnings(&job.plan), warnings(&job.refresh), job.found.clone());
    assert_eq!(said(&after), said(&before));
    Ok(())
}

/// What a drift job got to know.
struct Job {
    /// The end of the plan.
    plan: Output,
    /// The end of the plan with `-refresh-only`.
    refresh: Output,
    /// The addresses of what drifted, as the second plan has it.
    found: Vec<String>,
}

/// What a drift job runs: a plan and its JSON, and both with `-refresh-only`. The plan finds something to do, or nothing;
/// nothing is written.
fn job(scene: &Scene, drifted: bool) -> Result<Job, Failure> {
    scene.azure.clear_requests();
    let (plan, shown) = look(scene, &[])?;
    let plan = plan.require(if drifted { 2 } else { 0 })?;
    assert_eq!(shown["errored"], false, "{shown}");
    // Terraform 1.11 ends with 2 here wherever a number is in the state: only what the plan says tells.
    // https://github.com/hashicorp/terraform/issues/36403
    let (refresh, shown) = look(scene, &["-refresh-only"])?;
    assert_ne!(refresh.code, Some(1), "{}{}", refresh.stdout, refresh.stderr);
    let found = shown["resource_drift"].as_array().into_iter().flatten();
    let found = found.filter_map(|one| Some(one["address"].as_str()?.to_owned())).collect();
    let requests = scene.azure.requests();
    let more: Vec<_> = requests.iter().filter(|request| !only_reads(request)).collect();
    assert!(more.is_empty(), "more than reads: {more:?}");
    Ok(Job { plan, refresh, found })
}

fn look(scene: &Scene, modes: &[&str]) -> Result<(Output, Value), Failure> {
    let plan = ["plan", "-input=false", "-lock=false", "-detailed-exitcode", "-out=drift.tfplan"];
    let output = scene.workspace.run([&plan, modes].concat())?;
    let shown = scene.workspace.run(["show", "-json", "drift.tfplan"])?.require(0)?;
    Ok((output, serde_json::from_str(&shown.stdout).map_err(Failure::of("read the plan"))?))
}

/// A sign-in and a query of Azure Resource Graph are POST, and change nothing.
fn only_reads(request: &LoggedRequest) -> bool {
    let aside = ["/oauth2/", "/providers/Microsoft.ResourceGraph/resources"];
    request.method == "GET"
        || (request.method == "POST" && aside.iter().any(|part| request.path.contains(part)))
}
