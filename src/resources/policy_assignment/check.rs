//! What is wrong with a configuration: by itself, and against the definition.

use std::collections::BTreeMap;

use tfplugin_protocol::{AnyValue, Attr, Diagnostic, Diagnostics};
use uuid::Uuid;

use super::model::{Identity, Model, Selector, Texts, known_items};
use super::planning;
use crate::arm::{IdError, ResourceId, Scope, ScopeKind};
use crate::policy::{Definition, ParameterKind, role_guid};

/// Checks what can be seen without Azure.
pub(super) fn check(config: &Model) -> Diagnostics {
    let scope = config.scope.known().map(|text| scope(text));
    let kind = scope.as_ref().and_then(|scope| Some(scope.as_ref().ok()?.kind()));
    let mut diagnostics: Diagnostics = scope.and_then(Result::err).into_iter().collect();
    let further = [
        name(config, kind),
        definition_id(config),
        identity(config),
        location(config),
        object(&config.parameters, "parameters"),
        object(&config.metadata, "metadata"),
        remediation(config, kind),
        roles(config),
        nulls(config),
    ];
    for diagnostic in further.into_iter().flatten().chain(selectors(config)) {
        diagnostics.push(diagnostic);
    }
    diagnostics
}

/// Parses a scope: anything that a policy can be assigned to.
///
/// # Errors
///
/// What is wrong with it, at the attribute.
pub(super) fn scope(text: &str) -> Result<Scope, Diagnostic> {
    text.parse().map_err(|error: IdError| {
        let beginning: String = text.chars().take(300).collect();
        let detail = format!(
            "{beginning:?} is not an id: {}. Write \"/subscriptions/00000000-0000-0000-0000-000000000000\" or \
             \"/providers/Microsoft.Management/managementGroups/NAME\", or the id of a resource group or resource.",
            error.problem()
        );
        Diagnostic::error("Not a scope of a policy assignment", detail).at("scope")
    })
}

/// <https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftauthorization>
fn name(config: &Model, kind: Option<ScopeKind>) -> Option<Diagnostic> {
    let name = config.name.known()?;
    let most = if kind == Some(ScopeKind::ManagementGroup) { 24 } else { 64 };
    let wrong =
        |detail: String| Some(Diagnostic::error("Not a name of a policy assignment", detail).at("name"));
    if name.is_empty() || name.chars().count() > most {
        let count = name.chars().count();
        return wrong(format!("The name has {count} characters; Azure takes 1 to {most} at this scope."));
    }
    if name.chars().any(|letter| "<>*%&:\\?.+/".contains(letter)) || name.ends_with(' ') {
        return wrong(format!(
            "{name:?} has a character that Azure refuses: one of <>*%&:\\?.+/ or a space at the end."
        ));
    }
    None
}

fn definition_id(config: &Model) -> Option<Diagnostic> {
    let id = config.policy_definition_id.known()?;
    let is = |id: &ResourceId| {
        let found = id.resource_type();
        found.is_some_and(|found| {
            found == "Microsoft.Authorization/policyDefinitions"
                || found == "Microsoft.Authorization/policySetDefinitions"
        })
    };
    if id.parse::<ResourceId>().is_ok_and(|id| is(&id)) {
        return None;
    }
    let beginning: String = id.chars().take(300).collect();
    let detail = format!(
        "{beginning:?} is not the id of a policy definition or initiative. Such an id looks like \
         /providers/Microsoft.Authorization/policyDefinitions/NAME or .../policySetDefinitions/NAME, and begins with its \
         subscription or management group where it is a custom one."
    );
    Some(Diagnostic::error("Not the id of a policy definition", detail).at("policy_definition_id"))
}

fn identity(config: &Model) -> Option<Diagnostic> {
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
        ("UserAssigned", 1) | ("SystemAssigned" | "None", 0) => without_identity(config, kind),
        ("UserAssigned", _) => wrong(
            "A policy assignment has exactly one user-assigned identity. Write:\n\n    identity_ids = [\"/subscriptions/...\"]",
        ),
        _ => wrong("identity_ids is for type = \"UserAssigned\" only. Leave it out, or change the type."),
    }
}

