//! What the rules refuse: it stops the plan or is left out, as asked, and what this resource is not for says what is.

use super::{attributes, component, on};
use crate::assignments::{objects, require_settled};
use crate::harness::{NO_PREFLIGHT, Scene, terraform};
use crate::plans::story::require_texts;
use crate::shared::process::Failure;
use arm_emulator::{Cloud, Options};
use serde_json::json;

const SEED: &str = "2024-02-01";

/// Azure Government on a day; where its addresses are, the environment says.
fn government(date: &str, configuration: &str) -> Result<Scene, Failure> {
    let options = Options { cloud: Cloud::UsGovernment, ..Options::default() };
    Scene::with(terraform()?, options, &in_government(date, configuration))
}

fn in_government(date: &str, configuration: &str) -> String {
    let source =
        "terraform {\n  required_providers {\n    defender = { source = \"defender-tf/defender\" }\n  }\n}\n";
    let attributes = format!("environment = \"usgovernment\"\nreference_date = \"{date}\"");
    format!("{source}provider \"defender\" {{\n{NO_PREFLIGHT}{attributes}\n}}\n{configuration}")
}

/// On the document's day Government had the integration for Windows, and sources differ on Linux.
#[test]
fn government_leaves_out_what_it_does_not_have() -> Result<(), Failure> {
    let agent =
        |further: &str| component("log_analytics_agent", &format!("location = \"usgovvirginia\"\n{further}"));
    let rewrite = |scene: &Scene, further: &str| {
        scene.workspace.write("main.tf", &in_government(SEED, &agent(further)))
    };
    let scene = government(SEED, &agent("targets = [\"azure_vm\", \"arc_machine\"]"))?;
    let output = scene.workspace.plan()?.require(1)?;
    require_texts(
        output,
        &[
            "Error: The cloud does not have the component",
            "Log Analytics agent is not available for arc_machine in Azure Government",
            "on_unavailable = \"skip\"",
            "rule MDC020",
        ],
    )?;
    rewrite(&scene, "targets = [\"azure_vm\", \"arc_machine\"]\non_unavailable = \"skip\"")?;
    let plan = scene.workspace.plan()?.require(2)?;
    require_texts(plan, &["rule   = \"MDC020\"", "target = \"arc_machine\"", "\"azure_vm\" = \"setting\""])?;
    // Without targets, what is not available is not asked for.
    rewrite(&scene, "")?;
    let plan = scene.workspace.plan()?.require(2)?;
    require_texts(
        plan,
        &[
            "rule   = \"MDC020\"",
            "\"azure_vm\" = \"setting\"",
            "+ targets        = [\n          + \"azure_vm\",\n        ]",
        ],
    )?;
    assert_eq!(objects(&scene, "/policyAssignments/"), Vec::<String>::new());
    Ok(())
}

#[test]
fn where_nothing_is_left_there_is_an_error_or_nothing() -> Result<(), Failure> {
    let guest =
        |further: &str| component("guest_configuration", &format!("location = \"usgovvirginia\"\n{further}"));
    let scene = government(SEED, &guest(""))?;
    let output = scene.workspace.plan()?.require(1)?;
    require_texts(output, &["Error: The cloud does not have the component", "rule MDC020"])?;
    scene.workspace.write("main.tf", &in_government(SEED, &guest("on_unavailable = \"skip\"")))?;
    let output = scene.workspace.apply()?.require(0)?;
    require_texts(output, &["Warning: There is nothing to deploy", "azure_vm"])?;
    require_settled(&scene)?;
    // A later day does not change what was decided.
    let later = in_government("2026-11-22", &guest("on_unavailable = \"skip\""));
    scene.workspace.write("main.tf", &later)?;
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0).map(drop)
}

/// The Log Analytics agent: a setting for virtual machines, two policies for Arc, on the day of the document.
#[test]
fn the_log_analytics_agent_then_and_now() -> Result<(), Failure> {
    let agent = component("log_analytics_agent", "location = \"westeurope\"");
    let scene = on("2024-03-13", &agent)?;
    let plan = scene.workspace.plan()?.require(2)?;
    require_texts(
        plan,
        &[
            "\"azure_vm\"    = \"setting\"",
            "\"arc_machine\" = \"policy\"",
            "Microsoft.Security/autoProvisioningSettings/default",
            "value = \"On\"",
            "bacd7fca-1938-443d-aad6-a786107b1bfb",
            "594c1276-f44f-482d-9910-71fac2ce5ae0",
        ],
    )?;
    // Azure of today has the last word, and the state says what was made.
    let output = scene.workspace.apply()?.require(1)?;
    require_texts(output, &["Log Analytics auto provisioning is deprecated", "Deprecated"])?;
    assert_eq!(objects(&scene, "/policyAssignments/").len(), 2);
    assert_eq!(attributes(&scene)?["assignments"].as_array().map(Vec::len), Some(2));
    assert_eq!(attributes(&scene)?["settings"], json!([]));
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(objects(&scene, "/policyAssignments/"), Vec::<String>::new());

    scene.configure(&format!("{NO_PREFLIGHT}  reference_date = \"2026-11-22\"\n"))?;
    let output = scene.workspace.plan()?.require(1)?;
    require_texts(
        output,
        &[
            "Error: Log Analytics agent is retired",
            "Since 2024-11-30 Azure refuses it",
            "What takes its place",
            "rule MDC100",
        ],
    )
    .map(drop)
}

