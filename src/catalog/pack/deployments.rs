//! Deployments fit the rows that they are for, and say what they take from users.

use std::collections::BTreeSet;

use super::super::model::{
    Assignment, Component, Day, Handler, Input, Mechanism, Parameter, PlanExtension, Row, TargetFamily, Via,
    WorkspaceKind,
};
use super::files::{File, Parsed};
use super::names::is_guid;
use super::{Problem, list};

/// Where a problem is: the place in the text, and what is wrong.
type At<'a> = dyn Fn(&str, String) -> Problem + 'a;

pub(super) fn check(parsed: &Parsed<'_>) -> Result<(), Problem> {
    parsed.components.iter().try_for_each(|(file, component)| check_component(parsed, file, component))
}

fn check_component(parsed: &Parsed<'_>, file: &File, component: &Component) -> Result<(), Problem> {
    let at = |place: &str, text| Problem::at(file, place, text);
    let mut seen = BTreeSet::new();
    for one in &component.deploy.assignments {
        if !is_guid(&one.definition) {
            return Err(at(&one.definition, format!("{:?} is not a GUID in lower case", one.definition)));
        }
        if !seen.insert(&one.definition) {
            let text = format!("{} stands twice: name all of its targets in one", one.definition);
            return Err(at(&one.definition, text));
        }
        check_inputs(one, &at)?;
    }
    for one in &component.deploy.extensions {
        check_extension(parsed, component, one, &at)?;
    }
    for one in &component.deploy.handlers {
        check_handler(parsed, one, &at)?;
    }
    check_targets(component, &at)?;
    component.rows.iter().try_for_each(|row| check_row(component, row, &at))
}

/// An input is named where a parameter follows from it, and nowhere else.
fn check_inputs(one: &Assignment, at: &At<'_>) -> Result<(), Problem> {
    let used = one.parameters.values().filter_map(|parameter| match parameter {
        Parameter::Placeholder(placeholder) => placeholder.input(),
        Parameter::Fixed(_) => None,
    });
    let used: BTreeSet<Input> = used.collect();
    let named: BTreeSet<Input> = one.needs.iter().chain(&one.takes).copied().collect();
    if named != used || named.len() != one.needs.len() + one.takes.len() {
        let text = format!(
            "the parameters of {} follow from {used:?}, and its needs and takes name {named:?}: name each input once",
            one.definition
        );
        return Err(at(&one.definition, text));
    }
    let needs_workspace = one.needs.contains(&Input::WorkspaceId);
    let fits = match one.workspace {
        None => true,
        Some(WorkspaceKind::Own) => needs_workspace,
        Some(WorkspaceKind::Default) => !named.contains(&Input::WorkspaceId),
    };
    if !fits {
        let text = format!("{} is for one kind of workspace and needs the other", one.definition);
        return Err(at(&one.definition, text));
    }
    let mut seen = BTreeSet::new();
    match one.roles.iter().find(|role| !seen.insert(*role)) {
        Some(twice) => Err(at(&one.definition, format!("{} has the role {twice} twice", one.definition))),
        None => Ok(()),
    }
}

/// The plan is one of the component's, has the extension, and the extension has all that it needs.
fn check_extension(
    parsed: &Parsed<'_>,
    component: &Component,
    one: &PlanExtension,
    at: &At<'_>,
) -> Result<(), Problem> {
    let place = format!("{:?}", one.name);
    let rows = component.rows.iter().filter(|row| one.holds.covers(&row.target, row.os));
    if let Some(row) = rows.into_iter().find(|row| !row.plans.contains(&one.plan)) {
        let text = format!("{:?} is no plan of the row for {:?}", one.plan, row.target);
        return Err(at(&place, text));
    }
    // That there is such a plan has been checked before.
    let plan = parsed.plans.iter().map(|(_, plan)| plan).find(|plan| plan.name == one.plan);
    let extensions = plan.map(|plan| &*plan.extensions).unwrap_or_default();
    let Some(extension) = extensions.iter().find(|extension| extension.name == one.name) else {
        let allowed = list(extensions.iter().map(|extension| extension.name.as_str()));
        let text = format!("{} has no extension {:?}; there are: {allowed}", one.plan, one.name);
        return Err(at(&place, text));
    };
    let known = || extension.properties.iter().map(|property| property.name.as_str());
    if let Some(wrong) = one.properties.keys().find(|name| !known().any(|known| known == *name)) {
        let text = format!("{:?} has no property {wrong:?}; there are: {}", one.name, list(known()));
        return Err(at(wrong, text));
    }
    let required = extension.properties.iter().filter(|property| property.required);
    match required.into_iter().find(|property| !one.properties.contains_key(&property.name)) {
        Some(missing) => Err(at(&place, format!("{:?} lacks the property {:?}", one.name, missing.name))),
        None => Ok(()),
    }
}

