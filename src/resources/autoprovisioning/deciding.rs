//! What is deployed where. Pure.
//!
//! A target is decided on once, when it is first asked for, by the rules of that day; what came of it is kept for as long
//! as it is asked for. Later days only add to what the rules say, and never change what is planned.

use std::collections::{BTreeMap, BTreeSet};

use crate::availability::matrix::{Effective, Filter, rows};
use crate::availability::{Deployment, Fact, Facts, Finding, Severity, Subject};
use crate::catalog::Catalog;
use crate::catalog::model::{Assignment, Cloud, Component, Day, Mechanism, Os, PlanExtension, Setting};
use crate::context::RuleSettings;

/// The rule on plans that are off. Another resource of the same configuration may be about to switch them on.
const NEEDS_PLAN: &str = "MDC010";

/// What is asked for.
pub(super) struct Question<'a> {
    pub(super) component: &'static Component,
    pub(super) targets: Vec<Asked>,
    /// The cloud; where only its addresses are known, definitions of the public one are looked for.
    pub(super) cloud: Fact<Cloud>,
    /// Whether data goes to a workspace that the user names; nothing where that is not known yet.
    pub(super) own_workspace: Option<bool>,
    pub(super) rules: &'a RuleSettings,
    /// What is known beside the component and its targets.
    pub(super) facts: &'a Facts,
}

/// A target that is asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) id: String,
    /// The day on which it is, or was, decided on.
    pub(super) date: Day,
    /// What was decided before.
    pub(super) kept: Option<Kept>,
}

/// What was decided of a target before.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// Operating systems that are left out.
    pub(super) without: BTreeSet<Os>,
    /// Whether all of it is.
    pub(super) is_left_out: bool,
}

/// What comes of it.
#[derive(Default)]
pub(super) struct Decision {
    /// How it gets to each target that it gets to.
    pub(super) mechanism: BTreeMap<String, Mechanism>,
    pub(super) assignments: Vec<Chosen>,
    pub(super) settings: Vec<&'static Setting>,
    /// Extensions of plans, which are not for this resource to set.
    pub(super) extensions: Vec<&'static PlanExtension>,
    /// Where nothing has to be deployed.
    pub(super) nothing: Vec<LeftOut>,
    /// What is refused.
    pub(super) refused: Vec<LeftOut>,
    /// What the rules are told of each row that is let through.
    pub(super) let_through: Vec<Facts>,
    /// Whether the choice between policies waits for the workspace.
    pub(super) is_open: bool,
}

/// A policy assignment, and the targets that it is for.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) assignment: &'static Assignment,
    pub(super) targets: Vec<String>,
}

/// A target to which nothing is deployed.
#[derive(Clone, Debug)]
pub(super) struct LeftOut {
    pub(super) target: String,
    /// The operating system, where others are let through.
    pub(super) os: Option<Os>,
    pub(super) reason: Reason,
}

/// Why nothing is deployed.
#[derive(Clone, Debug)]
pub(super) enum Reason {
    /// A rule says so.
    Finding(Box<Finding>),
    /// There is no need to.
    NoNeed(&'static str),
    /// Nobody knows how.
    Unknown,
}

/// What comes of a question.
pub(super) fn decide(question: &Question<'_>) -> Decision {
    let mut decision = Decision::default();
    for asked in &question.targets {
        decision.target(question, asked);
    }
    decision
}

/// What the rules say of a row. What is there already is not stopped by them, and neither is what a plan that is off
/// leaves without effect.
pub(super) fn judge(rules: &RuleSettings, facts: &Facts) -> Vec<Finding> {
    let is_mild = |rule: &str| rule == NEEDS_PLAN || facts.deployed.is(&true);
    let findings = rules.judge_mildly(facts, is_mild).into_iter();
    findings.filter(|finding| finding.subject != Subject::Cloud).collect()
}

/// All targets that a component has rows for, each once, in the catalogue's order.
pub(super) fn all_targets(component: &Component) -> Vec<String> {
    let mut targets: Vec<String> = Vec::new();
    for row in &component.rows {
        if !targets.contains(&row.target) {
            targets.push(row.target.clone());
        }
    }
    targets
}

impl Decision {
    /// Whether nothing has to be deployed, for good reasons.
    pub(super) fn needs_nothing(&self) -> bool {
        !self.is_open && self.assignments.is_empty() && self.settings.is_empty() && !self.nothing.is_empty()
    }

