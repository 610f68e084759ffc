//! Where an extension is, by its id. Parts of an AKS cluster have no resource of their own, and ids that look like one.

use tfplugin_protocol::{Diagnostic, Result};

use super::deciding::Identity;
use crate::catalog::model::Via;
use crate::machines::Target;

const PROFILE: &str = "/securityProfile/defender";
const ADDONS: &str = "/addonProfiles/";

/// An extension's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) target: Target,
    pub(super) name: String,
    pub(super) via: Via,
}

impl Place {
    /// The place of something that is to be deployed.
    pub(super) fn new(target: &Target, identity: &Identity, name: &str) -> Self {
        Self { target: target.clone(), name: name.to_owned(), via: identity.via }
    }

    /// Its id.
    pub(super) fn id(&self) -> String {
        match self.via {
            Via::MachineExtension | Via::ClusterExtension => self.target.extension_id(&self.name),
            Via::DefenderProfile => format!("{}{PROFILE}", self.target.as_str()),
            Via::Addon => format!("{}{ADDONS}{}", self.target.as_str(), self.name),
        }
    }

    /// The component that a part of an AKS cluster is, and its type; nothing for what has a resource of its own.
    pub(super) fn part(&self) -> Option<(&'static str, &str)> {
        match self.via {
            Via::DefenderProfile => Some(("defender_sensor", "defender")),
            Via::Addon => Some(("azure_policy_kubernetes", &self.name)),
            Via::MachineExtension | Via::ClusterExtension => None,
        }
    }

    /// Reads an id.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn parse(id: &str) -> Result<Self> {
        let lower = id.to_ascii_lowercase();
        let of = |target: &str, name: &str, via| {
            Target::parse(target).map(|target| Self { target, name: name.to_owned(), via })
        };
        let found = if let Some(at) = lower.strip_suffix(&PROFILE.to_ascii_lowercase()).map(str::len) {
            of(&id[..at], "defender", Via::DefenderProfile)
        } else if let Some(at) = lower.find(&ADDONS.to_ascii_lowercase()) {
            of(&id[..at], &id[at + ADDONS.len()..], Via::Addon)
        } else {
            Target::of_extension(id).map(|(target, name)| {
                let via =
                    if target.kind.is_cluster() { Via::ClusterExtension } else { Via::MachineExtension };
                Self { target, name, via }
            })
        };
        found.map_err(|problem| {
            let beginning: String = id.chars().take(300).collect();
            let detail = format!(
                "{beginning:?} is not the id of an extension: {problem}. Such an id ends with /extensions/NAME; of the parts of an \
                 AKS cluster, with {PROFILE} or {ADDONS}azurepolicy."
            );
            Diagnostic::error("Not the id of an extension", detail).into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_are_written() {
        let group = "/subscriptions/0a1b2c3d-0000-1111-2222-333344445555/resourceGroups/rg/providers";
        for (id, via, name) in [
            ("Microsoft.Compute/virtualMachines/vm/extensions/MDE.Linux", Via::MachineExtension, "MDE.Linux"),
            (
                "Microsoft.Kubernetes/connectedClusters/c/providers/Microsoft.KubernetesConfiguration/extensions/azurepolicy",
                Via::ClusterExtension,
                "azurepolicy",
            ),
            (
                "Microsoft.ContainerService/managedClusters/c/securityProfile/defender",
                Via::DefenderProfile,
                "defender",
            ),
            (
                "Microsoft.ContainerService/managedClusters/c/addonProfiles/azurepolicy",
                Via::Addon,
                "azurepolicy",
            ),
        ] {
            let id = format!("{group}/{id}");
            let place = Place::parse(&id).unwrap();
            assert_eq!((place.via, place.name.as_str(), place.id().as_str()), (via, name, id.as_str()));
        }
        assert!(Place::parse(&format!("{group}/Microsoft.Compute/virtualMachines/vm")).is_err());
    }
}
