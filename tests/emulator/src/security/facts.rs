//! Which plans there are, with their sub-plans and extensions, as Azure had them in November 2026.
//!
//! Names and sub-plans: the API's description (2024-01-01),
//! <https://learn.microsoft.com/rest/api/defenderforcloud/pricings/update>; extensions beyond it from the built-in
//! policies, <https://github.com/Azure/azure-policy/tree/master/built-in-policies/policyDefinitions/Security%20Center>,
//! and for `ApiPosture` from <https://github.com/Azure/azure-rest-api-specs/issues/43338>.
//! Closed plans and sub-plans: <https://github.com/Azure/Azure-Landing-Zones/issues/4203>.
//! Plans of Azure Government: <https://learn.microsoft.com/azure/defender-for-cloud/support-matrix-defender-for-cloud>.

use crate::Cloud;

/// A plan.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Its name in ids.
    pub(crate) name: &'static str,
    /// Its variants; the first one is what Azure chooses where a request names none. Empty: it has none.
    pub(crate) subplans: &'static [Subplan],
    /// Its switches, in the order in which Azure lists them.
    pub(crate) extensions: &'static [Extension],
    /// What took its place; such a plan cannot be enabled any more.
    pub(crate) replaced_by: &'static [&'static str],
    /// Whether it can never be Free.
    pub(crate) always_standard: bool,
    /// Whether Azure Government has it, too.
    pub(crate) in_government: bool,
}

/// A variant of a plan.
#[derive(Debug)]
pub(crate) struct Subplan {
    /// Its name.
    pub(crate) name: &'static str,
    /// Whether it is kept where it is on, and cannot be enabled any more.
    pub(crate) closed: bool,
}

/// A switch of a plan.
#[derive(Debug)]
pub(crate) struct Extension {
    /// Its name.
    pub(crate) name: &'static str,
    /// The sub-plans that have it; empty: all.
    pub(crate) subplans: &'static [&'static str],
    /// Whether it goes on with its plan where the request does not name it.
    pub(crate) on_by_default: bool,
    /// Properties that Azure fills in.
    pub(crate) properties: &'static [(&'static str, &'static str)],
}

/// The plan with this name in any letter case, where the cloud has it.
pub(crate) fn plan(cloud: Cloud, name: &str) -> Option<&'static Plan> {
    plans(cloud).find(|plan| plan.name.eq_ignore_ascii_case(name))
}

/// The plans of a cloud, in the order in which Azure lists them.
pub(crate) fn plans(cloud: Cloud) -> impl Iterator<Item = &'static Plan> {
    PLANS.iter().filter(move |plan| cloud == Cloud::Public || plan.in_government)
}

impl Extension {
    /// Whether the sub-plan (none where the plan has no sub-plans) has this extension.
    pub(crate) fn in_subplan(&self, subplan: Option<&str>) -> bool {
        self.subplans.is_empty() || subplan.is_some_and(|subplan| self.subplans.contains(&subplan))
    }
}

/// A plan without sub-plans and extensions, in all clouds.
const PLAIN: Plan = Plan {
    name: "",
    subplans: &[],
    extensions: &[],
    replaced_by: &[],
    always_standard: false,
    in_government: true,
};

const fn open(name: &'static str) -> Subplan {
    Subplan { name, closed: false }
}

const fn closed(name: &'static str) -> Subplan {
    Subplan { name, closed: true }
}

/// An extension that is on by default, without properties, in all sub-plans.
const fn on(name: &'static str) -> Extension {
    Extension { name, subplans: &[], on_by_default: true, properties: &[] }
}

const fn off(name: &'static str) -> Extension {
    Extension { on_by_default: false, ..on(name) }
}

/// Agentless scanning shows an empty list of tags where none were set.
const AGENTLESS_SCANNING: Extension =
    Extension { properties: &[("ExclusionTags", "[]")], ..on("AgentlessVmScanning") };

static PLANS: [Plan; 18] = [
    Plan {
        name: "VirtualMachines",
        subplans: &[open("P2"), open("P1")],
        extensions: &[
            off("MdeDesignatedSubscription"),
            Extension { subplans: &["P2"], ..AGENTLESS_SCANNING },
            // It needs a workspace in its properties, so that Azure cannot turn it on by itself.
            Extension { subplans: &["P2"], ..off("FileIntegrityMonitoring") },
        ],
        ..PLAIN
    },
    Plan { name: "SqlServers", ..PLAIN },
    Plan { name: "AppServices", in_government: false, ..PLAIN },
    Plan {
        name: "StorageAccounts",
        subplans: &[open("DefenderForStorageV2"), open("PerStorageAccount"), closed("PerTransaction")],
        extensions: &[
            Extension {
                subplans: &["DefenderForStorageV2"],
                properties: &[
                    ("CapGBPerMonthPerStorageAccount", "5000"),
                    ("BlobScanResultsOptions", "BlobIndexTags"),
                    ("AutomatedResponse", "None"),
                ],
                ..on("OnUploadMalwareScanning")
            },
            Extension { subplans: &["DefenderForStorageV2"], ..on("SensitiveDataDiscovery") },
        ],
        ..PLAIN
    },
    Plan { name: "SqlServerVirtualMachines", ..PLAIN },
    Plan { name: "KubernetesService", replaced_by: &["Containers"], ..PLAIN },
    Plan { name: "ContainerRegistry", replaced_by: &["Containers"], ..PLAIN },
    Plan { name: "KeyVaults", subplans: &[open("PerKeyVault"), closed("PerTransaction")], ..PLAIN },
    Plan { name: "Dns", replaced_by: &["VirtualMachines"], ..PLAIN },
    Plan { name: "Arm", subplans: &[open("PerSubscription"), closed("PerApiCall")], ..PLAIN },
    Plan { name: "OpenSourceRelationalDatabases", ..PLAIN },
    Plan { name: "CosmosDbs", ..PLAIN },
    Plan {
        name: "Containers",
        extensions: &[
            on("ContainerRegistriesVulnerabilityAssessments"),
            on("AgentlessDiscoveryForKubernetes"),
            AGENTLESS_SCANNING,
            on("ContainerSensor"),
            on("ContainerIntegrityContribution"),
        ],
        ..PLAIN
    },
    Plan {
        name: "CloudPosture",
        extensions: &[
            AGENTLESS_SCANNING,
            on("AgentlessDiscoveryForKubernetes"),
            on("SensitiveDataDiscovery"),
            on("ContainerRegistriesVulnerabilityAssessments"),
            on("EntraPermissionsManagement"),
            on("ApiPosture"),
        ],
        ..PLAIN
    },
    Plan {
        name: "Api",
        subplans: &[open("P1"), open("P2"), open("P3"), open("P4"), open("P5")],
        in_government: false,
        ..PLAIN
    },
    Plan {
        name: "AI",
        extensions: &[on("AIPromptEvidence"), off("AIPromptSharingWithPurview")],
        in_government: false,
        ..PLAIN
    },
    Plan { name: "Discovery", always_standard: true, ..PLAIN },
    Plan { name: "FoundationalCspm", always_standard: true, ..PLAIN },
];
