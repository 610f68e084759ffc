//! Pages of resources, data sources and list resources.

use tfplugin_protocol::Schema;
use tfplugin_protocol::reference::ResourceReference;

use super::access;
use super::markdown::{fenced, head};
use super::{PROVIDER, Sources, guides, import, schema, short};

/// The page of a resource.
pub(super) fn resource(
    sources: &Sources,
    name: &str,
    resource: &ResourceReference,
) -> Result<String, String> {
    let folder = format!("resources/{name}");
    let script = sources.examples.get(&format!("examples/{folder}/import.sh"));
    let import = script.map(|script| import::section(script, resource)).transpose()?;
    Ok([
        page(sources, name, "Resource", &folder, &resource.schema)?,
        import.unwrap_or_default(),
        listed(sources, name),
        access::sections(sources, &folder)?,
        guides::links(&sources.guides, name),
    ]
    .concat())
}

/// The page of a data source.
pub(super) fn data_source(sources: &Sources, name: &str, schema: &Schema) -> Result<String, String> {
    let folder = format!("data-sources/{name}");
    Ok([
        page(sources, name, "Data Source", &folder, schema)?,
        access::sections(sources, &folder)?,
        guides::links(&sources.guides, name),
    ]
    .concat())
}

/// Where a resource's page leads to that of its list resource.
fn listed(sources: &Sources, name: &str) -> String {
    if !sources.reference.list_resources.contains_key(name) {
        return String::new();
    }
    let page = format!("../list-resources/{}.md", short(name));
    format!(
        "\n## Query\n\nTerraform 1.14 and later finds what there is: see the list resource [`{name}`]({page}).\n"
    )
}

/// The page of a list resource.
pub(super) fn list_resource(sources: &Sources, name: &str, schema: &Schema) -> Result<String, String> {
    let folder = format!("list-resources/{name}");
    let resource = format!("../resources/{}.md", short(name));
    let how = format!(
        "\n## Query\n\nIn Terraform 1.14 and later `terraform query` shows what is found, and `terraform query \
         -generate-config-out=found.tf` writes [`{name}`]({resource}) with `import` blocks for it. The arguments stand in the \
         block `config`.\n"
    );
    Ok([
        page(sources, name, "List Resource", &folder, schema)?,
        how,
        access::sections(sources, &folder)?,
        guides::links(&sources.guides, name),
    ]
    .concat())
}

/// What pages of all kinds of types begin with: head, example and schema.
fn page(
    sources: &Sources,
    name: &str,
    kind: &str,
    folder: &str,
    Schema { block, .. }: &Schema,
) -> Result<String, String> {
    let title = format!("{name} {kind} - {PROVIDER}");
    let mut page = head(&title, &format!("{name} ({kind})"), &block.description);
    if !block.deprecation.is_empty() {
        page.extend(["\n~> **Deprecated.** ", &block.deprecation, "\n"]);
    }
    page.push_str(&usage(sources, folder)?);
    page.push_str(&schema::section(block));
    Ok(page)
}

/// The section with the example.
pub(super) fn usage(sources: &Sources, folder: &str) -> Result<String, String> {
    let examples = access::examples(sources, folder);
    if examples.is_empty() {
        return Err(format!("examples/{folder}: write this example"));
    }
    let blocks = examples.into_iter().map(|(_, text)| fenced("terraform", text));
    Ok(format!("\n## Example Usage\n\n{}", blocks.collect::<Vec<_>>().join("\n")))
}
