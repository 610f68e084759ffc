//! One resource's change in a plan, and what it says.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::cause::{Cause, cause};
use super::difference::{Difference, Side, differences, holds_true};
use super::finding::{Finding, Place, Severity, Shown};
use super::kinds::{self, kind, link, plan_in, subject};
use super::printable::printable;
use super::severity::severity;

/// A change of a resource, as the plan file has it.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) address: String,
    pub(super) module: String,
    pub(super) kind: String,
    /// The key of an object that is left over from a replacement.
    pub(super) deposed: Option<String>,
    pub(super) actions: Vec<String>,
    pub(super) before: Value,
    pub(super) after: Value,
    pub(super) unknown: Value,
    pub(super) before_sensitive: Value,
    pub(super) after_sensitive: Value,
    /// Whether the values were too large to be read as a whole.
    pub(super) cut: bool,
}

/// What the two sides of a change are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From what Azure has to what the configuration says.
    Planned,
    /// From what the state says to what Azure has.
    Drifted,
}

/// What differs, and how many differences nobody decides on.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) found: Vec<Finding>,
    pub(super) informational: usize,
}

/// What a plan does about something that needs nothing, or nothing of Azure's.
const NOTHING: [&str; 4] = ["no-op", "noop", "read", "move"];

/// A plan that is off has none of these.
const PARTS_OF_PLAN: [&str; 3] = ["enforce", "extensions", "subplan"];

impl Change {
    /// What it says.
    pub(super) fn findings(&self, direction: Direction) -> Findings {
        if self.actions.iter().all(|action| NOTHING.contains(&action.as_str())) {
            return Findings::default();
        }
        let (expected, actual) = self.sides(direction);
        let mut findings = Findings::default();
        if !self.cut && !expected.value.is_null() && !actual.value.is_null() {
            let told_only = kind(&self.kind).map(|kind| kind.told_only).unwrap_or_default();
            let all = differences(expected, actual, &self.unknown);
            let (told, decided): (Vec<_>, Vec<_>) = all
                .into_iter()
                .partition(|one| one.path.first().is_some_and(|name| told_only.contains(&name.as_str())));
            findings.informational = told.len();
            findings.found = decided.iter().map(|one| self.finding(one, actual)).collect();
            fold(&self.kind, &mut findings.found);
        }
        // Not what was told only in a refresh: that is no drift. A planned change without a difference is one all the same.
        let whole = findings.informational == 0 || direction == Direction::Planned;
        if findings.found.is_empty() && whole {
            findings.found.push(self.whole(expected, actual));
        }
        findings
    }

    fn sides(&self, direction: Direction) -> (Side<'_>, Side<'_>) {
        let before = Side { value: &self.before, sensitive: &self.before_sensitive };
        let after = Side { value: &self.after, sensitive: &self.after_sensitive };
        match direction {
            Direction::Planned => (after, before),
            Direction::Drifted => (before, after),
        }
    }

    fn finding(&self, difference: &Difference<'_>, actual: Side<'_>) -> Finding {
        let (path, expected, found) = (&difference.path, difference.expected, difference.actual);
        let name = self.text("name");
        let severity = severity(&self.kind, name, path, expected.value, found.value);
        let inherits = !holds_true(actual.sensitive);
        let cause =
            if inherits { cause(&self.kind, name, path, actual.value, found.value) } else { Cause::Unknown };
        Finding { severity, cause, expected: expected.shown(), actual: found.shown(), ..self.frame(path) }
    }

