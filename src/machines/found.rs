//! What Azure says of a machine or cluster, as far as the rules ask.

use std::collections::BTreeMap;

use serde_json::Value;

use super::target::Kind;
use crate::catalog::model::Os;

/// A machine or cluster as Azure has it. What it does not say is nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The region.
    pub location: String,
    /// The operating system of a machine.
    pub os: Option<Os>,
    /// Its name, as the machine or Azure says it: `Windows Server 2019 Datacenter`.
    pub os_name: Option<String>,
    /// The image that it was made from: publisher, offer and edition; of one's own image nothing.
    pub image: Option<(String, String, String)>,
    /// Whether it has a system-assigned identity.
    pub identity: Option<bool>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Whether it runs, or is connected: `running`, `deallocated`, `Connected`, `Disconnected`.
    pub power: Option<String>,
    /// Whether Kubernetes RBAC is on.
    pub rbac: Option<bool>,
    /// The distribution of a cluster.
    pub distribution: Option<String>,
    /// The version of a cluster, as major and minor.
    pub version: Option<(u16, u16)>,
    /// Whether a cluster has Arm64 nodes.
    pub arm64: Option<bool>,
    /// Whether the Defender profile of an AKS cluster is on, and its workspace.
    pub defender_profile: Option<(bool, Option<String>)>,
    /// Add-ons of an AKS cluster, in lower case, and whether they are on.
    pub addons: BTreeMap<String, bool>,
}

impl Found {
    pub(super) fn of_body(kind: Kind, body: &Value) -> Self {
        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let properties = &body["properties"];
        let tags = body["tags"].as_object().into_iter().flatten();
        let identity = body["identity"]["type"].as_str().unwrap_or_default();
        let common = Self {
            location: text(&body["location"]).unwrap_or_default(),
            identity: Some(identity.to_ascii_lowercase().contains("systemassigned")),
            tags: tags.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect(),
            ..Self::default()
        };
        match kind {
            Kind::VirtualMachine => Self {
                os: os(&properties["storageProfile"]["osDisk"]["osType"]),
                os_name: text(&properties["instanceView"]["osName"]),
                image: image(&properties["storageProfile"]["imageReference"]),
                power: power(&properties["instanceView"]["statuses"]),
                ..common
            },
            Kind::ScaleSet => {
                let profile = &properties["virtualMachineProfile"]["storageProfile"];
                Self {
                    os: os(&profile["osDisk"]["osType"]),
                    image: image(&profile["imageReference"]),
                    ..common
                }
            }
            Kind::ArcMachine => Self {
                os: os(&properties["osType"]),
                os_name: text(&properties["osSku"]).or_else(|| text(&properties["osName"])),
                power: text(&properties["status"]),
                ..common
            },
            Kind::AksCluster => of_aks(properties, common),
            Kind::ArcCluster => Self {
                distribution: text(&properties["distribution"]),
                version: version(&properties["kubernetesVersion"]),
                power: text(&properties["connectivityStatus"]),
                ..common
            },
        }
    }
}

fn of_aks(properties: &Value, common: Found) -> Found {
    let profile = &properties["securityProfile"]["defender"];
    let pools = properties["agentPoolProfiles"].as_array();
    let is_arm = |pool: &Value| {
        // Sizes of Arm64 machines have a p after the number of processors.
        let size = pool["vmSize"].as_str().unwrap_or_default();
        let family = size
            .trim_start_matches("Standard_")
            .trim_start_matches(|letter: char| letter.is_ascii_uppercase());
        family.trim_start_matches(|letter: char| letter.is_ascii_digit()).starts_with('p')
    };
    let addons = properties["addonProfiles"].as_object().into_iter().flatten();
    Found {
        rbac: properties["enableRBAC"].as_bool(),
        version: version(&properties["currentKubernetesVersion"])
            .or_else(|| version(&properties["kubernetesVersion"])),
        arm64: pools.map(|pools| pools.iter().any(is_arm)),
        power: properties["powerState"]["code"].as_str().map(str::to_owned),
        defender_profile: Some((
            profile["securityMonitoring"]["enabled"].as_bool().unwrap_or_default(),
            profile["logAnalyticsWorkspaceResourceId"].as_str().map(str::to_owned),
        )),
        addons: addons
            .map(|(name, addon)| (name.to_ascii_lowercase(), addon["enabled"].as_bool().unwrap_or_default()))
            .collect(),
        ..common
    }
}

fn os(text: &Value) -> Option<Os> {
    match text.as_str()?.to_ascii_lowercase().as_str() {
        "windows" => Some(Os::Windows),
        "linux" => Some(Os::Linux),
        _ => None,
    }
}

fn image(reference: &Value) -> Option<(String, String, String)> {
    let text = |field: &str| reference[field].as_str().map(str::to_owned);
    Some((text("publisher")?, text("offer")?, text("sku")?))
}

/// `PowerState/running` is `running`.
fn power(statuses: &Value) -> Option<String> {
    let mut codes = statuses.as_array()?.iter().filter_map(|status| status["code"].as_str());
    codes.find_map(|code| code.strip_prefix("PowerState/")).map(str::to_owned)
}

fn version(text: &Value) -> Option<(u16, u16)> {
    let text = text.as_str()?.trim_start_matches('v');
    let mut parts = text.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_read_of_each_kind() {
        let machine = json!({"location": "westeurope", "identity": {"type": "SystemAssigned, UserAssigned"},
            "tags": {"a": "b"}, "properties": {
                "storageProfile": {"osDisk": {"osType": "Windows"},
                    "imageReference": {"publisher": "MicrosoftWindowsServer", "offer": "WindowsServer", "sku": "2019-datacenter"}},
                "instanceView": {"osName": "Windows Server 2019 Datacenter",
                    "statuses": [{"code": "ProvisioningState/succeeded"}, {"code": "PowerState/deallocated"}]}}});
        let found = Found::of_body(Kind::VirtualMachine, &machine);
        assert_eq!((found.os, found.power.as_deref()), (Some(Os::Windows), Some("deallocated")));
        assert_eq!((found.identity, found.tags["a"].as_str()), (Some(true), "b"));
        assert_eq!(found.image.map(|image| image.2).as_deref(), Some("2019-datacenter"));

        let arc = json!({"properties": {"osType": "linux", "osName": "ubuntu", "status": "Disconnected"}});
        let found = Found::of_body(Kind::ArcMachine, &arc);
        assert_eq!((found.os, found.power.as_deref()), (Some(Os::Linux), Some("Disconnected")));

        let aks = |size: &str| {
            json!({"properties": {"enableRBAC": false, "currentKubernetesVersion": "1.28.3",
            "agentPoolProfiles": [{"vmSize": size}], "addonProfiles": {"azurePolicy": {"enabled": true}},
            "securityProfile": {"defender": {"securityMonitoring": {"enabled": true}}}}})
        };
        let found = Found::of_body(Kind::AksCluster, &aks("Standard_D4ps_v5"));
        assert_eq!((found.rbac, found.version, found.arm64), (Some(false), Some((1, 28)), Some(true)));
        assert_eq!(found.defender_profile, Some((true, None)));
        assert!(found.addons["azurepolicy"]);
        assert_eq!(Found::of_body(Kind::AksCluster, &aks("Standard_D4s_v5")).arm64, Some(false));
        let k8s = json!({"properties": {"distribution": "k3s", "kubernetesVersion": "v1.30.2+k3s1"}});
        let found = Found::of_body(Kind::ArcCluster, &k8s);
        assert_eq!((found.distribution.as_deref(), found.version), (Some("k3s"), Some((1, 30))));
    }
}
