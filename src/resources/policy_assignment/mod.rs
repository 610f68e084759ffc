//! `defender_policy_assignment`: an assignment of a policy or initiative, with the roles of its identity and the
//! remediation of what is there already.
//!
//! What Azure's portal does in one step is four kinds of requests, and each of them can fail by itself. The state says
//! after each what there is; names are made from what they stand for, so that a run that was killed can be run again.

mod apply;
mod check;
mod judging;
mod model;
mod planning;
mod remediating;
mod roles;
mod schema;
mod wire;

use tfplugin_protocol::provider::{
    Call, IdentityAttribute, ImportTarget, Planning, ProviderBlock, Resource, Timeouts,
};
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result, Schema, Value};

use crate::arm::Scope;
use crate::context::{Context, parse_id, patience};
use crate::policy::ASSIGNMENT_TYPE;
use model::Model;

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

    async fn create(&self, call: &mut Call<Context>, planned: Model) -> Result<Model> {
        apply::create(call, planned).await
    }

    async fn read(&self, call: &mut Call<Context>, state: Model) -> Result<Option<Model>> {
        let (scope, id) = place(&state)?;
        let context = call.context()?;
        let (policy, patience) = (context.policy()?, patience(call));
        let Some(found) = policy.assignment(&id, &patience).await? else { return Ok(None) };
        if state.principal_id.known().map(String::as_str) != found.principal() {
            // An apply that was killed, or somebody else, has given it another identity.
            roles::leave_over(&mut call.private, roles::ours(&state, &scope));
        }
        let mut state = wire::refresh(state, &found);
        let there = match found.principal() {
            Some(principal) => policy.granted(&scope, principal, &patience).await?,
            None => Vec::new(),
        };
        roles::refresh(&mut state, &call.private, &there);
        if state.remediations.is_null() {
            state.remediations = Attr::Known(Vec::new());
        }
        Ok(Some(state))
    }

    async fn update(&self, call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
        apply::update(call, prior, planned).await
    }

    async fn delete(&self, call: &mut Call<Context>, prior: Model) -> Result<()> {
        apply::delete(call, prior).await
    }

    fn import(&self, _call: &mut Call<Context>, target: ImportTarget<'_>) -> Result<Model> {
        let id = match target {
            ImportTarget::Id(id) => id.to_owned(),
            ImportTarget::Identity(identity) => identity.get("id").as_str().unwrap_or_default().to_owned(),
        };
        let (scope, name) = parse_id(&id, ASSIGNMENT_TYPE, "a policy assignment", "NAME")?;
        Ok(Model::at(&scope, &name))
    }
}

/// Scope and id of an assignment that is planned or stored.
fn place(model: &Model) -> Result<(Scope, String)> {
    if let (Attr::Known(scope), Attr::Known(id)) = (&model.scope, &model.id) {
        return Ok((check::scope(scope)?, id.clone()));
    }
    let detail = "The state of the policy assignment is incomplete.";
    Err(Diagnostic::error("Scope or name is missing", detail).into())
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
