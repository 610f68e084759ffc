//! Lines of `plan -json`: which resources drifted and are to change, by address. Attributes are not in it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::drift::change::{Change, Direction, Findings, untold};
use crate::drift::finding::{Finding, Shown};
use crate::drift::kinds::{self, is_ours, text};
use crate::drift::plan::Plan;
use crate::drift::printable::printable;

/// The most ids that are kept.
const IDS: usize = 20_000;
/// The most errors that are told.
const ERRORS: usize = 10;

/// What messages have said so far.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// Ids by address, from the messages about refreshing.
    ids: BTreeMap<String, String>,
    /// Whether the summary was there, which is the end of a plan.
    pub(super) summary: bool,
}

impl Stream {
    /// Takes in a message.
    ///
    /// # Errors
    ///
    /// It is of a version that this program does not know.
    pub(super) fn take(&mut self, message: &Value, plan: &mut Plan) -> Result<(), String> {
        match text(message, "type").unwrap_or_default() {
            "version" => {
                let version = text(message, "ui").unwrap_or_default();
                if !version.starts_with("1.") {
                    return Err(format!(
                        "messages of version {:?} are not known; 1.x are",
                        printable(version)
                    ));
                }
                plan.terraform = text(message, "terraform").map(printable);
            }
            "refresh_start" | "refresh_complete" => self.refreshed(&message["hook"], plan),
            "resource_drift" => self.changed(&message["change"], Direction::Drifted, plan),
            "planned_change" => self.changed(&message["change"], Direction::Planned, plan),
            "diagnostic" if message["diagnostic"]["severity"] == "error" => {
                plan.errored = true;
                if plan.errors.len() < ERRORS {
                    let summary =
                        text(&message["diagnostic"], "summary").unwrap_or("an error without a text");
                    plan.errors.push(printable(summary));
                }
            }
            "change_summary" => self.summary = true,
            _ => {}
        }
        Ok(())
    }

    fn refreshed(&mut self, hook: &Value, plan: &mut Plan) {
        let resource = &hook["resource"];
        let (Some(address), Some(kind), Some(id)) =
            (text(resource, "addr"), text(resource, "resource_type"), text(hook, "id_value"))
        else {
            return;
        };
        let known = self.ids.contains_key(address) || self.ids.len() >= IDS;
        if is_ours(kind) && hook["id_key"] == "id" && !known {
            self.ids.insert(address.to_owned(), id.to_owned());
            let resource = Change::of_id(kind, id);
            plan.watch(resource.place(), &resource.subject());
        }
    }

    fn changed(&mut self, change: &Value, direction: Direction, plan: &mut Plan) {
        let resource = &change["resource"];
        let kind = text(resource, "resource_type").unwrap_or_default();
        let action = text(change, "action").unwrap_or_default();
        if !is_ours(kind) || ["noop", "read", "move", "import"].contains(&action) {
            return;
        }
        let (address, module) =
            (text(resource, "addr").unwrap_or_default(), text(resource, "module").unwrap_or_default());
        let finding = untold(kind, address, module, self.ids.get(address).map(String::as_str));
        let found = vec![with_action(finding, action, direction)];
        plan.candidates(direction).add(Findings { found, informational: 0 });
    }
}

/// What is to be made is not there; what is to go is there and ought not to be.
fn with_action(finding: Finding, action: &str, direction: Direction) -> Finding {
    let there = || Shown::Text("the resource".to_owned());
    let gone = kinds::kind(&finding.kind).map_or(finding.severity, |kind| kind.gone);
    match (direction, action) {
        (Direction::Planned, "create") | (Direction::Drifted, "delete") => {
            Finding { expected: there(), actual: Shown::Absent, severity: gone, exact: true, ..finding }
        }
        (Direction::Planned, "delete") => {
            Finding { expected: Shown::Absent, actual: there(), exact: true, ..finding }
        }
        _ => finding,
    }
}
