//! What an extension can go on, by its id.

use crate::arm::{ResourceId, ResourceType};

/// A machine or cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    id: ResourceId,
    /// What it is.
    pub kind: Kind,
}

/// What a machine or cluster is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `Microsoft.Compute/virtualMachines`
    VirtualMachine,
    /// `Microsoft.Compute/virtualMachineScaleSets`
    ScaleSet,
    /// `Microsoft.HybridCompute/machines`
    ArcMachine,
    /// `Microsoft.ContainerService/managedClusters`
    AksCluster,
    /// `Microsoft.Kubernetes/connectedClusters`
    ArcCluster,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::VirtualMachine, Self::ScaleSet, Self::ArcMachine, Self::AksCluster, Self::ArcCluster];

    /// Its resource type, as it stands in ids.
    pub fn resource_type(self) -> &'static str {
        match self {
            Self::VirtualMachine => "Microsoft.Compute/virtualMachines",
            Self::ScaleSet => "Microsoft.Compute/virtualMachineScaleSets",
            Self::ArcMachine => "Microsoft.HybridCompute/machines",
            Self::AksCluster => "Microsoft.ContainerService/managedClusters",
            Self::ArcCluster => "Microsoft.Kubernetes/connectedClusters",
        }
    }

    /// The target that it is in the catalogue.
    pub fn target(self) -> &'static str {
        match self {
            Self::VirtualMachine => "azure_vm",
            Self::ScaleSet => "azure_vmss",
            Self::ArcMachine => "arc_machine",
            Self::AksCluster => "aks_cluster",
            Self::ArcCluster => "arc_k8s_cluster",
        }
    }

    /// Whether it is a cluster.
    pub fn is_cluster(self) -> bool {
        matches!(self, Self::AksCluster | Self::ArcCluster)
    }

    /// The api-version in which it is read, and its extensions are written.
    pub(super) fn api_version(self) -> &'static str {
        match self {
            Self::VirtualMachine | Self::ScaleSet => "2024-07-01",
            Self::ArcMachine => "2024-07-10",
            Self::AksCluster => "2024-09-01",
            Self::ArcCluster => "2024-01-01",
        }
    }

    fn of(found: &ResourceType) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *found == *kind.resource_type())
    }
}

/// The type of extensions of clusters.
const CLUSTER_EXTENSIONS: &str = "Microsoft.KubernetesConfiguration/extensions";

impl Target {
    /// Reads the id of a machine or cluster, in any letter case.
    ///
    /// # Errors
    ///
    /// What is wrong with it: the second half of a sentence.
    pub fn parse(id: &str) -> Result<Self, String> {
        let id: ResourceId = id.parse().map_err(|error: crate::arm::IdError| error.problem().to_owned())?;
        let found = id.resource_type();
        match found.as_ref().and_then(Kind::of) {
            Some(kind) => Ok(Self { id, kind }),
            None => Err(found.map_or_else(
                || "it is no resource".to_owned(),
                |found| format!("it is the id of a {}", found.as_str()),
            )),
        }
    }

    /// Reads the id of an extension: what it is on, and its name.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn of_extension(id: &str) -> Result<(Self, String), String> {
        if let Ok((scope, found, name)) = ResourceId::parse_extension(id)
            && found == CLUSTER_EXTENSIONS
        {
            return Ok((Self::parse(scope.as_str())?, name));
        }
        let id: ResourceId = id.parse().map_err(|error: crate::arm::IdError| error.problem().to_owned())?;
        let parent = id.parent().ok_or("it is the id of no extension")?;
        Ok((Self::parse(parent.as_str())?, id.name().to_owned()))
    }

    /// Its id.
    pub fn as_str(&self) -> &str {
        self.id.as_str()
    }

    /// The id of the subscription that it is in.
    pub(super) fn subscription(&self) -> String {
        format!("/subscriptions/{}", self.id.subscription_id().unwrap_or_default())
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.id.name()
    }

    /// The id of its extensions' collection.
    pub(super) fn extensions(&self) -> String {
        if self.kind.is_cluster() {
            format!("{}/providers/{CLUSTER_EXTENSIONS}", self.as_str())
        } else {
            format!("{}/extensions", self.as_str())
        }
    }

    /// The id of an extension on it.
    pub fn extension_id(&self, name: &str) -> String {
        format!("{}/{name}", self.extensions())
    }

    /// The api-version in which its extensions are read and written.
    pub(super) fn extensions_version(&self) -> &'static str {
        if self.kind.is_cluster() { "2023-05-01" } else { self.kind.api_version() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_what_extensions_go_on_and_of_extensions() {
        let group = "/subscriptions/0a1b2c3d-0000-1111-2222-333344445555/resourceGroups/rg/providers";
        for kind in Kind::ALL {
            let id = format!("{group}/{}/one", kind.resource_type());
            let target =
                Target::parse(&id.to_ascii_uppercase().replace("/SUBSCRIPTIONS", "/subscriptions")).unwrap();
            assert_eq!((target.kind, target.name()), (kind, "ONE"));
            let target = Target::parse(&id).unwrap();
            let extension = target.extension_id("MDE.Linux");
            assert_eq!(Target::of_extension(&extension), Ok((target, "MDE.Linux".to_owned())), "{extension}");
        }
        assert!(Target::parse(&format!("{group}/Microsoft.Storage/storageAccounts/x")).is_err());
        assert!(Target::parse("/subscriptions/0a1b2c3d-0000-1111-2222-333344445555").is_err());
        assert!(Target::parse("vm1").is_err());
    }
}
