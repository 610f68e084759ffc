//! Plans: whether there is such a plan, sub-plan and tier, here and at this scope.

use super::super::finding::Subject;
use super::super::lifecycle;
use super::super::permissions::{
    ASSIGN_ROLES, Need, allows, needs_of_component, needs_of_plan, needs_of_policy, needs_of_setting,
};
use super::{Case, Rule, Said, listed, say};
use crate::catalog::model::{Answer, Lifecycle, RoleNeed, RoleScope};
use crate::catalog::nearest;

pub(super) const ALL: &[Rule] = &[
    not_known,
    no_such_subplan,
    never_free,
    not_for_single_resources,
    enforced,
    not_offered,
    not_in_cloud,
    managed_elsewhere,
    deprecated_by_azure,
    no_way_back,
    permission,
];

/// MDC080: Azure may be newer than the catalogue.
fn not_known(case: &Case<'_>) -> Vec<Said> {
    let Some(name) = case.facts.plan.known().filter(|_| case.plan.is_none()) else { return Vec::new() };
    let plans = &case.catalog.plans;
    let guess = nearest(name, plans.iter().map(|plan| (plan.name.as_str(), plan.name.as_str())));
    let guess = guess.map(|guess| format!("Did you mean {guess:?}? ")).unwrap_or_default();
    let detail = format!(
        "{guess}Known plans are {}. If Azure has a newer one of this name, it works, but nothing about it can be \
         checked beforehand.",
        listed(plans.iter().map(|plan| plan.name.as_str()))
    );
    vec![say("MDC080", Subject::Plan, "The Defender plan is not known", detail)]
}

/// MDC081
fn no_such_subplan(case: &Case<'_>) -> Vec<Said> {
    let (Some(plan), Some(given)) = (case.plan, case.facts.subplan.known()) else { return Vec::new() };
    if plan.subplan(given).is_some() {
        return Vec::new();
    }
    let names = || plan.subplans.iter().map(|subplan| subplan.name.as_str());
    let detail = if plan.subplans.is_empty() {
        format!("The plan {} has no sub-plans. Remove `subplan`.", plan.name)
    } else {
        let guess = nearest(given, names().map(|name| (name, name)));
        let guess = guess.map(|guess| format!(" Did you mean {guess:?}?")).unwrap_or_default();
        format!("{given:?} is not a sub-plan of {}: it has {}.{guess}", plan.name, listed(names()))
    };
    vec![say("MDC081", Subject::Subplan, "The plan has no such sub-plan", detail)]
}

/// MDC085
fn never_free(case: &Case<'_>) -> Vec<Said> {
    let Some(plan) = case.plan.filter(|plan| plan.always_standard && case.facts.enabled.is(&false)) else {
        return Vec::new();
    };
    let detail = format!(
        "Azure keeps the plan {} on Standard, at no cost, and refuses Free. Remove `tier`, or the whole resource: \
         there is nothing to switch off.",
        plan.name
    );
    vec![say("MDC085", Subject::Tier, "The plan cannot be Free", detail)]
}

/// MDC005
fn not_for_single_resources(case: &Case<'_>) -> Vec<Said> {
    let Some(plan) = case.plan.filter(|_| case.facts.resource_level.is(&true)) else { return Vec::new() };
    let possible = &plan.resource_level;
    if possible.is_empty() {
        let detail = format!(
            "The plan {} is for subscriptions. On a single machine there is only VirtualMachines, as Free or with P1. \
             Set scope to the subscription.",
            plan.name
        );
        let summary = "The plan is not for single resources";
        return vec![say("MDC005", Subject::Scope, summary, detail)];
    }
    let refused = |subplan: &&String| !possible.iter().any(|one| one.eq_ignore_ascii_case(subplan));
    let subplan = case.facts.subplan.known().filter(refused);
    let Some(subplan) = subplan.filter(|_| case.is_wanted()) else { return Vec::new() };
    let detail = format!(
        "A single machine takes {} of plan {} only; {subplan} is for whole subscriptions. Write:\n\n    subplan = {:?}\n\n\
         or set scope to the subscription. A machine can still be excluded from a subscription with {subplan}, by \
         tier = \"Free\".",
        listed(possible.iter().map(String::as_str)),
        plan.name,
        possible[0]
    );
    vec![say("MDC005", Subject::Subplan, "A single resource cannot have this sub-plan", detail)]
}

