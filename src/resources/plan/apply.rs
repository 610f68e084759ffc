//! Making a plan true: one write, a second where the answer shows that it takes one, and true state whatever
//! happens.

use std::time::Duration;

use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{Diagnostic, Diagnostics, Result};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::desire::{self, Live};
use super::model::{Model, OnDestroy};
use super::planning;
use super::state::{self, Before, Failures};
use crate::arm::{self, Error, ErrorKind, Scope, ScopeKind};
use crate::catalog::Catalog;
use crate::context::{Context, patience};
use crate::pricings::{Pricing, Pricings, Tier, Wanted};

/// How long to look for what a failed write left behind. Terraform is waiting, and the deadline is over.
const LOOK_BACK: Duration = Duration::from_secs(30);

/// Takes a plan over and sets it.
pub(super) async fn create(call: &mut Call<Context>, planned: Model) -> Result<Model> {
    planning::forget_claim(call);
    let (scope, name) = super::place(&planned)?;
    let context = call.context()?;
    let (pricings, patience) = (context.pricings()?, patience(call));
    let before = pricings.before(&scope, &name, &patience).await?;
    if let Some(before) = &before {
        Before::record(&mut call.private, before, inherits(pricings, &scope, before, &patience).await);
    }
    let write = Write { pricings, scope, name, planned, before };
    let live = Live::of(write.before.as_ref());
    write.run(call, &live).await
}

/// Whether a plan is not the scope's own. Azure says so of a machine only where there is something to inherit: in
/// a subscription whose plan is off, a machine without a setting of its own is off and "not inherited" as well.
/// <https://learn.microsoft.com/rest/api/defenderforcloud/pricings/list?view=rest-defenderforcloud-2024-01-01#list-pricings-on-resource---list-all-plans>
async fn inherits(pricings: &Pricings, scope: &Scope, found: &Pricing, patience: &arm::Call) -> bool {
    if found.inherited != Some(false) || found.tier == Tier::Standard {
        return found.inherited == Some(true);
    }
    let parent = scope.subscription_id().and_then(|id| format!("/subscriptions/{id}").parse().ok());
    let Some(parent) = parent else { return false };
    match pricings.list(&parent, patience).await {
        Ok(plans) => {
            plans.iter().any(|plan| plan.name.eq_ignore_ascii_case(&found.name) && plan.tier == Tier::Free)
        }
        Err(error) => {
            tracing::warn!(%error, "whether the setting is the machine's own is not known; it is taken for its own");
            false
        }
    }
}

/// Changes a plan in place.
pub(super) async fn update(call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
    planning::forget_claim(call);
    if !planning::needs_write(&prior, &planned) {
        return Ok(planned);
    }
    let (scope, name) = super::place(&planned)?;
    let context = call.context()?;
    let write = Write { pricings: context.pricings()?, scope, name, planned, before: None };
    write.run(call, &Live::in_state(&prior)).await
}

/// Leaves behind what `on_destroy` says.
pub(super) async fn delete(call: &mut Call<Context>, prior: Model) -> Result<()> {
    let (scope, name) = super::place(&prior)?;
    let wanted = match (prior.on_destroy.known(), Before::recorded(&call.private)) {
        (Some(OnDestroy::Keep), _) => return Ok(()),
        (Some(OnDestroy::Free), _) if Catalog::get().plan(&name).is_some_and(|plan| plan.always_standard) => {
            return Ok(());
        }
        (Some(OnDestroy::Free), _) => Some(Wanted {
            tier: Tier::Free,
            subplan: None,
            enforce: None,
            extensions: std::collections::BTreeMap::new(),
        }),
        (Some(OnDestroy::Restore) | None, Some(Before::Set(before))) => Some(before),
        (Some(OnDestroy::Restore) | None, None) if scope.kind() == ScopeKind::Subscription => return Ok(()),
        (Some(OnDestroy::Restore) | None, Some(Before::Inherited) | None) => None,
    };
    let context = call.context()?;
    let (pricings, patience) = (context.pricings()?, patience(call));
    let Some(wanted) = wanted else { return Ok(pricings.delete(&scope, &name, &patience).await?) };
    let mut answer = match pricings.put(&scope, &name, &wanted, &patience).await {
        // The machine is gone, and its setting with it.
        Err(error) if *error.kind() == ErrorKind::NotFound && scope.kind() != ScopeKind::Subscription => {
            return Ok(());
        }
        answer => answer?,
    };
    if let Some(second) = desire::restored_further(&wanted, &answer) {
        answer = pricings.put(&scope, &name, &second, &patience).await?;
    }
    let failed = |(extension, reason): (&String, &String)| {
        let detail = format!("{extension} of the plan {name} could not be put back as it was: {reason}.");
        Diagnostic::error("Restoring failed in part", detail)
    };
    state::failures_in(&answer).iter().map(failed).collect::<Diagnostics>().into_result().map(drop)
}

