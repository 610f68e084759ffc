//! Plans: of a subscription, and of one machine.

use super::field::{field, noise};
use super::{Subject, check};
use crate::shared::process::Failure;
use serde_json::json;

const DOCUMENT: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Security/pricings/VirtualMachines";
const LOCAL: &[&str] = &["id", "scope", "name", "extension_ownership", "on_destroy"];

pub(super) fn subjects() -> Vec<Subject> {
    let all = "name = \"VirtualMachines\"\ntier = \"Standard\"\nsubplan = \"P2\"\nenforce = true\n\
               extensions = { AgentlessVmScanning = { enabled = true, properties = { ExclusionTags = \"[]\" } } }";
    let bare = "name = \"VirtualMachines\"\nextensions = { AgentlessVmScanning = {} }";
    vec![
        subscription(all.to_owned()),
        subscription(bare.to_owned()),
        subscription("name = \"VirtualMachines\"".to_owned()),
        exclusive(format!("{all}\nextension_ownership = \"exclusive\"")),
        machine(),
    ]
}

fn subscription(arguments: String) -> Subject {
    // Where none is written, none is decided on.
    let decided = arguments.contains("extensions =");
    let shown = |name: &str| -> &'static str {
        if decided { format!("extensions.{name}").leak() } else { format!("all_extensions.{name}").leak() }
    };
    let unknown = json!({"name": "Newest", "isEnabled": "True", "additionalExtensionProperties": {"A": "1"}});
    let reordered = json!({"AnotherProperty": "x", "ExclusionTags": "[ ]"});
    let fields = vec![
        field("/properties/pricingTier", "Free", "tier"),
        field("/properties/subPlan", "P1", "subplan"),
        field("/properties/enforce", if arguments.contains("enforce") { "False" } else { "True" }, "enforce"),
        field("/properties/extensions/1/isEnabled", "False", shown("enabled")),
        field(
            "/properties/extensions/1/additionalExtensionProperties/ExclusionTags",
            "[{\"key\":\"a\",\"value\":\"b\"}]",
            shown("properties"),
        ),
        noise("/properties/extensions/1/additionalExtensionProperties", reordered),
        noise("/properties/extensions/1/name", "agentlessvmscanning"),
        field("/properties/extensions/0/isEnabled", "True", "all_extensions.enabled"),
        field(
            "/properties/extensions/0/additionalExtensionProperties",
            json!({"A": "1"}),
            "all_extensions.properties",
        ),
        noise("/properties/extensions/0/name", "Renamed"),
        noise("/properties/extensions/2", json!({"name": "FileIntegrityMonitoring", "isEnabled": "True"})),
        field("/properties/extensions/-", unknown, "all_extensions.enabled"),
        field("/properties/deprecated", true, "deprecated"),
        field("/properties/replacedBy", json!(["Servers"]), "replaced_by"),
        field("/properties/resourcesCoverageStatus", "NotCovered", "resources_coverage_status"),
        field("/properties/inherited", "False", "inherited"),
        field("/properties/inheritedFrom", "", "inherited_from"),
        noise("/properties/enablementTime", "2027-01-01T00:00:00.0000000Z"),
        noise("/properties/freeTrialRemainingTime", "PT0S"),
    ];
    let mut subject = Subject {
        resource: "defender_plan",
        arguments,
        beside: "",
        document: DOCUMENT,
        fields,
        local: LOCAL,
    };
    if subject.arguments.contains("extensions") && !subject.arguments.contains("subplan") {
        // P1 does not have the extension, which is an error of the configuration then.
        subject.fields.retain(|field| field.shows != "subplan");
    }
    subject
}

/// What nobody wrote is off, and stays off.
fn exclusive(arguments: String) -> Subject {
    let mut subject = subscription(arguments);
    for field in &mut subject.fields {
        field.planned =
            ["/properties/extensions/0/isEnabled", "/properties/extensions/2"].contains(&field.at);
    }
    let of_another = ["/properties/extensions/0/", "/properties/extensions/-"];
    subject
        .fields
        .retain(|field| field.planned || !of_another.iter().any(|other| field.at.starts_with(other)));
    subject
}

fn machine() -> Subject {
    let machine = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/app/providers/Microsoft.Compute/virtualMachines/web";
    let fields = vec![
        field("/properties/pricingTier", "Free", "tier"),
        // The machine's own setting is gone.
        field("/properties/inherited", "True", "inherited").planned(),
    ];
    Subject {
        resource: "defender_plan",
        arguments: format!("scope = \"{machine}\"\nname = \"VirtualMachines\"\nsubplan = \"P1\""),
        beside: "",
        document: "/virtualMachines/web/providers/Microsoft.Security/pricings/VirtualMachines",
        fields,
        local: LOCAL,
    }
}

#[test]
fn plans() -> Result<(), Failure> {
    check(&subjects())
}
