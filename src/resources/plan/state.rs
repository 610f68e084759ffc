//! What is remembered of a plan: the state that Terraform shows, and what stands beside it in private data.
//!
//! Azure answers 200 to a write although an extension could not be switched, reports it as enabled, and tells
//! the failure in that one answer only. So failures are remembered, and until a write succeeds the extension
//! counts as off: the next plan shows it as a change to be made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin_protocol::provider::{Call, Private};
use tfplugin_protocol::{Attr, AttributePath, Diagnostic};

use super::model::{Extension, Extensions, Model, OnDestroy, Ownership, Properties};
use crate::context::Context;
use crate::pricings::{self, Pricing, Tier, Wanted, by_name, same_value};

/// Why extensions could not be switched, by name.
pub(super) type Failures = BTreeMap<String, String>;

const FAILURES: &str = "failed_extensions";
const BEFORE: &str = "before";
const SUBPLAN: &str = "last_subplan";

/// What stood in the plan's place before this resource was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Before {
    /// A single resource without a setting of its own.
    Inherited,
    /// A setting.
    Set(Wanted),
}

impl Before {
    /// Notes what stood in the place of the plan with this id, for the day on which the resource is destroyed. What
    /// was noted before stays: a replacement of the same plan gives back what its predecessor found.
    pub(super) fn record(private: &mut Private, id: &str, before: Self) {
        let noted: Option<Noted> = private.get(BEFORE);
        if noted.is_none_or(|noted| !noted.id.eq_ignore_ascii_case(id)) {
            private.set(BEFORE, &Noted { id: id.to_owned(), before });
        }
    }

    /// What was noted of the plan with this id; nothing for an object that was imported.
    pub(super) fn recorded(private: &Private, id: &str) -> Option<Self> {
        let noted: Noted = private.get(BEFORE)?;
        noted.id.eq_ignore_ascii_case(id).then_some(noted.before)
    }
}

/// What stood in the place of one plan. Private data of a replaced object is passed to the new one, which may be
/// another plan.
#[derive(Serialize, Deserialize)]
struct Noted {
    id: String,
    before: Before,
}

/// Remembers the sub-plan of a plan that somebody has switched off, so that switching it on again does not change
/// the variant, and with it the price.
pub(super) fn remember_subplan(private: &mut Private, state: &Model, found: &Pricing) {
    if let (Attr::Known(subplan), Tier::Free) = (&state.subplan, found.tier) {
        private.set(SUBPLAN, subplan);
    }
}

/// The sub-plan that the plan had before somebody switched it off.
pub(super) fn last_subplan(private: &Private) -> Option<String> {
    private.get(SUBPLAN)
}

/// Forgets that sub-plan, once the plan is what it is to be.
pub(super) fn forget_subplan(private: &mut Private) {
    private.remove(SUBPLAN);
}

/// The failures that are remembered.
pub(super) fn failures(private: &Private) -> Failures {
    private.get(FAILURES).unwrap_or_default()
}

/// Remembers failures of extensions that the resource lists and wants on: nothing can be done here about others,
/// and one that is off has not failed.
pub(super) fn remember(private: &mut Private, planned: &Model, failures: &Failures) {
    let wanted = |name: &str| {
        planned.listed().any(|(other, extension)| other.eq_ignore_ascii_case(name) && extension.is_enabled())
    };
    let failures: Failures = failures
        .iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, why)| (name.clone(), why.clone()))
        .collect();
    if failures.is_empty() { private.remove(FAILURES) } else { private.set(FAILURES, &failures) }
}

/// Takes in what an answer says of extensions. It has the last word on those that changed; one that is off, or not
/// there, has not failed.
pub(super) fn learn(failures: &mut Failures, answer: &Pricing) {
    failures.retain(|name, _| answer.extension(name).is_some_and(|extension| extension.enabled));
    for (name, extension) in &answer.extensions {
        match &extension.outcome {
            Some(Err(reason)) => {
                failures.insert(name.clone(), reason.clone());
            }
            Some(Ok(())) => failures.retain(|other, _| !other.eq_ignore_ascii_case(name)),
            None => {}
        }
    }
}

/// Keeps remembered failures in sight of whoever reads a plan.
pub(super) fn warn_of_failures(call: &mut Call<Context>, plan: &str, failures: &Failures) {
    for (name, reason) in failures {
        let detail = format!(
            "{name} of the plan {plan} was not in effect when this was read: at the last write Azure said {reason:?}. \
             Azure may report it as enabled all the same. Until a write succeeds it counts as off here, and the next \
             apply tries again."
        );
        let warning = Diagnostic::warning("An extension is not in effect", detail);
        call.warn(warning.at(AttributePath::of("extensions")));
    }
}

