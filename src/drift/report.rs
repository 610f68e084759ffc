//! A report: the findings of a plan, judged.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::baseline::{Baseline, Told};
use super::finding::{Finding, Place, Severity};
use super::modules::{Modules, directory};
use super::plan::{Plan, Watched};
use crate::catalog::model::Day;

/// What a report says, in any format.
#[derive(Debug)]
pub struct Report {
    /// Whether only addresses are known.
    pub stream: bool,
    /// Whether the plan only compares the state with Azure.
    pub refresh_only: bool,
    /// The version of Terraform that made the plan.
    pub terraform: Option<String>,
    /// The day.
    pub today: Day,
    /// From which severity on it is drift; nothing where nothing is.
    pub fail_on: Option<Severity>,
    /// The findings, the worst first.
    pub findings: Vec<Finding>,
    /// How many are not told one by one, because there are too many.
    pub left_out: BTreeMap<Severity, usize>,
    /// Differences in what Azure only tells and nobody decides on.
    pub informational: usize,
    /// What there is, by place and plan.
    pub watched: Watched,
    /// Where modules come from.
    pub modules: Modules,
    /// Entries of the baseline that do nothing.
    pub baseline: Told,
    /// Why the plan is no answer, if it is none.
    pub errors: Vec<String>,
    /// Whether Terraform has left something unplanned.
    pub incomplete: bool,
}

/// What a run ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is as it should be, or accepted.
    Clean,
    /// Something is not.
    Drift,
    /// Terraform failed, so nobody knows.
    Failed,
}

impl Outcome {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Drift => "drift",
            Self::Failed => "failed",
        }
    }
}

impl Report {
    /// Judges a plan.
    pub fn new(mut plan: Plan, baseline: &Baseline, today: Day, fail_on: Option<Severity>) -> Self {
        let refresh_only = plan.is_refresh_only();
        let candidates = plan.findings();
        let mut findings = candidates.found;
        for finding in &mut findings {
            plan.coverage.explain(finding);
            // Also what the state does not have yet.
            if !plan
                .watched
                .get(&finding.place)
                .is_some_and(|subjects| subjects.contains_key(&finding.subject))
            {
                plan.watch(finding.place.clone(), &finding.subject);
            }
        }
        let baseline = baseline.apply(&mut findings, today);
        findings.sort_by(|one, other| one.rank().cmp(&other.rank()));
        if plan.errored && plan.errors.is_empty() {
            plan.errors.push("Terraform says that the plan failed".to_owned());
        }
        Self {
            stream: plan.stream,
            refresh_only,
            terraform: plan.terraform,
            today,
            fail_on,
            findings,
            left_out: candidates.left_out,
            informational: candidates.informational,
            watched: plan.watched,
            modules: plan.modules,
            baseline,
            errors: plan.errors,
            incomplete: plan.incomplete,
        }
    }

    /// What the run ends with.
    pub fn outcome(&self) -> Outcome {
        if !self.errors.is_empty() {
            return Outcome::Failed;
        }
        let left_out = self.left_out.keys().any(|severity| self.fails(*severity, true));
        let failing = self.findings.iter().any(|finding| self.counts(finding));
        if left_out || failing { Outcome::Drift } else { Outcome::Clean }
    }

    /// Whether a finding makes the run end with drift.
    pub fn counts(&self, finding: &Finding) -> bool {
        finding.accepted.is_none() && self.fails(finding.severity, finding.exact)
    }

    /// What is not known exactly may be the worst.
    fn fails(&self, severity: Severity, exact: bool) -> bool {
        self.fail_on.is_some_and(|limit| severity <= limit || !exact)
    }