    fn target(&mut self, question: &Question<'_>, asked: &Asked) {
        let filter =
            Filter { component: Some(&question.component.id), target: Some(&asked.id), ..Filter::default() };
        let rows = rows(Catalog::get(), filter, asked.date);
        let (mut refused, mut count) = (Vec::new(), 0_usize);
        for row in rows {
            count += 1;
            if let Err(reason) = self.row(question, asked, row) {
                refused.push((row.row.os, reason));
            }
        }
        if count == 0 {
            let facts = question.of(asked, None);
            let said = question.refusal(asked, &facts);
            refused
                .push((Os::Any, said.map_or(Reason::Unknown, |finding| Reason::Finding(Box::new(finding)))));
        }
        let target = || asked.id.clone();
        if self.mechanism.contains_key(&asked.id) {
            let partly = refused.into_iter();
            self.refused.extend(partly.map(|(os, reason)| LeftOut {
                target: target(),
                os: Some(os),
                reason,
            }));
        } else {
            // Both systems are refused for one reason, as a rule.
            let first = refused.into_iter().next();
            self.refused.extend(first.map(|(_, reason)| LeftOut { target: target(), os: None, reason }));
        }
    }

    fn row(&mut self, question: &Question<'_>, asked: &Asked, row: Effective<'static>) -> Result<(), Reason> {
        let facts = question.of(asked, Some(row.row.os));
        if !asked.has(row.row.os)
            && let Some(refusal) = question.refusal(asked, &facts)
        {
            return Err(Reason::Finding(Box::new(refusal)));
        }
        let cloud = question.cloud.known().copied().unwrap_or(Cloud::Public);
        match row.deployment(cloud) {
            Deployment::Unknown => return Err(Reason::Unknown),
            Deployment::Nothing(nothing) => {
                let reason = Reason::NoNeed(&nothing.why);
                self.nothing.push(LeftOut { target: asked.id.clone(), os: None, reason });
            }
            Deployment::Extensions(extensions) => self.extensions.extend(extensions),
            Deployment::Settings(settings) => {
                for setting in settings {
                    if !self.settings.iter().any(|known| std::ptr::eq(*known, setting)) {
                        self.settings.push(setting);
                    }
                }
            }
            Deployment::Assignments(all) => self.assign(question, &asked.id, all),
        }
        self.mechanism.insert(asked.id.clone(), row.mechanism());
        self.let_through.push(facts);
        Ok(())
    }

    fn assign(&mut self, question: &Question<'_>, target: &str, all: Vec<&'static Assignment>) {
        let Some(own) = question.own_workspace else {
            if all.iter().any(|one| one.workspace.is_some()) {
                self.is_open = true;
                return;
            }
            return self.assign_these(target, all.into_iter());
        };
        self.assign_these(target, all.into_iter().filter(|one| one.is_for(own)));
    }

    fn assign_these(&mut self, target: &str, all: impl Iterator<Item = &'static Assignment>) {
        for assignment in all {
            let known = self
                .assignments
                .iter_mut()
                .find(|known| known.assignment.definition == assignment.definition);
            match known {
                Some(known) if known.targets.iter().any(|one| one == target) => {}
                Some(known) => known.targets.push(target.to_owned()),
                None => self.assignments.push(Chosen { assignment, targets: vec![target.to_owned()] }),
            }
        }
    }
}

impl Question<'_> {
    /// What the rules of the day have against it. That the day passes does not change it, but a user may: by how grave a
    /// rule is, for example.
    fn refusal(&self, asked: &Asked, facts: &Facts) -> Option<Finding> {
        let rules = RuleSettings { date: Fact::Known(asked.date), ..self.rules.clone() };
        judge(&rules, facts).into_iter().find(|finding| finding.severity == Severity::Error)
    }

    /// What the rules are told of a row.
    fn of(&self, asked: &Asked, os: Option<Os>) -> Facts {
        Facts {
            component: Fact::Known(self.component.id.clone()),
            target: Fact::Known(asked.id.clone()),
            os: os.filter(|os| *os != Os::Any).map_or(Fact::Unknown, Fact::Known),
            cloud: self.cloud,
            enabled: Fact::Known(true),
            deployed: Fact::Known(asked.has(os.unwrap_or_default())),
            ..self.facts.clone()
        }
    }
}

impl Asked {
    /// Whether it was let through before.
    fn has(&self, os: Os) -> bool {
        self.kept.as_ref().is_some_and(|kept| !kept.is_left_out && !kept.without.contains(&os))
    }
}
