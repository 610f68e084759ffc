//! Types of azurerm that nothing is made from: the refusal says what there is instead, and shows the block to paste.

use super::{AZURERM, Move};
use crate::shared::process::Failure;
use crate::singletons::flat;
use serde_json::json;

/// What users will try, and what the refusal names.
const TRIED: [(&str, &str, &str, &str); 8] = [
    (
        "azurerm_security_center_auto_provisioning",
        "defender_autoprovisioning",
        "component = \"defender_sensor\"\nlocation = \"westeurope\"",
        "component = \"defender_for_endpoint\"",
    ),
    (
        "azurerm_security_center_server_vulnerability_assessment_virtual_machine",
        "defender_vulnerability_assessment",
        "",
        "Microsoft Defender Vulnerability Management",
    ),
    (
        "azurerm_security_center_server_vulnerability_assessment",
        "defender_vulnerability_assessment",
        "",
        "was retired in May 2024",
    ),
    (
        "azurerm_advanced_threat_protection",
        "defender_plan",
        "name = \"CosmosDbs\"",
        "defender_storage_protection for a storage account",
    ),
    ("azurerm_log_analytics_solution", "defender_plan", "name = \"VirtualMachines\"", "SecurityCenterFree"),
    (
        "azurerm_subscription_policy_remediation",
        "defender_policy_assignment",
        "policy_definition_id = \"/providers/Microsoft.Authorization/policyDefinitions/x\"",
        "remediation = {}",
    ),
    // Of these nothing is known but that they are something else.
    (
        "azurerm_security_center_workspace",
        "defender_plan",
        "name = \"Arm\"",
        "What can be moved to defender_plan: `azurerm_security_center_subscription_pricing`",
    ),
    (
        "azurerm_resource_group",
        "defender_autoprovisioning",
        "component = \"defender_sensor\"\nlocation = \"westeurope\"",
        "Nothing can be moved to defender_autoprovisioning",
    ),
];

#[test]
fn the_refusal_names_what_there_is_instead_and_shows_the_block() -> Result<(), Failure> {
    for (from, to, configuration, instead) in TRIED {
        let attributes = json!({"id": "x"});
        let scene = Move { provider: AZURERM, from, version: 0, attributes, to, configuration }.scene(&[])?;
        let refused = flat(&scene.workspace.plan()?.require(1)?);
        for text in [
            "The resource cannot be moved",
            instead,
            &format!("removed {{ from = {from}.NAME lifecycle {{ destroy = false }} }}"),
        ] {
            assert!(refused.contains(text), "{from} to {to}: {refused}");
        }
    }
    Ok(())
}
