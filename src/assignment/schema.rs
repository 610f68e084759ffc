//! The schema, which is also the documentation.

use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Schema, Type, Value};

use crate::policy::guid_of;

pub(crate) fn schema() -> Schema {
    let schema = Schema::new(
        "An assignment of an Azure policy or initiative, whole: with its identity, the roles that its deployments need, \
         and the remediation of what is there already. Assignments that do not deploy work as well.",
    );
    computed(deploying(described(placed(schema))))
}

fn text() -> Attribute {
    Attribute::string().optional()
}

fn placed(schema: Schema) -> Schema {
    schema
        .attribute(
            "scope",
            text().computed().keep().replace().same_if(Value::same_text).describe(
                "The id of the subscription, management group, resource group or resource that the policy applies to, for \
                 example `/subscriptions/00000000-0000-0000-0000-000000000000`. Default: the provider's subscription.",
            ),
        )
        .attribute(
            "name",
            text().computed().keep().replace().same_if(Value::same_text).describe(
                "The assignment's name: up to 64 characters, or 24 at a management group. Default: one that is made \
                 from the scope and the definition, and is always the same for them.",
            ),
        )
        .attribute(
            "policy_definition_id",
            Attribute::string().required().replace().same_if(Value::same_text).describe(
                "The id of the definition or initiative, built-in or custom, for example \
                 `/providers/Microsoft.Authorization/policyDefinitions/00000000-0000-0000-0000-000000000000`.",
            ),
        )
        .attribute(
            "definition_version",
            text().computed().keep().describe("The version of the definition, such as `1.*.*`. Default: the one that there is, or Azure's choice, the newest major one."),
        )
        .attribute(
            "location",
            text().replace().same_if(same_place).describe(
                "The region in which the identity lives. Needed with an identity; it says nothing about where the policy \
                 applies.",
            ),
        )
}

fn described(schema: Schema) -> Schema {
    let any = || Attribute::of(Type::Dynamic).optional().same_if(Value::means);
    let message = [
        ("message", Attribute::string().required().describe("What people read.")),
        (
            "policy_definition_reference_id",
            text().describe("The member of an initiative that it is about. Default: all."),
        ),
    ];
    let resource_selector = [
        ("name", text().describe("Its name.")),
        ("selectors", selectors().required().describe("What all must hold.")),
    ];
    let override_ = [
        (
            "kind",
            text().default("policyEffect").one_of(&["policyEffect", "definitionVersion"]).describe(
                "What is different: `policyEffect` or `definitionVersion`. Default: `policyEffect`.",
            ),
        ),
        ("value", Attribute::string().required().describe("The effect, such as `Disabled`, or the version.")),
        ("selectors", selectors().optional().describe("For which members or resources. Default: all.")),
    ];
    schema
        .attribute("display_name", text().describe("What the portal calls it. Default: its name."))
        .attribute("description", text().describe("What it is for."))
        .attribute(
            "parameters",
            any().describe(
                "Values of the definition's parameters, as an object: `{ effect = \"DeployIfNotExists\" }`. They are held \
                 against the definition while planning.",
            ),
        )
        .attribute("metadata", any().describe("Anything, as an object. What Azure adds of its own is no drift."))
        .attribute(
            "not_scopes",
            Attribute::list(Type::String).optional().describe("Ids of scopes below that it does not apply to."),
        )
        .attribute(
            "enforcement_mode",
            text().default("Default").one_of(&["Default", "DoNotEnforce", "Enroll"]).describe(
                "`Default`: the policy has its effect. `DoNotEnforce`: it only reports. `Enroll`: resources have it once \
                 they are enrolled. Default: `Default`.",
            ),
        )
        .attribute(
            "non_compliance_messages",
            Attribute::nested(Nesting::List, message).optional().describe(
                "What people read whose resources do not comply.",
            ),
        )
        .attribute(
            "resource_selectors",
            Attribute::nested(Nesting::List, resource_selector).optional().describe(
                "Which resources it applies to. Default: all of the scope.",
            ),
        )
        .attribute(
            "overrides",
            Attribute::nested(Nesting::List, override_).optional().describe(
                "Other effects or versions for members of an initiative, or for some resources.",
            ),
        )
}

fn selectors() -> Attribute {
    let selector = [
        (
            "kind",
            Attribute::string().required().describe(
                "What is compared: `resourceLocation`, `resourceType`, `resourceWithoutLocation` or \
                 `policyDefinitionReferenceId`.",
            ),
        ),
        ("in", Attribute::list(Type::String).optional().describe("It is one of these.")),
        ("not_in", Attribute::list(Type::String).optional().describe("It is none of these.")),
    ];
    Attribute::nested(Nesting::List, selector)
}

