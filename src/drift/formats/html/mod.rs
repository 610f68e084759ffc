//! One page, without scripts and without anything from elsewhere: an overview to look at, then the findings.

mod findings;
mod map;

use std::fmt::Write as _;

use super::markup::escaped;
use crate::drift::finding::Severity;
use crate::drift::report::{Outcome, Report};

const STYLE: &str = include_str!("style.css");

/// The report.
pub(super) fn html(report: &Report) -> String {
    let headline = escaped(&report.headline());
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{headline}: drift of Microsoft Defender for Cloud</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<header class=\"{}\">\n<p class=\"eyebrow\">Microsoft Defender for Cloud: drift</p>\n\
         <h1>{headline}</h1>\n<p class=\"about\">{}</p>\n</header>\n<main>\n",
        tone(report),
        about(report)
    );
    page.push_str(&tiles(report));
    page.push_str(&map::map(report));
    page.push_str(&findings::open(report));
    page.push_str(&findings::accepted(report));
    page.push_str(&notes(report));
    page + "</main>\n</body>\n</html>\n"
}

/// How the head of the page looks: by the worst that there is.
fn tone(report: &Report) -> &'static str {
    match (report.outcome(), report.open().map(|finding| finding.severity).min()) {
        (Outcome::Failed, _) => "failed",
        (_, Some(severity)) => class(severity),
        (_, None) => "ok",
    }
}

fn about(report: &Report) -> String {
    let kind = if report.refresh_only { "Refresh-only plan" } else { "Plan" };
    let version = report.terraform.as_ref().map(|version| format!(" of Terraform {}", escaped(version)));
    format!(
        "{kind}{}, read on <time datetime=\"{day}\">{day}</time>",
        version.unwrap_or_default(),
        day = report.today
    )
}

/// The numbers at a glance.
fn tiles(report: &Report) -> String {
    let tile = |class: &str, glyph: &str, count: usize, title: &str| {
        let quiet = if count == 0 { " quiet" } else { "" };
        format!(
            "<li class=\"{class}{quiet}\"><span class=\"glyph\" aria-hidden=\"true\">{glyph}</span><b>{count}</b> <span>{title}</span></li>\n"
        )
    };
    let mut text = "<ul class=\"tiles\">\n".to_owned();
    for severity in Severity::ALL {
        text.push_str(&tile(class(severity), glyph(severity), report.count(severity), severity.title()));
    }
    text.push_str(&tile("ok", CLEAN, map::clean(report), "as they should be"));
    text + "</ul>\n"
}

fn notes(report: &Report) -> String {
    let notes = report.notes();
    if notes.is_empty() {
        return String::new();
    }
    let mut text = "<section class=\"notes\">\n<h2>Notes</h2>\n<ul>\n".to_owned();
    for note in notes {
        // Writing to a text does not fail.
        writeln!(text, "<li>{}</li>", escaped(&note)).ok();
    }
    text + "</ul>\n</section>\n"
}

const CLEAN: &str = "✓";
const KNOWN: &str = "~";

/// A sign for those who see no colours.
fn glyph(severity: Severity) -> &'static str {
    match severity {
        Severity::ProtectionOff => "✕",
        Severity::CapabilityLost => "▲",
        Severity::Configuration => "◆",
        Severity::Cosmetic => "○",
    }
}

fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::ProtectionOff => "off",
        Severity::CapabilityLost => "lost",
        Severity::Configuration => "changed",
        Severity::Cosmetic => "cosmetic",
    }
}
