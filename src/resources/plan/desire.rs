//! What to ask of Azure, and whether the answer is what was asked for. Pure.

use tfplugin_protocol::{Attr, AttributePath, Diagnostic, Diagnostics};

use super::model::{Extension, Model};
use super::state::Failures;
use crate::catalog::Catalog;
use crate::pricings::{Pricing, Setting, Tier, Wanted, by_name, same_value};

/// What is there before a write, as far as the write depends on it.
#[derive(Clone, Debug, Default)]
pub(super) struct Live {
    pub(super) subplan: Option<String>,
    pub(super) enforce: Option<bool>,
    /// Names of extensions that are on.
    pub(super) enabled: Vec<String>,
}

impl Live {
    /// From an answer of Azure.
    pub(super) fn of(pricing: Option<&Pricing>) -> Self {
        let Some(pricing) = pricing else { return Self::default() };
        let enabled = pricing.extensions.iter().filter(|(_, extension)| extension.enabled);
        Self {
            subplan: pricing.subplan.clone(),
            enforce: pricing.enforce.filter(|_| pricing.inherited.is_none()),
            enabled: enabled.map(|(name, _)| name.clone()).collect(),
        }
    }

    /// From the state.
    pub(super) fn in_state(state: &Model) -> Self {
        let all = state.all_extensions.known().into_iter().flatten();
        let enabled = all.filter(|(_, extension)| extension.known().is_some_and(Extension::is_enabled));
        Self {
            subplan: state.subplan.known().cloned(),
            enforce: state.enforce.known().copied(),
            enabled: enabled.map(|(name, _)| name.clone()).collect(),
        }
    }
}

/// The write that makes a plan true. The sub-plan always goes along, because Azure takes a missing one for the
/// full plan: <https://learn.microsoft.com/rest/api/defenderforcloud/pricings/update#request-body>.
pub(super) fn wanted(planned: &Model, live: &Live) -> Wanted {
    let tier = planned.tier.known().copied().unwrap_or(Tier::Standard);
    let subplan = planned.subplan.known().or(live.subplan.as_ref());
    let listed = planned.listed().filter(|(name, extension)| {
        // What the sub-plan does not have is off, and Azure refuses to be told so.
        extension.is_enabled() || !is_foreign(planned, subplan, name)
    });
    let listed = listed.map(|(name, extension)| {
        (name.clone(), Setting { enabled: extension.is_enabled(), properties: extension.texts() })
    });
    let mut wanted = Wanted {
        tier,
        subplan: subplan.cloned(),
        enforce: if planned.enforce.is_null() {
            None
        } else {
            planned.enforce.known().copied().or(live.enforce)
        },
        extensions: listed.collect(),
    };
    // Extensions of another sub-plan may not be there any more; the answer tells which are.
    if planned.is_exclusive() && subplan == live.subplan.as_ref() {
        switch_off(&mut wanted, live.enabled.iter().filter(|name| !planned.lists(name)));
    }
    wanted
}

/// Whether the catalogue knows that a sub-plan does not have an extension.
fn is_foreign(planned: &Model, subplan: Option<&String>, extension: &str) -> bool {
    let plan = planned.name.known().and_then(|name| Catalog::get().plan(name));
    let known = plan.and_then(|plan| plan.extension(extension));
    known.is_some_and(|known| subplan.is_some_and(|subplan| !known.is_in(subplan)))
}

/// A write that switches off what failed before and is to be on, so that switching it on is a change to Azure.
pub(super) fn off_before(wanted: &Wanted, failures: &Failures) -> Option<Wanted> {
    let mut off = wanted.clone();
    for (name, setting) in &mut off.extensions {
        if setting.enabled && by_name(failures, name).is_some() {
            *setting = Setting::default();
        }
    }
    (off != *wanted).then_some(off)
}