fn deploying(schema: Schema) -> Schema {
    // Where nothing is written, core drops an object of which a part could only have been written.
    let identity = [
        (
            "type",
            text().computed().one_of(&["SystemAssigned", "UserAssigned", "None"]).describe(
                "`SystemAssigned`: Azure makes one. `UserAssigned`: one that exists. `None`: none. Default: `UserAssigned` \
                 with `identity_ids`, and `SystemAssigned` without.",
            ),
        ),
        (
            "identity_ids",
            Attribute::list(Type::String)
                .optional()
                .computed()
                .describe("The id of the user-assigned identity; exactly one."),
        ),
    ];
    schema
        .attribute(
            "identity",
            Attribute::nested(Nesting::Single, identity).optional().computed().describe(
                "Who deploys in the policy's name. Default: `SystemAssigned` where the definition deploys or changes \
                 something, and none where it does not.",
            ),
        )
        .attribute(
            "role_definition_ids",
            Attribute::list(Type::String).optional().computed().same_if(same_roles).describe(
                "Roles that the identity gets at the scope. Default: those that the definition asks for, of an initiative \
                 those of all its members. `[]` grants none.",
            ),
        )
        .attribute("remediation", remediation("Default: none."))
}

/// How existing resources are brought in line; `default` says what there is without it.
pub(crate) fn remediation(default: &str) -> Attribute {
    let attributes = [
        (
            "enabled",
            Attribute::bool().optional().default(true).describe("Whether there is one. Default: `true`."),
        ),
        (
            "wait",
            Attribute::bool().optional().default(true).describe(
                "Whether to wait for its end and to report what has failed. Default: `true`.",
            ),
        ),
        (
            "mode",
            text().default("ExistingNonCompliant").one_of(&["ExistingNonCompliant", "ReEvaluateCompliance"]).describe(
                "Which resources: those that Azure knows not to comply, or all after looking again, which takes longer \
                 and is not possible at a management group. Default: `ExistingNonCompliant`.",
            ),
        ),
        (
            "resource_count",
            Attribute::integer().optional().check(between(1.0, 50_000.0)).describe(
                "At most so many resources, from 1 to 50000. Default: Azure's, 500.",
            ),
        ),
        (
            "parallel_deployments",
            Attribute::integer().optional().check(between(1.0, 30.0)).describe(
                "So many resources at once, from 1 to 30. Default: Azure's, 10.",
            ),
        ),
        (
            "failure_threshold",
            Attribute::number().optional().check(between(0.0, 1.0)).describe(
                "The part of deployments that may fail before it gives up, from 0 to 1. Default: Azure's.",
            ),
        ),
        (
            "locations",
            Attribute::list(Type::String).optional().describe("Only resources in these regions. Default: all."),
        ),
    ];
    let what = "Brings existing resources in line: a policy that deploys does so by itself only for those that are created or \
                changed later. Of an initiative, each member that deploys is remediated. It runs again when what it depends on \
                changes; one that is over is history.";
    Attribute::nested(Nesting::Single, attributes).optional().describe(format!("{what} {default}"))
}

/// Remediations that were started.
pub(crate) fn remediations() -> Attribute {
    let count = || Attribute::integer().computed();
    let remediated = [
        ("id", Attribute::string().computed().describe("Its id.")),
        (
            "policy_definition_reference_id",
            Attribute::string().computed().describe("The member of an initiative."),
        ),
        (
            "state",
            Attribute::string()
                .computed()
                .describe("Azure's word for how far it had come at the end of apply."),
        ),
        ("total", count().describe("Resources that it was about.")),
        ("succeeded", count().describe("Resources that are in line now.")),
        ("failed", count().describe("Resources that could not be brought in line.")),
    ];
    Attribute::nested(Nesting::List, remediated).computed().describe("Remediations that were started last.")
}

fn computed(schema: Schema) -> Schema {
    schema
        .attribute(
            "id",
            Attribute::string().computed().keep().describe("The assignment's id in Azure Resource Manager."),
        )
        .attribute("principal_id", Attribute::string().computed().describe("The object id of its identity."))
        .attribute(
            "tenant_id",
            Attribute::string().computed().describe("The tenant of a system-assigned identity."),
        )
        .attribute(
            "role_assignments",
            Attribute::map(Type::String).computed().describe("Ids of role assignments, by the role's GUID."),
        )
        .attribute("remediations", remediations())
}

/// Regions have a name for people, and one for machines.
pub(crate) fn same_place(prior: &Value, new: &Value) -> bool {
    matches!((prior.as_str(), new.as_str()), (Some(prior), Some(new)) if region(prior) == region(new))
}

/// The name of a region for machines: `West Europe` is `westeurope`.
pub(crate) fn region(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_ascii_lowercase()
}

fn same_roles(prior: &Value, new: &Value) -> bool {
    let guids = |value: &Value| {
        let Value::List(ids) = value else { return None };
        let mut guids: Vec<_> = ids.iter().map(|id| id.as_str().map(guid_of)).collect();
        guids.sort();
        Some(guids)
    };
    guids(prior).is_some_and(|prior| guids(new) == Some(prior))
}

fn between(least: f64, most: f64) -> impl Fn(&Value) -> Result<(), String> {
    move |value| {
        if let Value::Number(number) = value
            && !(least..=most).contains(&number.as_f64())
        {
            return Err(format!("It must be a number from {least} to {most}."));
        }
        Ok(())
    }
}
