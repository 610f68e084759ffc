//! The page of the provider itself.

use std::fmt::Write as _;

use super::access;
use super::markdown::{first_sentence, head};
use super::{PROVIDER, Sources, schema, short, types};

/// The page.
pub(super) fn page(sources: &Sources) -> Result<String, String> {
    let block = &sources.reference.provider.block;
    let title = format!("Provider: {PROVIDER}");
    Ok([
        head(&title, &format!("{PROVIDER} Provider"), &block.description),
        types::usage(sources, "provider")?,
        contents(sources),
        schema::section(block),
        access::sections(sources, "provider")?,
    ]
    .concat())
}

/// What there is, with a sentence on each.
fn contents(sources: &Sources) -> String {
    let reference = &sources.reference;
    let resources = reference.resources.iter().map(|(name, one)| (*name, &one.schema.block.description));
    let data_sources = reference.data_sources.iter().map(|(name, one)| (*name, &one.block.description));
    let lists = reference.list_resources.iter().map(|(name, one)| (*name, &one.block.description));
    let functions = reference.functions.iter().map(|(name, one)| (*name, &one.summary));
    let mut out = String::new();
    list(&mut out, "Resources", "resources", resources);
    list(&mut out, "Data Sources", "data-sources", data_sources);
    list(&mut out, "List Resources", "list-resources", lists);
    list(&mut out, "Functions", "functions", functions);
    out.push_str("\n## Guides\n\n");
    for guide in &sources.guides {
        // Text, so writing cannot fail.
        let _ = writeln!(out, "- [{}](guides/{}): {}", guide.title(), guide.file(), guide.description());
    }
    out
}

fn list<'a>(
    out: &mut String,
    title: &str,
    folder: &str,
    items: impl Iterator<Item = (&'static str, &'a String)>,
) {
    let _ = write!(out, "\n## {title}\n\n");
    for (name, text) in items {
        let _ = writeln!(out, "- [`{name}`]({folder}/{}.md): {}", short(name), first_sentence(text));
    }
}
