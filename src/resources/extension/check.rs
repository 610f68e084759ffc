//! What is wrong with a configuration by itself.

use tfplugin_protocol::{Attr, AttributePath, Diagnostic, Diagnostics, Severity};

use super::model::Model;
use crate::assignment::checking;
use crate::availability::{Fact, Facts, Subject};
use crate::catalog::Catalog;
use crate::catalog::model::Day;
use crate::context::RuleSettings;
use crate::diagnostics::of_findings;
use crate::inventory;
use crate::machines::{Kind, Target};

/// Checks what can be seen without Azure. Warnings wait for the plan, which shows them once.
pub(super) fn check(config: &Model, rules: &RuleSettings) -> Diagnostics {
    let target = config.target_id.known().map(|id| target(id));
    let kind = target.as_ref().and_then(|target| Some(target.as_ref().ok()?.kind));
    let mut diagnostics: Diagnostics = target.and_then(Result::err).into_iter().collect();
    let further = [
        either(config),
        publisher(config, kind),
        checking::object(&config.settings, "settings"),
        checking::object(&config.protected_settings, "protected_settings"),
        onboarded_on(config),
        of_clusters(config, kind),
        parts(config, kind),
    ];
    diagnostics.extend(further.into_iter().flatten());
    let facts = Facts {
        component: config.component.known().cloned().map_or(Fact::Unknown, Fact::Known),
        target: kind.map_or(Fact::Unknown, |kind| Fact::Known(kind.target().to_owned())),
        enabled: Fact::Known(true),
        ..Facts::default()
    };
    let told = of_findings(rules.judge(&facts), path);
    diagnostics.extend(told.into_iter().filter(|said| said.severity == Severity::Error));
    diagnostics
}

/// Where a user wrote what a finding is about; nowhere for the cloud, of which the provider block speaks.
pub(super) fn path(subject: &Subject) -> Option<AttributePath> {
    Some(AttributePath::of(match subject {
        Subject::Cloud => return None,
        Subject::Target | Subject::Region | Subject::Scope => "target_id",
        Subject::Workspace => "workspace_id",
        Subject::Plan
        | Subject::Tier
        | Subject::Subplan
        | Subject::Enforce
        | Subject::Extensions
        | Subject::Extension(_)
        | Subject::Property(..)
        | Subject::Component
        | Subject::Remediation
        | Subject::Policy
        | Subject::Removal
        | Subject::Setting => "component",
    }))
}

/// Reads the id of a machine or cluster.
///
/// # Errors
///
/// What is wrong with it, at the attribute.
pub(super) fn target(id: &str) -> Result<Target, Diagnostic> {
    Target::parse(id).map_err(|problem| {
        let beginning: String = id.chars().take(300).collect();
        let types: Vec<&str> = Kind::ALL.into_iter().map(Kind::resource_type).collect();
        let detail = format!(
            "{beginning:?} is not the id of a machine or cluster: {problem}. Write \
             \"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/GROUP/providers/TYPE/NAME\" with one of these \
             types: {}.",
            types.join(", ")
        );
        Diagnostic::error("Not a target of an extension", detail).at("target_id")
    })
}

fn either(config: &Model) -> Option<Diagnostic> {
    let detail = match (&config.component, &config.kind) {
        (Attr::Null, Attr::Null) => {
            "Set component, for example \"defender_for_endpoint\", or publisher and type of any other extension."
        }
        (Attr::Known(component), Attr::Known(kind)) if !is_type_of(component, kind) => {
            "The component decides on publisher and type, and this type is none of its own. Set either component or type."
        }
        _ => return None,
    };
    Some(Diagnostic::error("What is deployed is not clear", detail).at("component"))
}

/// Whether a component can have this type; on which target, the plan tells. A component that there is not is for the rules.
fn is_type_of(component: &str, kind: &str) -> bool {
    let component = Catalog::get().component(component);
    component
        .is_none_or(|one| one.deploy.handlers.iter().any(|handler| handler.kind.eq_ignore_ascii_case(kind)))
}

fn publisher(config: &Model, kind: Option<Kind>) -> Option<Diagnostic> {
    let is_cluster = kind?.is_cluster();
    let wrong = |detail: &str| Some(Diagnostic::error("The publisher does not fit", detail).at("publisher"));
    match (&config.kind, &config.publisher) {
        (Attr::Known(_), Attr::Null) if !is_cluster => {
            wrong("An extension of a machine is known by its publisher and type: set publisher as well.")
        }
        (_, Attr::Known(_)) if is_cluster => wrong("Extensions of clusters have no publisher. Leave it out."),
        (Attr::Null, Attr::Known(_)) => wrong("The component decides on the publisher. Leave it out."),
        _ => None,
    }
}

/// What extensions of clusters do not have.
fn of_clusters(config: &Model, kind: Option<Kind>) -> Option<Diagnostic> {
    kind.filter(|kind| kind.is_cluster())?;
    if !config.automatic_upgrade_enabled.is_null() {
        let detail =
            "Extensions of clusters are brought up to date with auto_upgrade_minor_version. Leave this out.";
        return Some(Diagnostic::error("This is for machines", detail).at("automatic_upgrade_enabled"));
    }
    let pinned = config.type_handler_version.known().is_some();
    if pinned
        && config.auto_upgrade_minor_version != Attr::Known(false)
        && !config.auto_upgrade_minor_version.is_unknown()
    {
        let detail = "A cluster takes a version only where minor versions are not taken by themselves. Write as well:\n\n    \
                      auto_upgrade_minor_version = false";
        return Some(Diagnostic::error("The version is not taken", detail).at("type_handler_version"));
    }
    None
}

/// Parts of an AKS cluster have no settings but those that follow from the workspace.
fn parts(config: &Model, kind: Option<Kind>) -> Option<Diagnostic> {
    let component = Catalog::get().component(config.component.known()?)?;
    let handler = inventory::handler(component, kind?, None)?;
    handler.via.is_part().then_some(())?;
    let given = [("settings", &config.settings), ("protected_settings", &config.protected_settings)];
    let (attribute, _) = given.into_iter().find(|(_, value)| !value.is_null())?;
    let detail =
        "On AKS the component is a part of the cluster, which takes no settings of its own. Leave this out.";
    Some(Diagnostic::error("There are no such settings", detail).at(attribute))
}

fn onboarded_on(config: &Model) -> Option<Diagnostic> {
    let text = config.onboarded_on.known().filter(|text| Day::parse(text).is_none())?;
    let beginning: String = text.chars().take(100).collect();
    let detail = format!("{beginning:?} is not a day of the calendar. Write it as in \"2019-03-16\".");
    Some(Diagnostic::error("Not a day", detail).at("onboarded_on"))
}
