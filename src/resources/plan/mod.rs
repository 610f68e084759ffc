//! `defender_plan`: a Defender plan of a subscription or of one machine.
//!
//! Plans always exist, so creating means adopting: what stood there before is remembered in private data, and
//! destroying puts it back. What Azure reports on the way, above all extensions that could not be switched, is
//! an error and stays visible until it is mended; see [`state`] for how.

mod apply;
mod check;
mod desire;
mod facts;
mod judging;
mod listing;
mod model;
mod moving;
mod planning;
mod schema;
mod state;
mod succession;
#[cfg(test)]
mod testing;

use tfplugin_protocol::provider::{
    Call, DynListResource, IdentityAttribute, ImportTarget, MoveSource, Moved, Planning, ProviderBlock,
    Resource, Timeouts,
};
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result, Schema, Value};

use crate::arm::{ErrorKind, Scope, ScopeKind};
use crate::catalog::Catalog;
use crate::context::{self, Context, patience, plan_scope, static_settings, unreadable};
use crate::pricings::{Pricing, RESOURCE_TYPE, plan_named};
use model::Model;

/// The resource.
#[derive(Debug)]
pub(super) struct Plan;

impl Resource for Plan {
    type Context = Context;
    type Model = Model;

    const NAME: &'static str = "defender_plan";
    /// As azurerm: writes take 4 to 9 seconds each, and those of one subscription wait for each other.
    const TIMEOUTS: Timeouts = Timeouts::minutes(60, 5, 60, 60);

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn identity_schema(&self) -> &'static [IdentityAttribute] {
        const ATTRIBUTES: &[IdentityAttribute] = &[
            IdentityAttribute { name: "name", description: "The plan's name.", required: true },
            IdentityAttribute {
                name: "scope",
                description: "The subscription or resource. Default: the provider's subscription.",
                required: false,
            },
        ];
        ATTRIBUTES
    }

    fn identity(&self, state: &Model) -> Option<Value> {
        let (name, scope) = (state.name.known()?, state.scope.known()?);
        Some(Value::from_iter([("name", Value::from(name.as_str())), ("scope", Value::from(scope.as_str()))]))
    }

    fn check(&self, config: &Model, provider: &ProviderBlock) -> Diagnostics {
        check::check(Catalog::get(), config, &static_settings(provider))
    }

    async fn plan(&self, call: &mut Call<Context>, planning: Planning<Model>) -> Result<Model> {
        planning::plan(call, planning).await
    }

    async fn plan_delete(&self, call: &mut Call<Context>, prior: &Model) -> Result<()> {
        planning::plan_delete(call, prior).await
    }

    async fn create(&self, call: &mut Call<Context>, planned: Model) -> Result<Model> {
        apply::create(call, planned).await
    }

    async fn read(&self, call: &mut Call<Context>, state: Model) -> Result<Option<Model>> {
        let (scope, name) = place(&state)?;
        let context = call.context()?;
        let listed = context.pricings()?.list(&scope, &patience(call)).await;
        let plans = match listed {
            // A machine that is gone takes its settings along; a subscription that is not found is more likely
            // one that the caller may not see.
            Err(error) if *error.kind() == ErrorKind::NotFound && scope.kind() != ScopeKind::Subscription => {
                return Ok(None);
            }
            listed => listed?,
        };
        if let Some(problem) = plans.problem(&name) {
            let detail = unreadable(&scope, problem);
            return Err(Diagnostic::error("The plan cannot be read", detail).at("name").into());
        }
        let Some(found) = plan_named(&plans, &name) else {
            if scope.kind() == ScopeKind::Subscription {
                return Err(not_listed(&scope, &name, &plans));
            }
            return Ok(None);
        };
        if found.inherited == Some(true) {
            return Ok(None);
        }
        state::remember_subplan(&mut call.private, &state, found);
        if let Attr::Known(id) = &state.id {
            context.note_private_data(id, call.private.clone());
        }
        let failures = state::failures(&call.private);
        state::warn_of_failures(call, &name, &failures);
        Ok(Some(state::refresh(state, found, &failures)))
    }

    async fn update(&self, call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
        apply::update(call, prior, planned).await
    }

    async fn delete(&self, call: &mut Call<Context>, prior: Model) -> Result<()> {
        apply::delete(call, prior).await
    }

    fn import(&self, call: &mut Call<Context>, target: ImportTarget<'_>) -> Result<Model> {
        let (scope, name) = match target {
            ImportTarget::Id(id) => parse_id(id)?,
            ImportTarget::Identity(identity) => {
                let name = identity.get("name").as_str().unwrap_or_default().to_owned();
                let scope = match identity.get("scope").as_str() {
                    Some(scope) => plan_scope(scope)?,
                    None => call.context()?.scope_by_default()?,
                };
                (scope, name)
            }
        };
        let name = Catalog::get().plan(&name).map_or(name, |plan| plan.name.clone());
        Ok(Model::at(&scope, &name))
    }

    fn move_from(&self, source: &MoveSource<'_>) -> Result<Moved<Model>> {
        moving::move_from(source)
    }

    fn listing(&self) -> Option<&dyn DynListResource<Context>> {
        Some(self)
    }
}

/// Reads the id of a plan, in any letter case; azurerm's ids are the same.
fn parse_id(id: &str) -> Result<(Scope, String)> {
    let (scope, name) = context::parse_id(id, RESOURCE_TYPE, "a Defender plan", "VirtualMachines")?;
    Ok((plan_scope(scope.as_str())?, name))
}

/// Plans of a subscription do not vanish, so forgetting one, with what was there before it, would be wrong.
fn not_listed(scope: &Scope, name: &str, plans: &[Pricing]) -> Diagnostics {
    let listed = plans.iter().map(|plan| plan.name.as_str()).collect::<Vec<_>>().join(", ");
    let detail = format!(
        "{} has no plan {name}. Check the name; there are: {listed}. If Azure no longer offers the plan, take the \
         resource out with a `removed` block or with `terraform state rm`.",
        scope.as_str()
    );
    Diagnostic::error("Azure does not list the plan", detail).at("name").into()
}

/// Scope and name of a plan that is planned or stored.
fn place(model: &Model) -> Result<(Scope, String)> {
    match (&model.scope, &model.name) {
        (Attr::Known(scope), Attr::Known(name)) => Ok((plan_scope(scope)?, name.clone())),
        _ => {
            Err(Diagnostic::error("Scope or name is missing", "The state of the plan is incomplete.").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::misfits;

    use super::*;

    #[test]
    fn schema_and_model_have_the_same_attributes() {
        assert_eq!(misfits::<Model>(&schema::schema()), Vec::<String>::new());
    }
}
