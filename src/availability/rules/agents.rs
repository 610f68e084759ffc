//! The Log Analytics agent: agents that are there already, workspaces and their solutions.

use super::super::agents::is_from_before;
use super::super::facts::{Agent, AgentKind, Workspace};
use super::super::finding::Subject;
use super::{Case, Rule, Said, say};
use crate::catalog::model::Os;

pub(super) const ALL: &[Rule] = &[
    lacks_solution,
    linux_agent,
    onboarded_before,
    operations_manager,
    keeps_workspace,
    workspace_of_existing,
    other_tenant,
    events_twice,
];

/// Either of them lets Defender for Cloud read a workspace (line 89 of the document that the rows began with).
const SOLUTIONS: [&str; 2] = ["Security", "SecurityCenterFree"];

/// The agent that is there, if this is about the Log Analytics agent.
fn agent<'a>(case: &'a Case<'_>, kind: AgentKind) -> Option<&'a Agent> {
    let wanted = case.is_component("log_analytics_agent") && case.is_wanted();
    case.facts.agent.known().filter(|agent| wanted && agent.kind == kind)
}

/// The workspace of a user's own that data is to go to.
fn own_workspace<'a>(case: &'a Case<'_>) -> Option<&'a Workspace> {
    let wanted = case.is_component("log_analytics_agent") && case.is_wanted();
    case.facts.workspace.known().filter(|workspace| wanted && !workspace.default)
}

/// MDC030
fn lacks_solution(case: &Case<'_>) -> Vec<Said> {
    let Some(workspace) = own_workspace(case) else { return Vec::new() };
    let lacking =
        workspace.solutions.as_ref().is_some_and(|having| SOLUTIONS.iter().all(|one| !having.contains(*one)));
    if !lacking {
        return Vec::new();
    }
    let detail = format!(
        "Defender for Cloud reads a workspace of your own only if it has the solution Security or SecurityCenterFree, and {} has \
         neither. Add azurerm_log_analytics_solution with solution_name = \"Security\".",
        workspace.id
    );
    vec![say("MDC030", Subject::Workspace, "The workspace lacks a security solution", detail)]
}

/// MDC031
fn linux_agent(case: &Case<'_>) -> Vec<Said> {
    if agent(case, AgentKind::Direct).is_none() || !case.facts.os.is(&Os::Linux) {
        return Vec::new();
    }
    let detail = "The machine has the agent already, not as an extension. On Linux an agent reports to one workspace only, so it is \
                  left as it is and nothing is deployed.";
    vec![say("MDC031", Subject::Target, "The agent will not be deployed", detail)]
}

/// MDC032
fn onboarded_before(case: &Case<'_>) -> Vec<Said> {
    if agent(case, AgentKind::Direct).is_none() || !is_from_before(case.facts) {
        return Vec::new();
    }
    let detail = "The subscription was onboarded before 2019-03-17, and the machine has an agent: it is not touched. The \
                  recommendation on health issues of the monitoring agent said what to do.";
    vec![say("MDC032", Subject::Target, "The machine keeps the agent that it has", detail)]
}

/// MDC033
fn operations_manager(case: &Case<'_>) -> Vec<Said> {
    let Some(agent) = agent(case, AgentKind::OperationsManager) else { return Vec::new() };
    let (summary, detail) = if agent.version == Some(2012) {
        let detail = "The agent of Operations Manager 2012 is on the machine. Do not let Defender for Cloud deploy another one there.";
        ("The agent must not be deployed beside Operations Manager 2012", detail)
    } else {
        let detail = "The agent is installed beside that of Operations Manager, which goes on reporting to its server. Both share \
                      libraries, which are brought up to date.";
        ("The agent shares libraries with Operations Manager", detail)
    };
    vec![say("MDC033", Subject::Target, summary, detail)]
}

/// MDC034
fn keeps_workspace(case: &Case<'_>) -> Vec<Said> {
    let (Some(agent), Some(workspace)) = (agent(case, AgentKind::Extension), case.facts.workspace.known())
    else {
        return Vec::new();
    };
    let Some(kept) = agent.workspaces.first().filter(|kept| !kept.eq_ignore_ascii_case(&workspace.id)) else {
        return Vec::new();
    };
    let unread =
        agent.solutions.as_ref().is_some_and(|having| SOLUTIONS.iter().all(|one| !having.contains(*one)));
    let unread =
        if unread { " That workspace has no security solution, so its data is not used." } else { "" };
    let detail = format!(
        "An extension reports to one workspace, and what it is connected to is not overridden: it stays with {kept}, not {}.{unread}",
        workspace.id
    );
    vec![say("MDC034", Subject::Workspace, "The existing extension keeps its workspace", detail)]
}

/// MDC035
fn workspace_of_existing(case: &Case<'_>) -> Vec<Said> {
    let (Some(new), Some(former)) = (case.facts.workspace.known(), case.facts.former_workspace.known())
    else {
        return Vec::new();
    };
    let applies = case.is_component("log_analytics_agent") && !former.default && former.id != new.id;
    if !applies {
        return Vec::new();
    }
    let detail = format!(
        "Machines that report to {} go on doing so; only new ones report to {}. A change reaches existing machines only from the \
         default workspace to one of your own.",
        former.id, new.id
    );
    let summary = "The change of workspace does not reach existing machines";
    vec![say("MDC035", Subject::Workspace, summary, detail)]
}

/// MDC036
fn other_tenant(case: &Case<'_>) -> Vec<Said> {
    let Some(workspace) = own_workspace(case) else { return Vec::new() };
    let (Some(theirs), Some(ours)) = (&workspace.tenant, case.facts.tenant.known()) else {
        return Vec::new();
    };
    if theirs.eq_ignore_ascii_case(ours) {
        return Vec::new();
    }
    let detail = format!(
        "{} is in the tenant {theirs}, the machine in {ours}: there would be no alerts.",
        workspace.id
    );
    vec![say("MDC036", Subject::Workspace, "The workspace is in another tenant", detail)]
}

/// MDC037
fn events_twice(case: &Case<'_>) -> Vec<Said> {
    if own_workspace(case).is_none() || !case.facts.sentinel_events.is(&true) {
        return Vec::new();
    }
    let detail = "Microsoft Sentinel collects the security events of this workspace. They can be configured there or in Defender for \
                  Cloud, not in both.";
    let summary = "Security events are collected by Microsoft Sentinel already";
    vec![say("MDC037", Subject::Workspace, summary, detail)]
}
