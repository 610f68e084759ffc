//! The matrix as text for a terminal: components, and below each the targets that it goes on.

use crate::availability::view::{Entry, by_place};
use crate::catalog::model::{Catalog, Day};
use crate::catalog::word;

/// Wide enough for everything but long lists of plans, which go on in the next line.
const WIDTH: usize = 120;

/// Between two columns.
const GAP: &str = "  ";

const LEGEND: &str = "
yes, no   what Microsoft's documents say of the cloud      disputed  they contradict each other
retired   it has come to its end, or the cloud has         unknown   they do not say
ga        generally available                              how       the way in which it gets there
Roles, sources, notes and dates: --format json. Other days: --date YYYY-MM-DD.
";

/// The table of entries that are judged on a day, with a heading and a legend.
pub(super) fn table(catalog: &Catalog, entries: &[Entry], date: Day) -> String {
    let title = format!(
        "Where components of Defender for Cloud are available on {date} (rules as of {})\n\n",
        catalog.as_of
    );
    let places: Vec<&[Entry]> = by_place(entries).collect();
    let Some(first) = places.first() else {
        return format!("{title}Nothing: no component that the rules know is all of that.\n");
    };
    let head = head(first);
    let rows: Vec<Vec<String>> = places.iter().map(|place| cells(place)).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|column| rows.iter().chain([&head]).map(|row| row[column].len()).max().unwrap_or(0))
        .collect();
    let mut text = title + &line(&head, "plans, one of which must be on", &widths);
    let mut component = "";
    for (place, row) in places.iter().zip(&rows) {
        let Some(entry) = place.first() else { continue };
        if entry.component != component {
            component = &entry.component;
            text.push_str(&heading(entry, date));
        }
        text.push_str(&line(row, &entry.plans.join(", "), &widths));
    }
    text + LEGEND
}

/// The columns before the plans.
fn head(place: &[Entry]) -> Vec<String> {
    let clouds = place.iter().map(|entry| entry.cloud.as_str());
    ["  target", "os", "state", "how"].into_iter().chain(clouds).map(str::to_owned).collect()
}

fn cells(place: &[Entry]) -> Vec<String> {
    let entry = &place[0];
    let mut cells =
        vec![format!("  {}", entry.target), word(&entry.os), word(&entry.state), word(&entry.mechanism)];
    cells.extend(place.iter().map(|entry| entry.availability.as_str().to_owned()));
    cells
}

/// The component's own line: its name, and what takes its place once its end has begun.
fn heading(entry: &Entry, date: Day) -> String {
    let start = format!("{}: {}", entry.component, entry.title);
    let begun = entry.milestones.iter().any(|milestone| milestone.on <= date.to_string());
    if entry.replaced_by.is_empty() || !begun {
        return start + "\n";
    }
    wrapped(&format!("{start}, replaced by "), &entry.replaced_by.join(", "), 4)
}

/// Cells in their columns, and a list behind them.
fn line(cells: &[String], list: &str, widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}{GAP}"));
    let start = padded.collect::<Vec<_>>().concat();
    wrapped(&start, list, start.len())
}

/// A list that goes on in the next line, indented, where it becomes too long.
fn wrapped(start: &str, list: &str, indentation: usize) -> String {
    let mut text = start.to_owned();
    let mut column = start.len();
    for (place, name) in list.split_inclusive(", ").enumerate() {
        if place > 0 && column + name.trim_end().len() > WIDTH {
            text.truncate(text.trim_end().len());
            text.push('\n');
            text.push_str(&" ".repeat(indentation));
            column = indentation;
        }
        text.push_str(name);
        column += name.len();
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::availability::matrix::Filter;
    use crate::availability::view::entries;
    use crate::catalog::model::Cloud;

    fn rendered(component: Option<&str>, clouds: &[Cloud]) -> String {
        let filter = Filter { component, ..Filter::default() };
        let date = Day::new(2026, 11, 22).unwrap();
        table(Catalog::get(), &entries(Catalog::get(), filter, clouds, date), date)
    }

    #[test]
    fn columns_are_aligned() {
        let text = rendered(Some("defender_sensor"), &[Cloud::Public, Cloud::UsGovernment]);
        let expected = "\
Where components of Defender for Cloud are available on 2026-11-22 (rules as of 2026-11-22)

  target           os   state    how     public  usgovernment  plans, one of which must be on
defender_sensor: Defender sensor
  aks_cluster      any  ga       policy  yes     yes           Containers
  arc_k8s_cluster  any  preview  policy  yes     disputed      Containers
";
        assert_eq!(text, format!("{expected}{LEGEND}"));
    }

    #[test]
    fn no_line_is_too_long_and_none_ends_in_blanks() {
        let text = rendered(None, &Cloud::ALL);
        for line in text.lines() {
            assert!(line.len() <= WIDTH && line == line.trim_end(), "{line:?}");
        }
    }

    #[test]
    fn what_takes_its_place_is_told_from_the_first_day_on() {
        let filter = Filter { component: Some("log_analytics_agent"), ..Filter::default() };
        for (date, told) in [("2024-08-30", false), ("2024-08-31", true)] {
            let date = Day::parse(date).unwrap();
            let entries = entries(Catalog::get(), filter, &[Cloud::Public], date);
            let text = table(Catalog::get(), &entries, date);
            assert_eq!(text.contains("agent, replaced by defender_for_endpoint, "), told, "{text}");
        }
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let date = Day::new(2026, 11, 22).unwrap();
        assert!(table(Catalog::get(), &[], date).ends_with("is all of that.\n"));
    }
}
