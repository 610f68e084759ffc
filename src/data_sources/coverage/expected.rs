//! What plans should be, and what of it is not so.

use std::collections::BTreeMap;

use tfplugin_protocol::{Attr, AttributePath, Diagnostic, Diagnostics};

use super::causes::Cause;
use super::model::{Difference, Expected, PlanModel};
use crate::availability::plan_named;
use crate::catalog::Catalog;
use crate::pricings::Tier;

/// What one plan should be.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) plan: String,
    tier: Tier,
    subplan: Option<String>,
    extensions: BTreeMap<String, bool>,
}

/// What is wrong with it. Azure may have plans that are not known here; so a name that is not is only warned of.
pub(super) fn check(expected: &Attr<Expected>) -> Diagnostics {
    let mut problems = Diagnostics::default();
    for (name, plan) in expected.known().into_iter().flatten() {
        let at = AttributePath::of("expected").key(name);
        if let Err(problem) = plan_named(Catalog::get(), name) {
            problems.push(Diagnostic::warning("No such plan is known", format!("{problem}.")).at(at.clone()));
        }
        let Some(plan) = plan.known() else { continue };
        let has_more = !plan.subplan.is_null() || !plan.extensions.is_null();
        if plan.tier.known() == Some(&Tier::Free) && has_more {
            let detail = format!(
                "{name} should be off, and a plan that is off has no sub-plan and no extensions. Take them out."
            );
            problems.push(Diagnostic::error("A plan that is off has nothing else", detail).at(at));
        }
    }
    problems
}

/// What each plan should be: on, where nothing else is said.
pub(super) fn wishes(expected: &Attr<Expected>) -> Vec<Wish> {
    let wish = |(name, plan): (&String, &Attr<super::model::Expectation>)| {
        let plan = plan.known()?;
        let extensions = plan.extensions.known().into_iter().flatten();
        Some(Wish {
            plan: Catalog::get().plan(name).map_or_else(|| name.clone(), |known| known.name.clone()),
            tier: plan.tier.known().copied().unwrap_or(Tier::Standard),
            subplan: plan.subplan.known().cloned(),
            extensions: extensions.filter_map(|(name, on)| Some((name.clone(), *on.known()?))).collect(),
        })
    };
    expected.known().into_iter().flatten().filter_map(wish).collect()
}

/// How the plans of a subscription differ from what they should be. Where the tier does, the rest follows from it.
pub(super) fn differences(
    subscription: &str,
    wishes: &[Wish],
    plans: &BTreeMap<String, PlanModel>,
    cause_of_missing: Cause,
) -> Vec<Difference> {
    let mut found = Vec::new();
    for wish in wishes {
        let plan = plans.get(&wish.plan);
        let mut differs = |path: String, expected: &str, actual: Option<&str>| {
            found.push(Difference {
                subscription: subscription.to_owned(),
                plan: wish.plan.clone(),
                path,
                expected: expected.to_owned(),
                actual: actual.map(str::to_owned),
                cause: plan.map_or(cause_of_missing, |plan| plan.cause),
            });
        };
        let tier = plan.map(|plan| plan.tier);
        if tier != Some(wish.tier) {
            // What is not there is not on.
            if tier.is_some() || wish.tier == Tier::Standard {
                differs("tier".to_owned(), wish.tier.as_str(), tier.map(Tier::as_str));
            }
            continue;
        }
        let Some(plan) = plan else { continue };
        if let Some(subplan) = &wish.subplan {
            let same = plan.subplan.as_ref().is_some_and(|actual| actual.eq_ignore_ascii_case(subplan));
            if !same {
                differs("subplan".to_owned(), subplan, plan.subplan.as_deref());
            }
        }
        for (name, wanted) in &wish.extensions {
            let actual = plan.extensions.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
            let actual = actual.map(|(_, on)| *on);
            if actual.unwrap_or(false) != *wanted {
                differs(format!("extensions.{name}"), word(*wanted), actual.map(word));
            }
        }
    }
    found
}

fn word(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}