/// A plan on its way to Azure.
struct Write<'a> {
    pricings: &'a Pricings,
    scope: Scope,
    name: String,
    planned: Model,
    /// What was there before a creation.
    before: Option<Pricing>,
}

impl Write<'_> {
    async fn run(self, call: &mut Call<Context>, live: &Live) -> Result<Model> {
        let patience = patience(call);
        let first = desire::wanted(&self.planned, live);
        let mut answer = match self.pricings.put(&self.scope, &self.name, &first, &patience).await {
            Ok(answer) => answer,
            Err(error) => return Err(self.look_back(call, error).await),
        };
        let mut failures = state::failures_in(&answer);
        if let Some(second) = desire::again(&self.planned, &first, &answer) {
            self.save(call, &answer, &failures);
            answer = self.pricings.put(&self.scope, &self.name, &second, &patience).await?;
            failures.extend(state::failures_in(&answer));
        }
        let shortfalls = desire::shortfalls(&self.planned, &answer, &failures);
        if shortfalls.has_errors() {
            self.save(call, &answer, &failures);
            return Err(shortfalls);
        }
        for warning in shortfalls {
            call.warn(warning);
        }
        state::remember(&mut call.private, &failures);
        Ok(self.settled(&answer, &failures))
    }

    /// The state after an answer. What was planned to stay as it is has stayed, whatever else Azure reports of it.
    fn settled(&self, answer: &Pricing, failures: &Failures) -> Model {
        let mut state = state::refresh(self.planned.clone(), answer, failures);
        if self.planned.deprecated.known().is_some() {
            state.deprecated = self.planned.deprecated;
        }
        if self.planned.replaced_by.known().is_some() {
            state.replaced_by.clone_from(&self.planned.replaced_by);
        }
        state
    }

    fn save(&self, call: &mut Call<Context>, answer: &Pricing, failures: &Failures) {
        state::remember(&mut call.private, failures);
        call.save(&self.settled(answer, failures));
    }

    /// After a write of which it is not known whether it took effect: looks, and keeps what is true.
    async fn look_back(&self, call: &mut Call<Context>, error: Error) -> Diagnostics {
        let unclear = matches!(
            error.kind(),
            ErrorKind::Network
                | ErrorKind::Timeout
                | ErrorKind::Server
                | ErrorKind::Protocol
                | ErrorKind::Cancelled
        );
        if unclear && error.tries() > 0 {
            let look = arm::Call { deadline: Instant::now() + LOOK_BACK, cancel: CancellationToken::new() };
            match self.pricings.read(&self.scope, &self.name, &look).await {
                Ok(found) if !self.is_as_before(&found) => self.save(call, &found, &Failures::new()),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "what the failed write left behind is not known"),
            }
        }
        error.into()
    }

    /// Whether a creation has changed nothing, so that there is nothing to keep.
    fn is_as_before(&self, found: &Pricing) -> bool {
        let before = self.before.as_ref().map(Pricing::to_wanted);
        before == Some(found.to_wanted())
            && self.before.as_ref().map(|b| b.inherited) == Some(found.inherited)
    }
}