/// What is to be left behind, without the enforcement that this resource has brought: it would lock every resource
/// of the subscription to a plan that is off.
pub(super) fn unenforced(wanted: Wanted, state: &Model) -> Wanted {
    let enforce = wanted.enforce.or_else(|| (state.enforce == Attr::Known(true)).then_some(false));
    Wanted { enforce, ..wanted }
}

/// A second write, where the answer to the first shows that it takes one: extensions that Azure switched on by
/// itself and that are to be off, or that it left as they were.
pub(super) fn again(planned: &Model, first: &Wanted, answer: &Pricing) -> Option<Wanted> {
    if answer.tier == Tier::Free {
        return None;
    }
    let mut second = first.clone();
    if planned.is_exclusive() {
        switch_off(&mut second, surplus(planned, answer));
    }
    let unmet = planned.listed().any(|(name, extension)| {
        let found = answer.extension(name);
        let on = found.is_some_and(|found| found.enabled);
        on != extension.is_enabled() && !found.is_some_and(|found| matches!(found.outcome, Some(Err(_))))
    });
    (unmet || second != *first).then_some(second)
}

/// A second write on the way back, where Azure switched extensions on by itself that were not there before.
pub(super) fn restored_further(before: &Wanted, answer: &Pricing) -> Option<Wanted> {
    let on = answer.extensions.iter().filter(|(_, extension)| extension.enabled).map(|(name, _)| name);
    let mut second = before.clone();
    switch_off(&mut second, on.filter(|name| by_name(&before.extensions, name).is_none()));
    (before.tier == Tier::Standard && second != *before).then_some(second)
}

/// Everything in which an answer falls short of what was planned, at the attribute that is not true.
pub(super) fn shortfalls(planned: &Model, answer: &Pricing, failures: &Failures) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let mut expect = |attribute: &str, planned: Option<String>, found: Option<String>| {
        if let Some(planned) = planned.filter(|planned| found.as_ref() != Some(planned)) {
            let found = found.unwrap_or_else(|| "nothing".to_owned());
            let detail = format!("{planned} was asked for, and Azure answered with {found}.");
            diagnostics
                .push(Diagnostic::error(format!("Azure did not take {attribute}"), detail).at(attribute));
        }
    };
    let tier = planned.tier.known().map(|tier| tier.as_str().to_owned());
    expect("tier", tier, Some(answer.tier.as_str().to_owned()));
    expect("subplan", planned.subplan.known().cloned(), answer.subplan.clone());
    let enforce = planned.enforce.known().filter(|_| answer.enforce.is_some());
    expect("enforce", enforce.map(bool::to_string), answer.enforce.map(|enforce| enforce.to_string()));
    for (name, extension) in planned.listed() {
        diagnostics.extend(extension_shortfall(name, extension, answer, failures));
    }
    if planned.is_exclusive() {
        for name in surplus(planned, answer) {
            let detail =
                format!("{name} is on although extension_ownership is \"exclusive\" and it is not listed.");
            diagnostics
                .push(Diagnostic::error("Azure did not switch an extension off", detail).at("extensions"));
        }
    }
    diagnostics.extend(failures_of_others(planned, failures));
    diagnostics
}

/// Extensions that are on and not listed.
fn surplus<'a>(planned: &'a Model, answer: &'a Pricing) -> impl Iterator<Item = &'a String> {
    let enabled = answer.extensions.iter().filter(|(_, extension)| extension.enabled);
    enabled.map(|(name, _)| name).filter(|name| !planned.lists(name))
}

fn switch_off<'a>(wanted: &mut Wanted, names: impl Iterator<Item = &'a String>) {
    wanted.extensions.extend(names.map(|name| (name.clone(), Setting::default())));
}

