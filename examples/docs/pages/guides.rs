//! Guides: their titles, and who is mentioned in which.

use super::texts::Texts;

/// A guide.
#[derive(Debug)]
pub(super) struct Guide {
    pub(super) path: String,
    pub(super) text: String,
}

impl Guide {
    pub(super) fn new(path: String, text: String) -> Self {
        Self { path, text }
    }

    /// The title, from the head of the page.
    pub(super) fn title(&self) -> &str {
        self.head("page_title: ").trim_matches('"')
    }

    /// The description, from the head of the page.
    pub(super) fn description(&self) -> &str {
        let rest = self.text.split_once("description: |-\n").map_or("", |(_, rest)| rest);
        rest.lines().next().unwrap_or_default().trim()
    }

    fn head(&self, key: &str) -> &str {
        self.text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default()
    }

    /// The file's name, for links from one guide to another.
    pub(super) fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Whether users of a type, or of a function, find something about it here.
    fn mentions(&self, name: &str) -> bool {
        let ends = |c: char| !c.is_alphanumeric() && c != '_';
        self.text.match_indices(name).any(|(start, _)| {
            let before = self.text.get(..start).and_then(|text| text.chars().next_back());
            let after = self.text.get(start + name.len()..).and_then(|text| text.chars().next());
            before.is_none_or(ends) && after.is_none_or(ends)
        })
    }
}

/// The section with links to the guides in which a name stands.
pub(super) fn links(guides: &[Guide], name: &str) -> String {
    let link = |guide: &Guide| format!("- [{}](../guides/{})\n", guide.title(), guide.file());
    let lines = guides.iter().filter(|guide| guide.mentions(name)).map(link).collect::<Vec<_>>().concat();
    if lines.is_empty() { lines } else { format!("\n## Guides\n\n{lines}") }
}

/// Guides that are written by hand, with these tables in the place of their names: `<!-- permissions -->`.
pub(super) fn of_templates(templates: &Texts, tables: &[(&str, String)]) -> Result<Vec<Guide>, String> {
    let guide = |(path, text): (&String, &String)| {
        let (head, body) =
            text.split_once("\n---\n").ok_or_else(|| format!("{path}: expected front matter"))?;
        let mut body = body.to_owned();
        for (name, table) in tables {
            body = body.replace(&format!("<!-- {name} -->\n"), table);
        }
        let file = path.rsplit('/').next().unwrap_or_default();
        let note = format!("<!-- Written by `cargo run --example docs`. Change {path}, not this page. -->");
        Ok(Guide::new(format!("docs/guides/{file}"), format!("{head}\n---\n\n{note}\n{body}")))
    };
    templates.iter().map(guide).collect()
}
