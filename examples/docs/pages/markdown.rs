//! Pieces of Markdown.

/// The head of a page, as the registry reads it, and its title.
pub(super) fn head(title: &str, heading: &str, description: &str) -> String {
    format!(
        "---\npage_title: {title:?}\nsubcategory: \"\"\ndescription: |-\n  {}\n---\n\n<!-- Written by `cargo run \
         --example docs`. Change the schema, the example or access.toml, not this page. -->\n\n# {heading}\n\n{description}\n",
        first_sentence(description)
    )
}

/// The first sentence of a text, in one line.
pub(super) fn first_sentence(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => line,
    }
}

/// A block of code.
pub(super) fn fenced(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", text.trim_end())
}
