//! An assignment from nothing to nothing: what the plan shows, what Azure is asked, what is left.

use super::{SENSOR, SENSOR_ROLES, assignment, objects, one, requests, require_settled, sensor};
use crate::harness::{NO_PREFLIGHT, SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use crate::state::instance;
use serde_json::json;

#[test]
fn a_policy_that_deploys_comes_with_all_it_needs_and_goes_without_a_trace() -> Result<(), Failure> {
    let scene = Scene::new(&sensor("remediation = {}"))?;
    scene.configure(NO_PREFLIGHT)?;
    let before = scene.azure.resources();
    let plan = scene.workspace.plan()?.require(2)?;
    let mut plan = plan.require_text("type         = \"SystemAssigned\"")?;
    for role in SENSOR_ROLES {
        plan =
            plan.require_text(&format!("\"/providers/Microsoft.Authorization/roleDefinitions/{role}\""))?;
    }
    plan.require_text(&format!("= \"{}\"", assignment()))?;
    assert_eq!(requests(&scene), ["GET policyDefinitions 200"]);
    assert_eq!(scene.azure.resources(), before, "a plan writes nothing");

    scene.workspace.apply()?.require(0)?;
    assert_eq!(
        requests(&scene),
        [
            "GET policyAssignments 200",
            "GET policyAssignments 404",
            // The plan of the apply, and the apply itself, are two processes.
            "GET policyDefinitions 200",
            "GET policyDefinitions 200",
            "GET remediations 200",
            "GET roleAssignments 200",
            "GET roleAssignments 200",
            "PUT policyAssignments 201",
            "PUT remediations 201",
            "PUT roleAssignments 201",
            "PUT roleAssignments 201",
        ]
    );
    let stored = instance(&scene, "defender_policy_assignment.this")?.unwrap_or_default();
    let attributes = &stored["attributes"];
    assert_eq!(attributes["role_assignments"].as_object().map(serde_json::Map::len), Some(2));
    assert_eq!(attributes["remediations"][0]["state"], "Succeeded", "{attributes:#}");
    let made = scene.azure.resource(&assignment()).unwrap_or_default();
    assert_eq!(made["identity"]["principalId"], attributes["principal_id"]);

    require_settled(&scene)?;
    assert_eq!(requests(&scene), ["GET policyAssignments 200", "GET roleAssignments (list) 200"]);
    scene.workspace.destroy()?.require(0)?;
    let deletes = requests(&scene).into_iter().filter(|line| line.starts_with("DELETE")).collect::<Vec<_>>();
    assert_eq!(
        deletes,
        [
            "DELETE policyAssignments 200",
            "DELETE remediations 200",
            "DELETE roleAssignments 200",
            "DELETE roleAssignments 200",
        ]
    );
    assert_eq!(scene.azure.resources(), before, "destroying leaves what was there before, byte for byte");
    Ok(())
}

#[test]
fn everything_that_can_be_written_arrives_and_changes_in_place() -> Result<(), Failure> {
    let body = |message: &str, effect: &str| {
        sensor(&format!(
            r#"
            definition_version = "4.*.*"
            display_name       = "Sensor"
            description        = "{message}"
            enforcement_mode   = "DoNotEnforce"
            not_scopes         = ["{SUBSCRIPTION}/resourceGroups/sandbox"]
            parameters         = {{ effect = "{effect}" }}
            metadata           = {{ team = "platform", reviewed = [1, true, null] }}
            non_compliance_messages = [{{ message = "{message}" }}]
            resource_selectors = [{{
              name      = "regions"
              selectors = [{{ kind = "resourceLocation", in = ["westeurope", "northeurope"] }}]
            }}]
            overrides = [{{
              value     = "Disabled"
              selectors = [{{ kind = "resourceLocation", not_in = ["westeurope"] }}]
            }}]
            "#
        ))
    };
    let scene = Scene::new(&body("One", "DeployIfNotExists"))?;
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)?;
    let made = scene.azure.resource(&assignment()).unwrap_or_default();
    let properties = &made["properties"];
    assert_eq!(properties["parameters"], json!({"effect": {"value": "DeployIfNotExists"}}));
    assert_eq!(properties["metadata"]["reviewed"], json!([1, true, null]));
    assert_eq!(properties["nonComplianceMessages"], json!([{"message": "One"}]));
    let selectors = json!([{"kind": "resourceLocation", "in": ["westeurope", "northeurope"]}]);
    assert_eq!(properties["resourceSelectors"][0]["selectors"], selectors);
    assert_eq!(properties["overrides"][0]["kind"], "policyEffect");
    assert_eq!(properties["enforcementMode"], "DoNotEnforce");

    scene.workspace.write("main.tf", &body("Two", "Disabled"))?;
    scene.workspace.apply()?.require(0)?.require_text("0 added, 1 changed, 0 destroyed")?;
    require_settled(&scene)?;
    let changed = scene.azure.resource(&assignment()).unwrap_or_default();
    assert_eq!(changed["properties"]["description"], "Two");
    assert_eq!(changed["identity"], made["identity"], "the identity stays, and its roles with it");

    scene.workspace.write("main.tf", &sensor(""))?;
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)?;
    let bare = scene.azure.resource(&assignment()).unwrap_or_default();
    for gone in ["description", "overrides", "resourceSelectors", "nonComplianceMessages"] {
        let left = &bare["properties"][gone];
        assert!(left.is_null() || *left == json!([]) || *left == json!(""), "{gone}: {left}");
    }
    Ok(())
}