/// The state of a plan as Azure reports it, in the words of `known`: what was planned, or stored before. After an
/// import, where nothing was stored, everything that is enabled is listed.
pub(super) fn refresh(known: Model, found: &Pricing, failures: &Failures) -> Model {
    let imported = known.extension_ownership.is_null();
    let subscription = found.inherited.is_none();
    Model {
        tier: Attr::Known(found.tier),
        subplan: found.subplan.clone().filter(|_| found.tier == Tier::Standard).into(),
        enforce: match found.enforce {
            Some(enforce) => Attr::Known(enforce),
            None => known.enforce.into_known().into(),
        },
        extensions: extensions(
            &known.extensions,
            imported,
            owns_all(known.extension_ownership),
            found,
            failures,
        ),
        extension_ownership: Attr::Known(known.extension_ownership.into_known().unwrap_or(Ownership::Listed)),
        on_destroy: Attr::Known(known.on_destroy.into_known().unwrap_or(OnDestroy::Restore)),
        deprecated: Attr::Known(found.deprecated),
        replaced_by: Attr::Known(found.replaced_by.clone()),
        inherited: found.inherited.into(),
        inherited_from: found.inherited_from.clone().filter(|_| !subscription).into(),
        resources_coverage_status: found.resources_coverage_status.clone().into(),
        all_extensions: Attr::Known(all(found)),
        id: known.id,
        scope: known.scope,
        name: known.name,
    }
}

fn owns_all(ownership: Attr<Ownership>) -> bool {
    ownership == Attr::Known(Ownership::Exclusive)
}

fn extensions(
    known: &Attr<Extensions>,
    imported: bool,
    owns_all: bool,
    found: &Pricing,
    failures: &Failures,
) -> Attr<Extensions> {
    let listed = known.known().into_iter().flatten();
    let mut extensions: Extensions = listed
        .filter_map(|(name, extension)| {
            let extension = refreshed(name, extension.known()?, found, failures);
            Some((name.clone(), Attr::Known(extension)))
        })
        .collect();
    if imported || owns_all {
        for (name, extension) in found.extensions.iter().filter(|(_, extension)| extension.enabled) {
            if !extensions.keys().any(|listed| listed.eq_ignore_ascii_case(name)) {
                extensions.insert(name.clone(), Attr::Known(reported(extension)));
            }
        }
    }
    if known.known().is_none() && extensions.is_empty() { Attr::Null } else { Attr::Known(extensions) }
}

/// A listed extension: on only if Azure says so and the last write did not fail.
fn refreshed(name: &str, known: &Extension, found: &Pricing, failures: &Failures) -> Extension {
    let reported = found.extension(name);
    let enabled = reported.is_some_and(|extension| extension.enabled);
    let failed = by_name(failures, name).is_some();
    let properties = match (&known.properties, reported) {
        (Attr::Known(known), Some(extension)) if enabled => Attr::Known(respelled(known, extension)),
        (Attr::Known(known), _) if known.is_empty() => Attr::Known(Properties::new()),
        (Attr::Null | Attr::Unknown, Some(extension)) if enabled => self::reported(extension).properties,
        _ => Attr::Null,
    };
    Extension { enabled: Attr::Known(enabled && !failed), properties }
}

/// Properties that are known already, with Azure's value where it means something else. What Azure holds besides
/// is not of this resource, and what it does not hold is gone.
fn respelled(known: &Properties, found: &pricings::Extension) -> Properties {
    let respell = |(name, value): (&String, &Attr<String>)| {
        let counterpart = by_name(&found.properties, name);
        match (value, counterpart) {
            (Attr::Known(value), Some(new)) if same_value(value, new) => {
                Some((name.clone(), Attr::Known(value.clone())))
            }
            (Attr::Known(_) | Attr::Unknown, Some(new)) => Some((name.clone(), Attr::Known(new.clone()))),
            (Attr::Null, _) => Some((name.clone(), Attr::Null)),
            (Attr::Known(_) | Attr::Unknown, None) => None,
        }
    };
    known.iter().filter_map(respell).collect()
}

/// An extension in Azure's own words.
fn reported(extension: &pricings::Extension) -> Extension {
    let properties: Properties =
        extension.properties.iter().map(|(name, value)| (name.clone(), Attr::Known(value.clone()))).collect();
    Extension {
        enabled: Attr::Known(extension.enabled),
        properties: if properties.is_empty() { Attr::Null } else { Attr::Known(properties) },
    }
}

