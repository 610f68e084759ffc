//! Pieces of Markdown.

use std::fmt::Display;

use crate::catalog::Catalog;

/// A table with these columns.
pub fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let rule = vec!["---".to_owned(); head.len()];
    let rows = rows.into_iter().map(|row| row.iter().map(|cell| escaped(cell)).collect::<Vec<_>>());
    let lines: Vec<String> = [head, rule].into_iter().chain(rows).map(|row| line(&row)).collect();
    lines.concat()
}

/// Bars would end the cell, and line breaks the table.
fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|").replace('\n', " ")
}

/// What users write, as code.
pub fn code(text: impl Display) -> String {
    format!("`{text}`")
}

/// Names as code, with commas.
pub(super) fn codes<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// Names in a sentence, one of which is enough: `A`, `A or B`, `A, B or C`.
pub(super) fn one_of(names: &[&str]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// Sources as the numbers that they have in the list at the end of the page, each linked.
pub(super) fn numbers<'a>(catalog: &Catalog, ids: impl IntoIterator<Item = &'a str>) -> String {
    let mut places: Vec<usize> =
        ids.into_iter().filter_map(|id| catalog.sources.iter().position(|source| source.id == id)).collect();
    places.sort_unstable();
    places.dedup();
    let linked = places.into_iter().filter_map(|place| {
        let source = catalog.sources.get(place)?;
        Some(format!("[{}]({})", place + 1, source.url))
    });
    linked.collect::<Vec<_>>().join(", ")
}

/// The page for a user to read.
pub(super) fn page(catalog: &Catalog, id: &str, text: &str) -> String {
    catalog.page(id).map(|page| format!("[{text}]({})", page.url)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stays_a_cell() {
        let text = table(&["a", "b"], [vec!["x|y".to_owned(), "two\nlines".to_owned()]]);
        assert_eq!(text, "| a | b |\n| --- | --- |\n| x\\|y | two lines |\n");
    }

    #[test]
    fn sources_are_sorted_and_told_once() {
        let said = numbers(Catalog::get(), ["monitoring_components", "seed", "seed"]);
        assert!(said.starts_with("[1](https://") && said.contains(", [3](https://"), "{said}");
        assert_eq!(one_of(&["A", "B", "C"]), "A, B or C");
    }
}
