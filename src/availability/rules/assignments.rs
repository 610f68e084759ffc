//! Policy assignments: identities, remediation, parameters, what they make on the way.

use super::super::facts::Fact;
use super::super::finding::Subject;
use super::{Case, Rule, Said, say};
use crate::catalog::model::{Day, Mechanism};

pub(super) const ALL: &[Rule] =
    &[without_remediation, without_roles, closed_by_default, denied_workspace, group_in_east_us];

/// Since this day the default of two built-in policies asks for what Azure refuses.
/// <https://github.com/Azure/Azure-Landing-Zones/issues/4203>
const CLOSED_SINCE: Option<Day> = Day::new(2026, 7, 5);

/// Built-in policies whose parameter `subPlan` is by default a sub-plan that is closed, and what to pass instead.
/// <https://github.com/Azure/azure-policy/tree/master/built-in-policies/policyDefinitions/Security%20Center>
const CLOSED_BY_DEFAULT: [(&str, &str); 2] = [
    ("1f725891-01c0-420a-9059-4fa46cb770b7", "PerKeyVault"),
    ("b7021b2b-08fd-4dc0-9de7-3c6ece09faf9", "PerSubscription"),
];

fn is_by_policy(case: &Case<'_>) -> bool {
    case.is_wanted() && case.row().is_some_and(|row| row.mechanism() == Mechanism::Policy)
}

/// MDC051
fn without_remediation(case: &Case<'_>) -> Vec<Said> {
    let existing = match &case.facts.existing_resources {
        Fact::Known(count) if *count > 0 => format!("{count} existing resources are"),
        // Nobody counts them.
        Fact::Absent => "What is there already is".to_owned(),
        Fact::Known(_) | Fact::Unknown => return Vec::new(),
    };
    let deploys =
        is_by_policy(case) || case.facts.policy_roles.known().is_some_and(|roles| !roles.is_empty());
    if !deploys || !case.facts.remediation.is(&false) {
        return Vec::new();
    }
    let detail = format!(
        "Azure Policy deploys to what is made or changed from now on. {existing} reached by a remediation only, \
         and that is switched off here."
    );
    vec![say("MDC051", Subject::Remediation, "Existing resources stay uncovered", detail)]
}

/// MDC071
fn without_roles(case: &Case<'_>) -> Vec<Said> {
    let (Some(needed), Some(held)) = (case.facts.policy_roles.known(), case.facts.identity_roles.known())
    else {
        return Vec::new();
    };
    let missing: Vec<String> = needed
        .iter()
        .filter(|id| !held.contains(*id))
        .map(|id| case.catalog.role(id).map_or_else(|| id.clone(), |role| format!("{} ({id})", role.name)))
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let detail = format!(
        "The policy deploys with the roles that its definition names, and the assignment's identity does not hold {}. Every \
         remediation would fail.",
        missing.join(", ")
    );
    vec![say("MDC071", Subject::Policy, "The assignment's identity lacks roles", detail)]
}

/// MDC111
fn closed_by_default(case: &Case<'_>) -> Vec<Said> {
    let (Some(policy), Some(parameters)) = (case.facts.policy.known(), case.facts.policy_parameters.known())
    else {
        return Vec::new();
    };
    let row = CLOSED_BY_DEFAULT.iter().find(|(id, _)| id.eq_ignore_ascii_case(policy));
    let since = case.date.is_some_and(|date| Some(date) >= CLOSED_SINCE);
    let set = parameters.iter().any(|name| name.eq_ignore_ascii_case("subPlan"));
    let Some((_, current)) = row.filter(|_| since && !set) else { return Vec::new() };
    let detail = format!(
        "Without the parameter subPlan this policy asks for a price model that Azure refuses since 2026-07-05, and deploys \
         nothing. Write:\n\n    parameters = {{ subPlan = {current:?} }}"
    );
    let summary = "The policy asks for a closed sub-plan by default";
    vec![say("MDC111", Subject::Policy, summary, detail)]
}

/// MDC038
fn denied_workspace(case: &Case<'_>) -> Vec<Said> {
    let by_default = case.facts.workspace.is_absent();
    if !is_by_policy(case) || !by_default || !case.facts.tags_required.is(&true) {
        return Vec::new();
    }
    let detail = "A policy denies resources without certain tags, and the default workspace and its group are made without tags. Set \
                  workspace_id, or exempt DefaultResourceGroup-* and DefaultWorkspace-* from the policy.";
    vec![say("MDC038", Subject::Workspace, "A policy may deny the default workspace", detail)]
}

/// MDC039
fn group_in_east_us(case: &Case<'_>) -> Vec<Said> {
    if !case.is_component("azure_monitor_agent") || !is_by_policy(case) || !case.facts.workspace.is_absent() {
        return Vec::new();
    }
    let detail = "Defender for SQL makes a resource group in East US for what it collects with. Policies on locations and names must \
                  allow that; a workspace of your own avoids it.";
    let summary = "SQL monitoring makes a resource group in East US";
    vec![say("MDC039", Subject::Workspace, summary, detail)]
}
