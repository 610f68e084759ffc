//! What the rules are told of a plan. Pure.

use std::collections::BTreeSet;

use tfplugin_protocol::{Attr, AttributePath};

use super::model::{Extension, Model};
use crate::arm::{Scope, ScopeKind};
use crate::availability::{Fact, Facts, Live, Subject, Wish};
use crate::catalog::model::Plan;
use crate::context::fact;
use crate::pricings::{Pricing, Tier};

/// What a configuration says by itself.
pub(super) fn of_config(config: &Model, scope: Option<&Scope>) -> Facts {
    Facts {
        plan: fact(&config.name),
        enabled: enabled(config.tier),
        subplan: fact(&config.subplan),
        enforce: fact(&config.enforce),
        resource_level: scope.map_or(Fact::Unknown, |scope| Fact::Known(is_single(scope))),
        extensions: wishes(config),
        ..Facts::default()
    }
}

/// What is planned: a sub-plan that is kept counts as wanted, one that Azure chooses as not named.
pub(super) fn of_plan(config: &Model, planned: &Model, scope: Option<&Scope>) -> Facts {
    let subplan = if planned.subplan.is_unknown() { &config.subplan } else { &planned.subplan };
    let place = Facts { subplan: fact(subplan), ..of_config(config, scope) };
    Facts { plan: fact(&planned.name), enabled: enabled(planned.tier), ..place }
}

/// A plan as the state has it.
pub(super) fn live_in_state(state: &Model) -> Live {
    let all = state.all_extensions.known().into_iter().flatten();
    let on =
        all.filter_map(|(name, extension)| Some((name, extension.known().filter(|one| one.is_enabled())?)));
    Live {
        on: state.tier == Attr::Known(Tier::Standard),
        subplan: state.subplan.known().cloned(),
        extensions: on
            .map(|(name, extension)| (name.clone(), extension.texts().into_keys().collect()))
            .collect(),
        managed_by: None,
        deprecated: state.deprecated == Attr::Known(true),
        replaced_by: state.replaced_by.known().cloned().unwrap_or_default(),
    }
}

/// A plan as Azure reports it. What a single resource inherits is not there yet.
pub(super) fn live_in_azure(found: &Pricing) -> Fact<Live> {
    if found.inherited == Some(true) {
        return Fact::Absent;
    }
    let on = found.extensions.iter().filter(|(_, extension)| extension.enabled);
    let names = |(name, extension): (&String, &crate::pricings::Extension)| {
        (name.clone(), extension.properties.keys().cloned().collect::<BTreeSet<_>>())
    };
    Fact::Known(Live {
        on: found.tier == Tier::Standard,
        subplan: found.subplan.clone(),
        extensions: on.map(names).collect(),
        managed_by: found.managed_by.clone(),
        deprecated: found.deprecated,
        replaced_by: found.replaced_by.clone(),
    })
}

/// What Azure may have, as far as rules could care: nothing, the plan off, the plan on with any sub-plan.
pub(super) fn possibilities(plan: Option<&Plan>) -> Vec<Fact<Live>> {
    let on = |subplan| Fact::Known(Live { on: true, subplan, ..Live::default() });
    let subplans =
        plan.into_iter().flat_map(|plan| plan.subplans.iter().map(|subplan| Some(subplan.name.clone())));
    let mut possible = vec![Fact::Absent, Fact::Known(Live::default()), on(None)];
    possible.extend(subplans.map(on));
    possible
}

/// Where a user wrote what a finding is about; nowhere for the cloud, of which the provider block speaks.
pub(super) fn path(subject: &Subject) -> Option<AttributePath> {
    Some(match subject {
        Subject::Cloud => return None,
        Subject::Tier => AttributePath::of("tier"),
        Subject::Subplan => AttributePath::of("subplan"),
        Subject::Scope => AttributePath::of("scope"),
        Subject::Enforce => AttributePath::of("enforce"),
        Subject::Extensions => AttributePath::of("extensions"),
        // Terraform finds the line of a map's element, but not of what is inside it.
        Subject::Extension(name) | Subject::Property(name, _) => AttributePath::of("extensions").key(name),
        Subject::Removal => AttributePath::of("on_destroy"),
        Subject::Plan
        | Subject::Component
        | Subject::Target
        | Subject::Workspace
        | Subject::Region
        | Subject::Remediation
        | Subject::Policy
        | Subject::Setting => AttributePath::of("name"),
    })
}

pub(super) fn is_single(scope: &Scope) -> bool {
    scope.kind() != ScopeKind::Subscription
}

/// A plan is on unless it is said to be off.
fn enabled(tier: Attr<Tier>) -> Fact<bool> {
    match tier {
        Attr::Known(tier) => Fact::Known(tier == Tier::Standard),
        Attr::Null => Fact::Known(true),
        Attr::Unknown => Fact::Unknown,
    }
}

fn wishes(config: &Model) -> Fact<Vec<Wish>> {
    let wish = |(name, extension): (&String, &Attr<Extension>)| {
        let (enabled, properties) = match extension {
            Attr::Null => return None,
            Attr::Unknown => (Fact::Unknown, Fact::Unknown),
            Attr::Known(Extension { enabled, properties }) => (
                if enabled.is_null() { Fact::Known(true) } else { fact(enabled) },
                fact(properties).map(|properties| {
                    properties.into_iter().map(|(name, value)| (name, fact(&value))).collect()
                }),
            ),
        };
        Some(Wish { name: name.clone(), enabled, properties })
    };
    let listed: Fact<Vec<Wish>> =
        fact(&config.extensions).map(|extensions| extensions.iter().filter_map(wish).collect());
    // Who decides on all extensions and lists none has them all off, which is meant.
    let none = listed.known().is_none_or(Vec::is_empty);
    if config.is_exclusive() && none { Fact::Unknown } else { listed }
}
