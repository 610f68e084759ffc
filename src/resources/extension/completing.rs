//! What of a plan follows from what was found. Pure.

use tfplugin_protocol::{Attr, Diagnostic, Result};

use super::deciding::{self, Identity, Known};
use super::model::{Agent, Model, texts};
use super::place::Place;
use super::record::Record;
use crate::availability::{AgentKind, Fact, Facts};
use crate::catalog::model::{Parameter, Placeholder};
use crate::machines::{Kind, Target};
use crate::workspaces::Workspace;

/// What a plan is completed from.
pub(super) struct Decided<'a> {
    pub(super) known: &'a Known<'a>,
    pub(super) identity: Identity,
    pub(super) facts: Facts,
    pub(super) workspace: Option<Workspace>,
}

/// Fills in what the extension is to Azure, and its name.
///
/// # Errors
///
/// A name that it cannot have.
pub(super) fn name(
    config: &Model,
    prior: Option<&Model>,
    planned: &mut Model,
    known: &Known<'_>,
    identity: &Identity,
) -> Result<()> {
    fits(config, identity)?;
    let is_part = identity.via.is_part();
    let there = known.existing(identity).map(|one| one.name.clone());
    if let Some(name) = config.name.known() {
        let wrong =
            |detail: String| Err(Diagnostic::error("The name does not fit", detail).at("name").into());
        if is_part && !name.eq_ignore_ascii_case(&identity.usual_name) {
            return wrong(
                "What is a part of an AKS cluster has no name of its own. Leave name out.".to_owned(),
            );
        }
        if let Some(there) =
            there.as_ref().filter(|there| prior.is_none() && !there.eq_ignore_ascii_case(name))
        {
            return wrong(format!(
                "An extension of this publisher and type is there under the name {there:?}, and Azure takes one only. Leave name \
                 out, or write name = {there:?}, to take it over."
            ));
        }
    }
    let before = prior.and_then(|prior| prior.name.known().cloned());
    let name =
        config.name.known().cloned().or(before).or(there).unwrap_or_else(|| identity.usual_name.clone());
    // A spelling that means the same stays.
    let spelt = |before: Option<&Attr<String>>, now: String| match before {
        Some(Attr::Known(before)) if before.eq_ignore_ascii_case(&now) => Attr::Known(before.clone()),
        _ => Attr::Known(now),
    };
    let written = |own: &Attr<String>, of_component: &String| own.known().unwrap_or(of_component).clone();
    let publisher = identity.publisher.as_ref().map(|publisher| written(&config.publisher, publisher));
    planned.publisher = publisher.map_or(Attr::Null, |now| spelt(prior.map(|prior| &prior.publisher), now));
    planned.kind = spelt(prior.map(|prior| &prior.kind), written(&config.kind, &identity.kind));
    planned.name = spelt(prior.map(|prior| &prior.name), name);
    let id = Place::new(known.target, identity, planned.name.known().map_or("", String::as_str)).id();
    planned.id = spelt(prior.map(|prior| &prior.id), id);
    Ok(())
}

/// What is written beside a component says what follows from it and from the target, or nothing.
fn fits(config: &Model, identity: &Identity) -> Result<()> {
    let given = [
        ("publisher", config.publisher.known(), identity.publisher.as_ref()),
        ("type", config.kind.known(), Some(&identity.kind)),
    ];
    let is_other =
        |given: &String, now: Option<&String>| now.is_none_or(|now| !now.eq_ignore_ascii_case(given));
    for (attribute, given, now) in given {
        if let Some(given) = given.filter(|given| is_other(given, now)) {
            let now = now.map_or_else(|| "there is none".to_owned(), |now| format!("it is {now:?}"));
            let detail = format!(
                "The component decides on the {attribute}: on this target {now}, and not {given:?}. Leave {attribute} out."
            );
            return Err(Diagnostic::error("The extension is another one", detail).at(attribute).into());
        }
    }
    Ok(())
}

/// Refuses what Azure would refuse: a virtual machine or a scale set takes a new extension with its version only.
/// <https://learn.microsoft.com/azure/templates/microsoft.compute/virtualmachines/extensions>
///
/// # Errors
///
/// That the version must be written.
pub(super) fn version(config: &Model, known: &Known<'_>, identity: &Identity) -> Result<()> {
    let takes_any = !matches!(known.target.kind, Kind::VirtualMachine | Kind::ScaleSet);
    let is_usual = known.handler.is_some_and(|handler| handler.version.is_some());
    if takes_any || is_usual || !config.type_handler_version.is_null() || known.existing(identity).is_some() {
        return Ok(());
    }
    let detail = format!(
        "Azure deploys {} to {} in a version that the request names, and refuses one without. The publisher says which there \
         are. Write for example:\n\n    type_handler_version = \"1.0\"",
        identity.kind,
        known.target.as_str()
    );
    Err(Diagnostic::error("The version is missing", detail).at("type_handler_version").into())
}

/// Another extension is another object.
pub(super) fn is_another(prior: &Model, planned: &Model) -> bool {
    prior.publisher != planned.publisher || prior.kind != planned.kind || prior.name != planned.name
}