fn extension_shortfall(
    name: &str,
    planned: &Extension,
    answer: &Pricing,
    failures: &Failures,
) -> Option<Diagnostic> {
    let path = AttributePath::of("extensions").key(name);
    if let Some(reason) = by_name(failures, name) {
        let detail = format!("{name} of the plan {}: {reason}.{}", answer.name, missing_roles(reason));
        return Some(Diagnostic::error("An extension could not be switched", detail).at(path));
    }
    let wrong = |summary: &str, detail: String| Some(Diagnostic::error(summary, detail).at(path.clone()));
    let Some(found) = answer.extension(name) else {
        let offered = answer.extensions.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let offered = if offered.is_empty() { "none".to_owned() } else { offered };
        let subplan =
            answer.subplan.as_ref().map(|subplan| format!(" with sub-plan {subplan}")).unwrap_or_default();
        // What does not exist is off.
        return planned.is_enabled().then(|| {
            wrong(
                "Azure does not offer the extension",
                format!("The plan {}{subplan} has no extension {name}. It has: {offered}.", answer.name),
            )
        })?;
    };
    if found.enabled != planned.is_enabled() {
        let word = |on: bool| if on { "on" } else { "off" };
        return wrong(
            "Azure did not switch an extension",
            format!(
                "{name} is {} although it was to be {}.",
                word(found.enabled),
                word(planned.is_enabled())
            ),
        );
    }
    let texts = planned.texts();
    let refused = texts.iter().find(|(property, value)| {
        !by_name(&found.properties, property).is_some_and(|found| same_value(value, found))
    });
    let (property, _) = refused.filter(|_| planned.is_enabled())?;
    wrong(
        "Azure did not take a property",
        format!("{property} of {name} is not what was asked for; the state now holds what Azure answered."),
    )
}

/// Extensions of no resource's list that Azure switched by itself and failed to: nothing to mend here, but
/// nothing to keep quiet about.
fn failures_of_others(planned: &Model, failures: &Failures) -> Vec<Diagnostic> {
    let others = failures.iter().filter(|(name, _)| !planned.lists(name));
    let warning = |(name, reason): (&String, &String)| {
        let detail = format!(
            "Azure tried to switch {name}, which this resource does not list, and failed: {reason}.{}",
            missing_roles(reason)
        );
        Diagnostic::warning("An extension that is not listed failed", detail).at("extensions")
    };
    others.map(warning).collect()
}

