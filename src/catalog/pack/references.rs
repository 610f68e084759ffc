//! What a row names exists.

use super::super::model::{Deployments, Extension, Holding, Lifecycle, Plan, RoleNeed, Row};
use super::files::{File, Parsed};
use super::{Problem, list};

pub(super) fn check(parsed: &Parsed<'_>) -> Result<(), Problem> {
    let known = Known::of(parsed);
    for rule in &parsed.lists.rules {
        let at = |place: &str, text| parsed.problem("rules", place, text);
        known.sources(&rule.sources, &at)?;
        one("page", &rule.page, &known.pages, &at)?;
    }
    for cloud in &parsed.lists.clouds {
        let at = |place: &str, text| parsed.problem("clouds", place, text);
        known.lifecycle(cloud.lifecycle.as_ref(), &[], &at)?;
    }
    for target in &parsed.lists.targets {
        known.sources(&target.sources, &|place, text| parsed.problem("targets", place, text))?;
    }
    for map in &parsed.lists.region_maps {
        known.sources(&map.sources, &|place, text| parsed.problem("region_maps", place, text))?;
        for deployed in &map.deploys {
            let (component, target) = deployed.split_once('/').unwrap_or_default();
            let at = |_: &str, text| parsed.problem("region_maps", deployed, text);
            one("component", component, &known.components, &at)?;
            one("target", target, &known.targets, &at)?;
        }
    }
    parsed.plans.iter().try_for_each(|(file, plan)| known.plan(file, plan))?;
    for (file, component) in &parsed.components {
        let at = |place: &str, text| Problem::at(file, place, text);
        one("page", &component.page, &known.pages, &at)?;
        known.lifecycle(component.lifecycle.as_ref(), &known.components, &at)?;
        let variants: Vec<&str> = component.variants.iter().map(|variant| variant.id.as_str()).collect();
        for variant in &component.variants {
            known.lifecycle(variant.lifecycle.as_ref(), &variants, &at)?;
        }
        component.rows.iter().try_for_each(|row| known.row(file, row))?;
        known.deployments(&component.deploy, &at)?;
    }
    Ok(())
}

/// Where a problem is: the place in the text, and what is wrong.
type At<'a> = dyn Fn(&str, String) -> Problem + 'a;

/// The names of everything.
struct Known<'a> {
    sources: Vec<&'a str>,
    pages: Vec<&'a str>,
    rules: Vec<&'a str>,
    roles: Vec<&'a str>,
    targets: Vec<&'a str>,
    plans: Vec<&'a str>,
    components: Vec<&'a str>,
}

impl<'a> Known<'a> {
    fn of(parsed: &'a Parsed<'_>) -> Self {
        let lists = &parsed.lists;
        Self {
            sources: lists.sources.iter().map(|row| row.id.as_str()).collect(),
            pages: lists.pages.iter().map(|row| row.id.as_str()).collect(),
            rules: lists.rules.iter().map(|row| row.id.as_str()).collect(),
            roles: lists.roles.iter().map(|row| row.id.as_str()).collect(),
            targets: lists.targets.iter().map(|row| row.id.as_str()).collect(),
            plans: parsed.plans.iter().map(|(_, plan)| plan.name.as_str()).collect(),
            components: parsed.components.iter().map(|(_, component)| component.id.as_str()).collect(),
        }
    }

    fn plan(&self, file: &File, plan: &Plan) -> Result<(), Problem> {
        let at = |place: &str, text| Problem::at(file, place, text);
        let subplans: Vec<&str> = plan.subplans.iter().map(|subplan| subplan.name.as_str()).collect();
        let extensions: Vec<&str> = plan.extensions.iter().map(|extension| extension.name.as_str()).collect();
        self.sources(&plan.sources, &at)?;
        one("page", &plan.page, &self.pages, &at)?;
        self.roles(&plan.roles, &at)?;
        self.lifecycle(plan.lifecycle.as_ref(), &self.plans, &at)?;
        for name in &plan.resource_level {
            one("sub-plan", name, &subplans, &at)?;
        }
        for row in &plan.overrides {
            self.sources(&row.sources, &at)?;
        }
        for subplan in &plan.subplans {
            self.lifecycle(subplan.lifecycle.as_ref(), &subplans, &at)?;
        }
        for Extension { subplans: having, lifecycle, .. } in &plan.extensions {
            for name in having {
                one("sub-plan", name, &subplans, &at)?;
            }
            self.lifecycle(lifecycle.as_ref(), &extensions, &at)?;
        }
        Ok(())
    }

    fn row(&self, file: &File, row: &Row) -> Result<(), Problem> {
        let at = |place: &str, text| Problem::at(file, place, text);
        one("target", &row.target, &self.targets, &at)?;
        one("source", &row.source.id, &self.sources, &at)?;
        self.roles(&row.roles, &at)?;
        let overridden = row.overrides.iter().flat_map(|change| change.plans.iter().flatten());
        for plan in row.plans.iter().chain(overridden) {
            one("plan", plan, &self.plans, &at)?;
        }
        for change in &row.overrides {
            self.sources(&change.sources, &at)?;
            for source in &change.conflicts_with {
                one("source", source, &self.sources, &at)?;
            }
        }
        row.disputes.iter().try_for_each(|dispute| self.sources(&dispute.sources, &at))
    }

    fn deployments(&self, deploy: &Deployments, at: &At<'_>) -> Result<(), Problem> {
        let mut roles = deploy.assignments.iter().flat_map(|assignment| &assignment.roles);
        roles.try_for_each(|id| one("role", id, &self.roles, at))?;
        deploy.extensions.iter().try_for_each(|extension| one("plan", &extension.plan, &self.plans, at))?;
        for (Holding { targets, .. }, sources) in deploy.all() {
            targets.iter().try_for_each(|target| one("target", target, &self.targets, at))?;
            self.sources(sources, at)?;
        }
        Ok(())
    }

    fn lifecycle(&self, row: Option<&Lifecycle>, siblings: &[&str], at: &At<'_>) -> Result<(), Problem> {
        let Some(row) = row else { return Ok(()) };
        one("rule", &row.rule, &self.rules, at)?;
        one("page", &row.page, &self.pages, at)?;
        self.sources(&row.sources, at)?;
        for name in &row.replaced_by {
            one("replacement", name, siblings, at)?;
        }
        row.milestones.iter().try_for_each(|milestone| self.sources(&milestone.sources, at))
    }

    fn roles(&self, needs: &[RoleNeed], at: &At<'_>) -> Result<(), Problem> {
        let ids = needs.iter().flat_map(|need| &need.any_of);
        ids.into_iter().try_for_each(|id| one("role", id, &self.roles, at))
    }

    /// There is no fact without a source.
    fn sources(&self, names: &[String], at: &At<'_>) -> Result<(), Problem> {
        if names.is_empty() {
            return Err(at("sources = []", "no source is named".to_owned()));
        }
        names.iter().try_for_each(|name| one("source", name, &self.sources, at))
    }
}

/// Whether something of this name exists.
fn one(kind: &str, name: &str, known: &[&str], at: &At<'_>) -> Result<(), Problem> {
    if known.contains(&name) {
        return Ok(());
    }
    let mut known = known.to_vec();
    known.sort_unstable();
    let allowed = list(known);
    Err(at(&format!("{name:?}"), format!("there is no {kind} {name:?}; there are: {allowed}")))
}
