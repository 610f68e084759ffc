//! Configuration, plan and state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin_protocol::Attr;

use crate::arm::Scope;
use crate::pricings::{Pricings, Tier};

/// The resource's attributes; what they mean stands in the schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::resources) struct Model {
    pub(super) id: Attr<String>,
    pub(super) scope: Attr<String>,
    pub(super) name: Attr<String>,
    pub(super) tier: Attr<Tier>,
    pub(super) subplan: Attr<String>,
    pub(super) enforce: Attr<bool>,
    pub(super) extensions: Attr<Extensions>,
    pub(super) extension_ownership: Attr<Ownership>,
    pub(super) on_destroy: Attr<OnDestroy>,
    pub(super) deprecated: Attr<bool>,
    pub(super) replaced_by: Attr<Vec<String>>,
    pub(super) inherited: Attr<bool>,
    pub(super) inherited_from: Attr<String>,
    pub(super) resources_coverage_status: Attr<String>,
    pub(super) all_extensions: Attr<Extensions>,
}

/// Extensions by name.
pub(super) type Extensions = BTreeMap<String, Attr<Extension>>;

/// Properties by name.
pub(super) type Properties = BTreeMap<String, Attr<String>>;

/// An extension.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Extension {
    pub(super) enabled: Attr<bool>,
    pub(super) properties: Attr<Properties>,
}

/// Which extensions the resource decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Ownership {
    /// Those that are listed.
    Listed,
    /// All: what is not listed is off.
    Exclusive,
}

/// What destroying leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum OnDestroy {
    /// What was there before.
    Restore,
    /// The plan switched off.
    Free,
    /// Everything as it is.
    Keep,
}

impl Model {
    /// A plan of which only the place is known, as after an import.
    pub(super) fn at(scope: &Scope, name: &str) -> Self {
        Self {
            id: Attr::Known(Pricings::id(scope, name)),
            scope: scope.as_str().into(),
            name: name.into(),
            tier: Attr::Null,
            subplan: Attr::Null,
            enforce: Attr::Null,
            extensions: Attr::Null,
            extension_ownership: Attr::Null,
            on_destroy: Attr::Null,
            deprecated: Attr::Null,
            replaced_by: Attr::Null,
            inherited: Attr::Null,
            inherited_from: Attr::Null,
            resources_coverage_status: Attr::Null,
            all_extensions: Attr::Null,
        }
    }

    /// Whether extensions that are not listed are to be off.
    pub(super) fn is_exclusive(&self) -> bool {
        self.extension_ownership.known() == Some(&Ownership::Exclusive)
    }

    /// The extensions that are listed and known.
    pub(super) fn listed(&self) -> impl Iterator<Item = (&String, &Extension)> {
        self.extensions
            .known()
            .into_iter()
            .flatten()
            .filter_map(|(name, extension)| Some((name, extension.known()?)))
    }

    /// Whether an extension is listed, in any letter case.
    pub(super) fn lists(&self, name: &str) -> bool {
        self.extensions
            .known()
            .is_some_and(|listed| listed.keys().any(|other| other.eq_ignore_ascii_case(name)))
    }
}

impl Extension {
    /// Whether it is on, or to be.
    pub(super) fn is_enabled(&self) -> bool {
        self.enabled.known() == Some(&true)
    }

    /// Its properties that are set and known, as text.
    pub(super) fn texts(&self) -> BTreeMap<String, String> {
        let properties = self.properties.known().into_iter().flatten();
        properties.filter_map(|(name, value)| Some((name.clone(), value.known()?.clone()))).collect()
    }
}
