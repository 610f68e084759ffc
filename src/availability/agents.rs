//! What becomes of an agent that is on a machine before the Log Analytics agent is deployed. History by now, and still
//! what decided where a machine reports to. Lines 81 to 102 of the document that the rows began with.

use super::facts::{Agent, AgentKind, Facts};
use crate::catalog::model::{Day, Os};

/// Subscriptions that were onboarded before this day keep machines with an agent as they are (line 93).
const ONBOARDED_SINCE: Option<Day> = Day::new(2019, 3, 17);

/// What deploying comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What happens.
    pub action: Action,
    /// The workspaces that the machine reports to afterwards.
    pub reports_to: Vec<String>,
}

/// What happens on a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The extension is installed.
    Deploy,
    /// What is there stays as it is, and serves.
    Keep,
    /// Nothing is installed.
    Skip,
    /// The extension is installed beside what is there.
    SideBySide,
}

impl Action {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Keep => "keep",
            Self::Skip => "skip",
            Self::SideBySide => "side_by_side",
        }
    }
}

/// What deploying the agent comes to; nothing while it is not known what is there.
pub fn outcome(facts: &Facts) -> Option<Outcome> {
    let own = facts.workspace.known().map(|workspace| workspace.id.clone());
    let both = |agent: &Agent| agent.workspaces.iter().cloned().chain(own.clone()).collect();
    if facts.agent.is_unknown() {
        return None;
    }
    let Some(agent) = facts.agent.known() else {
        return Some(Outcome { action: Action::Deploy, reports_to: own.into_iter().collect() });
    };
    let kept = |action| Outcome { action, reports_to: agent.workspaces.clone() };
    Some(match agent.kind {
        AgentKind::Extension => kept(Action::Keep),
        AgentKind::OperationsManager => Outcome { action: Action::SideBySide, reports_to: both(agent) },
        AgentKind::Direct if is_from_before(facts) || *facts.os.known()? == Os::Linux => kept(Action::Skip),
        AgentKind::Direct => Outcome { action: Action::Deploy, reports_to: both(agent) },
    })
}

/// Whether the subscription keeps machines with an agent as they are. Where nobody says when it was onboarded, it is
/// taken for a later one: no interface of Azure tells.
pub(super) fn is_from_before(facts: &Facts) -> bool {
    facts.onboarded_on.known().is_some_and(|day| Some(*day) < ONBOARDED_SINCE)
}
