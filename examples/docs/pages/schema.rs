//! The section on the schema, as tfplugindocs writes it, anchors included: links to them are all over the web.
//! <https://github.com/hashicorp/terraform-plugin-docs/blob/v0.24.0/internal/schemamd/render.go>

use tfplugin_protocol::schema::Block;

use super::fields::{self, Class, Field};

/// The section.
pub(super) fn section(block: &Block) -> String {
    let mut out = String::from("\n## Schema\n");
    let fields = fields::of_block(block);
    groups(&fields, "", true, &mut out);
    nested(&fields, "", &mut out);
    out
}

/// Lists fields by who sets them.
fn groups(fields: &[Field], above: &str, top: bool, out: &mut String) {
    for (class, title) in
        [(Class::Required, "Required"), (Class::Optional, "Optional"), (Class::ReadOnly, "Read-Only")]
    {
        let lines: String =
            fields.iter().filter(|field| field.class == class).map(|field| line(field, above)).collect();
        if !lines.is_empty() {
            let title = if top { format!("### {title}") } else { format!("{title}:") };
            out.extend(["\n", title.as_str(), "\n\n", lines.as_str()]);
        }
    }
}

fn line(field: &Field, above: &str) -> String {
    let mut line = format!("- `{}` ({})", field.name, field.label);
    if !field.text.is_empty() {
        line.push(' ');
        line.push_str(&field.text);
    }
    if !field.inside.is_empty() {
        line.extend([" (see [below for nested schema](#", anchor(field, above).as_str(), "))"]);
    }
    line.push('\n');
    line
}

fn anchor(field: &Field, above: &str) -> String {
    format!("{}--{}", field.anchor, path(field, above, "--"))
}

fn path(field: &Field, above: &str, between: &str) -> String {
    if above.is_empty() {
        return field.name.clone();
    }
    format!("{}{between}{}", above.replace('.', between), field.name)
}

fn nested(fields: &[Field], above: &str, out: &mut String) {
    for field in fields.iter().filter(|field| !field.inside.is_empty()) {
        let path = path(field, above, ".");
        let anchor = anchor(field, above);
        out.extend(["\n<a id=\"", &anchor, "\"></a>\n### Nested Schema for `", &path, "`\n"]);
        groups(&field.inside, &path, false, out);
        nested(&field.inside, &path, out);
    }
}