fn all(found: &Pricing) -> Extensions {
    found
        .extensions
        .iter()
        .map(|(name, extension)| (name.clone(), Attr::Known(reported(extension))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::plan::testing::{Short, answer as found};

    /// The extensions of a state, in short: `Name=on{property=value}`.
    fn short(state: &Model) -> String {
        let Attr::Known(extensions) = &state.extensions else { return "none".to_owned() };
        let word = |(name, extension): (&String, &Attr<Extension>)| {
            let extension = extension.known().unwrap();
            let on = if extension.is_enabled() { "on" } else { "off" };
            let properties = extension.texts().into_iter().map(|(name, value)| format!("{name}={value}"));
            format!("{name}={on}{{{}}}", properties.collect::<Vec<_>>().join(","))
        };
        extensions.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    fn stored(extensions: &[Short<'_>], ownership: Ownership) -> Model {
        let scope = "/subscriptions/00000000-0000-0000-0000-000000000001".parse().unwrap();
        let blank = Model::at(&scope, "VirtualMachines");
        let reported = refresh(blank, &found(extensions), &Failures::new());
        let extensions = all(&found(extensions));
        Model { extension_ownership: Attr::Known(ownership), extensions: Attr::Known(extensions), ..reported }
    }

    #[test]
    fn an_import_lists_what_is_on() {
        let scope = "/subscriptions/00000000-0000-0000-0000-000000000001".parse().unwrap();
        let answer = found(&[("A", true, &[("p", "1")]), ("B", false, &[])]);
        let state = refresh(Model::at(&scope, "VirtualMachines"), &answer, &Failures::new());
        assert_eq!(short(&state), "A=on{p=1}");
        assert_eq!(state.on_destroy, Attr::Known(OnDestroy::Restore));
    }

    #[test]
    fn only_what_is_owned_can_drift_and_only_in_meaning() {
        let listed = [("A", true, &[("Cap", "5"), ("tags", "[]")][..]), ("B", false, &[])];
        for (answered, ownership, failures, expected) in [
            (
                &[("A", true, &[("cap", "5"), ("tags", "[ ]"), ("more", "x")][..]), ("C", true, &[])][..],
                Ownership::Listed,
                "",
                "A=on{Cap=5,tags=[]} B=off{}",
            ),
            (
                &[("a", true, &[("cap", "6"), ("tags", "[]")])],
                Ownership::Listed,
                "",
                "A=on{Cap=6,tags=[]} B=off{}",
            ),
            (&[("A", false, &[]), ("B", true, &[])], Ownership::Listed, "", "A=off{} B=on{}"),
            (&[("A", true, &[("cap", "5")])], Ownership::Listed, "", "A=on{Cap=5} B=off{}"),
            (
                &[("A", true, &[("cap", "5"), ("tags", "[]")])],
                Ownership::Listed,
                "a",
                "A=off{Cap=5,tags=[]} B=off{}",
            ),
            (&[("C", true, &[("p", "1")])], Ownership::Exclusive, "", "A=off{} B=off{} C=on{p=1}"),
        ] {
            let failures =
                failures.split_terminator(',').map(|name| (name.to_owned(), "no".to_owned())).collect();
            let state = refresh(stored(&listed, ownership), &found(answered), &failures);
            assert_eq!(short(&state), expected, "{answered:?}");
        }
    }

    #[test]
    fn what_was_there_before_survives_in_private_data() {
        let mut private = Private::default();
        assert_eq!(Before::recorded(&private, "/a"), None);
        let before = found(&[("A", true, &[("p", "1")]), ("B", false, &[("q", "2")])]);
        let set = Before::Set(before.to_wanted());
        for (id, before, expected) in [
            ("/a", set.clone(), &set),
            ("/A", Before::Inherited, &set),
            ("/b", Before::Inherited, &Before::Inherited),
        ] {
            Before::record(&mut private, id, before);
            assert_eq!(Before::recorded(&private, id).as_ref(), Some(expected), "{id}");
            assert_eq!(Before::recorded(&private, "/other"), None);
        }
    }

    #[test]
    fn what_an_older_version_noted_can_be_read() {
        let noted =
            br#"{"before": {"id": "/a", "before": {"set": {"tier": "Standard", "subplan": "P2", "later": 1,
            "extensions": {"A": {"enabled": true}}}}}}"#;
        let mut private = Private::default();
        let stored: serde_json::Value = serde_json::from_slice(noted).unwrap();
        private.set(BEFORE, &stored["before"]);
        let Some(Before::Set(wanted)) = Before::recorded(&private, "/A") else { panic!("not read") };
        assert_eq!((wanted.subplan.as_deref(), wanted.enforce), (Some("P2"), None));
        assert!(wanted.extensions["A"].enabled && wanted.extensions["A"].properties.is_empty());
    }
}
