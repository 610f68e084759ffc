//! Scopes: the ids that a setting, a plan or an assignment can apply to.
use std::fmt;
use std::str::FromStr;

use super::{IdError, ResourceId};

/// What a setting can apply to. Made from any [`ResourceId`]; equal without letter case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// `/subscriptions/{guid}`
    Subscription(ResourceId),
    /// `/providers/Microsoft.Management/managementGroups/{name}`
    ManagementGroup(ResourceId),
    /// `/subscriptions/{guid}/resourceGroups/{name}`
    ResourceGroup(ResourceId),
    /// Any other id.
    Resource(ResourceId),
}

/// The kinds of scope that callers treat differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeKind {
    /// A subscription.
    Subscription,
    /// A management group.
    ManagementGroup,
    /// A resource group.
    ResourceGroup,
    /// `Microsoft.Compute/virtualMachines`
    VirtualMachine,
    /// `Microsoft.Compute/virtualMachineScaleSets`
    VirtualMachineScaleSet,
    /// `Microsoft.HybridCompute/machines`
    ArcMachine,
    /// A resource of any other type.
    OtherResource,
}

impl Scope {
    /// The scope's id.
    pub fn id(&self) -> &ResourceId {
        match self {
            Self::Subscription(id)
            | Self::ManagementGroup(id)
            | Self::ResourceGroup(id)
            | Self::Resource(id) => id,
        }
    }

    /// The id as text, beginning with `/`.
    pub fn as_str(&self) -> &str {
        self.id().as_str()
    }

    /// The subscription's GUID in lower case; `None` for a management group.
    pub fn subscription_id(&self) -> Option<&str> {
        self.id().subscription_id()
    }

    /// What kind of scope this is.
    pub fn kind(&self) -> ScopeKind {
        match self {
            Self::Subscription(_) => ScopeKind::Subscription,
            Self::ManagementGroup(_) => ScopeKind::ManagementGroup,
            Self::ResourceGroup(_) => ScopeKind::ResourceGroup,
            Self::Resource(id) => id.resource_type().map_or(ScopeKind::OtherResource, |resource_type| {
                RESOURCE_KINDS
                    .iter()
                    .find(|(name, _)| resource_type == *name)
                    .map_or(ScopeKind::OtherResource, |(_, kind)| *kind)
            }),
        }
    }
}

const RESOURCE_KINDS: [(&str, ScopeKind); 3] = [
    ("Microsoft.Compute/virtualMachines", ScopeKind::VirtualMachine),
    ("Microsoft.Compute/virtualMachineScaleSets", ScopeKind::VirtualMachineScaleSet),
    ("Microsoft.HybridCompute/machines", ScopeKind::ArcMachine),
];

impl From<ResourceId> for Scope {
    fn from(id: ResourceId) -> Self {
        let segments = id.segments().count();
        if id.resource_type().is_some_and(|found| found == MANAGEMENT_GROUPS) && segments == 4 {
            Self::ManagementGroup(id)
        } else if id.resource_type().is_none() && segments == 2 {
            Self::Subscription(id)
        } else if id.resource_type().is_none() {
            Self::ResourceGroup(id)
        } else {
            Self::Resource(id)
        }
    }
}

impl FromStr for Scope {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.parse().map(ResourceId::into)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const MANAGEMENT_GROUPS: &str = "Microsoft.Management/managementGroups";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tail: &str, kind: ScopeKind) {
        let text = tail.replace("{s}", "/subscriptions/0a1b2c3d-0000-1111-2222-333344445555");
        assert_eq!(text.to_lowercase().parse::<Scope>().unwrap().kind(), kind, "{text}");
    }

    #[test]
    fn kinds_in_any_letter_case() {
        check("{s}", ScopeKind::Subscription);
        check("/providers/Microsoft.Management/managementGroups/mg", ScopeKind::ManagementGroup);
        check("{s}/resourceGroups/rg", ScopeKind::ResourceGroup);
        check(
            "{s}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm",
            ScopeKind::VirtualMachine,
        );
        check(
            "{s}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/a",
            ScopeKind::VirtualMachineScaleSet,
        );
        check("{s}/resourceGroups/rg/providers/Microsoft.HybridCompute/machines/m", ScopeKind::ArcMachine);
        check(
            "{s}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/m",
            ScopeKind::OtherResource,
        );
        check(
            "{s}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm/extensions/e",
            ScopeKind::OtherResource,
        );
    }
}
