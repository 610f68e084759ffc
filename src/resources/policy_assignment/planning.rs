//! Completing a plan: what the name is, and what the definition adds.

use tfplugin_protocol::provider::{Call, Planning};
use tfplugin_protocol::{Attr, Result};

use super::apply::notes;
use crate::arm::Scope;
use crate::assignment::claims::{Claimant, claim};
use crate::assignment::completing::{self, Asks, Draft, finish};
use crate::assignment::model::{Model, scope};
use crate::assignment::{against, judging};
use crate::context::{Context, patience, planned_scope};
use crate::policy::Policy;

pub(super) async fn plan(call: &mut Call<Context>, planning: Planning<Model>) -> Result<Model> {
    let Planning { config, prior, mut planned, changed } = planning;
    if planned.scope.is_unknown() && config.scope.is_null() {
        planned.scope = planned_scope(call)?;
    }
    // A name that was made is made anew for another definition.
    let other =
        prior.as_ref().is_some_and(|prior| !same(&prior.policy_definition_id, &planned.policy_definition_id));
    if other && config.name.is_null() {
        planned.name = Attr::Unknown;
        planned.id = Attr::Unknown;
    }
    let scope = planned.scope.known().map(|text| scope(text)).transpose()?;
    name(&config, &mut planned, scope.as_ref());
    if prior.as_ref().is_some_and(|prior| !same_object(prior, &planned)) {
        // Another object takes its place, and is planned once more, as a creation.
        return Ok(planned);
    }
    claim(call, &planned.id, Claimant { is_new: prior.is_none(), decided_by: "name" })?;
    let context = call.context_if_configured();
    let patience = patience(call);
    let policy = context.as_ref().and_then(|context| context.policy().ok());
    let asks = policy.map(|policy| Asks { policy, patience: &patience, defined_by: "policy_definition_id" });
    let notes = notes(call);
    let record = notes.wanted.as_ref();
    let draft = Draft { config: &config, prior: prior.as_ref(), planned, changed, record };
    let (planned, definition) = finish(asks, draft).await?;
    if let Some(definition) = definition {
        against::against(&definition, &config, &planned).into_result()?;
        judging::judge(call, prior.as_ref(), &planned, &definition).await?;
    }
    Ok(planned)
}

fn same(a: &Attr<String>, b: &Attr<String>) -> bool {
    match (a, b) {
        (Attr::Known(a), Attr::Known(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a.is_null() && b.is_null(),
    }
}

/// Another place or another definition is another object.
fn same_object(prior: &Model, planned: &Model) -> bool {
    same(&prior.scope, &planned.scope)
        && same(&prior.name, &planned.name)
        && same(&prior.policy_definition_id, &planned.policy_definition_id)
        && same(&prior.location, &planned.location)
}

fn name(config: &Model, planned: &mut Model, scope: Option<&Scope>) {
    if let (true, Some(scope), Some(definition)) =
        (config.name.is_null() && planned.name.is_unknown(), scope, planned.policy_definition_id.known())
    {
        planned.name = Attr::Known(completing::name(scope, definition));
    }
    if let (Some(scope), Some(name), true) = (scope, planned.name.known(), planned.id.is_unknown()) {
        planned.id = Attr::Known(Policy::assignment_id(scope, name));
    }
}
