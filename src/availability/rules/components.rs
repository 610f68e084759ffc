//! Components: what they are, what they go on, which clouds have them.

use super::super::finding::Subject;
use super::super::matrix::{Availability, Effective};
use super::{Case, Fact, Rule, Said, listed, say};
use crate::catalog::model::{Answer, Cloud, Mechanism, State};

pub(super) const ALL: &[Rule] = &[
    not_known,
    not_compute,
    not_by_policy,
    all_or_nothing,
    needs_plan,
    needs_arc,
    not_on_target,
    nothing_to_deploy,
    not_in_cloud,
    disputed,
    preview,
    no_default_workspace,
];

/// What Microsoft's pages call a cloud.
pub(super) fn cloud_title<'a>(case: &'a Case<'_>, cloud: Cloud) -> &'a str {
    let row = case.catalog.cloud(cloud);
    row.map_or(cloud.as_str(), |row| &row.title)
}

/// MDC002
fn not_known(case: &Case<'_>) -> Vec<Said> {
    let Some(name) = case.facts.component.known().filter(|_| case.component.is_none()) else {
        return Vec::new();
    };
    let guess = case.catalog.component_like(name);
    let guess = guess.map(|guess| format!("Did you mean {:?}? ", guess.id)).unwrap_or_default();
    let known = listed(case.catalog.components.iter().map(|component| component.id.as_str()));
    let detail = format!("{guess}There is no component {name:?}; there are {known}.");
    vec![say("MDC002", Subject::Component, "There is no component of this name", detail)]
}

/// MDC001
fn not_compute(case: &Case<'_>) -> Vec<Said> {
    let Some(target) = case.facts.target.known().filter(|target| case.catalog.target(target).is_none())
    else {
        return Vec::new();
    };
    let known = listed(case.catalog.targets.iter().map(|target| target.id.as_str()));
    let detail = format!(
        "Components collect data from compute resources only, and {target:?} is none that is known: there are {known}. Other \
         resources are protected by their plan alone."
    );
    vec![say("MDC001", Subject::Target, "Components go on compute resources only", detail)]
}

/// MDC003
fn not_by_policy(case: &Case<'_>) -> Vec<Said> {
    let by_policy = case.facts.deployment.known().is_some_and(|way| way == "policy");
    // Some that are switched by a setting could be deployed by a policy, too.
    let is_setting =
        |row: &Effective<'_>| row.mechanism() == Mechanism::Setting && row.policy_based() == Answer::No;
    let Some(row) = case.row().filter(|row| by_policy && is_setting(row)) else {
        return Vec::new();
    };
    let detail = format!(
        "{} is switched by a setting of Defender for Cloud, for the whole subscription; no policy deploys it.",
        row.component.title
    );
    vec![say("MDC003", Subject::Component, "The component is not deployed by policy", detail)]
}

/// MDC004
fn all_or_nothing(case: &Case<'_>) -> Vec<Said> {
    if !case.is_component("log_analytics_agent") || !case.facts.excludes_machines.is(&true) {
        return Vec::new();
    }
    let detail = "Auto-provisioning of the Log Analytics agent is on for all machines of a subscription, or off. Machines \
                  cannot be left out.";
    vec![say("MDC004", Subject::Target, "Machines cannot be left out", detail)]
}

/// MDC010
fn needs_plan(case: &Case<'_>) -> Vec<Said> {
    let (Some(row), Some(on)) = (case.row(), case.facts.plans_on.known()) else { return Vec::new() };
    let plans = row.plans();
    // Foundational posture management is part of every subscription.
    let has = |plan: &String| {
        let always = case.catalog.plan(plan).is_some_and(|plan| plan.always_standard);
        always || on.iter().any(|one| one.eq_ignore_ascii_case(plan))
    };
    if plans.is_empty() || plans.iter().any(has) || !case.is_wanted() {
        return Vec::new();
    }
    let detail = format!(
        "{} needs one of these plans, and none of them is on: {}. Write:\n\n    resource \"defender_plan\" \"this\" {{\n      \
         name = {:?}\n    }}\n\nIf it is there already, and is only not applied yet, depends_on tells.",
        row.component.title,
        plans.join(", "),
        plans[0]
    );
    let said = say("MDC010", Subject::Component, "The component needs a plan that is off", detail);
    vec![said.of(case.standing())]
}

/// MDC011
fn needs_arc(case: &Case<'_>) -> Vec<Said> {
    let target = case.facts.target.known().and_then(|target| case.catalog.target(target));
    let Some(target) = target.filter(|target| target.through_arc && case.facts.arc_connected.is(&false))
    else {
        return Vec::new();
    };
    let detail = format!(
        "Defender for Cloud reaches machines and clusters outside of Azure through Azure Arc. Connect it first; then it is \
         one of {}.",
        target.title
    );
    vec![say("MDC011", Subject::Target, "It is not connected to Azure Arc", detail)]
}

