//! Plans with their sub-plans and extensions.

use super::markdown::{code, codes, table};
use crate::availability::matrix;
use crate::catalog::model::{
    Catalog, Cloud, Day, Extension, Lifecycle, Plan, Property, PropertyKind, Subplan,
};

pub(super) fn section(catalog: &Catalog) -> String {
    format!(
        "## Plans\n\nThe name is what `defender_plan` takes. Azure's own list for a subscription comes first: it may have \
         more. Who has a sub-plan or a plan that is closed keeps it, and nobody can go back to it.\n\n{}\n### Extensions of plans\n\nAn extension that assigns roles needs somebody who may assign roles, such \
         as an Owner, when it is switched on.\n\n{}",
        plans(catalog),
        extensions(catalog)
    )
}

fn plans(catalog: &Catalog) -> String {
    let mut head = vec!["Name", "Title", "Sub-plans"];
    head.extend(Cloud::ALL.map(Cloud::as_str));
    head.push("Remarks");
    let rows = catalog.plans.iter().map(|plan| {
        let subplans = plan.subplans.iter().map(|one| subplan(one, catalog.as_of));
        let subplans: Vec<String> = subplans.collect();
        let mut row = vec![code(&plan.name), plan.title.clone(), subplans.join(", ")];
        let today = |cloud| matrix::of_plan(catalog, plan, cloud, catalog.as_of).as_str().to_owned();
        row.extend(Cloud::ALL.map(today));
        row.push(remarks(plan, catalog.as_of));
        row
    });
    table(&head, rows)
}

fn subplan(subplan: &Subplan, today: Day) -> String {
    let closed = subplan.lifecycle.as_ref().and_then(Lifecycle::closed_on);
    match closed {
        Some(day) if day <= today => format!("`{}` (closed since {day})", subplan.name),
        Some(day) => format!("`{}` (will be closed on {day})", subplan.name),
        None if subplan.default => format!("`{}` (default)", subplan.name),
        None => code(&subplan.name),
    }
}

fn remarks(plan: &Plan, today: Day) -> String {
    let mut remarks = Vec::new();
    if let Some(ending) = &plan.lifecycle {
        remarks.push(end(ending, today));
    }
    if plan.always_standard {
        remarks.push("Always on, at no cost.".to_owned());
    }
    if !plan.resource_level.is_empty() {
        remarks.push(format!("On a single machine: {}.", codes(&plan.resource_level)));
    }
    remarks.join(" ")
}

/// How something comes to its end, and what takes its place.
pub(super) fn end(ending: &Lifecycle, today: Day) -> String {
    let what = match (ending.retired_on, ending.closed_on()) {
        (Some(day), _) if day <= today => format!("Retired on {day}"),
        (Some(day), _) => format!("Will be retired on {day}"),
        (None, Some(day)) if day <= today => format!("Closed to new subscriptions since {day}"),
        (None, Some(day)) => format!("Will be closed to new subscriptions on {day}"),
        (None, None) => "No longer used".to_owned(),
    };
    match &ending.replaced_by[..] {
        [] => format!("{what}."),
        names => format!("{what}; replaced by {}.", codes(names)),
    }
}

fn extensions(catalog: &Catalog) -> String {
    let rows = catalog.plans.iter().flat_map(|plan| {
        plan.extensions.iter().map(|extension| {
            let subplans = match &extension.subplans[..] {
                [] => "all".to_owned(),
                names => codes(names),
            };
            vec![
                code(&plan.name),
                code(&extension.name),
                extension.title.clone(),
                subplans,
                properties(extension),
                extension_remarks(extension, catalog.as_of),
            ]
        })
    });
    table(&["Plan", "Extension", "What it is", "With sub-plan", "Properties", "Remarks"], rows)
}

fn properties(extension: &Extension) -> String {
    extension.properties.iter().map(property).collect::<Vec<_>>().join("; ")
}

fn property(property: &Property) -> String {
    let kind = match property.kind {
        PropertyKind::Text if !property.values.is_empty() => codes(&property.values),
        PropertyKind::Text => "text".to_owned(),
        PropertyKind::Flag => "`True`, `False`".to_owned(),
        PropertyKind::Integer => "a whole number".to_owned(),
        PropertyKind::JsonArray => "a JSON array".to_owned(),
        PropertyKind::Workspace => "the id of a Log Analytics workspace".to_owned(),
    };
    let required = if property.required { ", required" } else { "" };
    format!("`{}`: {kind}{required}", property.name)
}

fn extension_remarks(extension: &Extension, today: Day) -> String {
    let mut remarks = Vec::new();
    if let Some(ending) = &extension.lifecycle {
        remarks.push(end(ending, today));
    }
    if extension.assigns_roles {
        remarks.push("Assigns roles.".to_owned());
    }
    if !extension.always_on.is_empty() {
        let clouds = extension.always_on.iter().map(|cloud| cloud.as_str());
        remarks.push(format!("Always on in {}.", codes(clouds)));
    }
    remarks.join(" ")
}
