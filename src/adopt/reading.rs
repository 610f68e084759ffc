//! Reading: kind after kind of a subscription or management group, several of them at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tfplugin_protocol::provider::{DynResource, Survey, Surveyor, survey};
use tfplugin_protocol::{Diagnostic, Diagnostics, Result, Value};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::assignments::Definitions;
use super::estate::{Estate, Failed, Holding};
use super::kinds::Kind;
use super::names::slug;
use super::{objects, plans};
use crate::arm::{Call, Scope, ScopeKind};
use crate::context::Context;
use crate::subscriptions::{Subscription, Subscriptions};

/// How many scopes are read at the same time: Azure counts reads by subscription and by tenant.
/// <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>
const AT_ONCE: usize = 8;

/// How long one kind of one scope may take, waits that Azure asks for included.
const PATIENCE: Duration = Duration::from_secs(300);

/// What is to be read.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Subscriptions, and management groups, which stand for themselves and all that is below them.
    pub scopes: Vec<Scope>,
    /// The kinds of objects.
    pub kinds: BTreeSet<Kind>,
    /// Whether what is off is written, too: plans and settings.
    pub include_off: bool,
    /// Whether assignments are written that have nothing to do with Defender.
    pub all_assignments: bool,
}

/// Reads what is wished for.
///
/// # Errors
///
/// Where the context has no way to Azure. What cannot be read stands in the estate's failures.
pub async fn read(
    context: Arc<Context>,
    resources: &[&dyn DynResource<Context>],
    wish: &Wish,
) -> Result<Estate> {
    let mut estate = Estate::default();
    let places = places(context.subscriptions()?, wish, &mut estate.failures).await;
    let definitions = Definitions::new(context.policy()?);
    let reader = Reader { context: &context, resources, definitions, wish };
    let reading = places.into_values().map(|place| reader.place(place));
    let mut answers = stream::iter(reading).buffer_unordered(AT_ONCE);
    while let Some(answer) = answers.next().await {
        let (holding, failures) = answer?;
        estate.holdings.extend(holding);
        estate.failures.extend(failures);
    }
    drop(answers);
    let order = |holding: &Holding| (slug(holding.name.as_deref().unwrap_or("~")), holding.scope.to_string());
    estate.holdings.sort_by_cached_key(order);
    estate.failures.sort_by_cached_key(|failed| (failed.scope.clone(), failed.what.clone()));
    Ok(estate)
}

/// The subscriptions and management groups to look in, by id, with their names as far as they are known. Groups have
/// nothing but assignments.
async fn places(
    subscriptions: &Subscriptions,
    wish: &Wish,
    failures: &mut Vec<Failed>,
) -> BTreeMap<String, Subscription> {
    let mut wanted: BTreeMap<String, Subscription> = BTreeMap::new();
    let mut note = |found: Subscription| {
        let known = wanted.entry(found.scope.as_str().to_ascii_lowercase()).or_insert_with(|| found.clone());
        if known.name.is_none() {
            known.name = found.name;
        }
    };
    let has_groups = wish.kinds.contains(&Kind::Assignments);
    for scope in &wish.scopes {
        if scope.kind() != ScopeKind::ManagementGroup {
            note(Subscription::from(scope.clone()));
            continue;
        }
        match subscriptions.below(scope, &call()).await {
            Ok(below) => {
                below.subscriptions.into_iter().for_each(&mut note);
                let itself = Subscription::from(scope.clone());
                below.groups.into_iter().chain([itself]).filter(|_| has_groups).for_each(&mut note);
            }
            Err(error) => failures.push(Failed::at(scope, "", error)),
        }
    }
    wanted
}

fn call() -> Call {
    Call { deadline: Instant::now() + PATIENCE, cancel: CancellationToken::new() }
}

/// Who reads.
struct Reader<'a> {
    context: &'a Arc<Context>,
    resources: &'a [&'a dyn DynResource<Context>],
    definitions: Definitions<'a>,
    wish: &'a Wish,
}

impl Reader<'_> {
    /// One subscription or management group; nothing but failures where nothing of it can be read.
    async fn place(
        &self,
        Subscription { scope, name, state: _ }: Subscription,
    ) -> Result<(Option<Holding>, Vec<Failed>)> {
        let is_group = scope.kind() == ScopeKind::ManagementGroup;
        let kinds = self.wish.kinds.iter().copied().filter(|kind| !is_group || *kind == Kind::Assignments);
        let kinds: Vec<Kind> = kinds.collect();
        let mut holding = Holding::new(scope.clone(), name);
        let (mut failures, mut refusals) = (Vec::new(), Vec::new());
        for kind in &kinds {
            match self.kind(*kind, &mut holding).await {
                Ok(failed) => failures.extend(failed),
                Err(problems) => refusals.push(Failed::at(&scope, kind.many(), problems)),
            }
        }
        if refusals.len() == kinds.len() {
            return Ok((None, whole(&scope, refusals)));
        }
        if holding.name.is_none() {
            holding.name = self.name(&scope).await?;
        }
        failures.append(&mut refusals);
        Ok((Some(holding), failures))
    }

    /// A name is for people; where it cannot be read, the id does.
    async fn name(&self, scope: &Scope) -> Result<Option<String>> {
        if scope.kind() == ScopeKind::ManagementGroup {
            return Ok(Some(scope.id().name().to_owned()));
        }
        Ok(self.context.subscriptions()?.name(scope, &call()).await.unwrap_or_default())
    }

    /// Reads one kind of objects into a holding, and returns what of it could not be read.
    async fn kind(&self, kind: Kind, holding: &mut Holding) -> Result<Vec<Failed>> {
        let include_off = self.wish.include_off;
        if kind == Kind::Plans {
            let listed = self.context.pricings()?.list(&holding.scope, &call()).await?;
            return Ok(plans::take(holding, &listed, include_off));
        }
        let wanted = self.resources.iter().find(|resource| resource.name() == kind.resource());
        let resource = wanted.ok_or_else(|| unknown(kind))?;
        let Call { deadline, cancel } = call();
        let surveyor = Surveyor { context: Arc::clone(self.context), deadline, cancel };
        let query = [("scope", Value::from(holding.scope.as_str()))];
        let Survey { mut found, warnings } = survey(*resource, &surveyor, &query).await?;
        if kind == Kind::Assignments && !self.wish.all_assignments {
            found = self.definitions.defenders(found, &call()).await;
        }
        let left_out = objects::left_out(holding, kind, warnings);
        let mut failures = objects::take(holding, kind, found, include_off);
        failures.extend(left_out);
        Ok(failures)
    }
}

/// What is refused for one reason is one failure.
fn whole(scope: &Scope, mut refusals: Vec<Failed>) -> Vec<Failed> {
    if refusals.windows(2).all(|pair| pair[0].reason == pair[1].reason) {
        refusals.truncate(1);
        for refusal in &mut refusals {
            refusal.what = scope.to_string();
        }
    }
    refusals
}

fn unknown(kind: Kind) -> Diagnostics {
    let detail = format!("There is no {}. This is a bug in the provider; please report it.", kind.resource());
    Diagnostic::error("A resource is missing", detail).into()
}