/// MDC012: a target of another kind, or one that a source rules out for every cloud. What no row names is not known.
fn not_on_target(case: &Case<'_>) -> Vec<Said> {
    let target = case.facts.target.known().and_then(|target| case.catalog.target(target));
    let (Some(component), Some(target)) = (case.component, target) else { return Vec::new() };
    let families = component.rows.iter().filter_map(|row| case.catalog.target(&row.target));
    let of_other_kind =
        !component.rows.is_empty() && !families.into_iter().any(|other| other.family == target.family);
    let ruled_out =
        case.row().is_some_and(|row| Cloud::ALL.iter().all(|cloud| row.cell(*cloud) == Availability::No));
    if !of_other_kind && !ruled_out {
        return Vec::new();
    }
    let mut targets: Vec<&str> = component.rows.iter().map(|row| row.target.as_str()).collect();
    targets.dedup();
    targets.retain(|other| *other != target.id);
    let detail = format!("{} goes on {}, and not on {}.", component.title, listed(targets), target.title);
    let said = say("MDC012", Subject::Target, "The component does not go on this target", detail);
    vec![said.of(case.standing())]
}

/// MDC018
fn nothing_to_deploy(case: &Case<'_>) -> Vec<Said> {
    let Some(row) = case.row().filter(|row| row.mechanism() == Mechanism::Included) else {
        return Vec::new();
    };
    let note = row.note();
    let detail = format!("{} is there already on {}. {note}", row.component.title, row.row.target);
    vec![say("MDC018", Subject::Target, "There is nothing to deploy", detail.trim_end())]
}

/// MDC020: a table cell that no other source contradicts.
fn not_in_cloud(case: &Case<'_>) -> Vec<Said> {
    let (Some(row), Some(cloud)) = (case.row(), case.facts.cloud.known()) else { return Vec::new() };
    let elsewhere: Vec<&str> = Cloud::ALL
        .into_iter()
        .filter(|other| row.cell(*other) == Availability::Yes)
        .map(|other| cloud_title(case, other))
        .collect();
    if row.cell(*cloud) != Availability::No || elsewhere.is_empty() || !case.is_wanted() {
        return Vec::new();
    }
    let source = row.sources().last().and_then(|id| case.catalog.source(id));
    let detail = format!(
        "{} is not available for {} in {}, but in {} ({}). Leave it out there, or set on_unavailable = \"skip\".",
        row.component.title,
        row.row.target,
        cloud_title(case, *cloud),
        elsewhere.join(" and "),
        source.map(|source| format!("{}, {}", source.title, source.read)).unwrap_or_default()
    );
    let said = say("MDC020", Subject::Component, "The cloud does not have the component", detail);
    vec![said.of(case.standing())]
}

/// MDC023: sources that contradict each other, and none that settles it.
fn disputed(case: &Case<'_>) -> Vec<Said> {
    let (Some(row), Some(cloud)) = (case.row(), case.facts.cloud.known()) else { return Vec::new() };
    if row.cell(*cloud) != Availability::Disputed || !case.is_wanted() {
        return Vec::new();
    }
    let title = |id: &str| {
        case.catalog
            .source(id)
            .map(|source| format!("{} ({})", source.title, source.read))
            .unwrap_or_default()
    };
    let disputes = row.row.disputes.iter().filter(|dispute| dispute.clouds.contains(cloud));
    let others: Vec<String> =
        disputes.flat_map(|dispute| dispute.sources.iter().map(|id| title(id))).collect();
    let detail = format!(
        "Whether {} is available for {} in {} depends on what one reads. {} says one thing, {} another. It is tried; if that \
         fails, please report it with the rule's id.",
        row.component.title,
        row.row.target,
        cloud_title(case, *cloud),
        title(&row.row.source.id),
        others.join(" and ")
    );
    let said = say("MDC023", Subject::Component, "Microsoft's pages disagree about this cloud", detail);
    vec![said.of(case.standing())]
}

/// MDC060
fn preview(case: &Case<'_>) -> Vec<Said> {
    let accepted = match case.facts.accept_preview {
        Fact::Known(accepted) => accepted,
        Fact::Absent => false,
        Fact::Unknown => true,
    };
    let Some(row) = case.row().filter(|row| row.state() == State::Preview && !accepted && case.is_wanted())
    else {
        return Vec::new();
    };
    let detail = format!(
        "{} on {} is in preview, under Azure's supplemental terms for previews. accept_preview = true says that this is \
         known.",
        row.component.title, row.row.target
    );
    let said = say("MDC060", Subject::Component, "The component is in preview", detail);
    vec![said.of(case.standing())]
}

/// MDC019
fn no_default_workspace(case: &Case<'_>) -> Vec<Said> {
    let (Some(component), Some(target)) = (case.component, case.facts.target.known()) else {
        return Vec::new();
    };
    let deployed = format!("{}/{target}", component.id);
    let map = case.catalog.region_maps.iter().find(|map| map.deploys.contains(&deployed));
    let (Some(map), Some(region)) = (map, case.facts.region.known()) else { return Vec::new() };
    let by_default = case.facts.workspace.is_absent();
    if map.falls_back_to_location || map.codes.contains_key(&region.to_ascii_lowercase()) || !by_default {
        return Vec::new();
    }
    let detail = format!(
        "The policy that deploys {} makes a default workspace in {} regions, and {region:?} is none of them: its template \
         fails there. Set workspace_id.",
        component.title,
        map.codes.len()
    );
    vec![say("MDC019", Subject::Region, "The region has no default workspace", detail)]
}
