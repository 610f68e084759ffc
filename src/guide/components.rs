//! Components: the matrix, and what is to be known of each.

use super::markdown::{code, codes, numbers, one_of, page, table};
use super::plans::end;
use crate::availability::matrix::Filter;
use crate::availability::view::{Entry, RoleEntry, by_place, entries};
use crate::catalog::model::{Catalog, Cloud, Component, RoleScope, Variant};
use crate::catalog::word;

pub(super) fn section(catalog: &Catalog) -> String {
    let all = entries(catalog, Filter::default(), &Cloud::ALL, catalog.as_of);
    let each: Vec<String> =
        catalog.components.iter().map(|component| details(catalog, component, &all)).collect();
    format!(
        "## Components today\n\n`yes` and `no` are what Microsoft's documents say of the cloud. `disputed`: they contradict \
         each other. `retired`: it has come to its end, or the cloud has. `unknown`: they do not say. What contradicts a row is among its \
         sources below.\n\n{}\n{}",
        matrix(&all),
        each.join("\n")
    )
}

/// Entries as a table, one row for each component, target and operating system.
pub fn matrix(all: &[Entry]) -> String {
    let mut head = vec!["Component", "Target", "OS", "State", "How", "By policy"];
    let clouds = by_place(all).next().into_iter().flatten().map(|entry| entry.cloud.as_str());
    head.extend(clouds);
    head.push("One of these plans");
    let rows = by_place(all).filter_map(|place| {
        let entry = place.first()?;
        let mut row = vec![
            code(&entry.component),
            code(&entry.target),
            word(&entry.os),
            word(&entry.state),
            word(&entry.mechanism),
            word(&entry.policy_based),
        ];
        row.extend(place.iter().map(|entry| entry.availability.as_str().to_owned()));
        row.push(codes(&entry.plans));
        Some(row)
    });
    table(&head, rows)
}

fn details(catalog: &Catalog, component: &Component, all: &[Entry]) -> String {
    let aliases = match &component.aliases[..] {
        [] => String::new(),
        names => format!(" Also known as {}.", codes(names)),
    };
    let mut parts = vec![
        format!("### {}\n", component.title),
        format!(
            "`{}`: {}{aliases} {}\n",
            component.id,
            component.summary,
            page(catalog, &component.page, "Microsoft's page")
        ),
    ];
    if let Some(ending) = &component.lifecycle {
        parts.push(format!("**{}** {}\n", end(ending, catalog.as_of), ending.instead));
    }
    if !component.variants.is_empty() {
        let kinds: Vec<String> = component.variants.iter().map(|variant| kind(catalog, variant)).collect();
        parts.push(format!("Kinds of it:\n\n{}", kinds.concat()));
    }
    let own: Vec<&[Entry]> =
        by_place(all).filter(|place| place.iter().any(|entry| entry.component == component.id)).collect();
    if !own.is_empty() {
        let rows = own.into_iter().filter_map(|place| row(catalog, place));
        parts.push(table(&["Target", "OS", "Who may do it", "Note", "Sources"], rows));
    }
    parts.join("\n")
}

fn kind(catalog: &Catalog, variant: &Variant) -> String {
    let end = variant.lifecycle.as_ref().map(|ending| format!(": {}", end(ending, catalog.as_of)));
    format!("- `{}`, {}{}\n", variant.id, variant.title, end.unwrap_or_default())
}

fn row(catalog: &Catalog, place: &[Entry]) -> Option<Vec<String>> {
    let entry = place.first()?;
    let roles: Vec<String> = entry.roles.iter().map(role).collect();
    // The end of a whole cloud has its sources in the calendar.
    let lasting =
        place.iter().filter(|entry| catalog.cloud(entry.cloud).is_some_and(|row| row.lifecycle.is_none()));
    let sources = lasting.flat_map(|entry| entry.sources.iter().map(|source| source.id.as_str()));
    Some(vec![
        code(&entry.target),
        word(&entry.os),
        if roles.is_empty() { "not said".to_owned() } else { roles.join("; ") },
        entry.note.clone().unwrap_or_default(),
        numbers(catalog, sources),
    ])
}

fn role(need: &RoleEntry) -> String {
    let names: Vec<&str> = need.any_of.iter().map(|role| role.name.as_str()).collect();
    let scope = match need.scope {
        RoleScope::Subscription => "",
        RoleScope::ResourceGroup => " of the resource group",
    };
    format!("{}: {}{scope}", need.action, one_of(&names))
}
