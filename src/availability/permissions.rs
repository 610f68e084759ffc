//! Actions: which are needed, and whether roles allow them.
//! <https://learn.microsoft.com/azure/role-based-access-control/role-definitions#control-and-data-actions>

use std::borrow::Cow;

use super::facts::{Fact, Facts, Grant, Live, Wish};
use super::matrix::Effective;
use crate::catalog::model::{Mechanism, Plan};

/// What it takes to write a plan. <https://learn.microsoft.com/azure/defender-for-cloud/permissions>
const WRITE_PLAN: &str = "Microsoft.Security/pricings/write";
const DELETE_PLAN: &str = "Microsoft.Security/pricings/delete";
pub(super) const ASSIGN_ROLES: &str = "Microsoft.Authorization/roleAssignments/write";
const ASSIGN_POLICIES: &str = "Microsoft.Authorization/policyAssignments/write";
const REMEDIATE: &str = "Microsoft.PolicyInsights/remediations/write";

/// An action that is needed, and for what.
#[derive(Debug)]
pub(super) struct Need {
    pub(super) action: Cow<'static, str>,
    pub(super) reason: String,
}

/// What setting a plan takes.
pub(super) fn needs_of_plan(facts: &Facts, plan: Option<&Plan>, name: &str) -> Vec<Need> {
    let (action, act) = if facts.removed.is(&true) { (DELETE_PLAN, "remove") } else { (WRITE_PLAN, "set") };
    let mut needs = vec![Need { action: action.into(), reason: format!("to {act} the plan {name}") }];
    let starts = |wish: &&Wish| wish.enabled.is(&true) && !is_on(&facts.live, &wish.name);
    let assigning = facts.extensions.known().into_iter().flatten().filter(starts).find(|wish| {
        let extension = plan.and_then(|plan| plan.extension(&wish.name));
        extension.is_some_and(|extension| extension.assigns_roles)
    });
    if let Some(wish) = assigning {
        let reason = format!("because Azure assigns roles to an identity of {}", wish.name);
        needs.push(Need { action: ASSIGN_ROLES.into(), reason });
    }
    needs
}

/// Whether an extension is on already. Where nobody has looked it may be, so it asks for nothing more.
fn is_on(live: &Fact<Live>, extension: &str) -> bool {
    match live {
        Fact::Known(live) => live.extensions.keys().any(|name| name.eq_ignore_ascii_case(extension)),
        Fact::Absent => false,
        Fact::Unknown => true,
    }
}

/// What deploying a component takes.
pub(super) fn needs_of_component(row: Effective<'_>) -> Vec<Need> {
    let title = &row.component.title;
    let need = |action: &'static str, reason: &str| Need {
        action: action.into(),
        reason: format!("{reason} {title}"),
    };
    match row.mechanism() {
        Mechanism::Policy => vec![
            need(ASSIGN_POLICIES, "to assign the policies that deploy"),
            need(ASSIGN_ROLES, "to give their identities the roles to deploy"),
            need(REMEDIATE, "to reach existing resources with"),
        ],
        Mechanism::Setting => {
            let settings = row.component.deploy.settings.iter();
            let settings = settings.filter(|one| one.holds.covers(&row.row.target, row.row.os));
            let mut types: Vec<&str> = settings.map(|one| one.call.resource_type()).collect();
            types.dedup();
            // As everywhere in Azure, writing takes the action of the resource's type.
            let need = |of: &str| Need {
                action: format!("{of}/write").into(),
                reason: format!("to switch the setting of {title}"),
            };
            types.into_iter().map(need).collect()
        }
        Mechanism::PlanExtension => vec![need(WRITE_PLAN, "to switch the plan's extension of")],
        Mechanism::Included | Mechanism::Prerequisite | Mechanism::Other => Vec::new(),
    }
}

