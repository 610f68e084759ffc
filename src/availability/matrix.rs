//! What rows say on a day: the row as it was written, and what has changed since, in order.

use serde::{Deserialize, Serialize};

use super::Severity;
use super::lifecycle;
use super::severity::Standing;
use crate::catalog::model::{
    Answer, Catalog, Cloud, Component, Confidence, Day, Dispute, Lifecycle, Mechanism, Os, Override, Plan,
    Row, State,
};

/// A row as it is on a day.
#[derive(Clone, Copy, Debug)]
pub struct Effective<'a> {
    /// The component.
    pub component: &'a Component,
    /// The row.
    pub row: &'a Row,
    /// The day.
    pub date: Day,
}

/// What a row says of a cloud on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Availability {
    /// The cloud has it.
    Yes,
    /// The cloud does not have it.
    No,
    /// Sources contradict each other.
    Disputed,
    /// It was there, and is not any more.
    Retired,
    /// No source says.
    Unknown,
}

/// Which rows to show. What is not set does not count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// The component.
    pub component: Option<&'a str>,
    /// A plan of which the component is part.
    pub plan: Option<&'a str>,
    /// The target.
    pub target: Option<&'a str>,
    /// The operating system; rows for any system count as well.
    pub os: Option<Os>,
}

/// The rows that a filter lets through, as they are on a day, sorted by component.
pub fn rows<'a, 'f>(
    catalog: &'a Catalog,
    filter: Filter<'f>,
    date: Day,
) -> impl Iterator<Item = Effective<'a>> + use<'a, 'f> {
    let all = catalog
        .components
        .iter()
        .flat_map(|component| component.rows.iter().map(move |row| (component, row)));
    all.map(move |(component, row)| Effective { component, row, date }).filter(move |effective| {
        let row = effective.row;
        filter.component.is_none_or(|id| effective.component.id == id)
            && filter
                .plan
                .is_none_or(|plan| effective.plans().iter().any(|name| name.eq_ignore_ascii_case(plan)))
            && filter.target.is_none_or(|target| row.target == target)
            && filter.os.is_none_or(|os| row.os == os || row.os == Os::Any)
    })
}

impl<'a> Effective<'a> {
    /// Overrides that hold on the day, the latest first.
    fn overrides(self) -> impl Iterator<Item = &'a Override> {
        self.row.overrides.iter().rev().filter(move |change| change.from <= self.date)
    }

    /// How far it is released.
    pub fn state(self) -> State {
        self.overrides().find_map(|change| change.state).unwrap_or(self.row.state)
    }

    /// How it gets there.
    pub fn mechanism(self) -> Mechanism {
        self.overrides().find_map(|change| change.mechanism).unwrap_or(self.row.mechanism)
    }

    /// Whether Azure Policy deploys it.
    pub fn policy_based(self) -> Answer {
        self.overrides().find_map(|change| change.policy_based).unwrap_or(self.row.policy_based)
    }

    /// Plans of which one must be on; empty where none is needed.
    pub fn plans(self) -> &'a [String] {
        self.overrides().find_map(|change| change.plans.as_deref()).unwrap_or(&self.row.plans)
    }

    /// What else is said.
    pub fn note(self) -> &'a str {
        let changed = self.overrides().map(|change| change.note.as_str()).find(|note| !note.is_empty());
        changed.unwrap_or(&self.row.note)
    }

    /// Where all of this stands.
    pub fn sources(self) -> Vec<&'a str> {
        let changes = self.overrides().flat_map(|change| change.sources.iter().map(String::as_str));
        let mut sources = vec![self.row.source.id.as_str()];
        for source in changes {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        sources
    }

    /// What sources say of a cloud, without regard to ends.
    pub fn cell(self, cloud: Cloud) -> Availability {
        match self.answer(cloud).0 {
            Answer::Unknown => Availability::Unknown,
            _ if !self.contradictions(cloud).is_empty() => Availability::Disputed,
            Answer::Yes => Availability::Yes,
            Answer::No => Availability::No,
        }
    }

    /// What contradicts the row about a cloud, and is not settled on the day.
    pub fn contradictions(self, cloud: Cloud) -> Vec<&'a Dispute> {
        let (answer, settled) = self.answer(cloud);
        let disputes = self.row.disputes.iter().filter(|dispute| {
            dispute.clouds.contains(&cloud) && dispute.since.is_none_or(|since| since <= self.date)
        });
        disputes.filter(|dispute| !settled && answer != Answer::Unknown && dispute.says != answer).collect()
    }

    /// What the row itself says of a cloud, and whether that ends all disputes.
    fn answer(self, cloud: Cloud) -> (Answer, bool) {
        if self.row.since.is_some_and(|since| self.date < since) {
            return (Answer::Unknown, false);
        }
        let written = || (self.row.clouds.get(&cloud).copied().unwrap_or(Answer::Unknown), false);
        let changed = self.overrides().find_map(|change| Some((change, *change.clouds.get(&cloud)?)));
        changed.map_or_else(written, |(change, answer)| (answer, change.confidence == Confidence::High))
    }

    /// How the component and the cloud come to their ends, if they do.
    pub fn lifecycles(self, catalog: &'a Catalog, cloud: Cloud) -> impl Iterator<Item = &'a Lifecycle> {
        let of_cloud = catalog.cloud(cloud).and_then(|row| row.lifecycle.as_ref());
        [self.component.lifecycle.as_ref(), of_cloud].into_iter().flatten()
    }

    /// What is true of a cloud on the day, ends included. What a cloud never had does not end there.
    pub fn availability(self, catalog: &Catalog, cloud: Cloud) -> Availability {
        let cell = self.cell(cloud);
        let mut endings = self.lifecycles(catalog, cloud);
        if cell != Availability::No && endings.any(|ending| is_over(ending, cloud, self.date)) {
            Availability::Retired
        } else {
            cell
        }
    }
}

/// What is true of a plan in a cloud on a day: whether the cloud has it, and is not at its own end.
pub fn of_plan(catalog: &Catalog, plan: &Plan, cloud: Cloud, date: Day) -> Availability {
    let ending = catalog.cloud(cloud).and_then(|row| row.lifecycle.as_ref());
    match plan.answer(cloud, date) {
        Answer::No => Availability::No,
        _ if ending.is_some_and(|ending| is_over(ending, cloud, date)) => Availability::Retired,
        Answer::Yes => Availability::Yes,
        Answer::Unknown => Availability::Unknown,
    }
}

/// Whether it is gone for everybody: what is an error even for those who may have it already.
fn is_over(lifecycle: &Lifecycle, cloud: Cloud, date: Day) -> bool {
    let judged = lifecycle::judge(lifecycle, Some(cloud), date, Standing::New);
    judged.is_some_and(|(severity, milestone)| {
        severity == Severity::Error && milestone.is_some_and(lifecycle::is_for_all)
    })
}

impl Availability {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Disputed => "disputed",
            Self::Retired => "retired",
            Self::Unknown => "unknown",
        }
    }
}

impl State {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ga => "ga",
            Self::Preview => "preview",
            Self::Unknown => "unknown",
        }
    }
}
