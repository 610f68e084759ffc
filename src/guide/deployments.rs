//! The page on how components get to their targets: what is called for each, with its roles and its inputs.

use std::collections::BTreeMap;

use super::markdown::{code, codes, numbers, table};
use crate::catalog::model::{
    Assignment, Call, Catalog, Component, Deployments, Holding, Input, Mechanism, Os, Parameter, Row,
    SettingValue, WorkspaceKind,
};
use crate::catalog::word;

/// Where the page lies in the repository.
pub const DEPLOYMENTS: &str = "docs/guides/deployments.md";

/// The page.
pub fn deployments(catalog: &Catalog) -> String {
    let sections = [
        intro(catalog),
        targets(catalog),
        assignments(catalog),
        settings(catalog),
        extensions(catalog),
        handlers(catalog),
        nothing(catalog),
    ];
    sections.join("\n")
}

fn intro(catalog: &Catalog) -> String {
    format!(
        r#"---
page_title: "Deployments"
subcategory: ""
description: |-
  How each monitoring component of Microsoft Defender for Cloud gets to its targets: policies and the roles of their identities, settings, extensions of plans.
---

<!-- Written by `cargo run --example docs` from src/catalog/data. Change the rows, not this page. -->

# Deployments

What has to be called in Azure for a component to get to its targets. Whether a cloud has the component on a day is
another question, which the [availability rules](availability-rules.md) answer. This page is written for
**{}**, the day on which the rows were last compared with their sources. Numbers of sources are those of
[their list](availability-rules.md#sources).
"#,
        catalog.as_of
    )
}

/// One row for each place in the matrix: how a component gets there, now and before.
fn targets(catalog: &Catalog) -> String {
    let rows = catalog.components.iter().flat_map(|component| {
        component.rows.iter().map(move |row| {
            let mut ways = vec![word(&row.mechanism)];
            let changes = row.overrides.iter().filter_map(|change| Some((change.from, change.mechanism?)));
            ways.extend(changes.map(|(from, mechanism)| format!("{} since {from}", word(&mechanism))));
            vec![
                code(&component.id),
                code(&row.target),
                word(&row.os),
                ways.join(", "),
                calls(component, row),
            ]
        })
    });
    format!("## Targets\n\n{}", table(&["Component", "Target", "OS", "How", "By what"], rows))
}

/// Names of all deployments that a row has had; the tables below say more of each.
fn calls(component: &Component, row: &Row) -> String {
    let Deployments { assignments, settings, extensions, .. } = &component.deploy;
    let mechanisms: Vec<Mechanism> =
        row.overrides.iter().filter_map(|change| change.mechanism).chain([row.mechanism]).collect();
    let here = |holding: &Holding| holding.covers(&row.target, row.os);
    let mut names = Vec::new();
    if mechanisms.contains(&Mechanism::Policy) {
        let found = assignments.iter().filter(|one| here(&one.holds));
        names.extend(found.map(|one| one.title.clone()));
    }
    if mechanisms.contains(&Mechanism::Setting) {
        let found = settings.iter().filter(|one| here(&one.holds));
        names.extend(found.map(|one| code(format!("{}/{}", one.call.resource_type(), one.name))));
    }
    if mechanisms.contains(&Mechanism::PlanExtension) {
        let found = extensions.iter().filter(|one| here(&one.holds));
        names.extend(found.map(|one| format!("`{}` of `{}`", one.name, one.plan)));
    }
    if names.is_empty() {
        let none = mechanisms.iter().any(|one| *one != Mechanism::Other);
        return if none { "nothing to deploy" } else { "not known" }.to_owned();
    }
    names.join("; ")
}

fn assignments(catalog: &Catalog) -> String {
    let all = catalog.components.iter().flat_map(|component| &component.deploy.assignments);
    let rows = all.map(|one| {
        let kind = if one.initiative { " (initiative)" } else { "" };
        let roles =
            one.roles.iter().map(|id| catalog.role(id).map_or(id.as_str(), |role| role.name.as_str()));
        vec![
            format!("{}{kind}", one.title),
            code(&one.definition),
            roles.collect::<Vec<_>>().join(", "),
            parameters(&one.parameters),
            inputs(one),
            when(&one.holds),
            numbers(catalog, one.sources.iter().map(String::as_str)),
        ]
    });
    let head = [
        "Assignment",
        "Definition",
        "Roles of its identity",
        "Parameters",
        "Inputs",
        "Where and when",
        "Sources",
    ];
    format!(
        "## Policy assignments\n\nEach is made once for the scope, whatever the number of its targets, with an identity that \
         gets these roles there. An identity needs a `location`. What stands in braces follows from your inputs: \
         `{{workspace_region}}` and `{{workspace_guid}}` are read from the workspace. A parameter that is not named, or whose optional \
         input is missing, keeps the default of the definition.\n\n{}",
        table(&head, rows)
    )
}

fn inputs(one: &Assignment) -> String {
    let mut inputs: Vec<String> = one.required().into_iter().map(code_of).collect();
    inputs.extend(one.takes.iter().map(|input| format!("{}, optional", code_of(*input))));
    if one.workspace == Some(WorkspaceKind::Default) {
        inputs.push(format!("without {}", code_of(Input::WorkspaceId)));
    }
    inputs.join("; ")
}

fn code_of(input: Input) -> String {
    code(word(&input))
}

fn settings(catalog: &Catalog) -> String {
    let all = catalog.components.iter().flat_map(|component| &component.deploy.settings);
    let rows = all.map(|one| {
        let off = one.off.as_ref().map_or_else(|| "deleted".to_owned(), |off| value(one.call, off));
        vec![
            code(&one.name),
            code(one.call.resource_type()),
            value(one.call, &one.on),
            off,
            codes(&one.holds.targets),
            when(&one.holds),
            numbers(catalog, one.sources.iter().map(String::as_str)),
        ]
    });
    let head = ["Setting", "Resource type", "On", "Off", "Targets", "Where and when", "Sources"];
    format!("## Settings\n\nA setting holds for the whole subscription.\n\n{}", table(&head, rows))
}

fn value(call: Call, value: &SettingValue) -> String {
    let property = call.property();
    match value {
        SettingValue::Switch(on) => code(format!("{property} = {on}")),
        SettingValue::Word(word) => code(format!("{property} = {word:?}")),
    }
}

fn extensions(catalog: &Catalog) -> String {
    let rows = catalog.components.iter().flat_map(|component| {
        component.deploy.extensions.iter().map(move |one| {
            vec![
                code(&component.id),
                code(&one.plan),
                code(&one.name),
                parameters(&one.properties),
                when(&one.holds),
                numbers(catalog, one.sources.iter().map(String::as_str)),
            ]
        })
    });
    let head = ["Component", "Plan", "Extension", "Properties", "Where and when", "Sources"];
    format!(
        "## Extensions of plans\n\nSet them in `extensions` of `defender_plan`. One of the plans is enough; of that plan, all \
         extensions that are named here are needed.\n\n{}",
        table(&head, rows)
    )
}

fn handlers(catalog: &Catalog) -> String {
    let rows = catalog.components.iter().flat_map(|component| {
        component.deploy.handlers.iter().map(move |one| {
            let kind = match &one.publisher {
                Some(publisher) => format!("`{publisher}` `{}`", one.kind),
                None => code(&one.kind),
            };
            vec![
                code(&component.id),
                word(&one.via),
                kind,
                one.version.as_ref().map(code).unwrap_or_default(),
                parameters(&one.settings),
                codes(&one.holds.targets),
                when(&one.holds),
                numbers(catalog, one.sources.iter().map(String::as_str)),
            ]
        })
    });
    let head = [
        "Component",
        "By",
        "Publisher and type",
        "Version",
        "Settings",
        "Targets",
        "Where and when",
        "Sources",
    ];
    format!(
        "## On one machine or cluster\n\n`defender_extension` deploys a component to a single target. What stands in braces follows \
         from the target, or from `workspace_id`.\n\n{}",
        table(&head, rows)
    )
}

fn nothing(catalog: &Catalog) -> String {
    let rows = catalog.components.iter().flat_map(|component| {
        component.deploy.nothing.iter().map(move |one| {
            let sources = numbers(catalog, one.sources.iter().map(String::as_str));
            vec![code(&component.id), codes(&one.holds.targets), one.why.clone(), when(&one.holds), sources]
        })
    });
    let head = ["Component", "Targets", "Why", "Where and when", "Sources"];
    format!("## Nothing to deploy\n\n{}", table(&head, rows))
}

/// Values by name, as they are written.
fn parameters(values: &BTreeMap<String, Parameter>) -> String {
    let value = |value: &Parameter| match value {
        Parameter::Placeholder(placeholder) => placeholder.as_str().to_owned(),
        Parameter::Fixed(value) => value.to_string(),
    };
    values.iter().map(|(name, one)| code(format!("{name} = {}", value(one)))).collect::<Vec<_>>().join(", ")
}

/// The limits of a deployment; nothing where it has none.
fn when(holding: &Holding) -> String {
    let mut limits = Vec::new();
    if holding.os != Os::Any {
        limits.push(word(&holding.os));
    }
    if !holding.clouds.is_empty() {
        limits.push(codes(holding.clouds.iter().map(|cloud| cloud.as_str())));
    }
    limits.extend(holding.from.map(|day| format!("since {day}")));
    limits.extend(holding.until.map(|day| format!("until {day}")));
    limits.join(", ")
}
