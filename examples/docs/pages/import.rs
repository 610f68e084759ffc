//! The section on import: by id, by an `import` block, and by identity.

use defender::adopt::quoted;
use tfplugin_protocol::provider::IdentityAttribute;
use tfplugin_protocol::reference::ResourceReference;

use super::fields::plain;
use super::import_arguments;
use super::markdown::fenced;

/// The section. What the identity of the object comes to is asked of the resource.
pub(super) fn section(script: &str, resource: &ResourceReference) -> Result<String, String> {
    let (address, id) = import_arguments(script)?;
    let comments: Vec<&str> =
        script.lines().filter_map(|line| line.strip_prefix('#')).map(str::trim).collect();
    let by_id = format!("import {{\n  to = {address}\n  id = {}\n}}", quoted(&id));
    let identity = identity(resource, &address, &id)?;
    Ok(format!(
        "\n## Import\n\n{}\n\n{}\nIn Terraform 1.5 and later, or OpenTofu, an `import` block with the `id`:\n\n{}{identity}",
        comments.join("\n"),
        fenced("shell", &format!("terraform import {address} {}", in_shell(&id))),
        fenced("terraform", &by_id),
    ))
}

fn identity(resource: &ResourceReference, address: &str, id: &str) -> Result<String, String> {
    if resource.identity.is_empty() {
        return Ok(String::new());
    }
    let value = resource.identity_of(id).map_err(|error| format!("{address}: {error}"))?;
    let value = value.ok_or_else(|| format!("{address}: the id {id} tells no identity"))?;
    let given: Vec<(&str, String)> = resource
        .identity
        .iter()
        .filter_map(|attribute| Some((attribute.name, quoted(&plain(value.get(attribute.name))?))))
        .collect();
    let width = given.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let line_of = |(name, value): &(&str, String)| format!("    {name:width$} = {value}\n");
    let lines = given.iter().map(line_of).collect::<Vec<_>>().concat();
    let block = format!("import {{\n  to = {address}\n  identity = {{\n{lines}  }}\n}}");
    let attributes = [(true, "Required"), (false, "Optional")].map(|(required, title)| {
        let lines: String =
            resource.identity.iter().filter(|one| one.required == required).map(line).collect();
        if lines.is_empty() { lines } else { format!("\n#### {title}\n\n{lines}") }
    });
    Ok(format!(
        "\nIn Terraform 1.12 and later, an `import` block with the `identity`:\n\n{}\n### Identity Schema\n{}",
        fenced("terraform", &block),
        attributes.concat()
    ))
}

fn line(attribute: &IdentityAttribute) -> String {
    format!("- `{}` (String) {}\n", attribute.name, attribute.description)
}

/// An id as a word of a shell: quoted where it needs to be.
fn in_shell(id: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    if id.chars().all(plain) { id.to_owned() } else { format!("'{id}'") }
}
