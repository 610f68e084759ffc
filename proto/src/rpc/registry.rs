//! What the provider offers, and what the process knows: schemas by type name, the configured context.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::unoffered;
use crate::codec::{self, CodecError};
use crate::provider::{
    Call, DynDataSource, DynFunction, DynListResource, DynResource, Private, Provider, ProviderBlock,
};
use crate::schema::Signature;
use crate::wire::tfplugin6 as pb;
use crate::{Diagnostic, Diagnostics, Result, Schema, Type, Value};

/// The provider with everything that its RPCs share.
pub(crate) struct Server<P: Provider> {
    pub(crate) provider: P,
    offers: OnceLock<Offers<P::Context>>,
    session: RwLock<Session<P::Context>>,
}

/// What is offered, by name; built at the first use, as most processes need only part of it.
pub(crate) struct Offers<C: 'static> {
    pub(crate) resources: BTreeMap<&'static str, OfferedResource<C>>,
    pub(crate) data_sources: BTreeMap<&'static str, Offer<&'static dyn DynDataSource<C>>>,
    pub(crate) functions: BTreeMap<&'static str, OfferedFunction>,
    pub(crate) lists: BTreeMap<&'static str, Offer<&'static dyn DynListResource<C>>>,
}

/// A resource or data source with its schema.
pub(crate) struct Offer<T> {
    pub(crate) item: T,
    pub(crate) schema: Schema,
    pub(crate) ty: Arc<Type>,
}

/// A function with its signature.
pub(crate) struct OfferedFunction {
    pub(crate) item: &'static dyn DynFunction,
    pub(crate) signature: Signature,
}

/// A resource with its schema.
pub(crate) type OfferedResource<C> = Offer<&'static dyn DynResource<C>>;

/// What Terraform has told this process so far. A process may be configured more than once; the last time counts.
struct Session<C> {
    block: ProviderBlock,
    context: Option<Arc<C>>,
    cancel: CancellationToken,
}

impl<P: Provider> Server<P> {
    pub(crate) fn new(provider: P) -> Self {
        let block = ProviderBlock::default();
        let session = Session { block, context: None, cancel: CancellationToken::new() };
        Self { provider, offers: OnceLock::new(), session: RwLock::new(session) }
    }

    pub(crate) fn offers(&self) -> &Offers<P::Context> {
        self.offers.get_or_init(|| {
            let resource = |item: &&'static dyn DynResource<P::Context>| {
                (item.name(), Offer::new(*item, item.full_schema()))
            };
            let data_source = |item: &&'static dyn DynDataSource<P::Context>| {
                (item.name(), Offer::new(*item, item.full_schema()))
            };
            let function = |item: &&'static dyn DynFunction| {
                (item.name(), OfferedFunction { item: *item, signature: item.declared() })
            };
            let list = |item: &&'static dyn DynResource<P::Context>| {
                let list: &'static dyn DynListResource<P::Context> = item.as_list()?;
                Some((item.name(), Offer::new(list, list.query_schema())))
            };
            Offers {
                resources: self.provider.resources().iter().map(resource).collect(),
                data_sources: self.provider.data_sources().iter().map(data_source).collect(),
                functions: self.provider.functions().iter().map(function).collect(),
                lists: self.provider.resources().iter().filter_map(list).collect(),
            }
        })
    }

    pub(crate) fn resource(&self, name: &str) -> Result<&OfferedResource<P::Context>> {
        self.offers().resources.get(name).ok_or_else(|| unknown("resource", name))
    }

    pub(crate) fn data_source(&self, name: &str) -> Result<&Offer<&'static dyn DynDataSource<P::Context>>> {
        self.offers().data_sources.get(name).ok_or_else(|| unknown("data source", name))
    }

    pub(crate) fn list(&self, name: &str) -> Result<&Offer<&'static dyn DynListResource<P::Context>>> {
        self.offers().lists.get(name).ok_or_else(|| unoffered::diagnostics("list resource", name))
    }

    pub(crate) fn set_context(&self, context: P::Context) {
        let mut session = self.session.write().unwrap_or_else(PoisonError::into_inner);
        (session.context, session.cancel) = (Some(Arc::new(context)), CancellationToken::new());
    }

    /// Keeps the provider block for those who check what stands below it.
    pub(crate) fn set_block(&self, block: Value) {
        self.session.write().unwrap_or_else(PoisonError::into_inner).block = ProviderBlock::new(block);
    }

    /// The provider block, if Terraform has shown it.
    pub(crate) fn block(&self) -> ProviderBlock {
        self.session.read().unwrap_or_else(PoisonError::into_inner).block.clone()
    }

    /// Tells what is running to come to an end.
    pub(crate) fn stop(&self) {
        self.session.read().unwrap_or_else(PoisonError::into_inner).cancel.cancel();
    }

    /// The surroundings of one operation.
    pub(crate) fn call(&self, timeout: Duration, private: Private, ty: &Arc<Type>) -> Call<P::Context> {
        let session = self.session.read().unwrap_or_else(PoisonError::into_inner);
        let deadline = Instant::now() + timeout;
        Call::new(session.context.clone(), deadline, session.cancel.clone(), private, Arc::clone(ty))
    }
}

impl<T> Offer<T> {
    fn new(item: T, schema: Schema) -> Self {
        let ty = Arc::new(schema.ty());
        Self { item, schema, ty }
    }

    /// Reads a value of this schema.
    pub(crate) fn decode(&self, value: Option<&pb::DynamicValue>) -> Result<Value> {
        decode(value, &self.ty)
    }

    /// Writes a value of this schema.
    pub(crate) fn encode(&self, value: &Value) -> Result<Option<pb::DynamicValue>> {
        encode(value, &self.ty)
    }
}

/// Reads a value as a message carries it.
pub(crate) fn decode(value: Option<&pb::DynamicValue>, ty: &Type) -> Result<Value> {
    codec::decode(value, ty).map_err(|error| unreadable("read a value from Terraform", &error))
}

/// Writes a value as a message carries it.
pub(crate) fn encode(value: &Value, ty: &Type) -> Result<Option<pb::DynamicValue>> {
    codec::encode(value, ty).map(Some).map_err(|error| unreadable("write a value for Terraform", &error))
}

pub(crate) fn unreadable(act: &str, error: &CodecError) -> Diagnostics {
    Diagnostic::error(format!("Could not {act}"), error.to_string()).at(error.path.clone()).into()
}

fn unknown(kind: &str, name: &str) -> Diagnostics {
    let detail = format!("This version of the provider has no {kind} of type {name:?}.");
    Diagnostic::error(format!("Unknown {kind} type"), detail).into()
}