/// MDC009, of either side: whichever is planned later sees the other one.
fn enforced(case: &Case<'_>) -> Vec<Said> {
    if let (true, Some(overrides)) = (case.facts.enforce.is(&true), case.facts.overrides.known())
        && let Some(first) = overrides.first()
    {
        let detail = format!(
            "This configuration gives resources of the subscription settings of their own ({first}{}), which enforce = true rules \
             out. Set enforce = false, or remove those resources.",
            if overrides.len() > 1 { ", and others" } else { "" }
        );
        let summary = "Resources of the subscription have settings of their own";
        return vec![say("MDC009", Subject::Enforce, summary, detail)];
    }
    let single = case.facts.resource_level.is(&true) && case.facts.enforced_above.is(&true);
    let Some(plan) = case.facts.plan.known().filter(|_| single) else { return Vec::new() };
    let detail = format!(
        "The subscription's plan {plan} has enforce = true, so resources may not differ from it, and Azure refuses this \
         setting. Set enforce = false on the subscription's plan first, or remove this resource."
    );
    vec![say("MDC009", Subject::Scope, "The subscription enforces its own setting", detail)]
}

/// MDC086: the subscription's own list has the last word.
fn not_offered(case: &Case<'_>) -> Vec<Said> {
    let (Some(name), Some(offered)) = (case.facts.plan.known(), case.facts.offered.known()) else {
        return Vec::new();
    };
    // Lists of single resources have other plans.
    if !case.facts.resource_level.is(&false) || offered.iter().any(|one| one.eq_ignore_ascii_case(name)) {
        return Vec::new();
    }
    let guess = nearest(name, offered.iter().map(|one| (one.as_str(), one)));
    let guess = guess.map(|guess| format!(" Did you mean {guess:?}?")).unwrap_or_default();
    let detail = format!(
        "Azure does not list {name} among the plans of this subscription, and would refuse it.{guess} It lists {}.",
        listed(offered.iter().map(String::as_str))
    );
    vec![say("MDC086", Subject::Plan, "Azure does not offer the plan here", detail)]
}

/// MDC087: where Azure's own list could not be had, the catalogue is better than nothing.
fn not_in_cloud(case: &Case<'_>) -> Vec<Said> {
    let (Some(plan), Some(cloud), Some(date)) = (case.plan, case.facts.cloud.known(), case.date) else {
        return Vec::new();
    };
    let answer = plan.answer(*cloud, date);
    if !case.facts.offered.is_absent() || answer != Answer::No || !case.is_wanted() {
        return Vec::new();
    }
    let cloud = super::components::cloud_title(case, *cloud);
    let detail = format!(
        "Microsoft's support matrix does not list {} for {cloud}, and the subscription's own list of plans could not be \
         read. If Azure offers the plan, it works.",
        plan.title
    );
    vec![say("MDC087", Subject::Plan, "The cloud may not have the plan", detail)]
}

/// MDC056
fn managed_elsewhere(case: &Case<'_>) -> Vec<Said> {
    let live = case.facts.live.known();
    let (Some(name), Some(manager)) =
        (case.facts.plan.known(), live.and_then(|live| live.managed_by.as_ref()))
    else {
        return Vec::new();
    };
    let detail = format!(
        "Azure says that the plan {name} is managed by {manager:?}. What is set here may be undone there, which shows as \
         a drift. Change the rule in the Defender portal, or take the resource out of the configuration with a \
         `removed` block and destroy = false."
    );
    vec![say("MDC056", Subject::Plan, "The plan is managed by the Defender portal", detail)]
}

/// MDC115: what Azure says beyond what the catalogue knows.
fn deprecated_by_azure(case: &Case<'_>) -> Vec<Said> {
    let known = case.plan.is_some_and(|plan| plan.lifecycle.is_some());
    let (Some(name), Some(live)) = (case.facts.plan.known(), case.facts.live.known()) else {
        return Vec::new();
    };
    if known || !live.deprecated || !case.is_wanted() {
        return Vec::new();
    }
    let instead = match &live.replaced_by[..] {
        [] => "It names no plan that takes its place.".to_owned(),
        plans => format!("Use {}.", listed(plans.iter().map(String::as_str))),
    };
    let detail = format!("Azure reports the plan {name} as deprecated. {instead}");
    vec![say("MDC115", Subject::Plan, "Azure calls the plan deprecated", detail)]
}

