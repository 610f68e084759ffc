//! Completing a plan. What is planned never depends on Azure, only what the rules say of it.

use tfplugin_protocol::provider::{Call, Planning};
use tfplugin_protocol::{Attr, Diagnostic, Result};

use super::judging::{self, Subject};
use super::model::{Extension, Model, OnDestroy};
use super::state::Before;
use super::succession;
use crate::arm::{Scope, ScopeKind};
use crate::catalog::Catalog;
use crate::context::{Context, plan_scope, planned_scope};
use crate::pricings::{Pricings, Tier};

pub(super) async fn plan(call: &mut Call<Context>, planning: Planning<Model>) -> Result<Model> {
    let Planning { config, prior, mut planned, changed } = planning;
    if planned.scope.is_unknown() && config.scope.is_null() {
        planned.scope = planned_scope(call)?;
    }
    let scope = planned.scope.known().map(|text| plan_scope(text)).transpose()?;
    if changed {
        complete(&config, prior.as_ref(), &mut planned, scope.as_ref());
    }
    if let (Attr::Known(id), false) = (&planned.id, is_replacement(prior.as_ref(), &planned)) {
        succession::claim(call, id, prior.is_none());
    }
    // What is replaced is planned once more, as a creation.
    if !is_replacement(prior.as_ref(), &planned) {
        let prior = prior.as_ref();
        let writes = prior.is_none_or(|prior| needs_write(prior, &planned));
        let subject = Subject { config: &config, prior, planned: &planned, scope: scope.as_ref(), writes };
        judging::judge(call, subject).await?;
    }
    Ok(planned)
}

/// Says beforehand what destroying will not do.
pub(super) async fn plan_delete(call: &mut Call<Context>, prior: &Model) -> Result<()> {
    let (Attr::Known(name), Ok((scope, _))) = (&prior.name, super::place(prior)) else { return Ok(()) };
    let id = Pricings::id(&scope, name);
    succession::note_destruction(call, &id);
    warn_of_the_outcome(call, prior, name, &scope);
    judging::judge_deletion(call, prior, &scope, name).await
}

/// Says beforehand what destroying leaves behind, where that may not be what is expected.
fn warn_of_the_outcome(call: &mut Call<Context>, prior: &Model, name: &str, scope: &Scope) {
    let id = Pricings::id(scope, name);
    match prior.on_destroy {
        Attr::Known(OnDestroy::Keep) => {}
        Attr::Known(OnDestroy::Free) => {
            if Catalog::get().plan(name).is_some_and(|plan| plan.always_standard) {
                warn_of_always_on(call, name, scope);
            }
        }
        Attr::Known(OnDestroy::Restore) | Attr::Null | Attr::Unknown => {
            if Before::recorded(&call.private, &id).is_some() {
                return;
            }
            if scope.kind() == ScopeKind::Subscription {
                warn_of_nothing(call, name, scope);
            } else {
                warn_of_removal(call, name, scope);
            }
        }
    }
}

fn warn_of_always_on(call: &mut Call<Context>, name: &str, scope: &Scope) {
    let detail = format!(
        "The plan {name} of {} stays as it is now: Azure never lets this plan be Free. on_destroy = \"keep\" says the \
         same without this warning.",
        scope.as_str()
    );
    call.warn(Diagnostic::warning("Destroying changes nothing in Azure", detail).at("on_destroy"));
}

/// Says that destroying puts nothing back, because nothing is known.
pub(super) fn warn_of_nothing(call: &mut Call<Context>, name: &str, scope: &Scope) {
    let detail = format!(
        "The plan {name} of {} stays as it is now: what was there before this resource was created is not known. \
         on_destroy = \"keep\" says the same without this warning, on_destroy = \"free\" switches the plan off.",
        scope.as_str()
    );
    call.warn(Diagnostic::warning("Destroying changes nothing in Azure", detail).at("on_destroy"));
}

