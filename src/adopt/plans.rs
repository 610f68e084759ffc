//! Plans, as resources.

use std::sync::Arc;

use super::estate::{Failed, Holding, Object};
use super::hcl::{Expression, text};
use super::kinds::Kind;
use crate::arm::Scope;
use crate::catalog::Catalog;
use crate::pricings::{Extension, Plans, Pricing, Pricings, Tier};

/// Sorts the plans of a scope into those that are written and those that are not. Those that are off are written only if that
/// is asked for, and never those that other plans have replaced.
pub(super) fn take(holding: &mut Holding, plans: &Arc<Plans>, include_off: bool) -> Vec<Failed> {
    let is_replaced = |plan: &Pricing| plan.deprecated || !plan.replaced_by.is_empty();
    let is_written = |plan: &Pricing| plan.tier == Tier::Standard || (include_off && !is_replaced(plan));
    // Azure's ids are not the same in every answer; the provider writes names as the catalogue does.
    let spelled = |plan: &Pricing| {
        let known = Catalog::get().plan(&plan.name).map(|known| known.name.clone());
        Pricing { name: known.unwrap_or_else(|| plan.name.clone()), ..plan.clone() }
    };
    let (mut on, mut off): (Vec<_>, Vec<_>) = plans.iter().map(spelled).partition(is_written);
    on.sort_by(|one, other| one.name.cmp(&other.name));
    off.sort_by(|one, other| one.name.cmp(&other.name));
    holding.objects.extend(on.iter().map(|plan| object(&holding.scope, plan)));
    if !off.is_empty() {
        holding.off.insert(Kind::Plans, off.into_iter().map(|plan| plan.name).collect());
    }
    let unreadable = plans.unreadable().iter();
    let failed = |problem: &String| {
        let detail = "What this version of the program does not know, it leaves alone; look for a newer one.";
        Failed::because(&holding.scope, "a plan", problem.clone(), detail.to_owned())
    };
    unreadable.map(|entry| failed(&entry.problem)).collect()
}

fn object(scope: &Scope, plan: &Pricing) -> Object {
    let mut body =
        vec![("scope".to_owned(), text(scope.as_str())), ("name".to_owned(), text(plan.name.as_str()))];
    if plan.tier == Tier::Free {
        body.push(("tier".to_owned(), text("Free")));
    }
    let is_on = plan.tier == Tier::Standard;
    body.extend(
        plan.subplan.iter().filter(|_| is_on).map(|subplan| ("subplan".to_owned(), text(subplan.as_str()))),
    );
    if plan.enforce == Some(true) {
        body.push(("enforce".to_owned(), Expression::Word("true".to_owned())));
    }
    // What is off is left alone: an import lists what is on, and anything else would be a change.
    let on = plan.extensions.iter().filter(|(_, extension)| is_on && extension.enabled);
    let on: Vec<_> = on.map(|(name, one)| (name.clone(), extension(one))).collect();
    if !on.is_empty() {
        body.push(("extensions".to_owned(), Expression::Object(on)));
    }
    Object { kind: Kind::Plans, label: plan.name.clone(), id: Pricings::id(scope, &plan.name), body }
}

fn extension(extension: &Extension) -> Expression {
    let enabled = ("enabled".to_owned(), Expression::Word("true".to_owned()));
    if extension.properties.is_empty() {
        return Expression::Line(vec![enabled]);
    }
    let properties = extension.properties.iter();
    let properties = properties.map(|(name, value)| (name.clone(), text(value.as_str()))).collect();
    Expression::Object(vec![enabled, ("properties".to_owned(), Expression::Object(properties))])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_off_is_written_only_where_asked_for_and_not_if_replaced() {
        let plan = |name: &str, tier: &str, replaced: bool| {
            let replaced_by = if replaced { json!(["Containers"]) } else { json!(null) };
            let properties = json!({"pricingTier": tier, "deprecated": replaced, "replacedBy": replaced_by});
            json!({"name": name, "properties": properties})
        };
        let plans = Arc::new(Plans::read(&[
            plan("keyvaults", "Standard", false),
            plan("Dns", "Standard", true),
            plan("KubernetesService", "Free", true),
            plan("Arm", "Free", false),
            plan("Api", "Premium", false),
        ]));
        let scope: Scope = "/subscriptions/00000000-0000-0000-0000-000000000001".parse().unwrap();
        for (include_off, written, off) in [
            (false, vec!["Dns", "KeyVaults"], vec!["Arm", "KubernetesService"]),
            (true, vec!["Arm", "Dns", "KeyVaults"], vec!["KubernetesService"]),
        ] {
            let mut holding = Holding::new(scope.clone(), None);
            let failures = take(&mut holding, &plans, include_off);
            let names: Vec<_> = holding.objects.iter().map(|object| object.label.as_str()).collect();
            assert_eq!(
                (names, &holding.off[&Kind::Plans]),
                (written, &off.into_iter().map(str::to_owned).collect())
            );
            assert!(failures.len() == 1 && failures[0].reason.contains("Premium"), "{failures:?}");
        }
    }
}