    /// Findings that nobody has accepted.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.accepted.is_none())
    }

    /// Findings that the baseline accepts.
    pub fn accepted(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.accepted.is_some())
    }

    /// How many findings nobody has accepted, those that are left out with them.
    pub fn count(&self, severity: Severity) -> usize {
        let told = self.open().filter(|finding| finding.severity == severity).count();
        told + self.left_out.get(&severity).copied().unwrap_or_default()
    }

    /// All of them.
    pub fn total(&self) -> usize {
        Severity::ALL.into_iter().map(|severity| self.count(severity)).sum()
    }

    /// How many places have findings that nobody has accepted, in words.
    fn places(&self) -> String {
        let places = self.by_place();
        let subscriptions = places.iter().all(|(place, _)| matches!(place, Place::Subscription(_)));
        counted(places.len(), if subscriptions { "subscription" } else { "place" })
    }

    /// Findings that nobody has accepted by place and subject, the worst places first.
    pub fn by_place(&self) -> Vec<(&Place, BTreeMap<&str, Vec<&Finding>>)> {
        let mut places: BTreeMap<&Place, BTreeMap<&str, Vec<&Finding>>> = BTreeMap::new();
        for finding in self.open() {
            places.entry(&finding.place).or_default().entry(&finding.subject).or_default().push(finding);
        }
        let mut places: Vec<_> = places.into_iter().collect();
        let count = |subjects: &BTreeMap<_, Vec<&Finding>>, severity| {
            Reverse(subjects.values().flatten().filter(|finding| finding.severity == severity).count())
        };
        places.sort_by_key(|(_, subjects)| Severity::ALL.map(|severity| count(subjects, severity)));
        places
    }

    /// The headline: `5 findings in 2 places`.
    pub fn headline(&self) -> String {
        match (self.outcome(), self.total()) {
            (Outcome::Failed, _) => "The plan failed, so this is not all".to_owned(),
            (_, 0) => "No drift".to_owned(),
            (_, total) => {
                format!("{} in {}", counted(total, "finding"), self.places())
            }
        }
    }

    /// How many there are of each severity that there is: `2 protection off, 1 configuration`.
    pub fn counts_in_words(&self) -> String {
        let counts = Severity::ALL.into_iter().map(|severity| (self.count(severity), severity));
        let words = counts.filter(|(count, _)| *count > 0);
        words.map(|(count, severity)| format!("{count} {}", severity.title())).collect::<Vec<_>>().join(", ")
    }

    /// The directory of the module that a finding is in, where it lies in the repository; of others the root module's.
    pub fn directory(&self, finding: &Finding) -> String {
        directory(&self.modules, &finding.module).unwrap_or_default()
    }

    /// What a reader has to know beside the findings, a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> =
            self.errors.iter().map(|error| format!("Terraform failed: {error}")).collect();
        if self.incomplete && self.errors.is_empty() {
            notes.push(
                "Terraform has not planned everything (-target, or deferred changes): there may be more."
                    .to_owned(),
            );
        }
        if self.stream && !self.findings.is_empty() {
            notes.push(
                "The stream of plan -json tells which resources differ, not in what: severities are not known. For \
                 attributes, use terraform show -json with a saved plan."
                    .to_owned(),
            );
        }
        if self.refresh_only {
            notes.push(
                "A refresh-only plan compares Azure with the last state, not with the configuration."
                    .to_owned(),
            );
        }
        let left_out: usize = self.left_out.values().sum();
        if left_out > 0 {
            notes.push(format!("Too many to be told one by one: {} more.", counted(left_out, "finding")));
        }
        if self.informational > 0 {
            let what = counted(self.informational, "difference");
            notes.push(format!("Not counted: {what} in what Azure only tells and nobody decides on."));
        }
        notes.extend(
            self.baseline.expired.iter().map(|entry| format!("The baseline's entry has expired: {entry}")),
        );
        notes.extend(
            self.baseline.unused.iter().map(|entry| format!("The baseline's entry accepts nothing: {entry}")),
        );
        notes
    }
}

impl Finding {
    fn rank(&self) -> (Severity, &Place, &str, &str, &[String]) {
        (self.severity, &self.place, &self.subject, &self.address, &self.path)
    }
}

/// `1 finding`, `2 findings`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
