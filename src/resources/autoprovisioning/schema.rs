//! The schema, which is also the documentation.

use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Schema, Type, Value};

use crate::assignment::schema::{remediation, remediations, same_place};

pub(super) fn schema() -> Schema {
    let schema = Schema::new(
        "A component of Defender for Cloud, deployed by itself to machines or clusters of a scope, as Azure's portal does it: \
         policy assignments with their identities, roles and remediations, or settings of the subscription. The plan shows all \
         of it before anything is made.",
    );
    computed(deploying(asked(schema)))
}

fn text() -> Attribute {
    Attribute::string().optional()
}

fn asked(schema: Schema) -> Schema {
    schema
        .attribute(
            "scope",
            text().computed().keep().replace().same_if(Value::same_text).describe(
                "The id of the subscription or management group. Settings are for subscriptions only. Default: the provider's \
                 subscription.",
            ),
        )
        .attribute(
            "component",
            Attribute::string().required().replace().describe(
                "What is deployed, for example `defender_sensor` or `defender_for_endpoint`. The guide on deployments lists all \
                 components and how each gets to its targets.",
            ),
        )
        .attribute(
            "targets",
            Attribute::of(Type::set(Type::String)).optional().computed().keep().describe(
                "What it is deployed to, for example `[\"aks_cluster\", \"arc_k8s_cluster\"]`. Default: all that the component is \
                 available for at the time of creation.",
            ),
        )
        .attribute(
            "on_unavailable",
            text().default("fail").one_of(&["fail", "skip"]).describe(
                "What a target that the rules refuse does: `fail` stops the plan if the target is named in `targets`, or if none \
                 is left; `skip` leaves it out and says so in `skipped`. Default: `fail`.",
            ),
        )
        .attribute(
            "accept_preview",
            Attribute::bool().optional().default(false).describe(
                "Whether it is known that previews come under terms of their own; without that they are warned of. Default: \
                 `false`.",
            ),
        )
}

fn deploying(schema: Schema) -> Schema {
    let identity = [
        (
            "type",
            text().computed().one_of(&["SystemAssigned", "UserAssigned"]).describe(
                "`SystemAssigned`: Azure makes one for each assignment. `UserAssigned`: one that exists. Default: \
                 `UserAssigned` with `identity_ids`, and `SystemAssigned` without.",
            ),
        ),
        (
            "identity_ids",
            Attribute::list(Type::String)
                .optional()
                .same_if(same_texts)
                .describe("The id of the user-assigned identity; exactly one."),
        ),
    ];
    schema
        .attribute(
            "location",
            text().same_if(same_place).describe(
                "The region in which the identities of assignments live. Needed where policies deploy; it says nothing about \
                 where. Where there are assignments, another one makes them anew.",
            ),
        )
        .attribute(
            "workspace_id",
            text().same_if(Value::same_text).describe(
                "The id of the Log Analytics workspace that data goes to, for components that collect into one. Default: the one \
                 that the policies find or make.",
            ),
        )
        .attribute(
            "parameters",
            Attribute::of(Type::Dynamic).optional().same_if(Value::means).describe(
                "Further values of the policies' parameters, as an object: `{ effect = \"DeployIfNotExists\" }`. Each policy gets \
                 those that it has; one that none has is an error.",
            ),
        )
        .attribute(
            "identity",
            Attribute::nested(Nesting::Single, identity)
                .optional()
                .describe("Who deploys in the policies' name. Default: `{ type = \"SystemAssigned\" }`."),
        )
        .attribute("remediation", remediation("Default: enabled; `{ enabled = false }` switches it off."))
}

fn computed(schema: Schema) -> Schema {
    let string = || Attribute::string().computed();
    let switched = [
        ("id", string().describe("Its id.")),
        ("name", string().describe("Its name.")),
        (
            "value",
            string().describe("Its value while the component is on. Destroying puts back what was before."),
        ),
    ];
    let skipped = [
        ("target", string().describe("The target.")),
        ("os", string().describe("The operating system, where it is left out for one of several only.")),
        ("rule", string().describe("The rule that says so, where one does.")),
        ("reason", string().describe("Why.")),
    ];
    schema
        .attribute("id", string().keep().describe("Scope and component: `{scope}|{component}`."))
        .attribute(
            "mechanism",
            Attribute::map(Type::String).computed().describe(
                "How it gets to each target: `policy`, `setting`; `included` and `prerequisite` where nothing is deployed.",
            ),
        )
        .attribute("assignments", assignments())
        .attribute(
            "settings",
            Attribute::nested(Nesting::List, switched).computed().describe(
                "Settings of the subscription that are written, in this order.",
            ),
        )
        .attribute(
            "skipped",
            Attribute::nested(Nesting::List, skipped)
                .computed()
                .describe("Targets to which nothing is deployed, and why."),
        )
}

fn assignments() -> Attribute {
    let string = || Attribute::string().computed();
    let strings = || Attribute::list(Type::String).computed();
    let assigned = [
        ("targets", strings().describe("The targets that it is for.")),
        ("display_name", string().describe("What the portal calls it.")),
        ("policy_definition_id", string().describe("The policy, or the initiative.")),
        ("name", string().describe("Its name, always the same for a scope and a policy.")),
        ("id", string().describe("Its id.")),
        ("enforcement_mode", string().describe("Whether the policy has its effect: `Default`.")),
        ("parameters", string().describe("Values of the policy's parameters, as JSON. They are no place for secrets: everybody \
                                          who may read the assignment sees them.")),
        (
            "restrictions",
            string().describe(
                "Scopes that were taken out, selectors and overrides that were added by somebody else, as JSON: the next apply \
                 takes them away.",
            ),
        ),
        ("role_definition_ids", strings().describe("Roles that its identity gets at the scope.")),
        ("identity_type", string().describe("The kind of its identity.")),
        ("identity_ids", strings().describe("The id of a user-assigned identity.")),
        ("principal_id", string().describe("The object id of its identity.")),
        ("tenant_id", string().describe("The tenant of a system-assigned identity.")),
        (
            "role_assignments",
            Attribute::map(Type::String).computed().describe("Ids of role assignments, by the role's GUID."),
        ),
        ("remediations", remediations()),
    ];
    Attribute::nested(Nesting::List, assigned).computed().describe("Policy assignments that deploy it.")
}

/// Ids of Azure, one by one.
fn same_texts(prior: &Value, new: &Value) -> bool {
    let (Value::List(prior), Value::List(new)) = (prior, new) else { return false };
    prior.len() == new.len() && prior.iter().zip(new).all(|(prior, new)| prior.same_text(new))
}
