//! The policy packs under `examples/policies`, over plans that the real Terraform made: the baseline satisfies every control,
//! and each control speaks where the baseline is changed against it, and only there.

mod checkov;
mod checks;
mod rego;
mod terraform_test;

use crate::harness::{ROOT, Scene};
use crate::shared::process::Failure;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// How the baseline is changed against a control.
enum Change {
    /// A plan is switched off.
    Free(&'static str),
    /// A part of the text is put in place of another.
    Text(&'static str, &'static str),
    /// The resource with this part in its text is taken out.
    Without(&'static str),
}

use Change::{Free, Text, Without};

/// For each control what is against it.
const AGAINST: [(&str, Change); 25] = [
    ("AGENTLESS_SCANNING", Text("AgentlessVmScanning     = {}", "AgentlessVmScanning = { enabled = false }")),
    ("ANY_PLAN", Free("AI")),
    ("APIS", Free("Api")),
    ("APP_SERVICE", Free("AppServices")),
    ("CLOUD_APPS", Text("\"MCAS\"\n  enabled = true", "\"MCAS\"\n  enabled = false")),
    ("CONTACT_ALERTS", Text("{ minimal_severity = \"High\" }", "{ enabled = false }")),
    ("CONTACT_ATTACK_PATHS", Text("attack_path_notifications = { minimal_risk_level = \"Critical\" }", "")),
    ("CONTACT_EMAILS", Text("emails = var.emails", "emails = []")),
    ("CONTACT_OWNERS", Text("roles = [\"Owner\"]", "roles = [\"Contributor\"]")),
    ("CONTACT_PHONE", Text("phone  = \"+49 30 1234567\"", "phone = \"\"")),
    ("CONTAINERS", Free("Containers")),
    ("CONTAINER_VULNERABILITIES", Text("ContainerRegistriesVulnerabilityAssessments = {}", "")),
    ("COSMOS_DB", Free("CosmosDbs")),
    ("ENDPOINT_PROTECTION", Text("\"WDATP\"\n  enabled = true", "\"WDATP\"\n  enabled = false")),
    (
        "FILE_INTEGRITY",
        Text("FileIntegrityMonitoring = { properties = { DefinedWorkspaceId = var.workspace_id } }", ""),
    ),
    ("KEY_VAULT", Free("KeyVaults")),
    ("KUBERNETES_DISCOVERY", Text("AgentlessDiscoveryForKubernetes             = {}", "")),
    ("OPEN_SOURCE_DATABASES", Free("OpenSourceRelationalDatabases")),
    ("POSTURE", Free("CloudPosture")),
    ("RESOURCE_MANAGER", Free("Arm")),
    ("SERVERS", Free("VirtualMachines")),
    ("SQL", Free("SqlServers")),
    ("SQL_ON_MACHINES", Free("SqlServerVirtualMachines")),
    ("STORAGE", Free("StorageAccounts")),
    ("VULNERABILITY_ASSESSMENT", Without("defender_vulnerability_assessment")),
];

/// The full ids of controls begin so.
const PREFIX: &str = "CKV2_DEFENDER_";

/// Both packs are asked about each plan: a plan takes longer than all policies.
#[test]
fn each_control_speaks_where_it_must_and_nowhere_else() -> Result<(), Failure> {
    let baseline = text("baseline/main.tf")?;
    let scene = Scene::new(&baseline)?;
    let (rego, checkov) = (rego::Pack::read()?, checkov::Pack::read()?);
    let plan = planned(&scene, &baseline)?;
    assert_eq!(rego.judge(&plan)?, rego::Findings::default(), "the baseline");
    assert_eq!(checkov.failed(&plan), Vec::<String>::new(), "the baseline");
    for (control, change) in &AGAINST {
        let id = format!("{PREFIX}{control}");
        let plan = planned(&scene, &changed(&baseline, change))?;
        let rego::Findings { deny, warn } = rego.judge(&plan)?;
        let speaks = if matches!(change, Without(_)) { &warn } else { &deny };
        assert_eq!((deny.len() + warn.len(), speaks.len()), (1, 1), "{id}: {deny:?} {warn:?}");
        assert!(speaks[0].starts_with(&format!("{id} (")), "{id}: {speaks:?}");
        // Nothing that is missing fails with Checkov: it looks at resources that are there.
        let expected = if matches!(change, Without(_)) { Vec::new() } else { vec![id] };
        assert_eq!(checkov.failed(&plan), expected);
    }
    Ok(())
}

/// Each control is in both packs, under the same names, and tried here.
#[test]
fn the_packs_have_the_same_controls() -> Result<(), Failure> {
    let mut rego = rego::Pack::read()?.controls()?;
    let tried: Vec<String> = AGAINST.iter().map(|(control, _)| format!("{PREFIX}{control}")).collect();
    assert_eq!(rego.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), tried);
    rego.retain(|(id, _)| !id.ends_with("VULNERABILITY_ASSESSMENT"));
    let checkov = checkov::Pack::read()?.controls();
    assert_eq!(checkov.len(), rego.len());
    for ((id, name), (other_id, numbers)) in checkov.iter().zip(&rego) {
        assert_eq!(id, other_id);
        assert!(name.ends_with(&format!(" ({numbers})")), "{id} is {name}, and {numbers}");
    }
    Ok(())
}

fn changed(baseline: &str, change: &Change) -> String {
    let mut blocks: Vec<String> = baseline.split("\n\n").map(str::to_owned).collect();
    let named = |part: &str| blocks.iter().position(|block| block.contains(part));
    match change {
        Text(old, new) => {
            assert_eq!(baseline.matches(old).count(), 1, "{old}");
            return baseline.replace(old, new);
        }
        Free(plan) => {
            // The extensions of a plan stand behind an empty line, in a block of their own.
            let start = named(&format!("= \"{plan}\"")).expect("a plan of the baseline");
            let head = blocks[start].lines().next().unwrap_or_default().to_owned();
            let length = blocks[start..].iter().take_while(|block| !block.ends_with("\n}")).count() + 1;
            let free = format!("{head}\n  name = \"{plan}\"\n  tier = \"Free\"\n}}");
            blocks.splice(start..start + length, [free]);
        }
        Without(part) => {
            let at = named(part).expect("a resource of the baseline");
            blocks.remove(at);
        }
    }
    blocks.join("\n\n")
}

/// The plan of a configuration, as `terraform show -json` tells it.
fn planned(scene: &Scene, configuration: &str) -> Result<Value, Failure> {
    let workspace = &scene.workspace;
    workspace.write("main.tf", configuration)?;
    workspace.run(["plan", "-input=false", "-out=tfplan"])?.require(0)?;
    let shown = workspace.run(["show", "-json", "tfplan"])?.require(0)?;
    serde_json::from_str(&shown.stdout).map_err(Failure::of("read the plan"))
}

fn place(path: &str) -> PathBuf {
    Path::new(ROOT).join("examples/policies").join(path)
}

fn text(path: &str) -> Result<String, Failure> {
    fs::read_to_string(place(path)).map_err(Failure::of(format!("read examples/policies/{path}")))
}

/// The files of a folder, sorted: their names and texts.
fn texts(folder: &str) -> Result<Vec<(String, String)>, Failure> {
    let entries = fs::read_dir(place(folder)).map_err(Failure::of(format!("list {folder}")))?;
    let mut names = entries
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::of(format!("list {folder}")))?;
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let text = text(&format!("{folder}/{name}"))?;
            Ok((name, text))
        })
        .collect()
}
