//! Who may use whom: `main -> provider -> {commands, resources, data_sources, functions} -> availability -> catalog`,
//! all but the pure ones `-> arm`, and the emulator nothing of ours.

use super::sources::{self, Source};
use super::{assert_none, finding};

/// What resources and data sources may use.
const BELOW_RESOURCES: &[&str] = &[
    "assignment",
    "singleton",
    "inventory",
    "context",
    "fleet",
    "pricings",
    "permissions",
    "policy",
    "settings",
    "documents",
    "machines",
    "workspaces",
    "diagnostics",
    "rows",
    "availability",
    "catalog",
    "arm",
];

/// Each layer of `src/` and the layers that it may use.
const LAYERS: [(&str, &[&str]); 26] = [
    (
        "provider",
        &[
            "commands",
            "resources",
            "data_sources",
            "functions",
            "context",
            "diagnostics",
            "availability",
            "catalog",
            "arm",
        ],
    ),
    ("commands", &["adopt", "drift", "context", "guide", "diagnostics", "availability", "catalog", "arm"]),
    ("adopt", &["context", "pricings", "policy", "subscriptions", "catalog", "arm"]),
    ("drift", &["catalog"]),
    ("resources", BELOW_RESOURCES),
    ("data_sources", BELOW_RESOURCES),
    ("assignment", &["context", "policy", "diagnostics", "availability", "arm"]),
    ("singleton", &["context", "documents", "diagnostics", "availability", "arm"]),
    ("inventory", &["machines", "context", "availability", "catalog"]),
    ("functions", &["rows", "availability", "catalog", "arm"]),
    (
        "context",
        &[
            "fleet",
            "pricings",
            "permissions",
            "policy",
            "settings",
            "documents",
            "machines",
            "subscriptions",
            "workspaces",
            "availability",
            "catalog",
            "arm",
        ],
    ),
    ("fleet", &["pricings", "subscriptions", "catalog", "arm"]),
    ("pricings", &["catalog", "arm"]),
    ("permissions", &["availability", "arm"]),
    ("policy", &["arm"]),
    ("settings", &["documents", "catalog", "arm"]),
    ("documents", &["arm"]),
    ("machines", &["catalog", "arm"]),
    ("subscriptions", &["arm"]),
    ("workspaces", &["arm"]),
    ("diagnostics", &["availability", "catalog", "arm"]),
    ("guide", &["availability", "catalog"]),
    ("rows", &["availability", "catalog"]),
    ("availability", &["catalog"]),
    ("catalog", &[]),
    ("arm", &[]),
];

/// What the code of `src/arm` must not name: it is about any Azure resource, and about no client of it.
const FOREIGN_TO_ARM: [&str; 3] = ["tfplugin", "terraform", "defender"];

/// What the emulator must not depend on, or it could not show a mistake of the provider.
const FOREIGN_TO_EMULATOR: [&str; 2] = ["tfplugin-protocol", "terraform-provider-defender"];

#[test]
fn layers_use_only_what_is_below_them() {
    assert_none(&sources::files(&["src"], ".rs").iter().flat_map(against_the_arrows).collect::<Vec<_>>());
}

#[test]
fn a_use_against_an_arrow_is_found() {
    for (path, line, found) in [
        ("src/arm/id.rs", "use crate::arm::secret;", 0),
        ("src/arm/id.rs", "use crate::catalog::Catalog;", 1),
        ("src/arm/id.rs", "// crate::catalog is not for us", 0),
        ("src/arm/mod.rs", "let x = super::provider::x();", 1),
        ("src/arm/mod.rs", "    use super::super::provider;", 1),
        ("src/arm/client/mod.rs", "use super::id::ResourceId;", 0),
        ("src/arm/client/mod.rs", "use super::super::super::provider;", 1),
        ("src/resources/plan.rs", "use crate::{arm::Client, provider::Provider};", 1),
        ("src/resources/plan.rs", "use crate::arm::Client;", 0),
        ("src/surprise.rs", "", 1),
        ("src/main.rs", "use crate::surprise;", 0),
    ] {
        let source = Source { path: path.to_owned(), text: line.to_owned() };
        assert_eq!(against_the_arrows(&source).len(), found, "{path}: {line}");
    }
}

#[test]
fn arm_names_no_client() {
    let mut findings = Vec::new();
    let sources = sources::files(&["src/arm"], ".rs");
    for source in sources.iter().filter(|source| !source.path.starts_with("src/arm/tests")) {
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code_lines(code) {
            for word in FOREIGN_TO_ARM.iter().filter(|word| line.to_lowercase().contains(**word)) {
                findings.push(finding(
                    source,
                    number,
                    &format!("`{word}` in src/arm: let the caller say it"),
                ));
            }
        }
    }
    assert_none(&findings);
}

#[test]
fn emulator_depends_on_nothing_of_ours() {
    let manifest = sources::file("tests/emulator/Cargo.toml").expect("the emulator has a manifest");
    let mut findings = Vec::new();
    for (number, line) in manifest.text.lines().enumerate() {
        let ours = FOREIGN_TO_EMULATOR.iter().any(|name| line.trim_start().starts_with(name));
        if ours || line.contains("path = \"..") {
            findings.push(finding(&manifest, number, "the emulator must not know the provider: remove it"));
        }
    }
    assert_none(&findings);
}

fn against_the_arrows(source: &Source) -> Vec<String> {
    let parts: Vec<&str> = source.path.trim_end_matches(".rs").split('/').skip(1).collect();
    let (Some(&layer), Some(&last)) = (parts.first(), parts.last()) else { return Vec::new() };
    if ["main", "lib"].contains(&layer) {
        return Vec::new();
    }
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![finding(source, 0, "a new layer: say in tests/it/tidy/layers.rs what it may use")];
    };
    let depth = if last == "mod" { parts.len() - 1 } else { parts.len() };
    let mut findings = Vec::new();
    for (number, line) in code_lines(&source.text) {
        for (used, _) in LAYERS.iter().filter(|(name, _)| *name != layer && !allowed.contains(name)) {
            if names_layer(line, used, depth) {
                findings.push(finding(source, number, &format!("`{layer}` must not use `{used}`")));
            }
        }
    }
    findings
}

/// Whether the line reaches the layer by `crate::layer`, by `crate::{… layer …}` or by climbing out of a
/// module this deep; one more `super` is needed where an inline module climbs.
fn names_layer(line: &str, layer: &str, depth: usize) -> bool {
    let climbs = |count: usize| format!("{}{layer}", "super::".repeat(count));
    let direct = [format!("crate::{layer}"), climbs(depth), climbs(depth + 1)];
    let grouped = line.split_once("crate::{").is_some_and(|(_, group)| {
        group.split([',', '{', '}', ' ']).any(|word| word == layer || word.starts_with(&format!("{layer}::")))
    });
    // A longer chain contains a shorter one, and a longer name its own beginning: both ends must be ends.
    grouped || direct.iter().any(|path| contains_path(line, path))
}

fn contains_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line.get(start + path.len()..).and_then(|text| text.chars().next());
        let part_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        !before.is_some_and(part_of_name) && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// The lines that are not comments, with their numbers from 0.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
}