/// Names the roles behind the ids in Azure's message, and the role that may grant them.
/// <https://learn.microsoft.com/azure/defender-for-cloud/permissions>
fn missing_roles(reason: &str) -> String {
    let catalog = Catalog::get();
    let word = |c: char| !(c.is_ascii_hexdigit() || c == '-');
    let ids = reason.split(word).filter(|text| text.len() == 36 && text.matches('-').count() == 4);
    let names: Vec<_> = ids
        .map(|id| catalog.role(id).map_or_else(|| id.to_owned(), |role| format!("{} ({id})", role.name)))
        .collect();
    if names.is_empty() {
        return String::new();
    }
    format!(
        " Azure assigns the role {} to the extension's own identity, which needs Owner, or another role with \
         Microsoft.Authorization/roleAssignments/write, on the subscription. Grant it to whoever runs Terraform and \
         apply again.",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::plan::model::{Ownership, Properties};
    use crate::resources::plan::testing::{Short, answer};

    fn planned(extensions: &[Short<'_>], ownership: Ownership) -> Model {
        let scope = "/subscriptions/00000000-0000-0000-0000-000000000001".parse().unwrap();
        let extension = |(name, enabled, properties): &Short<'_>| {
            let properties: Properties =
                properties.iter().map(|(name, value)| ((*name).to_owned(), Attr::from(*value))).collect();
            let properties = if properties.is_empty() { Attr::Unknown } else { Attr::Known(properties) };
            ((*name).to_owned(), Attr::Known(Extension { enabled: Attr::Known(*enabled), properties }))
        };
        Model {
            tier: Attr::Known(Tier::Standard),
            subplan: Attr::Unknown,
            enforce: Attr::Unknown,
            extensions: Attr::Known(extensions.iter().map(extension).collect()),
            extension_ownership: Attr::Known(ownership),
            ..Model::at(&scope, "CloudPosture")
        }
    }

    fn names(wanted: &Wanted) -> String {
        let word = |(name, setting): (&String, &Setting)| format!("{name}={}", setting.enabled);
        wanted.extensions.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_not_configured_goes_along_as_it_is() {
        let live = Live::of(Some(&answer(&[("A", true, &[]), ("B", true, &[])])));
        let listed = wanted(&planned(&[("a", false, &[])], Ownership::Listed), &live);
        assert_eq!((listed.subplan.as_deref(), listed.enforce), (Some("P2"), Some(true)));
        assert_eq!(names(&listed), "a=false");
        let exclusive = wanted(&planned(&[("a", false, &[])], Ownership::Exclusive), &live);
        assert_eq!(names(&exclusive), "B=false a=false");
    }

    #[test]
    fn a_second_write_is_for_what_the_first_left_undone() {
        for (extensions, ownership, answered, expected) in [
            (
                &[("A", true, &[][..])][..],
                Ownership::Listed,
                &[("A", true, &[][..]), ("B", true, &[])][..],
                None,
            ),
            (
                &[("A", true, &[])],
                Ownership::Exclusive,
                &[("A", true, &[]), ("B", true, &[])],
                Some("A=true B=false"),
            ),
            (&[("A", true, &[])], Ownership::Exclusive, &[("A", true, &[]), ("B", false, &[])], None),
            (&[("A", true, &[])], Ownership::Listed, &[("A", false, &[])], Some("A=true")),
            (&[("A", true, &[])], Ownership::Listed, &[], Some("A=true")),
            (&[("A", false, &[])], Ownership::Listed, &[], None),
        ] {
            let planned = planned(extensions, ownership);
            let first = wanted(&planned, &Live::default());
            let second = again(&planned, &first, &answer(answered));
            assert_eq!(second.as_ref().map(names).as_deref(), expected, "{extensions:?} {answered:?}");
        }
    }

    #[test]
    fn shortfalls_name_the_attribute_and_what_to_do() {
        let failures = |name: &str| {
            let reason =
                "Failed assigning roles {d5a2ae44-610b-4500-93be-660a0c5f5ca6} to {identityName} for plan";
            Failures::from([(name.to_owned(), reason.to_owned())])
        };
        for (extensions, answered, failures, expected) in [
            (&[("A", true, &[][..])][..], &[("A", true, &[][..])][..], Failures::new(), ""),
            (&[("A", true, &[])], &[("A", true, &[])], failures("a"), "Kubernetes Agentless Operator"),
            (&[("A", true, &[])], &[("A", true, &[])], failures("b"), "which this resource does not list"),
            (&[("A", true, &[])], &[("B", true, &[])], Failures::new(), "has no extension A. It has: B."),
            (&[("A", false, &[])], &[("A", true, &[])], Failures::new(), "A is on although it was to be off"),
            (
                &[("A", true, &[("cap", "5")])],
                &[("A", true, &[("Cap", "6")])],
                Failures::new(),
                "cap of A is not",
            ),
            (&[("A", true, &[("tags", "[ ]")])], &[("A", true, &[("Tags", "[]")])], Failures::new(), ""),
        ] {
            let planned = planned(extensions, Ownership::Listed);
            let text = shortfalls(&planned, &answer(answered), &failures).to_string();
            assert!(if expected.is_empty() { text.is_empty() } else { text.contains(expected) }, "{text}");
        }
    }

    #[test]
    fn the_way_back_switches_off_what_azure_switched_on() {
        let before = answer(&[("A", true, &[]), ("B", false, &[])]).to_wanted();
        let further = |answered| restored_further(&before, &answer(answered)).as_ref().map(names);
        assert_eq!(further(&[("A", true, &[]), ("B", true, &[])]), None, "Azure was told already");
        assert_eq!(further(&[("A", true, &[]), ("C", true, &[])]).as_deref(), Some("A=true B=false C=false"));
    }
}
