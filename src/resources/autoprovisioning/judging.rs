//! What the rules say of what is let through. Azure is asked only for what could change that, and no answer is no error.

use std::collections::BTreeSet;

use tfplugin_protocol::Attr;
use tfplugin_protocol::provider::Call;

use super::deciding::{self, Decision};
use super::model::Model;
use super::wishing;
use crate::arm::{Scope, ScopeKind};
use crate::availability::{Fact, Facts, Finding, Workspace};
use crate::catalog::Catalog;
use crate::catalog::model::Component;
use crate::context::{Context, fact, look_ahead};
use crate::pricings::{Pricings, Tier};

/// What a configuration says beside the component and its targets.
pub(super) fn base_facts(component: &Component, prior: Option<&Model>, planned: &Model) -> Facts {
    Facts {
        variant: variant(component, planned),
        accept_preview: fact(&planned.accept_preview),
        workspace: fact(&planned.workspace_id).map(|id| Workspace { id, ..Workspace::default() }),
        remediation: match planned.wish() {
            Attr::Known(wish) => fact(&wish.enabled),
            Attr::Null | Attr::Unknown => Fact::Unknown,
        },
        // Said once, when it is deployed: nobody counts what there is.
        existing_resources: if prior.is_none() { Fact::Absent } else { Fact::Unknown },
        ..Facts::default()
    }
}

/// Everything that the rules find.
pub(super) async fn judge(
    call: &Call<Context>,
    context: &Context,
    scope: Option<&Scope>,
    decision: &Decision,
    writes: bool,
) -> Vec<Finding> {
    let mut more = Facts::default();
    if let Some(scope) = scope {
        let look = look_ahead(call);
        if writes && let Some(granted) = context.granted(scope, &look).await {
            more.granted = Fact::Known(granted);
            more.scope = Fact::Known(scope.as_str().to_owned());
        }
        more.plans_on = plans_on(context, scope, &look, writes).await;
    }
    let facts = decision.let_through.iter().map(|facts| Facts {
        granted: more.granted.clone(),
        scope: more.scope.clone(),
        plans_on: more.plans_on.clone(),
        ..facts.clone()
    });
    facts.flat_map(|facts| deciding::judge(&context.rules, &facts)).collect()
}

/// Plans of a subscription that are on, or that this configuration manages: what it makes of them is its own affair.
async fn plans_on(
    context: &Context,
    scope: &Scope,
    look: &crate::arm::Call,
    writes: bool,
) -> Fact<BTreeSet<String>> {
    let Some(pricings) = context.pricings().ok().filter(|_| scope.kind() == ScopeKind::Subscription) else {
        return Fact::Unknown;
    };
    let listed = match pricings.seen(scope) {
        Some(listed) => listed,
        None if writes && !context.is_applying() => match pricings.list(scope, look).await {
            Ok(listed) => listed,
            Err(error) => {
                tracing::warn!(%error, "the rules do without the subscription's plans");
                return Fact::Unknown;
            }
        },
        None => return Fact::Unknown,
    };
    // What cannot be read may be on.
    let unreadable = listed.unreadable().iter().map(|entry| entry.name.clone());
    let on = listed
        .iter()
        .filter(|plan| plan.tier == Tier::Standard)
        .map(|plan| plan.name.clone())
        .chain(unreadable);
    let names = Catalog::get().plans.iter().map(|plan| plan.name.clone());
    let managed = names.filter(|name| context.managed(&Pricings::id(scope, name)).is_some());
    Fact::Known(on.chain(managed).collect())
}

/// The variant of the component that a user's parameter asks for: the one whose value the catalogue fixes otherwise.
fn variant(component: &Component, planned: &Model) -> Fact<String> {
    if component.variants.is_empty() {
        return Fact::Unknown;
    }
    let fixed = component.deploy.assignments.iter().flat_map(|row| row.parameters.keys());
    let entries = wishing::entries(&planned.parameters);
    let asked = fixed.into_iter().find_map(|name| entries.get(name)?.as_str().map(str::to_owned));
    asked.map_or(Fact::Unknown, Fact::Known)
}
