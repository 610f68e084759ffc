//! Moves: an object that another resource type has managed so far, often one of another provider.

use std::fmt;

use serde_json::Value as Json;

use super::Private;
use crate::{Diagnostic, Diagnostics};

/// What a `moved` block starts from: an object in the state of another resource type (Terraform 1.8 and later).
#[derive(Clone, Copy)]
pub struct MoveSource<'a> {
    /// The address of the provider, such as `registry.terraform.io/hashicorp/azurerm`.
    pub provider: &'a str,
    /// The resource type.
    pub type_name: &'a str,
    /// The version of the type's schema that the state was written in.
    pub schema_version: i64,
    /// The object, as it stands in the state file.
    pub state: &'a Json,
    /// Its identity, where it has one.
    pub identity: Option<&'a Json>,
}

impl<'a> MoveSource<'a> {
    /// Whether this is an object of the provider `name`, such as `hashicorp/azurerm`, whichever registry it came
    /// from: those of Terraform and OpenTofu have the same providers under the same names.
    pub fn is_of(&self, name: &str) -> bool {
        let Some((host, provider)) = self.provider.split_once('/') else { return false };
        let known = ["registry.terraform.io", "registry.opentofu.org"];
        known.iter().any(|known| host.eq_ignore_ascii_case(known)) && provider.eq_ignore_ascii_case(name)
    }

    /// A text of the object; nothing where it is missing, null, empty or no text.
    pub fn text(&self, attribute: &str) -> Option<&'a str> {
        self.state.get(attribute)?.as_str().filter(|text| !text.is_empty())
    }

    /// The refusal of an object of which `target` makes nothing, with the ones of which it does, such as
    /// ``"`disk` of `example/storage`"``.
    pub fn refused(&self, target: &str, movable: &[&str]) -> Diagnostics {
        let instead = match movable {
            [] => format!("Nothing can be moved to {target}."),
            movable => format!("What can be moved to {target}: {}.", movable.join(", ")),
        };
        self.refused_because(target, &format!("{instead} Import the object into {target} instead."))
    }

    /// The refusal for another reason, with what takes the object out of the state and leaves it as it is.
    pub fn refused_because(&self, target: &str, reason: &str) -> Diagnostics {
        let Self { type_name, provider, .. } = self;
        let detail = format!(
            "{type_name} of {provider} cannot become {target}. {reason} This takes the old resource out of the \
             state and leaves the object as it is; put the resource's own name for NAME:\n\n  removed {{\n    from \
             = {type_name}.NAME\n    lifecycle {{\n      destroy = false\n    }}\n  }}"
        );
        Diagnostic::error("The resource cannot be moved", detail).into()
    }
}

/// Without the state, which may hold secrets.
impl fmt::Debug for MoveSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MoveSource")
            .field("provider", &self.provider)
            .field("type_name", &self.type_name)
            .field("schema_version", &self.schema_version)
            .finish_non_exhaustive()
    }
}

/// What a move ends in. It is read before it is planned, as everything in the state is.
#[derive(Clone, Debug)]
pub struct Moved<M> {
    /// The object, nothing unknown.
    pub state: M,
    /// What is kept beside it.
    pub private: Private,
    /// What of the source has no place in it: the user is told.
    pub warnings: Diagnostics,
}

/// With nothing beside the state, and nothing lost.
impl<M> From<M> for Moved<M> {
    fn from(state: M) -> Self {
        Self { state, private: Private::default(), warnings: Diagnostics::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source<'a>(provider: &'a str, state: &'a Json) -> MoveSource<'a> {
        MoveSource { provider, type_name: "storage_disk", schema_version: 0, state, identity: None }
    }

    #[test]
    fn a_provider_is_known_by_its_name_in_either_registry() {
        for (address, expected) in [
            ("registry.terraform.io/example/storage", true),
            ("registry.opentofu.org/example/storage", true),
            ("Registry.OpenTofu.org/Example/STORAGE", true),
            ("registry.terraform.io/example/storage2", false),
            ("registry.terraform.io/other/storage", false),
            ("terraform.example.com/example/storage", false),
            ("example/storage", false),
            ("", false),
        ] {
            assert_eq!(source(address, &Json::Null).is_of("example/storage"), expected, "{address}");
        }
    }

    #[test]
    fn only_texts_are_texts_and_no_state_is_shown() {
        let state =
            serde_json::json!({"name": "n", "empty": "", "null": null, "number": 1, "secret": "hunter2"});
        let source = source("registry.terraform.io/example/storage", &state);
        let texts = ["name", "empty", "null", "number", "other"].map(|name| source.text(name));
        assert_eq!(texts, [Some("n"), None, None, None, None]);
        let refusal = source.refused("echo_thing", &["`a` of `b/c`"]).to_string();
        assert!(refusal.contains("What can be moved to echo_thing: `a` of `b/c`."), "{refusal}");
        assert!(refusal.contains("from = storage_disk.NAME"), "{refusal}");
        assert!(!format!("{source:?} {refusal}").contains("hunter2"));
    }
}
