//! What is said of targets that nothing is deployed to, and of what this resource is not for.

use std::collections::BTreeSet;

use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{AnyValue, Attr, Diagnostic, Diagnostics, Result};

use super::deciding::{Decision, LeftOut, Reason};
use super::model::{Model, Skipped};
use super::telling;
use super::wishing::entries;
use crate::arm::{Error, ErrorKind};
use crate::catalog::model::{Component, Parameter, PlanExtension};
use crate::catalog::word;
use crate::context::Context;
use crate::diagnostics::explain;
use crate::policy::Definition;

/// The rule on what need not be deployed.
const NO_NEED: &str = "MDC018";

/// Stops the plan where it is to be stopped.
///
/// # Errors
///
/// What is refused, and why.
pub(super) fn refuse(
    decision: &Decision,
    component: &Component,
    config: &Model,
    planned: &Model,
) -> Result<()> {
    if !decision.extensions.is_empty() {
        return Err(for_the_plan(component, &decision.extensions, config.scope.known()).into());
    }
    // Whoever does not know yet whether to skip gets what skipping gives: a plan that fails is not applied.
    if planned.skips() || planned.on_unavailable.is_unknown() {
        return Ok(());
    }
    let is_named = !config.targets.is_null();
    if !is_named && !decision.mechanism.is_empty() {
        return Ok(());
    }
    let refused = decision.refused.iter().filter(|one| !is_named || one.os.is_none());
    let (mut findings, mut diagnostics) = (Vec::new(), Diagnostics::default());
    for one in refused {
        match &one.reason {
            Reason::Finding(finding) => findings.push((**finding).clone()),
            Reason::NoNeed(_) => {}
            Reason::Unknown => diagnostics.push(not_known(component, &one.target)),
        }
    }
    diagnostics.extend(telling::once(findings));
    diagnostics.into_result().map(drop)
}

/// A target that is left out, as the state has it.
pub(super) fn skipped(one: &LeftOut) -> Skipped {
    let (rule, reason) = match &one.reason {
        Reason::Finding(finding) => (finding.rule.id.as_str().into(), first_sentence(&finding.detail)),
        Reason::NoNeed(why) => (NO_NEED.into(), (*why).to_owned()),
        Reason::Unknown => (Attr::Null, "It is not known how it is deployed there.".to_owned()),
    };
    Skipped {
        target: one.target.as_str().into(),
        os: one.os.map_or(Attr::Null, |os| word(&os).as_str().into()),
        rule,
        reason: reason.into(),
    }
}

/// Says that nothing at all is deployed.
pub(super) fn warn_of_nothing(call: &mut Call<Context>, component: &Component, decision: &Decision) {
    if decision.is_open || !decision.assignments.is_empty() || !decision.settings.is_empty() {
        return;
    }
    let lines: Vec<String> = decision
        .nothing
        .iter()
        .chain(&decision.refused)
        .map(skipped)
        .map(|one| {
            let text = |attr: &Attr<String>| attr.known().cloned().unwrap_or_default();
            format!("\n  - {}: {}", text(&one.target), text(&one.reason))
        })
        .collect();
    let detail = format!(
        "Nothing of {} is deployed here, and this resource makes nothing:{}",
        component.title,
        lines.concat()
    );
    call.warn(Diagnostic::warning("There is nothing to deploy", detail).at("component"));
}

/// Says that a parameter is for none of the policies.
pub(super) fn nobodys_parameter(user: &Attr<AnyValue>, definitions: &[&Definition]) -> Option<Diagnostic> {
    let known: BTreeSet<&str> =
        definitions.iter().flat_map(|one| one.parameters.keys().map(String::as_str)).collect();
    let is_known = |name: &String| known.iter().any(|known| known.eq_ignore_ascii_case(name));
    let name = entries(user).into_keys().find(|name| !is_known(name))?;
    let detail = if definitions.is_empty() {
        format!(
            "Nothing is deployed by a policy here, so there is nobody to take {name}. Leave parameters out."
        )
    } else {
        let names: Vec<&str> = known.into_iter().collect();
        let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        format!("None of the policies that deploy this has a parameter {name}. There are: {there}.")
    };
    Some(Diagnostic::error("The policies have no such parameter", detail).at("parameters"))
}