/// What writing a setting takes: as everywhere in Azure, the action of its type.
pub(super) fn needs_of_setting(resource_type: &str) -> Vec<Need> {
    vec![Need { action: format!("{resource_type}/write").into(), reason: "to write the setting".to_owned() }]
}

/// What assigning a policy takes.
pub(super) fn needs_of_policy(facts: &Facts) -> Vec<Need> {
    let need = |action: &'static str, reason: &str| Need { action: action.into(), reason: reason.to_owned() };
    let grants = facts.identity_roles.known().is_some_and(|roles| !roles.is_empty());
    let all = [
        (true, need(ASSIGN_POLICIES, "to assign the policy")),
        (grants, need(ASSIGN_ROLES, "to give its identity the roles to deploy")),
        (facts.remediation.is(&true), need(REMEDIATE, "to reach existing resources")),
    ];
    all.into_iter().filter_map(|(takes, need)| takes.then_some(need)).collect()
}

/// Whether any role allows an action: one of its patterns covers it, and none of those that it takes out again.
pub fn allows(granted: &[Grant], action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let any =
        |patterns: &[String]| patterns.iter().any(|pattern| covers(&pattern.to_ascii_lowercase(), &action));
    granted.iter().any(|grant| any(&grant.actions) && !any(&grant.not_actions))
}

/// Whether a pattern, in which `*` stands for any text, slashes included, covers an action.
fn covers(pattern: &str, action: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = action.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::availability::matrix::{Filter, rows};
    use crate::catalog::Catalog;

    #[test]
    fn a_setting_takes_the_action_of_its_call() {
        for (component, target, action) in [
            ("defender_for_endpoint", "azure_vm", "Microsoft.Security/settings/write"),
            ("log_analytics_agent", "azure_vm", "Microsoft.Security/autoProvisioningSettings/write"),
            (
                "vulnerability_assessment",
                "arc_machine",
                "Microsoft.Security/serverVulnerabilityAssessmentsSettings/write",
            ),
        ] {
            let filter = Filter { component: Some(component), target: Some(target), ..Filter::default() };
            for row in rows(Catalog::get(), filter, Catalog::get().as_of) {
                let needs = needs_of_component(row);
                let actions: Vec<&str> = needs.iter().map(|need| &*need.action).collect();
                assert_eq!(actions, [action], "{component}");
            }
        }
    }

    #[test]
    fn an_action_needs_a_pattern_and_no_exception_of_the_same_role() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let grant =
            |actions: &[&str], not: &[&str]| Grant { actions: texts(actions), not_actions: texts(not) };
        let owner = || grant(&["*"], &[]);
        let contributor =
            || grant(&["*"], &["Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"]);
        for (granted, action, expected) in [
            (vec![owner()], ASSIGN_ROLES, true),
            (vec![contributor()], ASSIGN_ROLES, false),
            (vec![contributor()], WRITE_PLAN, true),
            (vec![contributor(), grant(&["Microsoft.Authorization/*"], &[])], ASSIGN_ROLES, true),
            (vec![grant(&["microsoft.security/*"], &[])], WRITE_PLAN, true),
            (vec![grant(&["*/read"], &[])], WRITE_PLAN, false),
            (vec![grant(&["*/read"], &[])], "Microsoft.Security/pricings/read", true),
            (vec![grant(&["Microsoft.Security/pricings/write"], &[])], WRITE_PLAN, true),
            (vec![grant(&["Microsoft.Security/pricings"], &[])], WRITE_PLAN, false),
            (vec![grant(&["Microsoft.*/pricings/*"], &[])], WRITE_PLAN, true),
            (vec![grant(&["Microsoft.*/pricings/*e"], &["*/write"])], WRITE_PLAN, false),
            (vec![grant(&["**"], &[])], WRITE_PLAN, true),
            (vec![grant(&["a*a"], &[])], "a", false),
            (vec![], WRITE_PLAN, false),
        ] {
            assert_eq!(allows(&granted, action), expected, "{granted:?} {action}");
        }
    }
}
