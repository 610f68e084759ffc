//! What becomes of an agent that is on a machine already: the cases of the document that the rows began with.

use super::{attributes, extension, linux, on, settled, windows, workspace, writes};
use crate::harness::Scene;
use crate::plans::story::require_texts;
use crate::shared::process::Failure;
use serde_json::{Value, json};

/// A day on which the agent was still deployed.
const THEN: &str = "2024-08-20";

/// What is said of the agent that is there, what is planned, and what is said of it.
struct Case {
    is_windows: bool,
    further: &'static str,
    outcome: &'static str,
    reports_to: &'static [&'static str],
    texts: &'static [&'static str],
}

const CASES: [Case; 7] = [
    // B21: the extension is installed, and the machine reports to both.
    Case {
        is_windows: true,
        further: "existing_agent = { kind = \"direct\", workspaces = [\"A\"] }",
        outcome: "deploy",
        reports_to: &["A", "WORKSPACE"],
        texts: &[],
    },
    // B24: on Linux nothing is deployed.
    Case {
        is_windows: false,
        further: "existing_agent = { kind = \"direct\", workspaces = [\"A\"] }",
        outcome: "skip",
        reports_to: &["A"],
        texts: &["The agent will not be deployed", "rule MDC031"],
    },
    // B25: subscriptions from before that day keep what they have.
    Case {
        is_windows: true,
        further: "onboarded_on = \"2019-03-16\"\nexisting_agent = { kind = \"direct\", workspaces = [\"A\"] }",
        outcome: "skip",
        reports_to: &["A"],
        texts: &["The machine keeps the agent that it has", "rule MDC032"],
    },
    Case {
        is_windows: true,
        further: "onboarded_on = \"2019-03-17\"\nexisting_agent = { kind = \"direct\", workspaces = [\"A\"] }",
        outcome: "deploy",
        reports_to: &["A", "WORKSPACE"],
        texts: &[],
    },
    // B26: side by side with Operations Manager, and not at all beside that of 2012.
    Case {
        is_windows: true,
        further: "existing_agent = { kind = \"operations_manager\", version = 2016, workspaces = [\"M\"] }",
        outcome: "side_by_side",
        reports_to: &["M", "WORKSPACE"],
        texts: &["The agent shares libraries with Operations Manager", "rule MDC033"],
    },
    Case {
        is_windows: true,
        further: "existing_agent = { kind = \"operations_manager\", version = 2012, workspaces = [\"M\"] }",
        outcome: "side_by_side",
        reports_to: &["M", "WORKSPACE"],
        texts: &["The agent must not be deployed beside Operations Manager 2012", "rule MDC033"],
    },
    // No agent at all.
    Case { is_windows: true, further: "", outcome: "deploy", reports_to: &["WORKSPACE"], texts: &[] },
];

fn agent(scene: &Scene, case: &Case) -> Result<String, Failure> {
    let target = if case.is_windows { windows(scene) } else { linux(scene) };
    let workspace = workspace(scene);
    let further =
        format!("component = \"log_analytics_agent\"\nworkspace_id = \"{workspace}\"\n{}", case.further);
    scene.workspace.write("main.tf", &extension(&target, &further))?;
    Ok(workspace)
}

#[test]
fn each_case_is_planned_and_applied() -> Result<(), Failure> {
    for case in &CASES {
        let scene = on(THEN)?;
        let workspace = agent(&scene, case)?;
        let plan = scene.workspace.plan()?.require(2)?;
        let outcome = format!("= \"{}\"", case.outcome);
        require_texts(plan, &[&outcome]).and_then(|plan| require_texts(plan, case.texts))?;
        scene.azure.clear_requests();
        scene.workspace.apply()?.require(0)?;
        let state = attributes(&scene)?;
        let expected: Vec<&str> = case
            .reports_to
            .iter()
            .map(|id| if *id == "WORKSPACE" { workspace.as_str() } else { id })
            .collect();
        assert_eq!(
            (&state["outcome"], &state["reports_to"]),
            (&json!(case.outcome), &json!(expected)),
            "{}",
            case.further
        );
        let puts = usize::from(case.outcome != "skip");
        assert_eq!(writes(&scene).len(), puts, "{}", case.further);
        settled(&scene)?;
        if case.outcome == "skip" {
            scene.azure.clear_requests();
            settled(&scene)?;
            assert_eq!(scene.take_requests(), Vec::<String>::new(), "of what is skipped nobody is asked");
        }
        scene.workspace.destroy()?.require(0)?;
    }
    Ok(())
}

/// The agent as somebody has installed it as an extension.
fn installed_agent(id: &str, workspace: &str) -> Value {
    json!({"id": id, "name": "MicrosoftMonitoringAgent", "type": "Microsoft.Compute/virtualMachines/extensions",
        "location": "westeurope", "properties": {"publisher": "Microsoft.EnterpriseCloud.Monitoring",
            "type": "MicrosoftMonitoringAgent", "typeHandlerVersion": "1.0", "provisioningState": "Succeeded",
            "settings": {"workspaceId": workspace}}})
}

