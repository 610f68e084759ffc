//! What a plan file says, as far as a report needs it.

use std::collections::BTreeMap;

use super::cause::Cause;
use super::change::{Direction, Findings};
use super::coverage::Coverage;
use super::finding::{Finding, Place, Severity, Shown};
use super::modules::Modules;
use super::printable::printable;

/// The most findings that are told one by one, and the most cells of the overview.
const MOST: usize = 5000;

/// A plan, read.
#[derive(Debug, Default)]
pub struct Plan {
    /// Whether it was the stream of `plan -json`.
    pub(super) stream: bool,
    /// The version of Terraform that made it.
    pub(super) terraform: Option<String>,
    /// What is to change; nothing in a refresh-only plan.
    pub(super) planned: Option<Candidates>,
    /// What has changed since the state was written.
    pub(super) drifted: Candidates,
    /// What there is, with and without findings: how many resources, by place and plan.
    pub(super) watched: Watched,
    /// Who has set plans, where the configuration asks for it.
    pub(super) coverage: Coverage,
    /// Where modules come from.
    pub(super) modules: Modules,
    /// What went wrong, in Terraform's words.
    pub(super) errors: Vec<String>,
    /// Whether Terraform says that it failed.
    pub(super) errored: bool,
    /// Whether Terraform says that not everything is planned.
    pub(super) incomplete: bool,
}

/// How many resources there are, by place and plan.
pub type Watched = BTreeMap<Place, BTreeMap<String, usize>>;

/// What may become the findings of a report.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub(super) found: Vec<Finding>,
    /// How many there are above the most that are kept.
    pub(super) left_out: BTreeMap<Severity, usize>,
    /// Differences in what nobody decides on.
    pub(super) informational: usize,
}

impl Candidates {
    pub(super) fn add(&mut self, findings: Findings) {
        self.informational += findings.informational;
        for finding in findings.found {
            if self.found.len() < MOST {
                self.found.push(finding);
            } else {
                *self.left_out.entry(finding.severity).or_default() += 1;
            }
        }
    }
}

impl Plan {
    /// Where changes of this direction go.
    pub(super) fn candidates(&mut self, direction: Direction) -> &mut Candidates {
        match direction {
            Direction::Planned => self.planned.get_or_insert_default(),
            Direction::Drifted => &mut self.drifted,
        }
    }

    /// Notes that there is a resource.
    pub(super) fn watch(&mut self, place: Place, subject: &str) {
        let cells: usize = if self.watched.contains_key(&place) { 0 } else { self.watched.len() };
        if cells >= MOST {
            return;
        }
        let subjects = self.watched.entry(place).or_default();
        if subjects.len() < MOST || subjects.contains_key(subject) {
            *subjects.entry(subject.to_owned()).or_default() += 1;
        }
    }

    /// Notes where a module comes from.
    pub(super) fn locate(&mut self, module: &str, source: &str) {
        if self.modules.len() < MOST {
            self.modules.insert(printable(module), printable(source));
        }
    }

    /// Whether it only compares the state with Azure. A stream does not say; there it is what has only drift.
    pub(super) fn is_refresh_only(&self) -> bool {
        self.planned.is_none() && !self.drifted.found.is_empty()
    }

    /// The findings. Where something is planned, only that counts: what has drifted and needs no change is as the
    /// configuration wants it, or nobody decides on it.
    pub(super) fn findings(&mut self) -> Candidates {
        let drifted = std::mem::take(&mut self.drifted);
        let Some(mut planned) = self.planned.take() else { return drifted };
        let mut by_address: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in &drifted.found {
            by_address.entry(&finding.address).or_default().push(finding);
        }
        let cut = !drifted.left_out.is_empty();
        for finding in &mut planned.found {
            let same = by_address.get(finding.address.as_str()).into_iter().flatten();
            match same.into_iter().find(|one| overlaps(one, finding)) {
                Some(drift) => explain(finding, drift),
                None if cut => {}
                None => finding.cause = Cause::NotApplied,
            }
        }
        planned.informational += drifted.informational;
        planned
    }
}

/// Whether both are about the same attribute, or one about a part of the other.
fn overlaps(drift: &Finding, planned: &Finding) -> bool {
    drift.path.iter().zip(&planned.path).all(|(one, other)| one == other)
        || drift.implied.contains(&planned.attribute())
}

/// What drift says of a planned change. What is gone has no id in the plan: it is still the same object.
fn explain(planned: &mut Finding, drift: &Finding) {
    if planned.path.is_empty() && drift.actual == Shown::Absent {
        planned.id.clone_from(&drift.id);
        planned.place.clone_from(&drift.place);
        planned.subject.clone_from(&drift.subject);
        planned.link.clone_from(&drift.link);
    }
}
