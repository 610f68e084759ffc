//! The plans of a scope, for `terraform query`.

use serde::Deserialize;
use tfplugin_protocol::provider::{Call, Finds, ListResource};
use tfplugin_protocol::schema::Attribute;
use tfplugin_protocol::{Attr, Result, Schema, Value};

use super::Plan;
use super::model::Model;
use crate::context::{Context, patience, plan_scope, warn_of_unreadable};
use crate::pricings::Tier;

/// What to list.
#[derive(Debug, Deserialize)]
pub(in crate::resources) struct Query {
    scope: Attr<String>,
    tier: Attr<Tier>,
}

impl ListResource for Plan {
    type Query = Query;

    fn query_schema(&self) -> Schema {
        let scope = |value: &Value| match value.as_str().map(plan_scope) {
            Some(Err(problem)) => Err(problem.detail),
            _ => Ok(()),
        };
        Schema::new("Lists the Defender plans of a subscription or of one machine.")
            .attribute(
                "scope",
                Attribute::string()
                    .optional()
                    .check(scope)
                    .describe("The subscription or resource. Default: the provider's subscription."),
            )
            .attribute(
                "tier",
                Attribute::string()
                    .optional()
                    .one_of(&["Free", "Standard"])
                    .describe("Only plans of this tier. Default: all."),
            )
    }

    async fn list(&self, call: &mut Call<Context>, query: Query, finds: &Finds<Model>) -> Result<()> {
        let context = call.context()?;
        let scope = match query.scope.known() {
            Some(scope) => plan_scope(scope)?,
            None => context.scope_by_default()?,
        };
        let plans = context.pricings()?.list(&scope, &patience(call)).await?;
        warn_of_unreadable(call, &scope, &plans);
        let wanted = |tier: Tier| query.tier.known().is_none_or(|wanted| *wanted == tier);
        // What a machine inherits is its subscription's.
        for plan in plans.iter().filter(|plan| plan.inherited != Some(true) && wanted(plan.tier)) {
            finds.push(&plan.name, &Model::at(&scope, &plan.name)).await?;
        }
        Ok(())
    }
}