/// MDC112: Azure takes back nobody who has left what is closed.
fn no_way_back(case: &Case<'_>) -> Vec<Said> {
    let (Some(plan), Some(date), Some(live)) = (case.plan, case.date, case.facts.live.known()) else {
        return Vec::new();
    };
    let closed = |row: &Option<Lifecycle>| row.as_ref().is_some_and(|row| lifecycle::is_closed(row, date));
    let leaves_plan = case.facts.enabled.is(&false) || case.facts.removed.is(&true);
    let subplan = live.subplan.as_deref().and_then(|name| plan.subplan(name));
    let closed_subplan = subplan.filter(|subplan| closed(&subplan.lifecycle));
    let of_plan = match closed_subplan {
        _ if !leaves_plan => None,
        Some(subplan) => Some(format!("{} of plan {}", subplan.name, plan.name)),
        None => closed(&plan.lifecycle).then(|| format!("plan {}", plan.name)),
    };
    // Of a plan that is switched off, the sub-plan does not matter.
    let other =
        |name: &str| case.facts.subplan.known().is_some_and(|wanted| !wanted.eq_ignore_ascii_case(name));
    let of_subplan = closed_subplan.filter(|subplan| case.facts.enabled.is(&true) && other(&subplan.name));
    let of_subplan = of_subplan.map(|subplan| format!("{} of plan {}", subplan.name, plan.name));
    if !live.on {
        return Vec::new();
    }
    let said = |(left, subject): (String, Subject)| {
        let detail = format!(
            "The subscription still has {left}, and keeps it as long as nothing changes. Azure does not sell it any more: after \
             this change it cannot be had again, also not by destroying this resource. If that is meant, nothing needs to \
             be done."
        );
        say("MDC112", subject, "There is no way back from this change", detail)
    };
    let causes = [of_plan.map(|left| (left, Subject::Tier)), of_subplan.map(|left| (left, Subject::Subplan))];
    causes.into_iter().flatten().map(said).collect()
}

/// MDC070: worded as a doubt, because roles may come at apply time, and custom roles are many.
fn permission(case: &Case<'_>) -> Vec<Said> {
    let of_plan = case.facts.plan.known().and_then(|name| {
        let roles = case.plan.map(|plan| &plan.roles[..]).unwrap_or_default();
        let needs = needs_of_plan(case.facts, case.plan, name);
        missing(case, &needs, roles, (&format!("plan {name}"), Subject::Plan))
    });
    let of_component = case.row().filter(|_| case.is_wanted()).and_then(|row| {
        let needs = needs_of_component(row);
        missing(case, &needs, &row.row.roles, (&row.component.title, Subject::Component))
    });
    let of_policy = case.facts.policy.known().and_then(|_| {
        let needs = needs_of_policy(case.facts);
        missing(case, &needs, &[], ("assigning policies with their roles", Subject::Policy))
    });
    let of_setting = case.facts.setting.known().and_then(|resource_type| {
        let (needs, roles) = (needs_of_setting(resource_type), [security_admin()]);
        missing(case, &needs, &roles, ("settings of Defender for Cloud", Subject::Setting))
    });
    of_plan.into_iter().chain(of_component).chain(of_policy).chain(of_setting).collect()
}

/// The role for all that Defender for Cloud can be set to.
/// <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security#security-admin>
fn security_admin() -> RoleNeed {
    RoleNeed {
        action: "enable".to_owned(),
        any_of: vec!["fb1c8493-542b-48eb-b624-b4c8fea62acd".to_owned()],
        scope: RoleScope::Subscription,
    }
}

/// Names of which one is enough: `A`, `A or B`, `A, B or C`.
fn alternatives(names: &[&str]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// Says which of the actions that are needed nothing allows, and which roles would.
fn missing(case: &Case<'_>, needs: &[Need], roles: &[RoleNeed], what: (&str, Subject)) -> Option<Said> {
    let granted = case.facts.granted.known()?;
    let (what, subject) = what;
    let missing: Vec<_> = needs.iter().filter(|need| !allows(granted, &need.action)).collect();
    if missing.is_empty() {
        return None;
    }
    let actions: Vec<String> =
        missing.iter().map(|need| format!("  - {}, {}", need.action, need.reason)).collect();
    let ids = roles.iter().filter(|need| need.action == "enable").flat_map(|need| &need.any_of);
    let names: Vec<&str> = ids.filter_map(|id| Some(case.catalog.role(id)?.name.as_str())).collect();
    // Whoever may switch a plan may not yet let Azure assign roles for it.
    let assigns = subject == Subject::Plan && missing.iter().any(|need| need.action == ASSIGN_ROLES);
    let documented = if assigns || names.is_empty() { "Owner".to_owned() } else { alternatives(&names) };
    let scope = case.facts.scope.known().map_or("the subscription", String::as_str);
    let detail = format!(
        "Whoever runs this does not appear to be allowed on {scope}:\n\n{}\n\nThe documented role for {what} is \
         {documented}, on the subscription. Roles that become active only at apply time are not seen here, so the plan \
         goes on. preflight_permissions = false in the provider block switches this check off.",
        actions.join("\n")
    );
    Some(say("MDC070", subject, "A permission seems to be missing", detail))
}
