//! Making a plan true: one write, a second where the answer shows that it takes one, and true state whatever
//! happens.

use std::collections::BTreeMap;
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
use crate::context::{Context, patience, succession};
use crate::diagnostics::explain;
use crate::pricings::{Pricing, Pricings, Tier, Wanted, plan_named};

/// How long to look for what a failed write left behind. Terraform is waiting, and the deadline is over.
const LOOK_BACK: Duration = Duration::from_secs(30);

/// Takes a plan over and sets it.
pub(super) async fn create(call: &mut Call<Context>, planned: Model) -> Result<Model> {
    let (scope, name) = super::place(&planned)?;
    let id = Pricings::id(&scope, &name);
    if succession::take_over(&mut call.private, &id) {
        // The predecessor is gone from the state, and only this one still knows what was there before.
        call.save(&planned);
    }
    let context = call.context()?;
    context.note_apply();
    let (pricings, patience) = (context.pricings()?, patience(call));
    let before = pricings.before(&scope, &name, &patience).await?;
    if let Some(before) = &before {
        let inherits = inherits(pricings, &scope, before, &patience).await;
        let noted = if inherits { Before::Inherited } else { Before::Set(before.to_wanted()) };
        Before::record(&mut call.private, &id, noted);
    }
    context.note_creation(&id);
    let write = Write { pricings, scope, name, planned };
    let live = Live::of(before.as_ref());
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
        Ok(plans) => plan_named(&plans, &found.name).is_some_and(|plan| plan.tier == Tier::Free),
        Err(error) => {
            tracing::warn!(%error, "whether the setting is the machine's own is not known; it is taken for its own");
            false
        }
    }
}

/// Changes a plan in place.
pub(super) async fn update(call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
    succession::forget(&mut call.private);
    if !planning::needs_write(&prior, &planned) {
        return Ok(planned);
    }
    let (scope, name) = super::place(&planned)?;
    let context = call.context()?;
    context.note_apply();
    let write = Write { pricings: context.pricings()?, scope, name, planned };
    let mut live = Live::in_state(&prior);
    live.subplan = live.subplan.or_else(|| state::last_subplan(&call.private));
    write.run(call, &live).await
}

/// Leaves behind what `on_destroy` says. A plan that this run has taken over anew is not touched: with
/// `create_before_destroy`, or where a resource was renamed, Terraform destroys the old object after that.
pub(super) async fn delete(call: &mut Call<Context>, prior: Model) -> Result<()> {
    let (scope, name) = super::place(&prior)?;
    let (context, id) = (call.context()?, Pricings::id(&scope, &name));
    context.note_apply();
    if succession::hand_over(&context, &call.private, &id) {
        tracing::info!(plan = name, "left as it is: another resource of this run has taken it over");
        return Ok(());
    }
    let (pricings, patience) = (context.pricings()?, patience(call));
    let wanted = match leave(&prior, &scope, &name, Before::recorded(&call.private, &id)) {
        Leave::AsItIs => return Ok(()),
        Leave::Unknown => {
            planning::warn_of_nothing(call, &name, &scope);
            return Ok(());
        }
        Leave::Inherited => return Ok(pricings.delete(&scope, &name, &patience).await?),
        Leave::Setting(wanted) => desire::unenforced(wanted, &prior),
    };
    let mut answer = match pricings.put(&scope, &name, &wanted, &patience).await {
        // The machine is gone, and its setting with it.
        Err(error) if *error.kind() == ErrorKind::NotFound && scope.kind() != ScopeKind::Subscription => {
            return Ok(());
        }
        Err(error) => return Err(not_restored(&error, &wanted)),
        Ok(answer) => answer,
    };
    // Another resource of this run may have taken the plan over meanwhile.
    let further = desire::restored_further(&wanted, &answer).filter(|_| !context.has_created(&id));
    if let Some(second) = further {
        answer = pricings.put(&scope, &name, &second, &patience).await?;
    }
    let failed = |(extension, reason): (&String, &String)| {
        let detail = format!("{extension} of the plan {name} could not be put back as it was: {reason}.");
        Diagnostic::error("Restoring failed in part", detail)
    };
    let mut failures = Failures::new();
    state::learn(&mut failures, &answer);
    failures.iter().map(failed).collect::<Diagnostics>().into_result().map(drop)
}