fn without_identity(config: &Model, kind: &str) -> Option<Diagnostic> {
    let roles = config.role_definition_ids.known().is_some_and(|ids| !ids.is_empty());
    (kind == "None" && roles).then(|| {
        let detail = "There is no identity to give roles to. Leave role_definition_ids out, or give the assignment an identity.";
        Diagnostic::error("Roles without an identity", detail).at("role_definition_ids")
    })
}

fn location(config: &Model) -> Option<Diagnostic> {
    let has = config.identity.known().is_some_and(|Identity { kind, .. }| match kind {
        Attr::Known(kind) => kind != "None",
        Attr::Null => true,
        Attr::Unknown => false,
    });
    (has && config.location.is_null()).then(no_location)
}

fn no_location() -> Diagnostic {
    let detail = "The identity of a policy assignment lives in a region, and Azure does not choose one. It says nothing about where \
                  the policy applies. Write:\n\n    location = \"westeurope\"";
    Diagnostic::error("The identity needs a location", detail).at("location")
}

fn object(any: &Attr<AnyValue>, attribute: &'static str) -> Option<Diagnostic> {
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
fn remediation(config: &Model, kind: Option<ScopeKind>) -> Option<Diagnostic> {
    let mode = config.remediation.known()?.mode.known()?;
    (mode == "ReEvaluateCompliance" && kind == Some(ScopeKind::ManagementGroup)).then(|| {
        let detail = "At a management group Azure remediates only what it knows not to comply: \
                      mode = \"ExistingNonCompliant\".";
        Diagnostic::error("Azure does not look again at a management group", detail).at("remediation")
    })
}

fn selectors(config: &Model) -> Vec<Diagnostic> {
    let wrong = |selector: &Selector| {
        // A value that is not known yet may turn out to be null.
        let (one_of, not_in) = (&selector.one_of, &selector.not_in);
        (one_of.is_null() && not_in.is_null()) || (one_of.known().is_some() && not_in.known().is_some())
    };
    let empty = |texts: &Texts| texts.known().is_some_and(Vec::is_empty);
    let wrong = |selector: &Selector| wrong(selector) || empty(&selector.one_of) || empty(&selector.not_in);
    let of = |attribute: &'static str, found: bool| {
        found.then(|| {
            let detail = "A selector compares with values: set one of `in` and `not_in`, with at \
                          least one value, and not both.";
            Diagnostic::error("The selector is not complete", detail).at(attribute)
        })
    };
    let resources =
        known_items(&config.resource_selectors).flat_map(|chosen| known_items(&chosen.selectors)).any(wrong);
    let overrides =
        known_items(&config.overrides).flat_map(|change| known_items(&change.selectors)).any(wrong);
    [of("resource_selectors", resources), of("overrides", overrides)].into_iter().flatten().collect()
}

fn roles(config: &Model) -> Option<Diagnostic> {
    let id = known_items(&config.role_definition_ids).find(|id| role_guid(id).parse::<Uuid>().is_err())?;
    let beginning: String = id.chars().take(300).collect();
    let detail = format!(
        "{beginning:?} is not the id of a role. Roles are never matched by name: write \
         /providers/Microsoft.Authorization/roleDefinitions/ and the role's GUID."
    );
    Some(Diagnostic::error("Not the id of a role", detail).at("role_definition_ids"))
}

/// Azure has no nulls in lists, so one would be a difference for ever.
fn nulls(config: &Model) -> Option<Diagnostic> {
    let has_null = |texts: &Texts| texts.known().is_some_and(|texts| texts.iter().any(Attr::is_null));
    let identity_ids = config.identity.known().is_some_and(|identity| has_null(&identity.identity_ids));
    let lists = [
        ("not_scopes", has_null(&config.not_scopes)),
        ("role_definition_ids", has_null(&config.role_definition_ids)),
        ("identity", identity_ids),
    ];
    let (attribute, _) = lists.into_iter().find(|(_, has)| *has)?;
    let detail = "A list has an element that is null. Leave it out, for example with compact().";
    Some(Diagnostic::error("A null in a list", detail).at(attribute))
}

