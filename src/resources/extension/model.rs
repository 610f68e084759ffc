//! Configuration, plan and state.

use serde::{Deserialize, Serialize};
use tfplugin_protocol::{AnyValue, Attr};

use super::place::Place;
use crate::assignment::model::Texts;

/// The resource's attributes; what they mean stands in the schema.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::resources) struct Model {
    pub(super) id: Attr<String>,
    pub(super) target_id: Attr<String>,
    pub(super) component: Attr<String>,
    pub(super) publisher: Attr<String>,
    #[serde(rename = "type")]
    pub(super) kind: Attr<String>,
    pub(super) name: Attr<String>,
    pub(super) type_handler_version: Attr<String>,
    pub(super) auto_upgrade_minor_version: Attr<bool>,
    pub(super) automatic_upgrade_enabled: Attr<bool>,
    pub(super) settings: Attr<AnyValue>,
    pub(super) protected_settings: Attr<AnyValue>,
    pub(super) protected_settings_version: Attr<String>,
    pub(super) workspace_id: Attr<String>,
    pub(super) workspace_solutions: Texts,
    pub(super) existing_agent: Attr<Agent>,
    pub(super) onboarded_on: Attr<String>,
    pub(super) accept_preview: Attr<bool>,
    pub(super) all_settings: Attr<String>,
    pub(super) outcome: Attr<String>,
    pub(super) reports_to: Texts,
    pub(super) current_version: Attr<String>,
}

/// An agent that is on a machine already.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Agent {
    pub(super) kind: Attr<String>,
    pub(super) version: Attr<u16>,
    pub(super) workspaces: Texts,
}

impl Model {
    /// An extension of which only the place is known, as after an import.
    pub(super) fn at(place: &Place) -> Self {
        Self {
            id: place.id().into(),
            target_id: place.target.as_str().into(),
            name: place.name.as_str().into(),
            accept_preview: Attr::Known(false),
            ..Self::default()
        }
    }

    /// Whether what is there stays as it is.
    pub(super) fn is_left_alone(&self) -> bool {
        self.outcome.known().is_some_and(|outcome| ["skip", "keep"].contains(&outcome.as_str()))
    }

    /// Whether nothing is deployed.
    pub(super) fn is_skipped(&self) -> bool {
        self.outcome.known().is_some_and(|outcome| outcome == "skip")
    }
}

/// Texts as an attribute.
pub(super) fn texts(texts: impl IntoIterator<Item = String>) -> Texts {
    Attr::Known(texts.into_iter().map(Attr::Known).collect())
}
