//! Links between pages lead somewhere.

use crate::harness::ROOT;
use crate::shared::process::Failure;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

#[test]
fn links_lead_to_pages_and_anchors() -> Result<(), Failure> {
    let mut texts: BTreeMap<String, String> = super::pages()?;
    let readme =
        fs::read_to_string(Path::new(ROOT).join("README.md")).map_err(Failure::of("read README.md"))?;
    texts.insert("README.md".to_owned(), readme);
    let (mut broken, mut links) = (Vec::new(), 0);
    for (path, text) in &texts {
        for target in targets(text) {
            links += 1;
            broken
                .extend(problem(&texts, path, target).map(|problem| format!("{path}: {target}: {problem}")));
        }
    }
    assert!(links > 50, "the links were found");
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
    Ok(())
}

#[test]
fn a_broken_link_is_found() {
    let page = |text: &str| ("docs/a.md".to_owned(), text.to_owned());
    let texts = BTreeMap::from([page("## Two Words\n\n## Two Words\n\n<a id=\"x--y\"></a>\n### `a_b`, c\n")]);
    for (target, fine) in [
        ("#two-words", true),
        ("#two-words-1", true),
        ("#two-words-2", false),
        ("#x--y", true),
        ("#a_b-c", true),
        ("a.md#x--y", true),
        ("b.md", false),
        ("../README.md", true),
        ("../b.md", false),
    ] {
        assert_eq!(
            problem(&texts, "docs/a.md", target),
            if fine { None } else { Some("leads nowhere") },
            "{target}"
        );
    }
    assert_eq!(targets("[a](b.md) `[c](d.md)` [e](https://f.example)\n```\n[g](h.md)\n```\n"), ["b.md"]);
}

/// What is wrong with a link on the page at `path`.
fn problem(texts: &BTreeMap<String, String>, path: &str, target: &str) -> Option<&'static str> {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() { path.to_owned() } else { beside(path, file) };
    let there = match texts.get(&file) {
        Some(text) => anchor.is_empty() || anchors(text).contains(anchor),
        None => anchor.is_empty() && Path::new(ROOT).join(&file).exists(),
    };
    if there { None } else { Some("leads nowhere") }
}

/// Where a relative link leads, as a path in the repository.
fn beside(path: &str, file: &str) -> String {
    let mut parts = PathBuf::from(path);
    parts.pop();
    for part in Path::new(file).components() {
        if part == Component::ParentDir {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.to_string_lossy().replace('\\', "/")
}

/// Targets of links into the repository; those in code are not links.
fn targets(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in prose(text) {
        for (place, piece) in line.split('`').enumerate() {
            let outside_of_code = place % 2 == 0;
            let links = piece.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
            found.extend(links.filter(|target| outside_of_code && !target.contains("://")));
        }
    }
    found
}

/// Anchors of a page: those that are written, and those that headings have.
/// <https://github.com/gjtorikian/html-pipeline/blob/v2.14.3/lib/html/pipeline/toc_filter.rb>
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in prose(text) {
        let written =
            line.split("<a id=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
        found.extend(written);
        let heading = line.trim_start_matches('#');
        if heading.len() < line.len() && heading.starts_with(' ') {
            let kept = |c: &char| c.is_alphanumeric() || [' ', '-', '_'].contains(c);
            let slug: String = heading.trim().to_lowercase().chars().filter(kept).collect();
            let slug = slug.replace(' ', "-");
            let more = (1..).map(|number| format!("{slug}-{number}"));
            let free = std::iter::once(slug.clone()).chain(more).find(|slug| !found.contains(slug));
            found.extend(free);
        }
    }
    found
}

/// The lines that are not in a block of code.
pub(super) fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}
