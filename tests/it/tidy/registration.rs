//! What is registered is sorted, and has an example; every example is of something registered.

use super::sources::{self, Source};
use super::{assert_none, finding};
use crate::harness::{ROOT, Scene};
use crate::shared::process::Failure;
use defender::provider::Defender;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tfplugin_protocol::reference::Reference;

const REGISTRIES: [&str; 3] = ["src/resources/mod.rs", "src/data_sources/mod.rs", "src/functions/mod.rs"];

#[test]
fn registration_lists_are_sorted() {
    let registries = REGISTRIES.iter().filter_map(|path| sources::file(path));
    assert_none(&registries.flat_map(|source| unsorted(&source)).collect::<Vec<_>>());
}

#[test]
fn an_unsorted_list_is_found() {
    for (text, found) in [
        ("mod a;\nmod b;\n\nfn f() {\n    &[\n        &a::A,\n        &b::B,\n    ]\n}\n", 0),
        ("mod b;\nmod a;\n", 1),
        ("        &b::B,\n        &a::A,\n", 1),
        ("        Box::new(b::B),\n        Box::new(a::A),\n", 1),
    ] {
        let source = Source { path: "x.rs".to_owned(), text: text.to_owned() };
        assert_eq!(unsorted(&source).len(), found, "{text}");
    }
}

#[test]
fn what_is_registered_has_an_example() -> Result<(), Failure> {
    let scene = Scene::new("")?;
    let output = scene.workspace.run(["providers", "schema", "-json"])?.require(0)?;
    let schema: serde_json::Value =
        serde_json::from_str(&output.stdout).map_err(Failure::of("read the provider's schema"))?;
    let provider = &schema["provider_schemas"]["registry.terraform.io/defender-tf/defender"];
    // Terraform shows list resources from 1.14 on, and this may be an older one.
    let lists = Reference::of(&Defender).list_resources;
    let lists: BTreeSet<String> = lists.into_keys().map(str::to_owned).collect();
    let mut findings = differences("list-resources", &lists);
    for (kind, folder) in [
        ("resource_schemas", "resources"),
        ("data_source_schemas", "data-sources"),
        ("functions", "functions"),
    ] {
        let names = provider[kind].as_object();
        let registered: BTreeSet<String> =
            names.into_iter().flatten().map(|(name, _)| name.clone()).collect();
        findings.extend(differences(folder, &registered));
    }
    assert_none(&findings);
    Ok(())
}

/// What is registered and has no example, and the other way round.
fn differences(folder: &str, registered: &BTreeSet<String>) -> Vec<String> {
    let shown = folders(folder);
    let missing =
        registered.difference(&shown).map(|name| format!("examples/{folder}/{name}: write this example"));
    let surplus =
        shown.difference(registered).map(|name| format!("examples/{folder}/{name}: of nothing registered"));
    missing.chain(surplus).collect()
}

fn folders(kind: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(Path::new(ROOT).join("examples").join(kind)).into_iter().flatten();
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Compares each line that declares a module, or names an item of one, with the line before it.
fn unsorted(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let pairs = lines.windows(2).enumerate();
    let wrong = pairs.filter(|(_, pair)| match (entry(pair[0]), entry(pair[1])) {
        (Some(one), Some(other)) => one > other,
        _ => false,
    });
    wrong.map(|(number, _)| finding(source, number + 1, "sort this list")).collect()
}

/// The kind and the module of an entry of a list; `None` for any other line.
fn entry(line: &str) -> Option<(bool, &str)> {
    let line = line.trim();
    let declared = line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ");
    if let Some(name) = declared.and_then(|name| name.strip_suffix(';')) {
        return Some((false, name));
    }
    let path = line.strip_suffix(',')?.trim_start_matches("Box::new(").trim_start_matches('&');
    Some((true, path.split_once("::")?.0))
}
