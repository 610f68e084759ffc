//! The pages of `docs/`, in the registry's layout: schemas, examples and the catalogue in, Markdown out.
//! <https://developer.hashicorp.com/terraform/registry/providers/docs>
//!
//! Everything that is registered has a page, made from the very schema that Terraform gets, as HashiCorp's
//! tfplugindocs would make it, and from its folder in `examples/`. Nothing is listed here by name.
//!
//! Guides are written by hand in `templates/guides`, or by `defender::guide` from the catalogue. Only [`all`] and [`made`]
//! read files.

mod access;
mod fields;
mod functions;
mod guides;
mod import;
mod index;
mod markdown;
mod permissions;
mod roles;
mod schema;
mod texts;
mod types;

pub(crate) use access::Access;
pub(crate) use texts::import_arguments;

use defender::catalog::Catalog;
use defender::provider::Defender;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use tfplugin_protocol::reference::Reference;

use guides::Guide;
use roles::Roles;
use texts::Texts;

/// The provider's name, which stands before the names of its types.
pub(crate) const PROVIDER: &str = "defender";

/// Folders of pages that are only made, never written by hand.
const MADE: [&str; 5] =
    ["docs/resources", "docs/data-sources", "docs/functions", "docs/list-resources", "docs/guides"];

/// Where guides are written by hand.
const TEMPLATES: &str = "templates/guides";

/// What pages are made from.
struct Sources {
    reference: Reference,
    examples: Texts,
    access: BTreeMap<String, Access>,
    guides: Vec<Guide>,
    roles: Roles,
}

/// All pages, by their paths in the repository at `root`.
///
/// # Errors
///
/// A file cannot be read, or is not what it should be.
pub(crate) fn all(root: &Path) -> io::Result<BTreeMap<String, String>> {
    let examples = texts::below(root, "examples")?;
    let templates = texts::below(root, TEMPLATES)?;
    sources(examples, &templates).and_then(|sources| pages(&sources)).map_err(io::Error::other)
}

fn sources(examples: Texts, templates: &Texts) -> Result<Sources, String> {
    let catalog = Catalog::get();
    let roles = examples.get(roles::FILE).map(String::as_str).unwrap_or_default();
    let roles = roles::read(roles, catalog)?;
    let access = access::all(&examples)?;
    let mut guides = guides::of_templates(templates, &permissions::tables(&access, &roles)?)?;
    let made =
        defender::guide::PAGES.iter().map(|(path, make)| Guide::new((*path).to_owned(), make(catalog)));
    guides.extend(made);
    guides.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(Sources { reference: Reference::of(&Defender), examples, access, guides, roles })
}

/// Paths of the pages that are there, and that nobody but this program writes.
///
/// # Errors
///
/// A folder cannot be read.
pub(crate) fn made(root: &Path) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    for folder in MADE {
        paths.extend(texts::below(root, folder)?.into_keys());
    }
    Ok(paths)
}

fn pages(sources: &Sources) -> Result<BTreeMap<String, String>, String> {
    let mut pages = BTreeMap::new();
    for guide in &sources.guides {
        pages.insert(guide.path.clone(), guide.text.clone());
    }
    for (name, resource) in &sources.reference.resources {
        let page = types::resource(sources, name, resource)?;
        pages.insert(format!("docs/resources/{}.md", short(name)), page);
    }
    for (name, schema) in &sources.reference.data_sources {
        let page = types::data_source(sources, name, schema)?;
        pages.insert(format!("docs/data-sources/{}.md", short(name)), page);
    }
    for (name, schema) in &sources.reference.list_resources {
        let page = types::list_resource(sources, name, schema)?;
        pages.insert(format!("docs/list-resources/{}.md", short(name)), page);
    }
    for (name, signature) in &sources.reference.functions {
        pages.insert(format!("docs/functions/{name}.md"), functions::page(sources, name, signature)?);
    }
    pages.insert("docs/index.md".to_owned(), index::page(sources)?);
    Ok(pages)
}

/// The name of a type without the provider's, as pages have it.
fn short(name: &str) -> &str {
    name.strip_prefix(PROVIDER).and_then(|name| name.strip_prefix('_')).unwrap_or(name)
}
