//! `defender_autoprovisioning`: a component of Defender for Cloud, deployed by itself to what a scope has of machines
//! and clusters.
//!
//! The catalogue says how a component gets to a target, and the rules whether it does; [`deciding`] puts that together.
//! Each policy assignment is then a whole one, as `defender_policy_assignment` makes it.

mod apply;
mod assigning;
mod check;
mod deciding;
mod judging;
mod listing;
mod model;
mod planning;
mod reading;
mod record;
mod refusing;
mod schema;
mod switching;
mod telling;
mod wishing;

use tfplugin_protocol::provider::{
    Call, DynListResource, IdentityAttribute, ImportTarget, MoveSource, Moved, Planning, ProviderBlock,
    Resource, Timeouts,
};
use tfplugin_protocol::{Diagnostic, Diagnostics, Result, Schema, Value};

use crate::assignment::claims;
use crate::availability::{Fact, Facts};
use crate::catalog::Catalog;
use crate::context::{Context, refuse_move, static_settings};
use crate::diagnostics::tell;
use model::Model;

/// The resource.
#[derive(Debug)]
pub(super) struct Autoprovisioning;

impl Resource for Autoprovisioning {
    type Context = Context;
    type Model = Model;

    const NAME: &'static str = "defender_autoprovisioning";
    /// Remediations take long: each resource is a deployment.
    const TIMEOUTS: Timeouts = Timeouts::minutes(60, 5, 60, 30);

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn identity_schema(&self) -> &'static [IdentityAttribute] {
        const ATTRIBUTES: &[IdentityAttribute] = &[
            IdentityAttribute { name: "component", description: "The component.", required: true },
            IdentityAttribute {
                name: "scope",
                description: "The subscription or management group. Default: the provider's subscription.",
                required: false,
            },
        ];
        ATTRIBUTES
    }

    fn identity(&self, state: &Model) -> Option<Value> {
        let (component, scope) = (state.component.known()?.as_str(), state.scope.known()?.as_str());
        Some(Value::from_iter([("component", Value::from(component)), ("scope", Value::from(scope))]))
    }

    fn check(&self, config: &Model, provider: &ProviderBlock) -> Diagnostics {
        check::check(config, &static_settings(provider))
    }

    async fn plan(&self, call: &mut Call<Context>, planning: Planning<Model>) -> Result<Model> {
        planning::plan(call, planning).await
    }

    async fn plan_delete(&self, call: &mut Call<Context>, prior: &Model) -> Result<()> {
        let Some(context) = call.context_if_configured() else { return Ok(()) };
        for id in prior.managed() {
            claims::give_up(call, id);
        }
        let component = prior.component.known().cloned().map_or(Fact::Unknown, Fact::Known);
        let facts = Facts { component, removed: Fact::Known(true), cloud: context.cloud, ..Facts::default() };
        tell(call, telling::once(context.rules.judge_mildly(&facts, |_| true)))
    }

    async fn create(&self, call: &mut Call<Context>, planned: Model) -> Result<Model> {
        apply::create(call, planned).await
    }

    async fn read(&self, call: &mut Call<Context>, state: Model) -> Result<Option<Model>> {
        reading::read(call, state).await
    }

    async fn update(&self, call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
        apply::update(call, prior, planned).await
    }

    async fn delete(&self, call: &mut Call<Context>, prior: Model) -> Result<()> {
        apply::delete(call, prior).await
    }

    /// It is made of several objects, and no other provider has one for all of them.
    fn move_from(&self, source: &MoveSource<'_>) -> Result<Moved<Model>> {
        Err(refuse_move(source, Self::NAME, &[], &[]))
    }

    fn import(&self, call: &mut Call<Context>, target: ImportTarget<'_>) -> Result<Model> {
        let (scope, component) = match target {
            ImportTarget::Id(id) => {
                let parts = id.rsplit_once('|').ok_or_else(|| not_an_id(id))?;
                (parts.0.to_owned(), parts.1.to_owned())
            }
            ImportTarget::Identity(identity) => {
                let text = |name| identity.get(name).as_str().map(str::to_owned);
                let scope = match text("scope") {
                    Some(scope) => scope,
                    None => call.context()?.scope_by_default()?.as_str().to_owned(),
                };
                (scope, text("component").unwrap_or_default())
            }
        };
        let scope = check::scope(&scope)?;
        let known = Catalog::get().component(&component).ok_or_else(|| no_component(&component))?;
        Ok(Model::at(scope.as_str(), &known.id))
    }

    fn listing(&self) -> Option<&dyn DynListResource<Context>> {
        Some(self)
    }
}

fn not_an_id(id: &str) -> Diagnostic {
    let beginning: String = id.chars().take(300).collect();
    let detail = format!(
        "{beginning:?} has no |. Write scope and component:\n\n    \
         \"/subscriptions/00000000-0000-0000-0000-000000000000|defender_sensor\""
    );
    Diagnostic::error("Not the id of auto-provisioning", detail)
}

/// Says that the catalogue has no such component.
fn no_component(name: &str) -> Diagnostic {
    let beginning: String = name.chars().take(100).collect();
    let guess = Catalog::get().component_like(name);
    let guess = guess.map(|guess| format!(" Did you mean {:?}?", guess.id)).unwrap_or_default();
    Diagnostic::error("There is no such component", format!("There is no component {beginning:?}.{guess}"))
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
