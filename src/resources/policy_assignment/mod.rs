//! `defender_policy_assignment`: an assignment of a policy or initiative, with the roles of its identity and the
//! remediation of what is there already.
//!
//! The work is done by [`assignment`](crate::assignment); this gives it what the user wrote.

mod apply;
mod check;
mod listing;
mod moving;
mod planning;

use tfplugin_protocol::provider::{
    Call, DynListResource, IdentityAttribute, ImportTarget, MoveSource, Moved, Planning, ProviderBlock,
    Resource, Timeouts,
};
use tfplugin_protocol::{Diagnostics, Result, Schema, Value};

use crate::assignment::model::Model;
use crate::assignment::{claims, reading, schema};
use crate::context::{Context, parse_id, patience};
use crate::policy::ASSIGNMENT_TYPE;

/// The resource.
#[derive(Debug)]
pub(super) struct PolicyAssignment;

impl Resource for PolicyAssignment {
    type Context = Context;
    type Model = Model;

    const NAME: &'static str = "defender_policy_assignment";
    /// Remediations take long: each resource is a deployment.
    const TIMEOUTS: Timeouts = Timeouts::minutes(60, 5, 60, 30);

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn identity_schema(&self) -> &'static [IdentityAttribute] {
        const ATTRIBUTES: &[IdentityAttribute] =
            &[IdentityAttribute { name: "id", description: "The assignment's id.", required: true }];
        ATTRIBUTES
    }

    fn identity(&self, state: &Model) -> Option<Value> {
        Some(Value::from_iter([("id", Value::from(state.id.known()?.as_str()))]))
    }

    fn check(&self, config: &Model, _provider: &ProviderBlock) -> Diagnostics {
        check::check(config)
    }

    async fn plan(&self, call: &mut Call<Context>, planning: Planning<Model>) -> Result<Model> {
        planning::plan(call, planning).await
    }

    async fn plan_delete(&self, call: &mut Call<Context>, prior: &Model) -> Result<()> {
        claims::give_up(call, &prior.id);
        Ok(())
    }

    async fn create(&self, call: &mut Call<Context>, planned: Model) -> Result<Model> {
        apply::create(call, planned).await
    }

    async fn read(&self, call: &mut Call<Context>, state: Model) -> Result<Option<Model>> {
        let context = call.context()?;
        let (policy, patience, mut notes) = (context.policy()?, patience(call), apply::notes(call));
        let found = reading::read(policy, &patience, state, &mut notes).await?;
        apply::keep(&mut call.private, &notes);
        Ok(found)
    }

    async fn update(&self, call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
        apply::update(call, prior, planned).await
    }

    async fn delete(&self, call: &mut Call<Context>, prior: Model) -> Result<()> {
        apply::delete(call, prior).await
    }

    fn move_from(&self, source: &MoveSource<'_>) -> Result<Moved<Model>> {
        moving::move_from(source)
    }

    fn import(&self, _call: &mut Call<Context>, target: ImportTarget<'_>) -> Result<Model> {
        let id = match target {
            ImportTarget::Id(id) => id.to_owned(),
            ImportTarget::Identity(identity) => identity.get("id").as_str().unwrap_or_default().to_owned(),
        };
        let (scope, name) = parse_id(&id, ASSIGNMENT_TYPE, "a policy assignment", "NAME")?;
        Ok(Model::at(&scope, &name))
    }

    fn listing(&self) -> Option<&dyn DynListResource<Context>> {
        Some(self)
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