/// Fills in the rest; what happens, as far as that is known.
///
/// # Errors
///
/// What is missing.
pub(super) fn complete<'a>(
    config: &Model,
    prior: Option<&'a Model>,
    planned: &mut Model,
    decided: &Decided<'_>,
    record: &mut Record,
) -> Result<Option<&'a str>> {
    let Decided { known, identity, facts, .. } = decided;
    // What this resource has deployed was decided on then.
    let deployed = prior.filter(|prior| !prior.is_skipped());
    let before = deployed.and_then(|prior| prior.outcome.known());
    let fresh = known.outcome(facts, identity);
    agent(config, deployed, planned, facts);
    if deployed.is_none() && known.is_open(config, planned) {
        planned.outcome = Attr::Unknown;
        planned.reports_to = Attr::Unknown;
        planned.all_settings = Attr::Unknown;
        planned.current_version = Attr::Unknown;
        record.wanted = None;
        return Ok(None);
    }
    let outcome = before.map_or(fresh.0, String::as_str);
    planned.outcome = outcome.into();
    planned.reports_to = match deployed {
        Some(prior) if prior.workspace_id == planned.workspace_id || prior.is_left_alone() => {
            prior.reports_to.clone()
        }
        Some(_) | None if facts.workspace.is_unknown() => Attr::Unknown,
        Some(_) | None => texts(fresh.1),
    };
    planned.current_version = Attr::Unknown;
    record.wanted = None;
    match (outcome, deployed) {
        ("skip", _) => {
            planned.all_settings = Attr::Null;
            planned.current_version = Attr::Null;
        }
        ("keep", Some(prior)) => {
            planned.all_settings = prior.all_settings.clone();
            planned.current_version = prior.current_version.clone();
        }
        ("keep", None) => {
            let settings = known.existing(identity).map(|one| one.settings.clone()).unwrap_or_default();
            planned.all_settings = deciding::text(&settings).into();
        }
        (_, _) => {
            needs_workspace(planned, decided)?;
            if deployed.is_none() {
                // What is taken over keeps the settings that nobody speaks of.
                let adopted = known.existing(identity).filter(|_| outcome == "adopt");
                record.base = adopted.map(|one| deciding::text(&one.settings));
            }
            planned.all_settings = all_settings(planned, decided, record);
            record.wanted = planned.all_settings.known().cloned();
        }
    }
    Ok(before.map(String::as_str).or(Some(fresh.0)))
}

/// The agent that is there: as it is written, or as it was found.
fn agent(config: &Model, deployed: Option<&Model>, planned: &mut Model, facts: &Facts) {
    if config.existing_agent.is_null() {
        planned.existing_agent = match (deployed, &facts.agent) {
            (Some(prior), _) => prior.existing_agent.clone(),
            (None, Fact::Known(agent)) => Attr::Known(Agent {
                kind: if agent.kind == AgentKind::Extension { "extension".into() } else { Attr::Null },
                version: agent.version.map_or(Attr::Null, Attr::Known),
                workspaces: texts(agent.workspaces.iter().cloned()),
            }),
            (None, Fact::Unknown | Fact::Absent) => Attr::Null,
        };
    } else if let (Attr::Known(agent), Attr::Known(written)) =
        (&mut planned.existing_agent, &config.existing_agent)
    {
        // What is left out stays out.
        *agent = written.clone();
    }
}

fn all_settings(planned: &Model, decided: &Decided<'_>, record: &Record) -> Attr<String> {
    let Decided { known, workspace, .. } = decided;
    let value = |placeholder| placeholder_value(planned, known.target, workspace.as_ref(), placeholder);
    let base = deciding::parsed(record.base.as_ref());
    let settings = deciding::settings(planned, known.handler, base, value);
    settings.map(|settings| deciding::text(&deciding::as_taken(known.target, settings)))
}

/// A component that sends data to a workspace needs one: on a single machine or cluster nobody chooses it.
fn needs_workspace(planned: &Model, decided: &Decided<'_>) -> Result<()> {
    let parameters = decided.known.handler.into_iter().flat_map(|handler| handler.settings.values());
    let mut inputs = parameters.filter_map(|parameter| match parameter {
        Parameter::Placeholder(placeholder) => placeholder.input(),
        Parameter::Fixed(_) => None,
    });
    if inputs.next().is_none() || !planned.workspace_id.is_null() {
        return Ok(());
    }
    let detail = "The component sends data to a Log Analytics workspace, and on a single machine or cluster nobody chooses one. \
                  Write:\n\n    workspace_id = \"/subscriptions/.../workspaces/NAME\"";
    Err(Diagnostic::error("The component needs a workspace", detail).at("workspace_id").into())
}

fn placeholder_value(
    planned: &Model,
    target: &Target,
    workspace: Option<&Workspace>,
    placeholder: Placeholder,
) -> Attr<String> {
    let asked = |value: fn(&Workspace) -> &String| match (&planned.workspace_id, workspace) {
        (Attr::Null, _) => Attr::Null,
        (_, Some(workspace)) => value(workspace).clone().into(),
        (Attr::Known(_) | Attr::Unknown, None) => Attr::Unknown,
    };
    match placeholder {
        Placeholder::WorkspaceId => planned.workspace_id.clone(),
        Placeholder::WorkspaceGuid => asked(|workspace| &workspace.guid),
        Placeholder::WorkspaceRegion => asked(|workspace| &workspace.region),
        Placeholder::TargetId => target.as_str().into(),
        // Secrets are no settings that everybody sees.
        Placeholder::Location | Placeholder::OnboardingScript | Placeholder::WorkspaceKey => Attr::Null,
    }
}