/// A handler is of the kind that its targets take: machines have publishers, clusters have none.
fn check_handler(parsed: &Parsed<'_>, one: &Handler, at: &At<'_>) -> Result<(), Problem> {
    let place = format!("{:?}", one.name);
    let on_machines = one.via == Via::MachineExtension;
    if on_machines != one.publisher.is_some() {
        return Err(at(
            &place,
            format!("{:?} must have a publisher if it is for machines, and only then", one.name),
        ));
    }
    let family = if on_machines { TargetFamily::Machine } else { TargetFamily::Kubernetes };
    let fits =
        |id: &String| parsed.lists.targets.iter().any(|target| target.id == *id && target.family == family);
    match one.holds.targets.iter().find(|id| !fits(id)) {
        Some(id) => Err(at(&place, format!("{:?} is not for {id:?}", one.name))),
        None => Ok(()),
    }
}

/// What a deployment is for is a row of its mechanism.
fn check_targets(component: &Component, at: &At<'_>) -> Result<(), Problem> {
    for mechanism in MECHANISMS {
        for holding in component.deploy.holdings(mechanism) {
            let gets = |target: &String| {
                let rows = component.rows.iter().filter(|row| holding.covers(target, row.os));
                let mut rows = rows.filter(|row| row.target == *target);
                rows.any(|row| history(row).any(|(_, then)| list_of(then) == list_of(mechanism)))
            };
            if let Some(target) = holding.targets.iter().find(|target| !gets(target)) {
                let list = list_of(mechanism);
                let text = format!("{list} names {target:?}, which has no row that says so in its mechanism");
                return Err(at(target, text));
            }
        }
    }
    Ok(())
}

/// A row that names a mechanism has a deployment of it, at first and after each change.
fn check_row(component: &Component, row: &Row, at: &At<'_>) -> Result<(), Problem> {
    for (day, mechanism) in history(row) {
        let holdings = component.deploy.holdings(mechanism);
        let found = holdings.iter().any(|one| one.covers(&row.target, row.os) && one.is_on(day));
        if !found && mechanism != Mechanism::Other {
            let (list, target) = (list_of(mechanism), &row.target);
            let text = format!("{target:?} has the mechanism {mechanism:?}, and nothing in {list} is for it");
            return Err(at(&format!("target = {target:?}"), text));
        }
    }
    Ok(())
}

/// The mechanisms of a row, each with its first day.
fn history(row: &Row) -> impl Iterator<Item = (Day, Mechanism)> {
    let first = (row.since.unwrap_or_default(), row.mechanism);
    let changes = row.overrides.iter().filter_map(|change| Some((change.from, change.mechanism?)));
    [first].into_iter().chain(changes)
}

/// One mechanism for each list.
const MECHANISMS: [Mechanism; 4] =
    [Mechanism::Policy, Mechanism::Setting, Mechanism::PlanExtension, Mechanism::Included];

/// Where its deployments stand.
fn list_of(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::Policy => "deploy.assignments",
        Mechanism::Setting => "deploy.settings",
        Mechanism::PlanExtension => "deploy.extensions",
        Mechanism::Included | Mechanism::Prerequisite => "deploy.nothing",
        Mechanism::Other => "",
    }
}
