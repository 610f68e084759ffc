//! Extensions of machines and of a cluster, and the profile of another cluster.

use super::field::{Field, field, noise};
use super::{Subject, check};
use crate::shared::process::Failure;
use serde_json::{Value, json};

const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/app/providers";
const WORKSPACE: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/central";
/// What says which object it is, or is told by users, or is kept from them.
const LOCAL: &[&str] = &[
    "id",
    "target_id",
    "component",
    "name",
    "workspace_id",
    "accept_preview",
    "existing_agent",
    "workspace_solutions",
    "onboarded_on",
    "protected_settings",
    "protected_settings_version",
    "outcome",
    "reports_to",
];

pub(super) fn subjects() -> Vec<Subject> {
    let script = "publisher = \"Microsoft.Azure.Extensions\"\ntype = \"CustomScript\"";
    let all = "type_handler_version = \"2.1\"\nauto_upgrade_minor_version = true\nautomatic_upgrade_enabled = false\n\
               settings = { timestamp = 1 }";
    let web = "/Microsoft.Compute/virtualMachines/web";
    let branch = "/Microsoft.HybridCompute/machines/branch";
    vec![
        machine(web, &format!("{script}\n{all}"), "/virtualMachines/web/extensions/CustomScript"),
        machine(branch, script, "/machines/branch/extensions/CustomScript"),
        machine(branch, &format!("{script}\n{all}"), "/machines/branch/extensions/CustomScript"),
        arc_cluster(),
        aks(),
    ]
}

fn subject(target: &str, arguments: &str, document: &'static str, fields: Vec<Field>) -> Subject {
    let arguments = format!("target_id = \"{GROUP}{target}\"\n{arguments}");
    Subject { resource: "defender_extension", arguments, beside: "", document, fields, local: LOCAL }
}

fn machine(target: &str, arguments: &str, document: &'static str) -> Subject {
    let written = arguments.contains("settings");
    let mut fields = vec![
        noise("/location", "West Europe"),
        field("/properties/autoUpgradeMinorVersion", false, "auto_upgrade_minor_version"),
        field("/properties/publisher", "Somebody.Else", "publisher"),
        field("/properties/type", "CustomScript2", "type"),
        noise("/properties/publisher", "microsoft.azure.extensions"),
        noise("/properties/type", "customscript"),
        noise("/properties/provisioningState", "Updating"),
        noise("/properties/instanceView", json!({"typeHandlerVersion": "2.1.9", "statuses": []})),
        field("/properties/instanceView/typeHandlerVersion", "2.1.10", "current_version"),
    ];
    if written {
        fields.extend([
            field("/properties/settings", json!({"timestamp": 2}), "settings"),
            field("/properties/settings/more", 1, "all_settings").planned(),
            field("/properties/enableAutomaticUpgrade", true, "automatic_upgrade_enabled"),
            field("/properties/typeHandlerVersion", "1.0", "type_handler_version"),
        ]);
    } else {
        fields.extend([
            noise("/properties/enableAutomaticUpgrade", true),
            noise("/properties/typeHandlerVersion", "1.0"),
            noise("/properties/settings", json!({})),
        ]);
    }
    subject(target, arguments, document, fields)
}

fn arc_cluster() -> Subject {
    let fields = vec![
        field("/properties/autoUpgradeMinorVersion", false, "auto_upgrade_minor_version"),
        field("/properties/configurationSettings/x", "two", "settings"),
        field("/properties/configurationSettings/logAnalyticsWorkspaceResourceID", "other", "all_settings")
            .planned(),
        field("/properties/extensionType", "another", "type"),
        noise("/properties/extensionType", "MICROSOFT.AZUREDEFENDER.KUBERNETES"),
        noise("/properties/releaseTrain", "Preview"),
        noise("/properties/scope", json!({"cluster": {"releaseNamespace": "other"}})),
        noise("/properties/version", "9.9.9"),
        noise("/properties/provisioningState", "Updating"),
        noise("/properties/statuses", json!([{"code": "Installed", "time": "2027-01-01"}])),
        noise("/properties/currentVersion", "0.9.9"),
        noise("/properties/isSystemExtension", false),
    ];
    let arguments = format!(
        "component = \"defender_sensor\"\nworkspace_id = \"{WORKSPACE}\"\naccept_preview = true\nsettings = {{ x = \"one\" }}"
    );
    let document = "/connectedClusters/edge/providers/Microsoft.KubernetesConfiguration/extensions/microsoft.azuredefender.kubernetes";
    subject("/Microsoft.Kubernetes/connectedClusters/edge", &arguments, document, fields)
}

fn aks() -> Subject {
    let defender = "/properties/securityProfile/defender";
    let other = format!("{WORKSPACE}-2");
    let path = |end: &str| -> &'static str { format!("{defender}{end}").leak() };
    let fields = vec![
        field(path("/securityMonitoring/enabled"), false, "outcome").planned(),
        field(path("/logAnalyticsWorkspaceResourceId"), other, "all_settings").planned(),
        noise(
            path("/logAnalyticsWorkspaceResourceId"),
            WORKSPACE.to_uppercase().replace("/SUBSCRIPTIONS/", "/subscriptions/"),
        ),
        noise("/properties/securityProfile/imageCleaner", json!({"enabled": true})),
        noise("/properties/powerState/code", "Running"),
        noise("/properties/currentKubernetesVersion", "1.31.0"),
        noise("/properties/agentPoolProfiles", json!([])),
        noise("/properties/dnsPrefix", "other"),
        noise("/properties/enableRBAC", true),
        noise("/properties/provisioningState", "Updating"),
        noise("/tags", json!({"team": "b"})),
        noise("/location", "West Europe"),
        noise(
            "/identity",
            json!({"type": "SystemAssigned", "principalId": "0c0ffee0-0000-4000-8000-00000000000b"}),
        ),
    ];
    let arguments = format!("component = \"defender_sensor\"\nworkspace_id = \"{WORKSPACE}\"");
    subject("/Microsoft.ContainerService/managedClusters/prod", &arguments, "/managedClusters/prod", fields)
}

/// Clusters that are there before Terraform comes.
pub(super) fn clusters() -> [Value; 2] {
    let edge = json!({"id": format!("{GROUP}/Microsoft.Kubernetes/connectedClusters/edge"), "name": "edge",
        "type": "Microsoft.Kubernetes/connectedClusters", "location": "westeurope", "identity": {"type": "SystemAssigned"},
        "properties": {"provisioningState": "Succeeded", "connectivityStatus": "Connected", "distribution": "generic",
            "kubernetesVersion": "1.30.2"}});
    let prod = json!({"id": format!("{GROUP}/Microsoft.ContainerService/managedClusters/prod"), "name": "prod",
        "type": "Microsoft.ContainerService/managedClusters", "location": "westeurope", "tags": {},
        "identity": {"type": "SystemAssigned"},
        "properties": {"provisioningState": "Succeeded", "powerState": {"code": "Running"}, "dnsPrefix": "prod",
            "enableRBAC": true, "currentKubernetesVersion": "1.30.2",
            "agentPoolProfiles": [{"name": "system", "vmSize": "Standard_D4s_v5", "count": 3}]}});
    [edge, prod]
}

#[test]
fn extensions() -> Result<(), Failure> {
    check(&subjects())
}
