//! Clouds, roles, rules and sources: the lists of the catalogue.

use super::markdown::{code, numbers, page, table};
use crate::catalog::model::{Basis, Catalog};

/// What a rule rests on, in plain words.
pub(super) fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Input => "What was written cannot be meant",
        Basis::ApiRejects => "Azure refuses it",
        Basis::Unsupported => "Microsoft's documents say that it does not work",
        Basis::Retirement => "It comes to its end",
        Basis::Disputed => "Microsoft's documents contradict each other",
        Basis::NotListed => "The provider does not know it; Azure may",
        Basis::Role => "You may lack a permission",
        Basis::Preview => "It is in preview; nothing is said where previews are accepted",
        Basis::Advice => "It works, and has a consequence that is easily overlooked",
        Basis::Note => "Nothing is wrong",
    }
}

pub(super) fn clouds(catalog: &Catalog) -> String {
    let rows = catalog.clouds.iter().map(|cloud| {
        let end = cloud.lifecycle.as_ref().and_then(|ending| ending.retired_on);
        let end = end.map(|day| format!("{day}")).unwrap_or_default();
        vec![code(cloud.id.as_str()), cloud.title.clone(), code(&cloud.azure_name), end]
    });
    format!(
        "## Clouds\n\n{}",
        table(&["Here", "Microsoft's name", "In Azure's tools", "End of Defender for Cloud"], rows)
    )
}

pub(super) fn roles(catalog: &Catalog) -> String {
    let rows = catalog.roles.iter().map(|role| {
        vec![code(&role.id), format!("[{}]({})", role.name, role.source), role.other_names.join(", ")]
    });
    format!(
        "## Roles\n\nRoles are known by their ids, which never change; their names do.\n\n{}",
        table(&["Id", "Name", "Also seen as"], rows)
    )
}

pub(super) fn section(catalog: &Catalog) -> String {
    let rows = catalog.rules.iter().map(|rule| {
        let sources = numbers(catalog, rule.sources.iter().map(String::as_str));
        vec![
            code(&rule.id),
            rule.title.clone(),
            basis(rule.basis).to_owned(),
            sources,
            page(catalog, &rule.page, "page"),
        ]
    });
    format!(
        "## All rules\n\nNumbers are those of the [sources](#sources) below.\n\n{}",
        table(&["Id", "Rule", "Rests on this", "Sources", "To read"], rows)
    )
}

pub(super) fn sources(catalog: &Catalog) -> String {
    let rows = catalog.sources.iter().enumerate().map(|(place, source)| {
        let title = format!("[{}]({})", source.title, source.url);
        vec![(place + 1).to_string(), title, source.read.to_string()]
    });
    format!(
        "## Sources\n\nPages change. The day is that of the text that was read.\n\n{}",
        table(&["Number", "Source", "Text of"], rows)
    )
}
