//! The rules, a file for each topic. A rule is a function: it looks at a [`Case`] and says what it finds. How grave that
//! is, it does not decide; see [`severity`](mod@super::severity).
//!
//! To add one, write the function, add it to the list of its file, and add its row to `catalog/data/rules.toml`, with a
//! case in which it speaks and one in which it does not; the build asks for them.

mod advice;
mod agents;
mod assignments;
mod components;
mod extensions;
mod kubernetes;
mod machines;
mod plans;
mod properties;
mod retirement;

use super::facts::{Fact, Facts};
use super::finding::{Finding, Severity, Subject};
use super::matrix::{self, Effective, Filter};
use super::severity::{Standing, severity};
use crate::catalog::model::{Catalog, Component, Day, Os, Plan};

/// A rule's function.
type Rule = fn(&Case<'_>) -> Vec<Said>;

/// All rules.
const ALL: &[&[Rule]] = &[
    advice::ALL,
    agents::ALL,
    assignments::ALL,
    components::ALL,
    extensions::ALL,
    kubernetes::ALL,
    machines::ALL,
    plans::ALL,
    properties::ALL,
    retirement::ALL,
];

/// What a rule looks at.
struct Case<'a> {
    catalog: &'static Catalog,
    facts: &'a Facts,
    /// The day; none where only what holds on any day is asked for.
    date: Option<Day>,
    /// The plan that is asked about, where the catalogue has it.
    plan: Option<&'static Plan>,
    /// The component that is asked about, where the catalogue has it.
    component: Option<&'static Component>,
}

/// What a rule says.
struct Said {
    rule: &'static str,
    grave: Grave,
    subject: Subject,
    summary: String,
    detail: String,
}

/// How grave it is.
enum Grave {
    /// As whatever the rule rests on, for something of this standing.
    As(Standing),
    /// As milestones have it.
    Exactly(Severity),
}

pub(super) fn evaluate(catalog: &'static Catalog, facts: &Facts, date: Option<Day>) -> Vec<Finding> {
    let plan = facts.plan.known().and_then(|name| catalog.plan(name));
    let component = facts.component.known().and_then(|id| catalog.component(id));
    let case = Case { catalog, facts, date, plan, component };
    let said = ALL.iter().copied().flatten().flat_map(|rule| rule(&case));
    let mut findings: Vec<Finding> = said.filter_map(|said| said.into_finding(catalog)).collect();
    findings.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
    findings
}

/// Something that is said of something new, or in spite of what is there already.
fn say(rule: &'static str, subject: Subject, summary: impl Into<String>, detail: impl Into<String>) -> Said {
    let grave = Grave::As(Standing::New);
    Said { rule, grave, subject, summary: summary.into(), detail: detail.into() }
}

impl Said {
    /// The same of something of another standing.
    fn of(self, standing: Standing) -> Self {
        Self { grave: Grave::As(standing), ..self }
    }

    fn into_finding(self, catalog: &'static Catalog) -> Option<Finding> {
        let rule = catalog.rule(self.rule)?;
        let severity = match self.grave {
            Grave::As(standing) => severity(rule.basis, standing)?,
            Grave::Exactly(severity) => severity,
        };
        Some(Finding { rule, severity, subject: self.subject, summary: self.summary, detail: self.detail })
    }
}

impl Case<'_> {
    /// Whether the plan or component is known to be wanted.
    fn is_wanted(&self) -> bool {
        self.facts.enabled.is(&true)
    }

    /// Whether this is about a component, and which.
    fn is_component(&self, id: &str) -> bool {
        self.component.is_some_and(|component| component.id == id)
    }

    /// Whether the component is there already.
    fn standing(&self) -> Standing {
        match self.facts.deployed {
            Fact::Known(true) => Standing::Live,
            Fact::Known(false) | Fact::Absent => Standing::New,
            Fact::Unknown => Standing::Unclear,
        }
    }

    /// The component's row for the target and the operating system on the day. Where the system is not known, there
    /// is one only if systems make no difference.
    fn row(&self) -> Option<Effective<'static>> {
        let component = Some(self.component?.id.as_str());
        let target = Some(self.facts.target.known()?.as_str());
        let os = self.facts.os.known().copied();
        let mut rows = matrix::rows(self.catalog, Filter { component, target, os, plan: None }, self.date?);
        let row = rows.next()?;
        let decided = rows.next().is_none() && (os.is_some() || row.row.os == Os::Any);
        decided.then_some(row)
    }
}

/// Names in a sentence: `"A"`, `"A" and "B"`, `"A", "B" and "C"`.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("{name:?}")).collect();
    match names.split_last() {
        None => "none".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
