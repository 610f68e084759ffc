//! From a model to the body of a write, and from Azure's answer to a state.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tfplugin_protocol::{AnyValue, Attr};

use super::model::{
    Identity, Message, Model, Override, ResourceSelector, Selector, Texts, items, known_texts,
};
use super::schema::region;
use crate::policy::{self, Assignment, ParameterValue, Properties, UserAssigned, Wanted};

/// What Azure and its portal write into metadata by themselves.
/// <https://learn.microsoft.com/azure/governance/policy/concepts/assignment-structure#metadata>
const OWN_METADATA: [&str; 6] =
    ["assignedBy", "createdBy", "createdOn", "parameterScopes", "updatedBy", "updatedOn"];

/// The body of a write.
pub(crate) fn wanted(model: &Model) -> Wanted {
    let text = |text: &Attr<String>| text.known().cloned();
    Wanted {
        location: text(&model.location),
        identity: model.identity.known().map(identity),
        properties: Properties {
            policy_definition_id: text(&model.policy_definition_id).unwrap_or_default(),
            definition_version: text(&model.definition_version),
            display_name: text(&model.display_name),
            description: text(&model.description),
            parameters: model.parameters.known().map(parameters),
            not_scopes: texts(&model.not_scopes),
            metadata: model.metadata.known().and_then(AnyValue::to_json).and_then(object),
            enforcement_mode: text(&model.enforcement_mode),
            non_compliance_messages: list(&model.non_compliance_messages, |message| policy::Message {
                message: text(&message.message).unwrap_or_default(),
                policy_definition_reference_id: text(&message.policy_definition_reference_id),
            }),
            resource_selectors: list(&model.resource_selectors, |chosen| policy::ResourceSelector {
                name: text(&chosen.name),
                selectors: list(&chosen.selectors, selector).unwrap_or_default(),
            }),
            overrides: list(&model.overrides, |change| policy::Override {
                kind: text(&change.kind).unwrap_or_default(),
                value: text(&change.value).unwrap_or_default(),
                selectors: list(&change.selectors, selector),
            }),
        },
    }
}

fn identity(wish: &Identity) -> policy::Identity {
    let ids = known_texts(&wish.identity_ids);
    let users: BTreeMap<_, _> = ids.into_iter().map(|id| (id, UserAssigned::default())).collect();
    policy::Identity {
        kind: wish.kind.known().cloned().unwrap_or_default(),
        user_assigned_identities: (!users.is_empty()).then_some(users),
        ..policy::Identity::default()
    }
}

/// Parameters that are set; null is as good as left out.
pub(crate) fn parameters(any: &AnyValue) -> BTreeMap<String, ParameterValue> {
    let entries = any.entries().unwrap_or_default().into_iter();
    let set = entries.filter(|(_, value)| !value.is_null());
    set.filter_map(|(name, value)| Some((name, ParameterValue { value: value.to_json()? }))).collect()
}

fn object(json: Value) -> Option<Map<String, Value>> {
    if let Value::Object(object) = json { Some(object) } else { None }
}

fn selector(selector: &Selector) -> policy::Selector {
    policy::Selector {
        kind: selector.kind.known().cloned().unwrap_or_default(),
        one_of: texts(&selector.one_of),
        not_in: texts(&selector.not_in),
    }
}

fn texts(attr: &Texts) -> Option<Vec<String>> {
    attr.known().map(|_| known_texts(attr))
}

fn list<T, U>(attr: &Attr<Vec<Attr<T>>>, convert: impl Fn(&T) -> U) -> Option<Vec<U>> {
    attr.known().map(|_| attr.known_items().map(convert).collect())
}