    /// The resource as a whole: it is to be made, or to go, or nothing that can be seen differs.
    fn whole(&self, expected: Side<'_>, actual: Side<'_>) -> Finding {
        let shown = |side: Side<'_>| {
            if side.value.is_null() { Shown::Absent } else { Shown::Text("the resource".to_owned()) }
        };
        let (expected, actual) = (shown(expected), shown(actual));
        let frame = self.frame(&[]);
        let gone = kind(&self.kind).map_or(frame.severity, |kind| kind.gone);
        let severity = if actual == Shown::Absent { gone } else { frame.severity };
        Finding { severity, exact: !self.cut, expected, actual, ..frame }
    }

    fn frame(&self, path: &[String]) -> Finding {
        let id = self.text("id").map(str::to_lowercase);
        let subject = self.subject();
        Finding {
            id: hash(
                &[
                    &self.kind,
                    id.as_deref().unwrap_or(&self.address),
                    self.deposed.as_deref().unwrap_or_default(),
                ],
                path,
            ),
            severity: Severity::Configuration,
            exact: true,
            place: self.place(),
            subscription_wide: self.is_subscription_wide(),
            link: link(&self.kind, &subject),
            subject,
            kind: printable(&self.kind),
            address: self.printable_address(),
            module: printable(&self.module),
            path: path.iter().map(|step| printable(step)).collect(),
            expected: Shown::Untold,
            actual: Shown::Untold,
            cause: Cause::Unknown,
            implied: Vec::new(),
            accepted: None,
        }
    }

    fn printable_address(&self) -> String {
        match &self.deposed {
            None => printable(&self.address),
            Some(key) => printable(&format!("{} (deposed {key})", self.address)),
        }
    }

    /// A resource of which only the id is known.
    pub(super) fn of_id(kind: &str, id: &str) -> Self {
        let name = if kind == "defender_plan" { plan_in(id) } else { None };
        let before = json!({"id": id, "name": name});
        Self { kind: kind.to_owned(), before, ..Self::default() }
    }

    /// What its findings stand under.
    pub(super) fn subject(&self) -> String {
        subject(&self.kind, self.text("name"))
    }

    /// Where it is.
    pub(super) fn place(&self) -> Place {
        let named =
            ["id", "scope", "target_id", "storage_account_id"].iter().filter_map(|name| self.text(name));
        named.map(place_of).find(|place| *place != Place::Unknown).unwrap_or(Place::Unknown)
    }

    /// Whether its id goes on after the subscription with the provider.
    fn is_subscription_wide(&self) -> bool {
        let id = self.text("id").unwrap_or_default();
        id.split('/').nth(3).is_some_and(|step| step.eq_ignore_ascii_case("providers"))
    }

    /// The text of an attribute that says which resource it is, if it is no secret.
    fn text(&self, name: &str) -> Option<&str> {
        let sides = [(&self.before, &self.before_sensitive), (&self.after, &self.after_sensitive)];
        let mut open = sides.into_iter().filter(|(_, sensitive)| {
            **sensitive != Value::Bool(true) && !sensitive.get(name).is_some_and(holds_true)
        });
        open.find_map(|(values, _)| kinds::text(values, name))
    }
}

/// A resource of which only its address, and perhaps its id, is known: from a stream.
pub(super) fn untold(kind: &str, address: &str, module: &str, id: Option<&str>) -> Finding {
    let change = Change {
        address: address.to_owned(),
        module: module.to_owned(),
        ..Change::of_id(kind, id.unwrap_or_default())
    };
    Finding { exact: false, ..change.frame(&[]) }
}

/// Where an id says that something is.
pub(super) fn place_of(id: &str) -> Place {
    let mut steps = id.split(['/', '|']);
    while let Some(step) = steps.next() {
        let named = |name: &str| step.eq_ignore_ascii_case(name);
        let kind = if named("subscriptions") { Place::Subscription } else { Place::ManagementGroup };
        if named("subscriptions") || named("managementGroups") {
            let name = steps.next().filter(|name| !name.is_empty());
            return name.map_or(Place::Unknown, |name| kind(printable(&name.to_lowercase())));
        }
    }
    Place::Unknown
}

/// Twelve hexadecimal digits: with ten thousand findings, two are alike once in five million reports.
fn hash(identity: &[&str], path: &[String]) -> String {
    let mut text = identity.join("\n");
    for step in path {
        text.push('\0');
        text.push_str(step);
    }
    let digest = digest(&SHA256, text.as_bytes());
    let mut id = String::new();
    for byte in digest.as_ref().iter().take(6) {
        // Writing to a text does not fail.
        write!(id, "{byte:02x}").ok();
    }
    id
}

/// What follows from another difference is told with it: the parts of a plan that is off, the properties of an extension
/// that is off.
fn fold(kind: &str, findings: &mut Vec<Finding>) {
    if kind != "defender_plan" {
        return;
    }
    let is_off = |one: &Finding| one.path == ["tier"] && one.severity == Severity::ProtectionOff;
    if let Some(off) = findings.iter().position(is_off) {
        fold_into(findings, off, |path| {
            path.first().is_some_and(|name| PARTS_OF_PLAN.contains(&name.as_str()))
        });
    }
    let switches: Vec<_> =
        findings.iter().filter(|one| one.path.last().is_some_and(|name| name == "enabled")).collect();
    let switches: Vec<Vec<String>> = switches.into_iter().map(|one| one.path.clone()).collect();
    for switch in switches.iter().filter(|switch| switch.len() == 3) {
        let place = findings.iter().position(|one| one.path == *switch);
        if let Some(place) = place {
            fold_into(findings, place, |path| path != switch && path.starts_with(&switch[..2]));
        }
    }
}

fn fold_into(findings: &mut Vec<Finding>, place: usize, follows: impl Fn(&[String]) -> bool) {
    let implied: Vec<String> =
        findings.iter().filter(|one| follows(&one.path)).map(Finding::attribute).collect();
    if let Some(cause) = findings.get_mut(place) {
        cause.implied.extend(implied);
    }
    findings.retain(|one| !follows(&one.path));
}
