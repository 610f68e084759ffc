//! The plans of a scope, for `terraform query`.

use serde::Deserialize;
use tfplugin_protocol::provider::{Call, Finds, ListResource};
use tfplugin_protocol::schema::Attribute;
use tfplugin_protocol::{Attr, Diagnostic, Result, Schema, Value};

use super::Plan;
use super::model::Model;
use crate::arm::{Scope, ScopeKind};
use crate::context::{AT_ONCE, Context, listed_scope, patience, subscriptions_at, warn_of_unreadable};
use crate::diagnostics::explain;
use crate::pricings::Tier;

/// Single resources with plans of their own.
const RESOURCES: &[ScopeKind] =
    &[ScopeKind::VirtualMachine, ScopeKind::VirtualMachineScaleSet, ScopeKind::ArcMachine];

/// What to list.
#[derive(Debug, Deserialize)]
pub(in crate::resources) struct Query {
    scope: Attr<String>,
    tier: Attr<Tier>,
}

impl ListResource for Plan {
    type Query = Query;

    fn query_schema(&self) -> Schema {
        let is_scope = |value: &Value| match value.as_str().map(scope) {
            Some(Err(problem)) => Err(problem.detail),
            _ => Ok(()),
        };
        Schema::new("Lists the Defender plans of subscriptions, or those that a single machine does not inherit.")
            .attribute(
                "scope",
                Attribute::string().optional().check(is_scope).describe(
                    "The id of the subscription, virtual machine, scale set or Arc machine; or of a management group, for all \
                     subscriptions below it. Default: the provider's subscription.",
                ),
            )
            .attribute(
                "tier",
                Attribute::string()
                    .optional()
                    .one_of(&["Free", "Standard"])
                    .describe("Only plans of this tier: `Standard` (on) or `Free` (off). Default: all."),
            )
    }

    async fn list(&self, call: &mut Call<Context>, query: Query, finds: &Finds<Model>) -> Result<()> {
        let (context, patience) = (call.context()?, patience(call));
        let scope = match query.scope.known() {
            Some(text) => scope(text)?,
            None => context.scope_by_default()?,
        };
        let at_scope = |error| explain(&error).at("scope");
        let pricings = context.pricings()?;
        let places = subscriptions_at(context.fleet()?, &scope, &patience).await;
        let (places, mut left_out) = places.map_err(at_scope)?;
        let is_one_of_many = scope.kind() == ScopeKind::ManagementGroup;
        let wanted = |tier: Tier| query.tier.known().is_none_or(|wanted| *wanted == tier);
        for some in places.chunks(AT_ONCE) {
            let lists = left_out.look_at(some, |place| pricings.list(place, &patience)).await;
            for (place, plans) in lists.map_err(at_scope)? {
                warn_of_unreadable(call, place, &plans);
                // What a machine inherits is its subscription's.
                for plan in plans.iter().filter(|plan| plan.inherited != Some(true) && wanted(plan.tier)) {
                    let of =
                        if is_one_of_many { format!(" of {}", place.id().name()) } else { String::new() };
                    finds.push(format!("{}{of}", plan.name), &Model::at(place, &plan.name)).await?;
                }
            }
        }
        left_out.warn(call);
        Ok(())
    }
}

fn scope(text: &str) -> Result<Scope, Diagnostic> {
    listed_scope(text, RESOURCES)
}
