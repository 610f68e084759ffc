//! Resources.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    Call, DynListResource, IdentityAttribute, ImportTarget, MoveSource, Moved, ProviderBlock, Timeouts,
};
use crate::{Diagnostic, Diagnostics, Result, Schema, Value};

/// A kind of object that Terraform creates, reads, changes and deletes.
///
/// `schema`, `check` and `plan` decide; `create`, `read`, `update` and `delete` carry. The plan pipeline has
/// already run when `plan` is called, and all that Terraform asks of answers beyond the model (timeouts,
/// write-only attributes, private data, identity) is done around these functions.
pub trait Resource: Send + Sync + 'static {
    /// What the provider's `configure` returns.
    type Context: Send + Sync + 'static;
    /// Configuration, plan and state in one struct. Any attribute of a configuration may be unknown, so its
    /// fields are [`Attr`](crate::Attr)s. `timeouts` is not part of it.
    type Model: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;

    /// The type name, with the provider's prefix.
    const NAME: &'static str;
    /// How long operations may take unless the `timeouts` block says otherwise.
    const TIMEOUTS: Timeouts = Timeouts::MINUTES_20;

    /// The schema, without `timeouts`.
    fn schema(&self) -> Schema;

    /// What identifies an object for `import { identity = … }`; nothing by default.
    fn identity_schema(&self) -> &'static [IdentityAttribute] {
        &[]
    }

    /// The identity of an object, which never changes; nothing where `state` does not tell, and then it stays as
    /// it is stored. By attribute of [`identity_schema`](Self::identity_schema).
    fn identity(&self, _state: &Self::Model) -> Option<Value> {
        None
    }

    /// What is wrong with a configuration, beyond what the schema says, as far as it is known. Pure; runs in
    /// processes that are not configured, and may never have seen the provider block.
    fn check(&self, _config: &Self::Model, _provider: &ProviderBlock) -> Diagnostics {
        Diagnostics::default()
    }

    /// Completes a plan. Must give the same answer for the same input, because Terraform plans again when it
    /// applies; warnings go to [`Call::warn`].
    ///
    /// # Errors
    ///
    /// What makes the change impossible.
    fn plan(
        &self,
        _call: &mut Call<Self::Context>,
        planning: Planning<Self::Model>,
    ) -> impl Future<Output = Result<Self::Model>> + Send {
        async move { Ok(planning.planned) }
    }

    /// Has a say before an object is planned to be deleted; warnings go to [`Call::warn`].
    ///
    /// # Errors
    ///
    /// What makes the deletion impossible.
    fn plan_delete(
        &self,
        _call: &mut Call<Self::Context>,
        _prior: &Self::Model,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Creates the object and returns what is there now, every attribute known.
    ///
    /// # Errors
    ///
    /// Why it could not be created. What has been reached until then is [saved](Call::save) on the way.
    fn create(
        &self,
        call: &mut Call<Self::Context>,
        planned: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send;

    /// Reads the object; nothing if it is gone.
    ///
    /// # Errors
    ///
    /// Why it could not be read; the state then stays as it is.
    fn read(
        &self,
        call: &mut Call<Self::Context>,
        state: Self::Model,
    ) -> impl Future<Output = Result<Option<Self::Model>>> + Send;

    /// Changes the object in place and returns what is there now.
    ///
    /// # Errors
    ///
    /// Why it could not be changed. Unless something was [saved](Call::save), the prior state stays.
    fn update(
        &self,
        call: &mut Call<Self::Context>,
        prior: Self::Model,
        planned: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send;

    /// Deletes the object. Succeeds if it is gone already.
    ///
    /// # Errors
    ///
    /// Why it could not be deleted; the state then stays.
    fn delete(
        &self,
        call: &mut Call<Self::Context>,
        prior: Self::Model,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Turns a state of another version of the schema into today's shape. Pure; runs in processes that are not
    /// configured. Called only where [`Schema::version`] differs from the version that the state was written in;
    /// attributes that come and go without any other change need no new version.
    ///
    /// # Errors
    ///
    /// Why a state of this version cannot be read.
    fn upgrade(&self, from: i64, _state: &serde_json::Value) -> Result<Self::Model> {
        let detail = format!(
            "The state was written in version {from} of the schema of {}, and this version of the provider \
             cannot read that. Use a version of the provider in between, or import the object again.",
            Self::NAME
        );
        Err(Diagnostic::error("The stored state cannot be upgraded", detail).into())
    }

    /// Turns what the user wrote into as much state as `read` needs.
    ///
    /// # Errors
    ///
    /// Why that is no id of such an object, with an example of one.
    fn import(&self, _call: &mut Call<Self::Context>, _target: ImportTarget<'_>) -> Result<Self::Model> {
        let detail = format!("Objects of type {} cannot be imported.", Self::NAME);
        Err(Diagnostic::error("Import is not supported", detail).into())
    }

    /// Turns an object of another type, or of another provider's, into one of this type: as much state as `read`
    /// needs, better all that the source tells. Pure; runs in processes that are not configured. Terraform does
    /// not ask the provider of the source, so its state is JSON of whichever version of it.
    ///
    /// # Errors
    ///
    /// Where the source is none of those that can be moved here, with those that can
    /// ([`MoveSource::refused`]); a state is never guessed.
    fn move_from(&self, source: &MoveSource<'_>) -> Result<Moved<Self::Model>> {
        Err(source.refused(Self::NAME, &[]))
    }

    /// `Some(self)` for a resource that is a [`ListResource`](super::ListResource) too.
    fn listing(&self) -> Option<&dyn DynListResource<Self::Context>> {
        None
    }
}

/// What a plan is made from.
#[derive(Clone, Debug)]
pub struct Planning<M> {
    /// What the user wrote; parts may be unknown.
    pub config: M,
    /// What state holds; nothing on creation.
    pub prior: Option<M>,
    /// What the pipeline has planned so far.
    pub planned: M,
    /// Whether the pipeline found a change. Computed attributes are unknown only if it did.
    pub changed: bool,
}