#[test]
fn an_extension_of_a_plan_is_set_there() -> Result<(), Failure> {
    for (id, lines) in [
        ("agentless_vm_scanning", ["name = \"VirtualMachines\"", "AgentlessVmScanning = { enabled = true }"]),
        ("gated_deployment", ["name = \"Containers\"", "ContainerIntegrityContribution"]),
    ] {
        let scene = Scene::new(&component(id, ""))?;
        let output = scene.workspace.plan()?.require(1)?;
        require_texts(
            output,
            &["Error: The component is an extension of a plan", "defender_plan.extensions"],
        )?;
        let output = scene.workspace.plan()?;
        for line in lines {
            assert!(output.stderr.contains(line), "{line}: {}", output.stderr);
        }
    }
    Ok(())
}

#[test]
fn what_needs_no_deployment_says_so() -> Result<(), Failure> {
    for (id, further, text) in [
        (
            "guest_configuration",
            "targets = [\"arc_machine\"]",
            "The Azure Connected Machine agent contains it.",
        ),
        ("azure_arc_agent", "", "Whoever connects a machine to Azure Arc installs it"),
        ("kubernetes_audit_logs", "", "They come without an agent"),
    ] {
        let scene = Scene::new(&component(id, further))?;
        scene.configure(NO_PREFLIGHT)?;
        let before = scene.azure.resources();
        let output = scene.workspace.apply()?.require(0)?;
        require_texts(output, &["Warning: There is nothing to deploy", text])?;
        assert_eq!(scene.azure.resources(), before);
        require_settled(&scene)?;
        scene.workspace.destroy()?.require(0)?;
    }
    Ok(())
}

/// T28: Qualys is gone, and a policy's own default asks for it.
#[test]
fn a_variant_that_is_gone() -> Result<(), Failure> {
    let qualys = "location = \"westeurope\"\nparameters = { vaType = \"default\" }";
    let scene = on("2024-08-20", &component("vulnerability_assessment", qualys))?;
    let output = scene.workspace.plan()?.require(1)?;
    require_texts(output, &["Vulnerability assessment Qualys", "mdeTvm", "rule MDC105"]).map(drop)
}

/// What Guest Configuration is on both kinds of machines: deployed on one, part of the agent on the other.
#[test]
fn a_target_that_needs_nothing_stands_among_the_skipped() -> Result<(), Failure> {
    let scene = on("2026-11-22", &component("guest_configuration", "location = \"westeurope\""))?;
    scene.workspace.apply()?.require(0)?;
    let state = attributes(&scene)?;
    assert_eq!(state["mechanism"], json!({"azure_vm": "policy", "arc_machine": "included"}));
    assert_eq!(state["skipped"][0]["target"], "arc_machine");
    assert_eq!(state["skipped"][0]["rule"], "MDC018");
    Ok(())
}

/// A rule that comes later is told, and changes nothing that is there.
#[test]
fn later_days_only_add_warnings() -> Result<(), Failure> {
    let scene = on("2025-04-01", &component("vulnerability_assessment", "location = \"westeurope\""))?;
    scene.workspace.apply()?.require(0)?;
    scene.configure(&format!("{NO_PREFLIGHT}  reference_date = \"2026-11-22\"\n"))?;
    require_settled(&scene)?;
    let agent = on(
        "2024-03-13",
        &component("log_analytics_agent", "targets = [\"arc_machine\"]\nlocation = \"westeurope\""),
    )?;
    agent.workspace.apply()?.require(0)?;
    agent.configure(&format!("{NO_PREFLIGHT}  reference_date = \"2026-11-22\"\n"))?;
    let output = agent.workspace.plan()?.require(0)?;
    require_texts(output, &["Warning: Log Analytics agent is retired", "rule MDC100"]).map(drop)
}
