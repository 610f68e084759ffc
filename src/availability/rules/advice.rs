//! What works, and has a consequence that is easily overlooked.

use super::super::finding::Subject;
use super::{Case, Fact, Rule, Said, say};

pub(super) const ALL: &[Rule] =
    &[nothing_collects, twice, comes_back, stays_installed, settings_without_integration];

/// What of Defender for Endpoint counts only with the integration.
/// <https://learn.microsoft.com/azure/defender-for-cloud/enable-defender-for-endpoint>
const INTEGRATION: &str = "WDATP";
const COMPANIONS: [&str; 2] = ["WDATP_UNIFIED_SOLUTION", "WDATP_EXCLUDE_LINUX_PUBLIC_PREVIEW"];

/// MDC050
fn nothing_collects(case: &Case<'_>) -> Vec<Said> {
    let (Some(plan), Some(on)) = (case.plan, case.facts.components_on.known()) else { return Vec::new() };
    let needing = case
        .catalog
        .components
        .iter()
        .filter(|component| component.rows.iter().any(|row| row.plans.contains(&plan.name)));
    let needing: Vec<&str> = needing.map(|component| component.id.as_str()).collect();
    if needing.is_empty() || needing.iter().any(|id| on.contains(*id)) || !case.is_wanted() {
        return Vec::new();
    }
    let detail = format!(
        "{} is on, and none of its components is: {}. It is paid for, and what needs data from machines and clusters does not work.",
        plan.title,
        needing.join(", ")
    );
    vec![say("MDC050", Subject::Plan, "The plan is on and nothing collects data", detail)]
}

/// MDC052
fn twice(case: &Case<'_>) -> Vec<Said> {
    let agents = ["azure_monitor_agent", "log_analytics_agent"];
    let other = agents.iter().find(|id| !case.is_component(id));
    let is_one = agents.iter().any(|id| case.is_component(id));
    let both =
        is_one && other.is_some_and(|id| case.facts.components_on.known().is_some_and(|on| on.contains(*id)));
    if !both || !case.is_wanted() {
        return Vec::new();
    }
    let detail = "The Log Analytics agent and the Azure Monitor Agent on one machine give every finding twice, and every byte is \
                  billed twice. Keep the Azure Monitor Agent.";
    vec![say("MDC052", Subject::Component, "Two agents collect the same", detail)]
}

/// MDC054
fn comes_back(case: &Case<'_>) -> Vec<Said> {
    let on = case.facts.components_on.known().is_some_and(|on| on.contains("log_analytics_agent"));
    if !case.is_component("log_analytics_agent") || !case.facts.removed.is(&true) || !on {
        return Vec::new();
    }
    let detail = "Auto-provisioning is on for the subscription, and installs the extension again within 24 hours. Switch it off first.";
    vec![say("MDC054", Subject::Removal, "The removed agent comes back", detail)]
}

/// MDC055
fn stays_installed(case: &Case<'_>) -> Vec<Said> {
    let Some(component) = case.component.filter(|_| case.facts.removed.is(&true)) else { return Vec::new() };
    let more = match component.id.as_str() {
        "defender_for_endpoint" => {
            " Deleting the extension MDE does not offboard a machine from Defender for Endpoint either."
        }
        "log_analytics_agent" => {
            " On Linux, removing the extension also removes an agent that was there before it."
        }
        _ => "",
    };
    let detail = format!(
        "Nothing new is deployed from then on. What {} has put on machines and clusters stays there.{more}",
        component.title
    );
    vec![say("MDC055", Subject::Removal, "Switching off does not uninstall", detail)]
}

/// MDC008
fn settings_without_integration(case: &Case<'_>) -> Vec<Said> {
    let Fact::Known(on) = &case.facts.settings_on else { return Vec::new() };
    let Some(companion) = COMPANIONS.into_iter().find(|one| on.contains(*one) && !on.contains(INTEGRATION))
    else {
        return Vec::new();
    };
    let detail = format!(
        "{companion} says how machines are onboarded to Defender for Endpoint, and counts only with {INTEGRATION} on. Switch that on \
         first."
    );
    let summary = "The setting needs the integration of Defender for Endpoint";
    vec![say("MDC008", Subject::Component, summary, detail)]
}
