//! The pages of `docs/` are as the schemas, the examples and the catalogue are.

#[path = "../../examples/docs/pages/mod.rs"]
pub(crate) mod pages;

mod guides;
mod links;

use crate::harness::ROOT;
use crate::shared::process::Failure;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What the registry takes. <https://developer.hashicorp.com/terraform/registry/providers/docs#storage-limits>
const PAGE_BYTES: usize = 500_000;

#[test]
fn pages_are_fresh() -> Result<(), Failure> {
    let fresh = pages()?;
    for (path, text) in &fresh {
        let written = fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_default();
        let lines = text.lines().zip(written.lines().chain(std::iter::repeat("")));
        let stale = lines.into_iter().find(|(one, other)| one != other);
        assert!(
            *text == written,
            "{path} is stale: run `cargo run --example docs`. The first difference: {stale:#?}"
        );
    }
    let made = pages::made(Path::new(ROOT)).map_err(Failure::of("list the pages"))?;
    let surplus: Vec<_> = made.into_iter().filter(|path| !fresh.contains_key(path)).collect();
    assert!(surplus.is_empty(), "of nothing registered: run `cargo run --example docs`: {surplus:#?}");
    Ok(())
}

#[test]
fn pages_are_what_the_registry_takes() -> Result<(), Failure> {
    for (path, text) in pages()? {
        assert!(
            text.len() < PAGE_BYTES,
            "{path} has {} bytes, and the registry takes {PAGE_BYTES}",
            text.len()
        );
        let head =
            text.strip_prefix("---\n").and_then(|text| text.split_once("\n---\n")).map(|(head, _)| head);
        let head = head.ok_or_else(|| Failure::new(format!("{path} has no front matter")))?;
        let keys: Vec<&str> = head
            .lines()
            .filter(|line| !line.starts_with("  "))
            .filter_map(|line| Some(line.split_once(": ")?.0))
            .collect();
        assert_eq!(keys, ["page_title", "subcategory", "description"], "{path}");
        for line in head.lines().filter(|line| !line.starts_with("  ")) {
            let (key, value) = line.split_once(": ").unwrap_or_default();
            let quoted = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
            assert!(quoted || (key, value) == ("description", "|-"), "{path}: {line}");
        }
        let description: Vec<&str> = head.lines().filter_map(|line| line.strip_prefix("  ")).collect();
        assert!(description.iter().any(|line| !line.trim().is_empty()), "{path}: write a description");
        let titles = links::prose(&text).filter(|line| line.starts_with("# ")).count();
        assert_eq!(titles, 1, "{path}: one title");
    }
    Ok(())
}

#[test]
fn every_example_is_on_exactly_one_page() -> Result<(), Failure> {
    let pages = pages()?;
    let mut shown = 0;
    for kind in ["provider", "resources", "data-sources", "functions", "list-resources"] {
        for (path, text) in examples(&Path::new(ROOT).join("examples").join(kind))? {
            let on = pages.iter().filter(|(_, page)| page.contains(text.trim_end())).count();
            assert_eq!(on, 1, "{path} is on {on} pages");
            shown += 1;
        }
    }
    assert!(shown > 3, "the examples were found");
    Ok(())
}

/// All pages, made anew.
fn pages() -> Result<BTreeMap<String, String>, Failure> {
    pages::all(Path::new(ROOT)).map_err(Failure::of("make the pages"))
}

/// The configurations in a folder and below it.
fn examples(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    let act = || format!("read {}", folder.display());
    for entry in fs::read_dir(folder).map_err(Failure::of(act()))? {
        let path = entry.map_err(Failure::of(act()))?.path();
        if path.is_dir() {
            found.extend(examples(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "tf" || ending == "hcl") {
            let text = fs::read_to_string(&path).map_err(Failure::of(act()))?;
            found.push((path.display().to_string(), text));
        }
    }
    Ok(found)
}
