//! Policy assignments, alone and as a component's.

use super::field::{Field, field, noise};
use super::{Subject, check};
use crate::shared::process::Failure;
use serde_json::json;

const SENSOR: &str =
    "/providers/Microsoft.Authorization/policyDefinitions/64def556-fbad-4622-930e-72d1d5589bf5";

pub(super) fn subjects() -> Vec<Subject> {
    vec![assignment(ASSIGNMENT), assignment(""), component(), switched()]
}

const ASSIGNMENT: &str = r#"
  display_name       = "Sensor"
  description        = "Ours"
  definition_version = "4.*.*"
  parameters         = { effect = "DeployIfNotExists" }
  metadata           = { team = "soc" }
  not_scopes         = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/lab"]
  enforcement_mode   = "Default"
  identity           = { type = "SystemAssigned" }
  remediation        = {}

  non_compliance_messages = [{ message = "Ask us." }]

  resource_selectors = [{
    name      = "west"
    selectors = [{ kind = "resourceLocation", in = ["westeurope"] }]
  }]

  overrides = [{
    kind      = "policyEffect"
    value     = "Disabled"
    selectors = [{ kind = "resourceLocation", not_in = ["westeurope"] }]
  }]
"#;

/// What an assignment has, of whomever it is.
fn fields(written: bool) -> Vec<Field> {
    let subscription = "/subscriptions/00000000-0000-0000-0000-000000000001";
    let mut fields = vec![
        noise("/location", "West Europe"),
        noise("/identity/tenantId", "10000000-0000-0000-0000-00000000000a"),
        noise("/properties/instanceId", "0c0ffee0-0000-4000-8000-00000000000a"),
        noise("/properties/scope", subscription.to_uppercase().replace("SUBSCRIPTIONS", "subscriptions")),
        noise("/properties/metadata/createdBy", "somebody"),
        noise("/properties/metadata/createdOn", "2026-11-23T00:00:00Z"),
        noise("/properties/metadata/updatedBy", "somebody"),
        noise("/properties/metadata/updatedOn", "2026-11-23T00:00:00Z"),
        noise("/properties/latestDefinitionVersion", "9.0.0"),
        noise("/properties/effectiveDefinitionVersion", "4.3.0"),
        noise("/properties/assignmentType", "NotSpecified"),
    ];
    if !written {
        fields.push(noise("/properties/notScopes", json!([])));
    }
    fields
}

fn selectors() -> [Field; 4] {
    let at = "/properties/resourceSelectors";
    let selector = |name: &str, kind: &str, is: &str, place: &str| json!([{"name": name, "selectors": [{"kind": kind, is: [place]}]}]);
    [
        field(at, selector("few", "resourceLocation", "in", "westeurope"), "resource_selectors.name"),
        field(at, selector("west", "resourceLocation", "in", "westus"), "resource_selectors.selectors.in"),
        field(at, selector("west", "resourceType", "in", "westeurope"), "resource_selectors.selectors.kind"),
        field(
            at,
            selector("west", "resourceLocation", "notIn", "westeurope"),
            "resource_selectors.selectors.not_in",
        ),
    ]
}

fn overrides() -> [Field; 5] {
    let at = "/properties/overrides";
    let override_ = |what: (&str, &str), kind: &str, is: &str, place: &str| json!([{"kind": what.0, "value": what.1, "selectors": [{"kind": kind, is: [place]}]}]);
    let off = ("policyEffect", "Disabled");
    let (version, audit) = (("definitionVersion", "4.0.0"), ("policyEffect", "AuditIfNotExists"));
    [
        field(at, override_(version, "resourceLocation", "notIn", "westeurope"), "overrides.kind"),
        field(at, override_(audit, "resourceLocation", "notIn", "westeurope"), "overrides.value"),
        field(at, override_(off, "resourceLocation", "in", "westeurope"), "overrides.selectors.in"),
        field(at, override_(off, "resourceType", "notIn", "westeurope"), "overrides.selectors.kind"),
        field(at, override_(off, "resourceLocation", "notIn", "westus"), "overrides.selectors.not_in"),
    ]
}