/// B27 to B30: an agent that is an extension stays with its workspace, and serves.
#[test]
fn an_extension_keeps_its_workspace() -> Result<(), Failure> {
    let scene = on(THEN)?;
    let (target, workspace) = (windows(&scene), workspace(&scene));
    let id = format!("{target}/extensions/MicrosoftMonitoringAgent");
    let body = installed_agent(&id, "A");
    scene.azure.put_resource(&id, body.clone());
    let further = format!("component = \"log_analytics_agent\"\nworkspace_id = \"{workspace}\"");
    scene.workspace.write("main.tf", &extension(&target, &further))?;
    let plan = scene.workspace.plan()?.require(2)?;
    require_texts(plan, &["= \"keep\"", "The existing extension keeps its workspace", "rule MDC034"])?;
    scene.workspace.apply()?.require(0)?;
    let state = attributes(&scene)?;
    assert_eq!((&state["outcome"], &state["reports_to"]), (&json!("keep"), &json!(["A"])));
    assert_eq!(state["existing_agent"], json!({"kind": "extension", "version": null, "workspaces": ["A"]}));
    settled(&scene)?;
    // Azure may bring it up to date, which is no difference.
    let mut newer = body.clone();
    newer["properties"]["typeHandlerVersion"] = json!("1.1");
    scene.azure.put_resource(&id, newer);
    settled(&scene)?;
    // Its owner may change it, and other lines of ours do not touch it.
    let mut changed = body.clone();
    changed["properties"]["settings"] = json!({"workspaceId": "A", "stopOnMultipleConnections": "true"});
    scene.azure.put_resource(&id, changed.clone());
    settled(&scene)?;
    writes(&scene);
    scene.workspace.write("main.tf", &extension(&target, &format!("{further}\naccept_preview = true")))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(writes(&scene), Vec::<String>::new());
    settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resource(&id), Some(changed));
    Ok(())
}

/// The workspace knows a machine by its GUID, and a user by its id.
#[test]
fn an_extension_with_the_same_workspace_is_no_contradiction() -> Result<(), Failure> {
    let scene = on(THEN)?;
    let (target, workspace) = (windows(&scene), workspace(&scene));
    let id = format!("{target}/extensions/MicrosoftMonitoringAgent");
    let body = installed_agent(&id, "0c0ffee0-0000-4000-8000-000000000001");
    scene.azure.put_resource(&id, body);
    let further = format!("component = \"log_analytics_agent\"\nworkspace_id = \"{workspace}\"");
    scene.workspace.write("main.tf", &extension(&target, &further))?;
    let plan = scene.workspace.plan()?.require(2)?;
    assert!(!plan.stdout.contains("MDC034"), "{}", plan.stdout);
    scene.workspace.apply()?.require(0)?;
    assert_eq!(attributes(&scene)?["reports_to"], json!([workspace]));
    Ok(())
}

/// What is learned while applying may change what happens, so the plan leaves it open.
#[test]
fn an_agent_that_is_known_later() -> Result<(), Failure> {
    let scene = on(THEN)?;
    let (target, workspace) = (linux(&scene), workspace(&scene));
    let further = format!(
        "component = \"log_analytics_agent\"\nworkspace_id = \"{workspace}\"\nexisting_agent = {{ kind = terraform_data.x.output, workspaces = [\"A\"] }}"
    );
    let data = "resource \"terraform_data\" \"x\" {\n  input = \"direct\"\n}\n";
    scene.workspace.write("main.tf", &format!("{data}{}", extension(&target, &further)))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(attributes(&scene)?["outcome"], "skip");
    settled(&scene)
}

/// An agent of ours that is changed later is ours, and keeps its workspace in its settings.
#[test]
fn a_later_change_of_a_deployed_agent() -> Result<(), Failure> {
    let scene = on(THEN)?;
    let (target, workspace) = (windows(&scene), workspace(&scene));
    let further = format!("component = \"log_analytics_agent\"\nworkspace_id = \"{workspace}\"");
    scene.workspace.write("main.tf", &extension(&target, &further))?;
    scene.workspace.apply()?.require(0)?;
    let change = format!("{further}\nprotected_settings_version = \"2\"");
    scene.workspace.write("main.tf", &extension(&target, &change))?;
    let plan = scene.workspace.plan()?.require(2)?;
    assert!(!plan.stdout.contains("MDC034"), "{}", plan.stdout);
    scene.workspace.apply()?.require(0)?;
    settled(&scene)?;
    let id = format!("{target}/extensions/MicrosoftMonitoringAgent");
    let now = scene.azure.resource(&id).unwrap_or_default();
    assert_eq!(now["properties"]["settings"]["workspaceId"], "0c0ffee0-0000-4000-8000-000000000001");
    assert!(scene.azure.got_protected_settings(&id, &json!({"workspaceKey": "a2V5LW9uZQ=="})));
    Ok(())
}

/// B23: a workspace of one's own needs a security solution.
#[test]
fn a_workspace_without_a_solution_is_refused() -> Result<(), Failure> {
    let scene = on(THEN)?;
    let (target, workspace) = (windows(&scene), workspace(&scene));
    for (solutions, code) in [("[]", 1), ("[\"SecurityCenterFree\"]", 2)] {
        let further = format!(
            "component = \"log_analytics_agent\"\nworkspace_id = \"{workspace}\"\nworkspace_solutions = {solutions}"
        );
        scene.workspace.write("main.tf", &extension(&target, &further))?;
        let output = scene.workspace.plan()?.require(code)?;
        if code == 1 {
            require_texts(
                output,
                &["The workspace lacks a security solution", "workspace_id", "rule MDC030"],
            )?;
        }
    }
    Ok(())
}