#[test]
fn a_policy_that_does_not_deploy_has_no_identity() -> Result<(), Failure> {
    let definition = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/policyDefinitions/audit");
    let scene = Scene::new(&one(&format!("policy_definition_id = \"{definition}\"")))?;
    scene.azure.put_resource(
        &definition,
        json!({"id": definition, "name": "audit", "type": "Microsoft.Authorization/policyDefinitions", "properties": {
            "policyType": "Custom", "mode": "All", "displayName": "Audit", "parameters": {},
            "policyRule": {"if": {"field": "type", "equals": "x"}, "then": {"effect": "audit"}}}}),
    );
    scene.workspace.apply()?.require(0)?;
    let stored = instance(&scene, "defender_policy_assignment.this")?.unwrap_or_default();
    let attributes = &stored["attributes"];
    assert!(attributes["identity"].is_null() && attributes["principal_id"].is_null(), "{attributes:#}");
    assert_eq!(attributes["role_definition_ids"], json!([]));
    let name = attributes["name"].as_str().unwrap_or_default();
    assert_eq!(name.len(), 24, "a name that management groups take as well: {name}");
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(objects(&scene, "/policyAssignments/"), Vec::<String>::new());
    Ok(())
}

/// A definition that the same run makes: everything that depends on it is known when it is applied.
#[test]
fn what_is_not_known_yet_is_planned_as_such() -> Result<(), Failure> {
    let configuration = format!(
        r#"
        resource "terraform_data" "known_later" {{
          input = {{ definition = "{SENSOR}", effect = "DeployIfNotExists" }}
        }}
        {}"#,
        one(
            "policy_definition_id = terraform_data.known_later.output.definition\nlocation = \"westeurope\"\n\
             parameters = { effect = terraform_data.known_later.output.effect }\nremediation = {}"
        )
    );
    let scene = Scene::new(&configuration)?;
    let plan = scene.workspace.plan()?.require(2)?;
    plan.require_text("role_definition_ids  = (known after apply)")?;
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2);
    scene.workspace.write("main.tf", &configuration.replace("DeployIfNotExists", "Audit"))?;
    let output = scene.workspace.apply()?.require(1)?;
    output.require_text("The policy's parameter takes another value")?;
    Ok(())
}

#[test]
fn what_is_inside_and_not_known_yet_is_no_error() -> Result<(), Failure> {
    let scene = Scene::new(&format!(
        r#"
        variable "regions" {{
          type    = list(string)
          default = ["westeurope"]
        }}
        variable "others" {{
          type    = list(string)
          default = null
        }}
        resource "terraform_data" "later" {{
          input = {{ kind = "SystemAssigned", on = true, role = "{}", regions = ["westeurope"] }}
        }}
        {}"#,
        SENSOR_ROLES[0],
        sensor(
            r#"
            identity            = { type = terraform_data.later.output.kind }
            role_definition_ids = [terraform_data.later.output.role]
            remediation         = { enabled = terraform_data.later.output.on }
            resource_selectors = [{
              selectors = [
                { kind = "resourceLocation", in = var.regions, not_in = var.others },
                { kind = "resourceWithoutLocation", in = terraform_data.later.output.regions },
              ]
            }]"#
        )
    ))?;
    scene.workspace.run(["validate"])?.require(0)?;
    let plan = scene.workspace.plan()?.require(2)?;
    assert!(!plan.stdout.contains("MDC"), "what is not known is not judged: {}", plan.stdout);
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)?;
    let stored = instance(&scene, "defender_policy_assignment.this")?.unwrap_or_default();
    assert_eq!(stored["attributes"]["remediations"][0]["state"], "Succeeded");
    Ok(())
}

#[test]
fn without_any_scope_nothing_is_planned() -> Result<(), Failure> {
    let mut scene = Scene::new(&sensor(""))?;
    scene.workspace.set("ARM_SUBSCRIPTION_ID", "");
    scene.workspace.plan()?.require(1)?.require_text("The scope is not known")?;
    Ok(())
}