fn assignment(further: &str) -> Subject {
    let written = !further.is_empty();
    let mut all = fields(written);
    all.extend(selectors());
    all.extend(overrides());
    all.extend([
        field("/properties/displayName", "Another", "display_name"),
        field("/properties/description", "Another", "description"),
        field("/properties/parameters/effect", json!({"value": "Disabled"}), "parameters"),
        field("/properties/metadata/team", "another", "metadata"),
        field(
            "/properties/notScopes",
            json!(["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/all"]),
            "not_scopes",
        ),
        field("/properties/enforcementMode", "DoNotEnforce", "enforcement_mode"),
        field(
            "/properties/nonComplianceMessages",
            json!([{"message": "No."}]),
            "non_compliance_messages.message",
        ),
        field(
            "/properties/nonComplianceMessages",
            json!([{"message": "Ask us.", "policyDefinitionReferenceId": "one"}]),
            "non_compliance_messages.policy_definition_reference_id",
        ),
        field("/properties/definitionVersion", "3.*.*", "definition_version"),
        field(
            "/properties/policyDefinitionId",
            SENSOR.replace("64def556", "74def556"),
            "policy_definition_id",
        ),
        field("/identity", json!({"type": "None"}), "identity.type").planned().told_by("/identity/type"),
        field("/location", "northeurope", "location"),
    ]);
    Subject {
        resource: "defender_policy_assignment",
        arguments: format!(
            "name = \"sensor\"\npolicy_definition_id = \"{SENSOR}\"\nlocation = \"westeurope\"\n{further}"
        ),
        beside: "",
        document: "/policyAssignments/sensor",
        fields: all,
        local: &[
            "id",
            "scope",
            "name",
            "principal_id",
            "tenant_id",
            "identity.identity_ids",
            "role_definition_ids",
            "role_assignments",
            "remediation",
            "remediations",
        ],
    }
}

/// What is written here is nobody's but the component's.
fn component() -> Subject {
    let mut all = fields(true);
    let selector = json!([{"name": "few", "selectors": [{"kind": "resourceLocation", "in": ["westus"]}]}]);
    let planned = [
        field("/properties/displayName", "Another", "assignments.display_name"),
        field("/properties/parameters", json!({"effect": {"value": "Disabled"}}), "assignments.parameters"),
        field("/properties/enforcementMode", "DoNotEnforce", "assignments.enforcement_mode"),
        field(
            "/properties/notScopes",
            json!(["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/all"]),
            "assignments.restrictions",
        ),
        field("/properties/resourceSelectors", selector, "assignments.restrictions"),
        field(
            "/properties/policyDefinitionId",
            SENSOR.replace("64def556", "74def556"),
            "assignments.policy_definition_id",
        ),
        field("/identity", json!({"type": "None"}), "assignments.identity_type").told_by("/identity/type"),
    ];
    all.extend(planned.into_iter().map(Field::planned));
    // Azure never moves one; who makes it anew elsewhere makes it with another identity, which is a difference.
    all.push(noise("/location", "northeurope"));
    all.push(noise("/properties/definitionVersion", "4.1.*"));
    Subject {
        resource: "defender_autoprovisioning",
        arguments: "component = \"defender_sensor\"\ntargets = [\"aks_cluster\"]\nlocation = \"westeurope\"\ndepends_on = [defender_plan.containers]".to_owned(),
        beside: "resource \"defender_plan\" \"containers\" {\n  name = \"Containers\"\n}\n",
        document: "/policyAssignments/defender-6f65f471655454b",
        fields: all,
        local: LOCAL,
    }
}

const LOCAL: &[&str] = &[
    "id",
    "scope",
    "component",
    "targets",
    "location",
    "on_unavailable",
    "accept_preview",
    "workspace_id",
    "parameters",
    "identity",
    "remediation",
    "mechanism",
    "skipped",
    "settings.id",
    "settings.name",
    "assignments.id",
    "assignments.name",
    "assignments.targets",
    "assignments.role_definition_ids",
    "assignments.identity_ids",
    "assignments.principal_id",
    "assignments.tenant_id",
    "assignments.role_assignments",
    "assignments.remediations",
];

fn switched() -> Subject {
    Subject {
        resource: "defender_autoprovisioning",
        arguments: "component = \"defender_for_endpoint\"\ndepends_on = [defender_plan.servers]".to_owned(),
        beside: "resource \"defender_plan\" \"servers\" {\n  name = \"VirtualMachines\"\n}\n",
        document: "/settings/WDATP",
        fields: vec![
            field("/properties/enabled", false, "settings.value").planned(),
            noise("/kind", "dataexportsettings"),
        ],
        local: LOCAL,
    }
}

#[test]
fn assignments() -> Result<(), Failure> {
    check(&subjects())
}

/// A role, an assignment or an identity's only grant that is taken away; a remediation that is over is history.
#[test]
fn what_belongs_to_an_assignment() -> Result<(), Failure> {
    for subject in subjects().iter().filter(|subject| subject.document.contains("policyAssignments")) {
        let applied = subject.applied()?;
        let (azure, workspace) = (&applied.scene.azure, &applied.scene.workspace);
        let found = |part: &str| {
            let ids = azure.resources().into_iter().map(|(id, _)| id);
            ids.filter(|id| id.contains(part)).collect::<Vec<_>>()
        };
        for id in found("/remediations/") {
            azure.delete_resource(&id);
            workspace.plan()?.require(0)?;
        }
        for part in ["/roleassignments/", "/policyassignments/"] {
            let before = found(part);
            assert!(!before.is_empty(), "there are {part}");
            azure.delete_resource(&before[0]);
            workspace.plan()?.require(2)?;
            workspace.apply()?.require(0)?;
            workspace.plan()?.require(0)?;
            assert_eq!(found(part).len(), before.len(), "{part} are there again");
        }
    }
    Ok(())
}
