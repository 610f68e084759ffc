//! Settings of which there is one in its place: they are taken over, and put back.
//!
//! What is the same for all of them stands here, once: the scope and its default, what stood there before, what
//! destroying leaves behind, imports, ids in any letter case. A resource is a [`Kind`]: its schema and its body.
//!
//! Knows no single resource.

mod apply;
mod kind;
mod listing;
mod marks;
mod moving;
mod planning;
mod record;
mod schema;
mod scope;

use std::fmt;
use std::marker::PhantomData;

use tfplugin_protocol::provider::{
    Call, DynListResource, IdentityAttribute, ImportTarget, MoveSource, Moved, Planning, ProviderBlock,
    Resource, Timeouts,
};
use tfplugin_protocol::{Attr, Diagnostics, Result, Schema, Value};

use crate::context::{Context, patience};

pub(crate) use kind::{DefaultScope, Frame, Framed, Kind, Place, framed};
pub(crate) use listing::Listing;
pub(crate) use record::Failures;
pub(crate) use schema::{id, on_destroy, scope};
pub(crate) use scope::{
    SUBSCRIPTION, at_subscription, imported, imported_only, subscription_identity, with_id,
};

/// A resource that is a setting of this kind.
pub(crate) struct Singleton<K>(PhantomData<fn() -> K>);

impl<K> Singleton<K> {
    /// The resource.
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<K> fmt::Debug for Singleton<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Singleton").finish_non_exhaustive()
    }
}

impl<K: Kind> Resource for Singleton<K> {
    type Context = Context;
    type Model = K::Model;

    const NAME: &'static str = K::NAME;
    const TIMEOUTS: Timeouts = K::TIMEOUTS;

    fn schema(&self) -> Schema {
        K::schema()
    }

    fn identity_schema(&self) -> &'static [IdentityAttribute] {
        K::IDENTITY
    }

    fn identity(&self, state: &K::Model) -> Option<Value> {
        K::identity(state)
    }

    fn check(&self, config: &K::Model, _provider: &ProviderBlock) -> Diagnostics {
        match K::place(config) {
            Ok(_) => K::check(config),
            Err(errors) => errors,
        }
    }

    async fn plan(&self, call: &mut Call<Context>, planning: Planning<K::Model>) -> Result<K::Model> {
        planning::plan::<K>(call, planning).await
    }

    async fn plan_delete(&self, call: &mut Call<Context>, prior: &K::Model) -> Result<()> {
        planning::plan_delete::<K>(call, prior)
    }

    async fn create(&self, call: &mut Call<Context>, planned: K::Model) -> Result<K::Model> {
        apply::create::<K>(call, planned).await
    }

    async fn read(&self, call: &mut Call<Context>, state: K::Model) -> Result<Option<K::Model>> {
        let place = apply::place::<K>(&state)?;
        let context = call.context()?;
        let document = place.document::<K>();
        let Some(body) = context.documents()?.read(&document, &patience(call)).await? else {
            return Ok(None);
        };
        context.note_private_data(&place.id, call.private.clone());
        let live = apply::live::<K>(&document, &body)?;
        let failures = record::failures(&call.private, K::failures(&live));
        record::warn_of_failures(call, &place, &failures);
        let is_imported = state.frame().on_destroy.is_null();
        let mut state = K::refresh(state, &live, &failures);
        if is_imported {
            let frame = state.frame();
            state.set_frame(Frame { on_destroy: Attr::from(kind::RESTORE), ..frame });
        }
        Ok(Some(state))
    }

    async fn update(&self, call: &mut Call<Context>, prior: K::Model, planned: K::Model) -> Result<K::Model> {
        apply::update::<K>(call, &prior, planned).await
    }

    async fn delete(&self, call: &mut Call<Context>, prior: K::Model) -> Result<()> {
        apply::delete::<K>(call, &prior).await
    }

    fn move_from(&self, source: &MoveSource<'_>) -> Result<Moved<K::Model>> {
        moving::move_from::<K>(source)
    }

    fn import(&self, call: &mut Call<Context>, target: ImportTarget<'_>) -> Result<K::Model> {
        K::import(target, &|| call.context()?.scope_by_default())
    }

    fn listing(&self) -> Option<&dyn DynListResource<Context>> {
        Some(self)
    }
}
