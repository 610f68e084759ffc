//! What is wrong with the parts of a configuration that are about any assignment.

use tfplugin_protocol::{AnyValue, Attr, Diagnostic};

use super::against::no_location;
use super::model::{Identity, Model};
use crate::arm::ScopeKind;

/// An identity is of one kind, and complete.
pub(crate) fn identity(config: &Model) -> Option<Diagnostic> {
    let identity = config.identity.known()?;
    let wrong = |detail: &str| Some(Diagnostic::error("The identity is not complete", detail).at("identity"));
    let count = match &identity.identity_ids {
        Attr::Unknown => return None,
        Attr::Null => 0,
        Attr::Known(ids) => ids.len(),
    };
    let kind = match &identity.kind {
        Attr::Unknown => return None,
        Attr::Null if identity.identity_ids.is_null() => "SystemAssigned",
        Attr::Null => "UserAssigned",
        Attr::Known(kind) => kind,
    };
    match (kind, count) {
        ("UserAssigned", 1) | ("SystemAssigned" | "None", 0) => None,
        ("UserAssigned", _) => wrong(
            "A policy assignment has exactly one user-assigned identity. Write:\n\n    identity_ids = [\"/subscriptions/...\"]",
        ),
        _ => wrong("identity_ids is for type = \"UserAssigned\" only. Leave it out, or change the type."),
    }
}

/// An identity that is asked for has a place.
pub(crate) fn location(config: &Model) -> Option<Diagnostic> {
    let has = config.identity.known().is_some_and(|Identity { kind, .. }| match kind {
        Attr::Known(kind) => kind != "None",
        Attr::Null => true,
        Attr::Unknown => false,
    });
    (has && config.location.is_null()).then(no_location)
}

/// Something of any type is an object.
pub(crate) fn object(any: &Attr<AnyValue>, attribute: &'static str) -> Option<Diagnostic> {
    let any = any.known()?;
    if any.is_unknown() || any.is_null() || any.entries().is_some() {
        return None;
    }
    let detail = format!(
        "{attribute} takes an object, such as {{ name = \"value\" }}, and not a {}.",
        any.type_name()
    );
    Some(Diagnostic::error("Not an object", detail).at(attribute))
}

/// <https://learn.microsoft.com/azure/governance/policy/concepts/remediation-structure#resource-discovery>
pub(crate) fn remediation(config: &Model, kind: Option<ScopeKind>) -> Option<Diagnostic> {
    let mode = config.remediation.known()?.mode.known()?;
    (mode == "ReEvaluateCompliance" && kind == Some(ScopeKind::ManagementGroup)).then(|| {
        let detail = "At a management group Azure remediates only what it knows not to comply: \
                      mode = \"ExistingNonCompliant\".";
        Diagnostic::error("Azure does not look again at a management group", detail).at("remediation")
    })
}
