//! The heat map: places in rows, plans and what else there is in columns, the worst places first.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{CLEAN, KNOWN, class, glyph};
use crate::catalog::Catalog;
use crate::drift::finding::{Finding, Place, Severity};
use crate::drift::formats::markup::escaped;
use crate::drift::report::{Report, counted};

/// The map; nothing where there is nothing.
pub(super) fn map(report: &Report) -> String {
    let columns = columns(report);
    if columns.is_empty() {
        return String::new();
    }
    let mut text = "<section class=\"map\">\n<h2>Where</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" \
                    aria-label=\"Overview\">\n<table>\n<caption class=\"sr\">Findings by place and plan</caption>\n<thead>\n<tr>\
                    <td></td>"
        .to_owned();
    for column in &columns {
        // Writing to a text does not fail.
        write!(text, "<th scope=\"col\"><span>{}</span></th>", escaped(column)).ok();
    }
    text.push_str("</tr>\n</thead>\n<tbody>\n");
    for place in rows(report) {
        write!(text, "<tr><th scope=\"row\">{}</th>", name(place)).ok();
        text.extend(columns.iter().map(|column| cell(report, place, column)));
        text.push_str("</tr>\n");
    }
    text + "</tbody>\n</table>\n</div>\n" + &legend() + "</section>\n"
}

/// Cells in which everything is as it should be.
pub(super) fn clean(report: &Report) -> usize {
    let cells = report
        .watched
        .iter()
        .flat_map(|(place, subjects)| subjects.keys().map(move |subject| (place, subject)));
    let found =
        |place, subject| open(report, place, subject).next().is_some() || is_accepted(report, place, subject);
    cells.filter(|(place, subject)| !found(place, subject)).count()
}

/// Plans first, then what else there is.
fn columns(report: &Report) -> Vec<&str> {
    let all: BTreeSet<&str> =
        report.watched.values().flat_map(|subjects| subjects.keys().map(String::as_str)).collect();
    let (plans, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|subject| Catalog::get().plan(subject).is_some());
    plans.into_iter().chain(others).collect()
}

fn rows(report: &Report) -> Vec<&Place> {
    let worst: Vec<&Place> = report.by_place().into_iter().map(|(place, _)| place).collect();
    let clean = report.watched.keys().filter(|place| !worst.contains(place));
    worst.iter().copied().chain(clean).collect()
}

fn open<'a>(report: &'a Report, place: &'a Place, subject: &'a str) -> impl Iterator<Item = &'a Finding> {
    report.open().filter(move |finding| finding.place == *place && finding.subject == subject)
}

fn is_accepted(report: &Report, place: &Place, subject: &str) -> bool {
    report.accepted().any(|finding| finding.place == *place && finding.subject == subject)
}

/// The place; on a narrow screen only the beginning of a GUID is shown.
fn name(place: &Place) -> String {
    let (kind, id) = match place {
        Place::Subscription(id) => ("", id.as_str()),
        Place::ManagementGroup(name) => ("group ", name.as_str()),
        Place::Unknown => ("", "not known yet"),
    };
    let (short, rest) = id.split_at_checked(8).unwrap_or((id, ""));
    format!(
        "<span title=\"{}\">{kind}{}<i>{}</i></span>",
        escaped(&place.to_string()),
        escaped(short),
        escaped(rest)
    )
}

fn cell(report: &Report, place: &Place, column: &str) -> String {
    let found: Vec<&Finding> = open(report, place, column).collect();
    let there = report.watched.get(place).is_some_and(|subjects| subjects.contains_key(column));
    // Findings are sorted, the worst first.
    match found.first() {
        Some(worst) => format!(
            "<td class=\"{}\"><a href=\"#f-{}\" title=\"{title}\"><span aria-hidden=\"true\">{}</span>{}<span class=\"sr\"> {title}</span></a></td>",
            class(worst.severity),
            escaped(&worst.id),
            glyph(worst.severity),
            if found.len() > 1 { found.len().to_string() } else { String::new() },
            title = escaped(&format!(
                "{}, the worst: {}",
                counted(found.len(), "finding"),
                worst.severity.title()
            )),
        ),
        None if is_accepted(report, place, column) => format!(
            "<td class=\"known\"><span aria-hidden=\"true\">{KNOWN}</span><span class=\"sr\">accepted</span></td>"
        ),
        None if there => {
            format!(
                "<td class=\"ok\"><span aria-hidden=\"true\">{CLEAN}</span><span class=\"sr\">as it should be</span></td>"
            )
        }
        None => "<td class=\"none\"><span class=\"sr\">not managed here</span></td>".to_owned(),
    }
}

fn legend() -> String {
    let keys = Severity::ALL.map(|severity| {
        format!(
            "<li><span class=\"key {}\" aria-hidden=\"true\">{}</span>{}</li>",
            class(severity),
            glyph(severity),
            severity.title()
        )
    });
    format!(
        "<ul class=\"legend\">{}<li><span class=\"key ok\" aria-hidden=\"true\">{CLEAN}</span>as it should be</li>\
         <li><span class=\"key known\" aria-hidden=\"true\">{KNOWN}</span>accepted</li>\
         <li><span class=\"key none\" aria-hidden=\"true\"></span>not managed here</li></ul>\n",
        keys.concat()
    )
}
