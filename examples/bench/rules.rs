//! The availability rules: reading the catalogue, once a process, and judging one plan by all of them.

use super::Size;
use super::report::{Report, median, milliseconds};
use crate::shared::process::Failure;
use defender::availability::{Fact, Facts, Grant, Live, Wish, evaluate};
use defender::catalog::Catalog;
use defender::catalog::model::{Cloud, Day};
use std::hint::black_box;
use std::time::Instant;

/// How often a plan is judged for one reading of the clock.
const JUDGED: u32 = 200;

/// Measures what the catalogue adds to a start and to each plan.
pub(crate) fn measure(size: Size, report: &mut Report) -> Result<(), Failure> {
    // Only the first look reads it, as in a provider's process.
    let start = Instant::now();
    let catalog = black_box(Catalog::get());
    let read = milliseconds(start.elapsed());
    let rows =
        catalog.plans.len() + catalog.components.iter().map(|component| component.rows.len()).sum::<usize>();
    report.add(
        "catalogue, read at start",
        (read, "ms"),
        Some(1.0),
        format!("{rows} rows, {} rules", catalog.rules.len()),
    )?;

    let facts = facts();
    let date = Fact::from(Day::new(2026, 11, 22));
    let found = evaluate(catalog, &facts, date).len();
    let times = (0..size.starts).map(|_| {
        let start = Instant::now();
        for _ in 0..JUDGED {
            black_box(evaluate(catalog, black_box(&facts), date));
        }
        milliseconds(start.elapsed() / JUDGED.max(1))
    });
    let judged = median(times.collect());
    report.add("all rules on one plan", (judged, "ms"), Some(1.0), format!("{found} findings"))
}

/// A plan about which much is known, and much is wrong.
fn facts() -> Facts {
    let wish =
        |name: &str| Wish { name: name.to_owned(), enabled: Fact::Known(true), properties: Fact::Absent };
    let names = [
        "AgentlessVmScanning",
        "FileIntegrityMonitoring",
        "MdeDesignatedSubscription",
        "ContainerSensor",
        "Teleporter",
    ];
    Facts {
        cloud: Fact::Known(Cloud::UsGovernment),
        plan: Fact::Known("VirtualMachines".to_owned()),
        subplan: Fact::Known("P1".to_owned()),
        enabled: Fact::Known(true),
        extensions: Fact::Known(names.map(wish).to_vec()),
        live: Fact::Known(Live::default()),
        offered: Fact::Known(["Arm".to_owned()].into()),
        granted: Fact::Known(vec![Grant { actions: vec!["*/read".to_owned()], not_actions: Vec::new() }]),
        ..Facts::default()
    }
}