/// Checks against the definition.
pub(super) fn against(definition: &Definition, config: &Model, planned: &Model) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let has_identity = planning::has_identity(planned);
    if has_identity == Some(true) && planned.location.is_null() {
        diagnostics.push(no_location());
    }
    if has_identity == Some(false) && definition.deploys() {
        let detail = format!(
            "{} deploys or changes something, and Azure assigns such a policy only with an identity. Leave identity out, \
             or write:\n\n    identity = {{ type = \"SystemAssigned\" }}",
            named(definition)
        );
        diagnostics.push(Diagnostic::error("The policy needs an identity", detail).at("identity"));
    }
    if planned.remediates() == Some(true) && definition.remediable().is_empty() {
        let detail = format!(
            "{} deploys nothing, so there is nothing to remediate. Leave remediation out.",
            named(definition)
        );
        diagnostics.push(Diagnostic::error("The policy cannot be remediated", detail).at("remediation"));
    }
    for diagnostic in parameters(definition, &config.parameters) {
        diagnostics.push(diagnostic);
    }
    diagnostics
}

fn named(definition: &Definition) -> String {
    if definition.display_name.is_empty() {
        definition.id.clone()
    } else {
        format!("{:?}", definition.display_name)
    }
}

fn parameters(definition: &Definition, written: &Attr<AnyValue>) -> Vec<Diagnostic> {
    let entries = match written {
        Attr::Unknown => return Vec::new(),
        Attr::Null => BTreeMap::new(),
        Attr::Known(any) if any.is_unknown() => return Vec::new(),
        Attr::Known(any) => any.entries().unwrap_or_default(),
    };
    let of = |name: &str| {
        let same = |(other, _): &(&String, &crate::policy::Parameter)| other.eq_ignore_ascii_case(name);
        definition.parameters.iter().find(same).map(|(_, parameter)| parameter)
    };
    let wrong = |summary: &str, detail: String| Diagnostic::error(summary, detail).at("parameters");
    let mut diagnostics = Vec::new();
    for (name, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
        let Some(parameter) = of(name) else {
            diagnostics.push(wrong("The policy has no such parameter", no_such(definition, name)));
            continue;
        };
        let objection = match value.to_json().filter(|_| value.is_wholly_known()) {
            Some(json) => parameter.objection(&json),
            None => value.kind().and_then(|kind| wrong_kind(parameter.kind, kind)),
        };
        if let Some(objection) = objection {
            let detail = format!("The parameter {name} of {} {objection}.", named(definition));
            diagnostics.push(wrong("The policy's parameter takes another value", detail));
        }
    }
    let is_set = |name: &String| {
        entries.iter().any(|(other, value)| other.eq_ignore_ascii_case(name) && !value.is_null())
    };
    let missing =
        definition.parameters.iter().filter(|(name, parameter)| parameter.default.is_none() && !is_set(name));
    for (name, _) in missing {
        let detail = format!(
            "{} has no default for its parameter {name}. Write:\n\n    parameters = {{ {name} = ... }}",
            named(definition)
        );
        diagnostics.push(wrong("The policy needs a parameter", detail));
    }
    diagnostics
}

fn no_such(definition: &Definition, name: &str) -> String {
    let names: Vec<&str> = definition.parameters.keys().map(String::as_str).collect();
    let there = if names.is_empty() {
        "It has none.".to_owned()
    } else {
        format!("There are: {}.", names.join(", "))
    };
    format!("{} has no parameter {name}. {there}", named(definition))
}

/// What is wrong with a value of which only the kind is known.
fn wrong_kind(wanted: ParameterKind, kind: tfplugin_protocol::model::Kind) -> Option<String> {
    use tfplugin_protocol::model::Kind;
    let fits = match wanted {
        ParameterKind::Text | ParameterKind::DateTime => kind == Kind::String,
        ParameterKind::Array => kind == Kind::List,
        ParameterKind::Object => kind == Kind::Object,
        ParameterKind::Boolean => kind == Kind::Bool,
        ParameterKind::Integer | ParameterKind::Float => kind == Kind::Number,
        ParameterKind::Other => true,
    };
    (!fits).then(|| "takes a value of another type".to_owned())
}
