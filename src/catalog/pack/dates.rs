//! Days come in order: a change after the text that it changes, a milestone after its announcement.

use super::super::model::{Component, Day, Holding, Lifecycle, Plan, Row};
use super::Problem;
use super::files::{File, Parsed};

pub(super) fn check(parsed: &Parsed<'_>) -> Result<(), Problem> {
    for cloud in &parsed.lists.clouds {
        let at = |place: &str, text| parsed.problem("clouds", place, text);
        cloud.lifecycle.iter().try_for_each(|row| lifecycle(row, &at))?;
    }
    for (file, plan) in &parsed.plans {
        check_plan(file, plan)?;
    }
    parsed.components.iter().try_for_each(|(file, component)| check_component(file, component))
}

fn check_plan(file: &File, plan: &Plan) -> Result<(), Problem> {
    let at = |place: &str, text| Problem::at(file, place, text);
    increasing(plan.overrides.iter().map(|change| change.from), &at)?;
    let subplans = plan.subplans.iter().filter_map(|subplan| subplan.lifecycle.as_ref());
    let extensions = plan.extensions.iter().filter_map(|extension| extension.lifecycle.as_ref());
    plan.lifecycle.iter().chain(subplans).chain(extensions).try_for_each(|row| lifecycle(row, &at))
}

fn check_component(file: &File, component: &Component) -> Result<(), Problem> {
    let at = |place: &str, text| Problem::at(file, place, text);
    let variants = component.variants.iter().filter_map(|variant| variant.lifecycle.as_ref());
    component.lifecycle.iter().chain(variants).try_for_each(|row| lifecycle(row, &at))?;
    component.rows.iter().try_for_each(|row| check_row(row, &at))?;
    component.deploy.all().try_for_each(|(holding, _)| check_holding(holding, &at))
}

fn check_holding(holding: &Holding, at: &dyn Fn(&str, String) -> Problem) -> Result<(), Problem> {
    match (holding.from, holding.until) {
        (Some(from), Some(until)) if until <= from => {
            Err(at(&until.to_string(), format!("it ends on {until}, and begins on {from}")))
        }
        _ => Ok(()),
    }
}

fn check_row(row: &Row, at: &dyn Fn(&str, String) -> Problem) -> Result<(), Problem> {
    increasing(row.overrides.iter().map(|change| change.from), at)?;
    if let Some(since) = row.since.filter(|since| *since > row.as_of) {
        let text =
            format!("a row since {since} in a text of {}: a text cannot say what comes later", row.as_of);
        return Err(at(&since.to_string(), text));
    }
    // A change may be older than the text only where it says which source it is that did not follow.
    let early =
        row.overrides.iter().find(|change| change.from <= row.as_of && change.conflicts_with.is_empty());
    match early {
        Some(change) => {
            let text = format!(
                "an override from {} is not later than its row, {}: name in conflicts_with the source that it contradicts",
                change.from, row.as_of
            );
            Err(at(&change.from.to_string(), text))
        }
        None => Ok(()),
    }
}

fn lifecycle(row: &Lifecycle, at: &dyn Fn(&str, String) -> Problem) -> Result<(), Problem> {
    if let Some(announced) = row.announced_on
        && let Some(milestone) = row.milestones.iter().find(|milestone| milestone.on < announced)
    {
        let text = format!("a milestone on {} before the announcement, {announced}", milestone.on);
        return Err(at(&milestone.on.to_string(), text));
    }
    ordered(row.milestones.iter().map(|milestone| milestone.on), at)
}

fn increasing(
    days: impl Iterator<Item = Day> + Clone,
    at: &dyn Fn(&str, String) -> Problem,
) -> Result<(), Problem> {
    let twice = days.clone().zip(days.clone().skip(1)).find(|(day, next)| day == next);
    match twice {
        Some((day, _)) => Err(at(&day.to_string(), format!("two overrides from {day}: make them one"))),
        None => ordered(days, at),
    }
}

fn ordered(
    days: impl Iterator<Item = Day> + Clone,
    at: &dyn Fn(&str, String) -> Problem,
) -> Result<(), Problem> {
    let wrong = days.clone().zip(days.skip(1)).find(|(day, next)| day > next);
    wrong.map_or(Ok(()), |(day, next)| Err(at(&next.to_string(), format!("{next} stands behind {day}"))))
}