/// What a deletion leaves behind.
pub(super) enum Leave {
    AsItIs,
    /// As it is too, because what was there before is not known.
    Unknown,
    /// No setting of its own.
    Inherited,
    Setting(Wanted),
}

/// Decides what a deletion leaves behind.
pub(super) fn leave(prior: &Model, scope: &Scope, name: &str, before: Option<Before>) -> Leave {
    let always_on = || Catalog::get().plan(name).is_some_and(|plan| plan.always_standard);
    match (prior.on_destroy.known(), before) {
        (Some(OnDestroy::Keep), _) => Leave::AsItIs,
        (Some(OnDestroy::Free), _) if always_on() => Leave::AsItIs,
        (Some(OnDestroy::Free), _) => Leave::Setting(Wanted {
            tier: Tier::Free,
            subplan: None,
            enforce: None,
            extensions: BTreeMap::new(),
        }),
        (Some(OnDestroy::Restore) | None, Some(Before::Set(before))) => Leave::Setting(before),
        (Some(OnDestroy::Restore) | None, None) if scope.kind() == ScopeKind::Subscription => Leave::Unknown,
        (Some(OnDestroy::Restore) | None, Some(Before::Inherited) | None) => Leave::Inherited,
    }
}

/// Azure closes sub-plans in time, and then there is no way back to them.
fn not_restored(error: &Error, wanted: &Wanted) -> Diagnostics {
    let mut diagnostic = explain(error);
    if *error.kind() == ErrorKind::Rejected && wanted.tier == Tier::Standard {
        diagnostic.detail.push_str(
            "\n\nIf Azure does not offer any more what was there before, set on_destroy = \"keep\" or \"free\", apply, \
             and destroy again.",
        );
    }
    diagnostic.into()
}

/// A plan on its way to Azure.
struct Write<'a> {
    pricings: &'a Pricings,
    scope: Scope,
    name: String,
    planned: Model,
}

impl Write<'_> {
    async fn run(self, call: &mut Call<Context>, live: &Live) -> Result<Model> {
        let first = desire::wanted(&self.planned, live);
        let mut failures = state::failures(&call.private);
        // Azure tells the outcome only of an extension that changes, and reports one that failed as on. So one that
        // failed is switched off first: only then does switching it on tell anything.
        if let Some(off) = desire::off_before(&first, &failures) {
            self.put(call, &off, &mut failures).await?;
        }
        let mut answer = self.put(call, &first, &mut failures).await?;
        if let Some(second) = desire::again(&self.planned, &first, &answer) {
            self.save(call, &answer, &failures);
            answer = self.put(call, &second, &mut failures).await?;
        }
        let shortfalls = desire::shortfalls(&self.planned, &answer, &failures);
        if shortfalls.has_errors() {
            self.save(call, &answer, &failures);
            return Err(shortfalls);
        }
        for warning in shortfalls {
            call.warn(warning);
        }
        state::remember(&mut call.private, &self.planned, &failures);
        state::forget_subplan(&mut call.private);
        Ok(self.settled(&answer, &failures))
    }

    /// One write, with what it says of the extensions.
    async fn put(
        &self,
        call: &mut Call<Context>,
        wanted: &Wanted,
        failures: &mut Failures,
    ) -> Result<Pricing> {
        match self.pricings.put(&self.scope, &self.name, wanted, &patience(call)).await {
            Ok(answer) => {
                state::learn(failures, &answer);
                Ok(answer)
            }
            Err(error) => Err(self.look_back(call, error, failures).await),
        }
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
        state::remember(&mut call.private, &self.planned, failures);
        call.save(&self.settled(answer, failures));
    }

    /// After a write of which it is not known whether it took effect: looks, and keeps what is found; where looking
    /// fails too, what was planned. Something is kept in any case, because a plan always exists, and what must not
    /// be lost is what was there before.
    async fn look_back(&self, call: &mut Call<Context>, error: Error, failures: &Failures) -> Diagnostics {
        if error.may_have_landed() {
            let look = arm::Call { deadline: Instant::now() + LOOK_BACK, cancel: CancellationToken::new() };
            match self.pricings.read(&self.scope, &self.name, &look).await {
                Ok(found) => self.save(call, &found, failures),
                Err(unseen) => {
                    tracing::warn!(error = %unseen, "what the failed write left behind is not known");
                    call.save(&self.planned);
                }
            }
        }
        error.into()
    }
}
