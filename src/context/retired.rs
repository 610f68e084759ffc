//! Resource types of azurerm that nothing here is made from, and what there is instead.

/// The retirement of the Log Analytics agent.
const AGENT: &str =
    "https://learn.microsoft.com/azure/defender-for-cloud/prepare-deprecation-log-analytics-mma-agent";
/// The retirement of the scanner of Qualys.
const SCANNER: &str = "https://learn.microsoft.com/azure/defender-for-cloud/how-to-transition-to-built-in";
/// The retirement of protection by single resources.
const CLASSIC: &str =
    "https://learn.microsoft.com/azure/defender-for-cloud/defender-for-storage-classic-migrate";
/// How remediations work.
const REMEDIATION: &str = "https://learn.microsoft.com/azure/governance/policy/how-to/remediate-resources";

const SCANNED: &str = "It put the scanner of Qualys on a machine, which was retired in May 2024. Microsoft Defender \
                       Vulnerability Management looks for vulnerabilities instead: write a \
                       defender_vulnerability_assessment for the subscription, and a defender_plan with name = \
                       \"VirtualMachines\".";
const REMEDIATED: &str = "It is one run over what was there at the time, and nothing to keep. A \
                          defender_policy_assignment starts its own and waits for it: write remediation = {} there.";

/// A type, what there is instead, and where Microsoft says so.
const RETIRED: &[(&str, &str, &str)] = &[
    (
        "azurerm_advanced_threat_protection",
        "It switched the protection of one single resource in a way that Microsoft has replaced. Write a \
         defender_storage_protection for a storage account, and for Cosmos DB a defender_plan with name = \"CosmosDbs\" \
         for the subscription.",
        CLASSIC,
    ),
    (
        "azurerm_log_analytics_solution",
        "The solutions Security and SecurityCenterFree served the Log Analytics agent, which was retired in November \
         2024; a defender_plan protects without them. Any other solution is best left with azurerm.",
        AGENT,
    ),
    ("azurerm_management_group_policy_remediation", REMEDIATED, REMEDIATION),
    ("azurerm_resource_group_policy_remediation", REMEDIATED, REMEDIATION),
    ("azurerm_resource_policy_remediation", REMEDIATED, REMEDIATION),
    (
        "azurerm_security_center_auto_provisioning",
        "It deployed the Log Analytics agent, which was retired in November 2024, and azurerm 5 has no such resource. \
         What protects machines and clusters now is deployed by defender_autoprovisioning, one for each component, for \
         example with component = \"defender_for_endpoint\".",
        AGENT,
    ),
    ("azurerm_security_center_server_vulnerability_assessment", SCANNED, SCANNER),
    ("azurerm_security_center_server_vulnerability_assessment_virtual_machine", SCANNED, SCANNER),
    ("azurerm_subscription_policy_remediation", REMEDIATED, REMEDIATION),
];

/// What there is instead of a type of azurerm that has no equal here.
pub(super) fn instead(type_name: &str) -> Option<String> {
    let (_, instead, source) = RETIRED.iter().find(|(retired, ..)| *retired == type_name)?;
    Some(format!("{instead} See {source}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_listed_once_and_names_what_replaces_it() {
        assert!(RETIRED.is_sorted_by(|one, other| one.0 < other.0));
        for (retired, instead, _) in RETIRED {
            assert!(retired.starts_with("azurerm_") && instead.contains("defender_"), "{retired}");
        }
    }
}
