//! Every component of the matrix that can be provisioned makes the round trip: applied, planned again, destroyed.

use super::{attributes, component, on, workspace};
use crate::assignments::{objects, require_settled};
use crate::shared::process::Failure;

/// The day of the document that the rows began with, and today's rows.
const SEED: &str = "2024-03-13";
const TODAY: &str = "2026-11-22";

/// A component on a day: which rows of the matrix, what is written, and what it comes to.
struct Trip {
    rows: &'static str,
    component: &'static str,
    date: &'static str,
    further: &'static str,
    /// Assignments, role assignments and settings.
    made: (usize, usize, usize),
}

const TRIPS: [Trip; 15] = [
    trip("M01, M02", "azure_monitor_agent", SEED, LOCATION, (1, 5, 0)),
    trip("M01, M02", "azure_monitor_agent", TODAY, LOCATION, (1, 5, 0)),
    trip("M01, M02 with a workspace", "azure_monitor_agent", TODAY, OWN, (1, 5, 0)),
    trip(
        "M04",
        "log_analytics_agent",
        SEED,
        "targets = [\"arc_machine\"]\nlocation = \"westeurope\"",
        (2, 2, 0),
    ),
    trip("M04 with a workspace", "log_analytics_agent", SEED, ARC_OWN, (2, 2, 0)),
    trip("M05 to M09", "defender_for_endpoint", SEED, "", (0, 0, 3)),
    trip("M05 to M09", "defender_for_endpoint", TODAY, "", (0, 0, 3)),
    trip("M10, M11", "vulnerability_assessment", SEED, LOCATION, (1, 1, 0)),
    trip("M10, M11", "vulnerability_assessment", TODAY, "", (0, 0, 1)),
    trip(
        "M12",
        "guest_configuration",
        SEED,
        "targets = [\"azure_vm\"]\nlocation = \"westeurope\"",
        (1, 1, 0),
    ),
    trip("M12", "guest_configuration", TODAY, LOCATION, (1, 1, 0)),
    trip("M13, M14", "defender_sensor", SEED, OWN, (2, 4, 0)),
    trip("M15, M16", "azure_policy_kubernetes", SEED, LOCATION, (2, 3, 0)),
    trip("M15, M16", "azure_policy_kubernetes", TODAY, LOCATION, (2, 3, 0)),
    trip("SQL protection", "sql_protection_extension", TODAY, LOCATION, (1, 3, 0)),
];

const LOCATION: &str = "location = \"westeurope\"";
const OWN: &str = "location = \"westeurope\"\nworkspace_id = \"WORKSPACE\"";
const ARC_OWN: &str = "targets = [\"arc_machine\"]\nlocation = \"westeurope\"\nworkspace_id = \"WORKSPACE\"";

const fn trip(
    rows: &'static str,
    component: &'static str,
    date: &'static str,
    further: &'static str,
    made: (usize, usize, usize),
) -> Trip {
    Trip { rows, component, date, further, made }
}

#[test]
fn every_component_makes_the_round_trip() -> Result<(), Failure> {
    TRIPS.iter().try_for_each(|trip| {
        let what = format!("take {} of {} around ({})", trip.component, trip.date, trip.rows);
        round(trip).map_err(Failure::of(what))
    })
}

fn round(trip: &Trip) -> Result<(), Failure> {
    let scene = on(trip.date, "")?;
    let further = trip.further.replace("WORKSPACE", &workspace(&scene));
    scene.workspace.write("main.tf", &component(trip.component, &further))?;
    let before = scene.azure.resources();
    scene.workspace.apply()?.require(0)?;
    let settings = attributes(&scene)?["settings"].as_array().map_or(0, Vec::len);
    let made =
        (objects(&scene, "/policyAssignments/").len(), objects(&scene, "/roleAssignments/").len(), settings);
    assert_eq!(made, trip.made, "{} of {}", trip.component, trip.date);
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before, "{} of {}", trip.component, trip.date);
    Ok(())
}