/// A state with what Azure has now. Where Azure only writes it in another way, the known spelling stays.
pub(crate) fn refresh(state: Model, found: &Assignment) -> Model {
    let is = &found.is;
    let properties = &is.properties;
    let place = is.location.as_deref();
    Model {
        id: unless_other(&state.id, Some(&found.id), str::eq_ignore_ascii_case),
        policy_definition_id: unless_other(
            &state.policy_definition_id,
            Some(&properties.policy_definition_id),
            str::eq_ignore_ascii_case,
        ),
        definition_version: text(&state.definition_version, properties.definition_version.as_deref()),
        display_name: display_name(&state, properties.display_name.as_deref()),
        description: text(&state.description, properties.description.as_deref()),
        location: unless_other(&state.location, place, |a, b| region(a) == region(b)),
        identity: refreshed_identity(&state.identity, is.identity.as_ref()),
        parameters: any(&state.parameters, found_parameters(properties), |any| {
            AnyValue::from_json(&Value::Object(plain(parameters(any))))
        }),
        metadata: found_metadata(&state.metadata, properties.metadata.as_ref()),
        not_scopes: kept(&state.not_scopes, texts_of(properties.not_scopes.as_deref())),
        enforcement_mode: properties.enforcement_mode.as_deref().unwrap_or("Default").into(),
        non_compliance_messages: kept(
            &state.non_compliance_messages,
            items(properties.non_compliance_messages.iter().flatten().map(|message| Message {
                message: message.message.as_str().into(),
                policy_definition_reference_id: optional(message.policy_definition_reference_id.as_deref()),
            })),
        ),
        resource_selectors: kept(
            &state.resource_selectors,
            items(properties.resource_selectors.iter().flatten().map(|chosen| ResourceSelector {
                name: optional(chosen.name.as_deref()),
                selectors: selectors(Some(&chosen.selectors)),
            })),
        ),
        overrides: kept(
            &state.overrides,
            items(properties.overrides.iter().flatten().map(|change| Override {
                kind: change.kind.as_str().into(),
                value: change.value.as_str().into(),
                selectors: selectors(change.selectors.as_deref()),
            })),
        ),
        principal_id: optional(found.principal()),
        tenant_id: optional(is.identity.as_ref().and_then(|identity| identity.tenant_id.as_deref())),
        ..state
    }
}

/// What keeps an assignment from some of its scope, as JSON; nothing where nothing does.
pub(crate) fn restrictions(model: &Model) -> Option<String> {
    let Properties { not_scopes, resource_selectors, overrides, .. } = wanted(model).properties;
    let is_some = [
        not_scopes.as_ref().is_some_and(|list| !list.is_empty()),
        resource_selectors.as_ref().is_some_and(|list| !list.is_empty()),
        overrides.as_ref().is_some_and(|list| !list.is_empty()),
    ];
    let all = Properties { not_scopes, resource_selectors, overrides, ..Properties::default() };
    let mut json = serde_json::to_value(all).ok()?;
    json.as_object_mut()?.remove("policyDefinitionId");
    is_some.contains(&true).then(|| json.to_string())
}

/// An assignment with such restrictions.
pub(crate) fn restricted(model: Model, restrictions: &str) -> Model {
    let mut json: Value = serde_json::from_str(restrictions).unwrap_or_default();
    let id = model.policy_definition_id.known().cloned().unwrap_or_default();
    json["policyDefinitionId"] = id.into();
    let properties: Properties = serde_json::from_value(json).unwrap_or_default();
    let found = Assignment { id: String::new(), is: Wanted { properties, ..Wanted::default() } };
    let Model { not_scopes, resource_selectors, overrides, .. } = refresh(Model::default(), &found);
    Model { not_scopes, resource_selectors, overrides, ..model }
}

/// The known spelling, unless Azure has something that is not the same.
fn unless_other(
    known: &Attr<String>,
    found: Option<&str>,
    same: impl Fn(&str, &str) -> bool,
) -> Attr<String> {
    match (known, found) {
        (Attr::Known(known), Some(found)) if same(known, found) => Attr::Known(known.clone()),
        (_, found) => optional(found),
    }
}

