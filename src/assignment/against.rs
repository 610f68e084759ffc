//! What is wrong with an assignment when it is held against its definition.

use std::collections::BTreeMap;

use tfplugin_protocol::model::Kind;
use tfplugin_protocol::{AnyValue, Attr, Diagnostic, Diagnostics};

use super::completing;
use super::model::Model;
use crate::policy::{Definition, Parameter, ParameterKind};

/// Checks against the definition.
pub(crate) fn against(definition: &Definition, config: &Model, planned: &Model) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let has_identity = completing::has_identity(planned);
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
        let same = |(other, _): &(&String, &Parameter)| other.eq_ignore_ascii_case(name);
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
fn wrong_kind(wanted: ParameterKind, kind: Kind) -> Option<String> {
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

/// Says that the identity has no place to live.
pub(crate) fn no_location() -> Diagnostic {
    let detail = "The identity of a policy assignment lives in a region, and Azure does not choose one. It says nothing about where \
                  the policy applies. Write:\n\n    location = \"westeurope\"";
    Diagnostic::error("The identity needs a location", detail).at("location")
}