/// A single resource without a setting of its own inherits, so removing an unknown one is the best that can be done.
fn warn_of_removal(call: &mut Call<Context>, name: &str, scope: &Scope) {
    let detail = format!(
        "What {} had for the plan {name} before this resource was created is not known, as it was imported. Its \
         setting is removed, so that it inherits from the subscription. on_destroy = \"keep\" leaves it as it is.",
        scope.as_str()
    );
    call.warn(Diagnostic::warning("Destroying makes the resource inherit", detail).at("on_destroy"));
}

/// Fills in what is known before apply, so that the plan says no more "known after apply" than it must.
fn complete(config: &Model, prior: Option<&Model>, planned: &mut Model, scope: Option<&Scope>) {
    planned.id = match (scope, &planned.name) {
        (Some(scope), Attr::Known(name)) => match prior.filter(|prior| !is_replacement(Some(prior), planned))
        {
            Some(prior) => prior.id.clone(),
            None => Attr::Known(Pricings::id(scope, name)),
        },
        _ => Attr::Unknown,
    };
    if planned.tier == Attr::Known(Tier::Free) && config.subplan.is_null() {
        planned.subplan = Attr::Null;
    }
    if let Some(scope) = scope {
        let single = scope.kind() != ScopeKind::Subscription;
        planned.inherited = if single { Attr::Known(false) } else { Attr::Null };
        planned.inherited_from = Attr::Null;
        if single && config.enforce.is_null() {
            planned.enforce = Attr::Null;
        }
        if single {
            planned.resources_coverage_status = Attr::Null;
        }
    }
    complete_extensions(config, prior, planned);
    if let Some(prior) = prior {
        let settled = unchanged(config, prior, planned);
        if !needs_write(prior, &settled) {
            *planned = settled;
        }
    }
}

/// The plan if Azure is not told anything: what it computes stays as it is, be it nothing.
fn unchanged(config: &Model, prior: &Model, planned: &Model) -> Model {
    let mut settled = planned.clone();
    if config.subplan.is_null() {
        settled.subplan.clone_from(&prior.subplan);
    }
    if config.enforce.is_null() {
        settled.enforce = prior.enforce;
    }
    settled.all_extensions.clone_from(&prior.all_extensions);
    settled.resources_coverage_status.clone_from(&prior.resources_coverage_status);
    settled
}

/// Properties that are not configured: none while the extension is off, those that it has while it stays on.
fn complete_extensions(config: &Model, prior: Option<&Model>, planned: &mut Model) {
    let configured = |name: &str| config.extensions.known()?.get(name)?.known().cloned();
    let before = |name: &str| prior?.extensions.known()?.get(name)?.known().cloned();
    let Attr::Known(extensions) = &mut planned.extensions else { return };
    for (name, extension) in extensions {
        let Attr::Known(Extension { enabled, properties }) = extension else { continue };
        if !configured(name).is_some_and(|config| config.properties.is_null()) {
            continue;
        }
        match (&enabled, before(name)) {
            (Attr::Known(false), _) => *properties = Attr::Null,
            (Attr::Known(true), Some(before)) if before.is_enabled() => *properties = before.properties,
            _ => {}
        }
    }
}

/// Whether Azure has to be told: everything else is between this resource and Terraform.
pub(super) fn needs_write(prior: &Model, planned: &Model) -> bool {
    let starts_to_own = planned.is_exclusive() && !prior.is_exclusive();
    let extensions_differ = planned.listed().any(|(name, extension)| {
        prior.extensions.known().and_then(|before| before.get(name)).and_then(Attr::known) != Some(extension)
    });
    let drops_some = planned.is_exclusive() && prior.listed().any(|(name, _)| !planned.lists(name));
    planned.tier != prior.tier
        || planned.subplan != prior.subplan
        || planned.enforce != prior.enforce
        || starts_to_own
        || drops_some
        || extensions_differ
        || planned.extensions.is_unknown()
        || planned.extensions.known().is_some_and(|listed| listed.values().any(Attr::is_unknown))
}

fn is_replacement(prior: Option<&Model>, planned: &Model) -> bool {
    prior.is_some_and(|prior| prior.scope != planned.scope || prior.name != planned.name)
}