/// A text of which Azure takes an empty one for none.
fn text(known: &Attr<String>, found: Option<&str>) -> Attr<String> {
    match (known, found.filter(|text| !text.is_empty())) {
        (Attr::Known(known), None) if known.is_empty() => Attr::Known(known.clone()),
        (_, found) => optional(found),
    }
}

/// Azure may fill in the name where none is given.
fn display_name(state: &Model, found: Option<&str>) -> Attr<String> {
    let by_default = state.display_name.is_null() && found == state.name.known().map(String::as_str);
    if by_default { Attr::Null } else { text(&state.display_name, found) }
}

fn refreshed_identity(known: &Attr<Identity>, found: Option<&policy::Identity>) -> Attr<Identity> {
    let kind = found.map_or("None", |identity| identity.kind.as_str());
    let ids = found.and_then(|identity| identity.user_assigned_identities.as_ref());
    let ids: Vec<&String> = ids.into_iter().flatten().map(|(id, _)| id).collect();
    let known_ids = known.known().map(|identity| known_texts(&identity.identity_ids)).unwrap_or_default();
    let same_ids = ids.len() == known_ids.len()
        && ids.iter().all(|id| known_ids.iter().any(|known| known.eq_ignore_ascii_case(id)));
    match known {
        Attr::Known(identity) if same_ids && identity.kind.known().is_some_and(|known| known == kind) => {
            known.clone()
        }
        Attr::Null if kind == "None" => Attr::Null,
        Attr::Known(_) | Attr::Null | Attr::Unknown => {
            Attr::Known(Identity { kind: kind.into(), identity_ids: items(ids.into_iter().cloned()) })
        }
    }
}

fn found_parameters(properties: &Properties) -> Map<String, Value> {
    plain(properties.parameters.clone().unwrap_or_default())
}

fn plain(parameters: BTreeMap<String, ParameterValue>) -> Map<String, Value> {
    parameters.into_iter().map(|(name, parameter)| (name, parameter.value)).collect()
}

/// What Azure has of an object, unless that means what is known.
fn any(
    known: &Attr<AnyValue>,
    found: Map<String, Value>,
    of: impl Fn(&AnyValue) -> AnyValue,
) -> Attr<AnyValue> {
    let nothing = found.is_empty();
    let found = AnyValue::from_json(&Value::Object(found));
    match known {
        Attr::Known(known) if of(known).means(&found) => Attr::Known(known.clone()),
        Attr::Null if nothing => Attr::Null,
        Attr::Known(_) | Attr::Null | Attr::Unknown => Attr::Known(found),
    }
}

fn found_metadata(known: &Attr<AnyValue>, found: Option<&Map<String, Value>>) -> Attr<AnyValue> {
    let written = known.known().and_then(AnyValue::entries).unwrap_or_default();
    let found = found.cloned().unwrap_or_default().into_iter();
    let own = |name: &String| !OWN_METADATA.contains(&name.as_str()) || written.contains_key(name);
    any(known, found.filter(|(name, _)| own(name)).collect(), AnyValue::clone)
}

fn texts_of(found: Option<&[String]>) -> Texts {
    items(found.into_iter().flatten().cloned())
}

fn selectors(found: Option<&[policy::Selector]>) -> Attr<Vec<Attr<Selector>>> {
    items(found.into_iter().flatten().map(|selector| Selector {
        kind: selector.kind.as_str().into(),
        one_of: texts_of(selector.one_of.as_deref()),
        not_in: texts_of(selector.not_in.as_deref()),
    }))
}

/// An empty list that was written stays one where Azure has none.
fn kept<T>(known: &Attr<Vec<Attr<T>>>, found: Attr<Vec<Attr<T>>>) -> Attr<Vec<Attr<T>>> {
    match known {
        Attr::Known(written) if written.is_empty() && found.is_null() => Attr::Known(Vec::new()),
        Attr::Known(_) | Attr::Null | Attr::Unknown => found,
    }
}

fn optional(text: Option<&str>) -> Attr<String> {
    text.map_or(Attr::Null, Into::into)
}