/// Says that the workspace cannot be read.
pub(super) fn no_workspace(error: &Error) -> Diagnostic {
    if *error.kind() != ErrorKind::NotFound {
        return explain(error).at("workspace_id");
    }
    let detail = format!(
        "There is no workspace {}, or the account that is signed in cannot see it. Its region and its GUID are parameters \
         of the policy.\n\n{error}.",
        error.id()
    );
    Diagnostic::error("The workspace is not there", detail).at("workspace_id")
}

fn not_known(component: &Component, target: &str) -> Diagnostic {
    let detail = format!(
        "No source says how {} is deployed to {target} in this cloud. Leave the target out, or set on_unavailable = \
         \"skip\".",
        component.title
    );
    Diagnostic::error("It is not known how this is deployed", detail).at("targets")
}

/// Extensions are set on the plan, and the code for it is as good as written.
fn for_the_plan(component: &Component, extensions: &[&PlanExtension], scope: Option<&String>) -> Diagnostic {
    let scope = scope.map(|scope| format!("\n      scope = {scope:?}")).unwrap_or_default();
    let plan = extensions.first().map(|one| one.plan.as_str()).unwrap_or_default();
    let of_plan = extensions.iter().filter(|one| one.plan == plan);
    let lines: Vec<String> = of_plan.map(|one| format!("\n        {}", extension(one))).collect();
    let mut others: Vec<&str> = extensions.iter().map(|one| one.plan.as_str()).collect();
    others.dedup();
    let others: Vec<&str> = others.into_iter().filter(|other| *other != plan).collect();
    let others =
        if others.is_empty() { String::new() } else { format!(" {} has it as well.", others.join(", ")) };
    let detail = format!(
        "{} is an extension of a Defender plan: set it on defender_plan.extensions. Write, instead of this resource:\n\n    \
         resource \"defender_plan\" \"this\" {{{scope}\n      name = {plan:?}\n      extensions = {{{}\n      }}\n    }}\n\nAll \
         that the extension needs on machines, Azure does by itself.{others}",
        component.title,
        lines.concat()
    );
    Diagnostic::error("The component is an extension of a plan", detail).at("component")
}

fn extension(one: &PlanExtension) -> String {
    let value = |parameter: &Parameter| match parameter {
        Parameter::Fixed(json) => json.to_string(),
        Parameter::Placeholder(placeholder) => format!("\"{}\"", placeholder.as_str()),
    };
    let properties: Vec<String> =
        one.properties.iter().map(|(name, parameter)| format!("{name} = {}", value(parameter))).collect();
    if properties.is_empty() {
        format!("{} = {{ enabled = true }}", one.name)
    } else {
        format!("{} = {{ enabled = true, properties = {{ {} }} }}", one.name, properties.join(", "))
    }
}

/// The first sentence of a text: it says why, and the rest what to do.
fn first_sentence(text: &str) -> String {
    let end = |at: usize| text[at + 2..].starts_with(char::is_uppercase);
    let stop = text.match_indices(". ").map(|(at, _)| at).find(|at| end(*at));
    let stop = stop.or_else(|| text.find(".\n")).unwrap_or(text.len());
    let sentence = &text[..stop];
    if sentence.ends_with('.') { sentence.to_owned() } else { format!("{sentence}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_says_why() {
        for (text, expected) in [
            ("It is gone. Use another.", "It is gone."),
            ("Since 2024-11-30 it is gone, e.g. here.\n\nMore", "Since 2024-11-30 it is gone, e.g. here."),
            ("Only this.", "Only this."),
            ("No stop", "No stop."),
        ] {
            assert_eq!(first_sentence(text), expected);
        }
    }
}
