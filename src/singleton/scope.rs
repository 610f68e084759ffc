//! Settings of a subscription: where they are, and what names one.

use tfplugin_protocol::provider::{IdentityAttribute, ImportTarget};
use tfplugin_protocol::{Attr, Diagnostic, Result, Value};

use super::kind::{DefaultScope, Frame, Framed, Kind, Place};
use crate::arm::{IdError, Scope, ScopeKind};
use crate::context::parse_id;

/// The identity of a setting of which a subscription has one.
pub(crate) const SUBSCRIPTION: IdentityAttribute = IdentityAttribute {
    name: "scope",
    description: "The subscription's id. Default: the provider's subscription.",
    required: false,
};

/// What an import names.
#[derive(Debug)]
pub(crate) struct Target {
    /// The subscription.
    pub(crate) scope: Scope,
    /// The name, where it was given.
    pub(crate) name: Option<String>,
}

/// Parses a subscription.
///
/// # Errors
///
/// What is wrong with it, at the attribute `scope`.
pub(crate) fn subscription(text: &str) -> Result<Scope, Diagnostic> {
    let beginning: String = text.chars().take(300).collect();
    let wrong = |problem: &str| {
        let full = format!("/subscriptions/{beginning}");
        let is_guid = full.parse::<Scope>().is_ok_and(|scope| scope.kind() == ScopeKind::Subscription);
        let write =
            if is_guid { full } else { "/subscriptions/00000000-0000-0000-0000-000000000000".to_owned() };
        let detail = format!(
            "{beginning:?} is not the id of a subscription: {problem}. Write {write:?}. For all subscriptions of a \
             management group, use for_each over them."
        );
        Diagnostic::error("Not a subscription", detail).at("scope")
    };
    let scope: Scope = text.parse().map_err(|error: IdError| wrong(error.problem()))?;
    match scope.kind() {
        ScopeKind::Subscription => Ok(scope),
        ScopeKind::ManagementGroup => Err(wrong("it is that of a management group")),
        ScopeKind::ResourceGroup
        | ScopeKind::VirtualMachine
        | ScopeKind::VirtualMachineScaleSet
        | ScopeKind::ArcMachine
        | ScopeKind::OtherResource => Err(wrong("it goes on after the subscription")),
    }
}

/// The place of a setting with this name in the model's subscription, as far as that is known.
///
/// # Errors
///
/// What is wrong with the subscription.
pub(crate) fn at_subscription<K: Kind>(model: &K::Model, name: &str, what: &str) -> Result<Option<Place>> {
    let frame = model.frame();
    let scope = frame.place.known().map(|text| subscription(text)).transpose()?;
    Ok(scope.map(|scope| Place::new::<K>(scope, name, what.to_owned())))
}

/// The identity of an object that its subscription tells.
pub(crate) fn subscription_identity(scope: &Attr<String>) -> Option<Value> {
    Some(Value::from_iter([("scope", Value::from(scope.known()?.as_str()))]))
}

/// Reads what is to be imported; `what` is what an id is of, such as `a setting`, and `example` a name.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) fn imported<K: Kind>(
    target: ImportTarget<'_>,
    default_scope: &DefaultScope<'_>,
    what: &str,
    example: &str,
) -> Result<Target> {
    match target {
        ImportTarget::Id(id) => {
            let (scope, name) = parse_id(id, K::TYPE, what, example)?;
            Ok(Target { scope: subscription(scope.as_str())?, name: Some(name) })
        }
        ImportTarget::Identity(identity) => {
            let scope = match identity.get("scope").as_str() {
                Some(scope) => subscription(scope)?,
                None => default_scope()?,
            };
            Ok(Target { scope, name: identity.get("name").as_str().map(str::to_owned) })
        }
    }
}

/// The same for a setting of which a subscription has one, and its name is no choice; returns the model as far as it is
/// known. `also` says which other names mean the same.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) fn imported_only<K: Kind>(
    target: ImportTarget<'_>,
    default_scope: &DefaultScope<'_>,
    what: &str,
    name: &str,
    also: impl Fn(&str) -> bool,
) -> Result<K::Model>
where
    K::Model: Default,
{
    let target = imported::<K>(target, default_scope, what, name)?;
    if let Some(other) = target.name.filter(|other| !other.eq_ignore_ascii_case(name) && !also(other)) {
        let detail = format!("The only {} is named {name}, not {other:?}.", K::TYPE);
        return Err(Diagnostic::error(format!("Not the id of {what}"), detail).into());
    }
    let mut model = K::Model::default();
    model.set_frame(Frame { place: target.scope.as_str().into(), ..Frame::default() });
    with_id::<K>(model)
}

/// A model that tells its place, with the id that follows from that.
///
/// # Errors
///
/// What is wrong with the place.
pub(crate) fn with_id<K: Kind>(mut model: K::Model) -> Result<K::Model> {
    let id = K::place(&model)?.map(|place| place.id);
    model.set_frame(Frame { id: id.into(), ..model.frame() });
    Ok(model)
}
