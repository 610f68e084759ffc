//! The components that are deployed by themselves at a scope, for `terraform query`.

use serde::Deserialize;
use tfplugin_protocol::provider::{Call, Finds, ListResource};
use tfplugin_protocol::schema::Attribute;
use tfplugin_protocol::{Attr, Result, Schema, Value};

use super::model::Model;
use super::{Autoprovisioning, check, reading};
use crate::catalog::Catalog;
use crate::context::{Context, patience};
use crate::diagnostics::explain;

/// What to list.
#[derive(Debug, Deserialize)]
pub(in crate::resources) struct Query {
    scope: Attr<String>,
}

impl ListResource for Autoprovisioning {
    type Query = Query;

    fn query_schema(&self) -> Schema {
        let is_scope = |value: &Value| match value.as_str().map(check::scope) {
            Some(Err(problem)) => Err(problem.detail),
            _ => Ok(()),
        };
        Schema::new(
            "Lists the components that are deployed by themselves at a scope: those whose settings are on, and those whose policy \
             assignments have the names that the resource gives. Assignments that the portal or somebody else has made have \
             other names: `defender_policy_assignment` finds them. A setting that is found here is found by \
             `defender_setting` or `defender_vulnerability_assessment`, too; take it over once.",
        )
        .attribute(
            "scope",
            Attribute::string().optional().check(is_scope).describe(
                "The id of the subscription, or of the management group, for what is deployed at the group itself. Default: the \
                 provider's subscription.",
            ),
        )
    }

    async fn list(&self, call: &mut Call<Context>, query: Query, finds: &Finds<Model>) -> Result<()> {
        let (context, patience) = (call.context()?, patience(call));
        let scope = match query.scope.known() {
            Some(text) => check::scope(text)?,
            None => context.scope_by_default()?,
        };
        let assigned = context.policy()?.assignments(&scope, &patience).await;
        let assigned = assigned.map_err(|error| explain(&error).at("scope"))?;
        for component in &Catalog::get().components {
            if reading::is_there(call, &scope, component, &assigned).await? {
                finds.push(component.id.as_str(), &Model::at(scope.as_str(), &component.id)).await?;
            }
        }
        Ok(())
    }
}
