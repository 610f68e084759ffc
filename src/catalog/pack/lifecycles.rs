//! Ends are told to their end: whoever is sent away is sent to something that stays.

use super::super::model::{Basis, Confidence, Effect, Lifecycle, Reach};
use super::Problem;
use super::files::Parsed;

pub(super) fn check(parsed: &Parsed<'_>) -> Result<(), Problem> {
    for (file, plan) in &parsed.plans {
        let at = |place: &str, text| Problem::at(file, place, text);
        let of_plan =
            |name: &str| parsed.plans.iter().find(|(_, plan)| plan.name == name)?.1.lifecycle.as_ref();
        let of_subplan =
            |name: &str| plan.subplans.iter().find(|subplan| subplan.name == name)?.lifecycle.as_ref();
        let of_extension =
            |name: &str| plan.extensions.iter().find(|extension| extension.name == name)?.lifecycle.as_ref();
        check_one(parsed, &plan.name, plan.lifecycle.as_ref(), &of_plan, &at)?;
        for subplan in &plan.subplans {
            check_one(parsed, &subplan.name, subplan.lifecycle.as_ref(), &of_subplan, &at)?;
        }
        for extension in &plan.extensions {
            check_one(parsed, &extension.name, extension.lifecycle.as_ref(), &of_extension, &at)?;
        }
    }
    for (file, component) in &parsed.components {
        let at = |place: &str, text| Problem::at(file, place, text);
        let of_component =
            |id: &str| parsed.components.iter().find(|(_, row)| row.id == id)?.1.lifecycle.as_ref();
        check_one(parsed, &component.id, component.lifecycle.as_ref(), &of_component, &at)?;
        let of_variant =
            |id: &str| component.variants.iter().find(|variant| variant.id == id)?.lifecycle.as_ref();
        for variant in &component.variants {
            check_one(parsed, &variant.id, variant.lifecycle.as_ref(), &of_variant, &at)?;
        }
    }
    for cloud in &parsed.lists.clouds {
        let at = |place: &str, text| parsed.problem("clouds", place, text);
        check_one(parsed, cloud.id.as_str(), cloud.lifecycle.as_ref(), &|_| None, &at)?;
    }
    Ok(())
}

fn check_one<'a>(
    parsed: &Parsed<'_>,
    name: &str,
    lifecycle: Option<&'a Lifecycle>,
    of: &dyn Fn(&str) -> Option<&'a Lifecycle>,
    at: &dyn Fn(&str, String) -> Problem,
) -> Result<(), Problem> {
    let Some(lifecycle) = lifecycle else { return Ok(()) };
    let rule = parsed.lists.rules.iter().find(|rule| rule.id == lifecycle.rule);
    if rule.is_none_or(|rule| rule.basis != Basis::Retirement) {
        return Err(at(&lifecycle.rule, format!("the rule {} is not about a retirement", lifecycle.rule)));
    }
    check_end(lifecycle, at)?;
    let mut visited = vec![name];
    let mut open: Vec<&str> = lifecycle.replaced_by.iter().map(String::as_str).collect();
    while let Some(next) = open.pop() {
        if visited.contains(&next) {
            return Err(at(next, format!("the replacements of {name:?} lead back to {next:?}")));
        }
        visited.push(next);
        let Some(further) = of(next) else { continue };
        if further.retired_on.is_some_and(|day| day <= parsed.lists.as_of) {
            return Err(at(next, format!("{name:?} is replaced by {next:?}, which is retired itself")));
        }
        open.extend(further.replaced_by.iter().map(String::as_str));
    }
    Ok(())
}

/// An end has a milestone for everybody, or one that says that only pages tell of it; what is to stop a plan is sure.
fn check_end(lifecycle: &Lifecycle, at: &dyn Fn(&str, String) -> Problem) -> Result<(), Problem> {
    let milestones = &lifecycle.milestones;
    if let Some(day) = lifecycle.retired_on {
        let told = milestones.iter().any(|m| m.applies_to == Reach::All || m.effect == Effect::DocsOnly);
        if !told {
            let text = format!(
                "retired on {day}, but no milestone applies to \"all\" or has the effect \"docs_only\""
            );
            return Err(at("retired_on", text));
        }
    }
    let unsure = milestones.iter().find(|milestone| {
        milestone.effect == Effect::NoFunction
            && milestone.confidence == Confidence::High
            && milestone.sources.len() < 2
    });
    match unsure {
        Some(milestone) => {
            let text = "without function, of high confidence, and with one source: name a second one";
            Err(at(&milestone.on.to_string(), text.to_owned()))
        }
        None => Ok(()),
    }
}
