//! What is wrong with a configuration by itself.

use tfplugin_protocol::{Attr, AttributePath, Diagnostic, Diagnostics, Severity};

use super::model::Model;
use super::telling;
use crate::arm::{IdError, ResourceId, Scope, ScopeKind};
use crate::assignment::checking;
use crate::assignment::model::known_texts;
use crate::availability::{Fact, Facts};
use crate::context::RuleSettings;
use crate::workspaces;

/// Checks what can be seen without Azure. Warnings wait for the plan, which shows them once.
pub(super) fn check(config: &Model, rules: &RuleSettings) -> Diagnostics {
    let scope = config.scope.known().map(|text| scope(text));
    let kind = scope.as_ref().and_then(|scope| Some(scope.as_ref().ok()?.kind()));
    let mut diagnostics: Diagnostics = scope.and_then(Result::err).into_iter().collect();
    let as_one = config.as_one();
    let further = [
        checking::identity(&as_one),
        checking::location(&as_one),
        checking::object(&config.parameters, "parameters"),
        checking::remediation(&as_one, kind),
        workspace(config),
        targets(config),
    ];
    diagnostics.extend(further.into_iter().flatten());
    diagnostics.extend(names(config, rules));
    diagnostics
}

/// Parses a scope at which components are deployed.
///
/// # Errors
///
/// What is wrong with it, at the attribute.
pub(super) fn scope(text: &str) -> Result<Scope, Diagnostic> {
    let wrong = |problem: String| {
        let beginning: String = text.chars().take(300).collect();
        let detail = format!(
            "{beginning:?} {problem}. Write \"/subscriptions/00000000-0000-0000-0000-000000000000\" or \
             \"/providers/Microsoft.Management/managementGroups/NAME\"."
        );
        Diagnostic::error("Not a scope of auto-provisioning", detail).at("scope")
    };
    let scope: Scope =
        text.parse().map_err(|error: IdError| wrong(format!("is not an id: {}", error.problem())))?;
    match scope.kind() {
        ScopeKind::Subscription | ScopeKind::ManagementGroup => Ok(scope),
        ScopeKind::ResourceGroup
        | ScopeKind::VirtualMachine
        | ScopeKind::VirtualMachineScaleSet
        | ScopeKind::ArcMachine
        | ScopeKind::OtherResource => {
            Err(wrong("is neither a subscription nor a management group".to_owned()))
        }
    }
}

fn workspace(config: &Model) -> Option<Diagnostic> {
    let id = config.workspace_id.known()?;
    let is_workspace =
        |id: ResourceId| id.resource_type().is_some_and(|found| found == workspaces::RESOURCE_TYPE);
    if id.parse::<ResourceId>().is_ok_and(is_workspace) {
        return None;
    }
    let beginning: String = id.chars().take(300).collect();
    let detail = format!(
        "{beginning:?} is not the id of a Log Analytics workspace. Such an id looks like \
         /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/GROUP/providers/{}/NAME; its GUID is another \
         thing.",
        workspaces::RESOURCE_TYPE
    );
    Some(Diagnostic::error("Not the id of a workspace", detail).at("workspace_id"))
}

fn targets(config: &Model) -> Option<Diagnostic> {
    let targets = config.targets.known()?;
    let detail = if targets.is_empty() {
        "Nothing is deployed to no targets. Leave targets out for all that the component is available for, or destroy the \
         resource."
    } else if targets.iter().any(Attr::is_null) {
        "A target is null. Leave it out, for example with compact()."
    } else {
        return None;
    };
    Some(Diagnostic::error("The targets are not complete", detail).at("targets"))
}

/// Components and targets that there are not, on any day.
fn names(config: &Model, rules: &RuleSettings) -> Diagnostics {
    let component = config.component.known().cloned();
    let component = component.map_or(Fact::Unknown, Fact::Known);
    let base = Facts { component, enabled: Fact::Known(true), ..Facts::default() };
    let of_target = |target: String| Facts { target: Fact::Known(target), ..base.clone() };
    let targets = known_texts(&config.targets).into_iter().map(of_target);
    let findings = targets.chain([base.clone()]).flat_map(|facts| rules.judge(&facts));
    let told = telling::once(findings.collect());
    told.into_iter().filter(|said| said.severity == Severity::Error).collect()
}

/// Says that a setting cannot be at a scope.
pub(super) fn settings_above(component: &str, scope: &Scope) -> Diagnostic {
    let detail = format!(
        "{component} is switched by settings, which subscriptions have and {scope} has not. Write one resource for each \
         subscription, with for_each."
    );
    Diagnostic::error("Settings are for subscriptions", detail).at(AttributePath::of("scope"))
}
