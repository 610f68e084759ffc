//! From typed queries to values.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Pending, check_as, read};
use crate::provider::list::Find;
use crate::provider::{Call, Finds, ListResource, ProviderBlock};
use crate::{Diagnostics, Result, Schema, Type, Value};

/// Any [`ListResource`]; implemented for all of them, and only by this crate.
pub trait DynListResource<C>: Send + Sync {
    #[doc(hidden)]
    fn query_schema(&self) -> Schema;
    #[doc(hidden)]
    fn check_query_value(&self, query: &Value, provider: &ProviderBlock) -> Result<Diagnostics>;
    #[doc(hidden)]
    fn list_value<'a>(&'a self, call: &'a mut Call<C>, query: Value, taking: Taking) -> Pending<'a, ()>;
}

/// Who takes what is found.
#[derive(Debug)]
#[expect(unnameable_types, reason = "only this crate calls and implements the traits that use it")]
pub struct Taking {
    pub(crate) taker: mpsc::Sender<Find>,
    /// The type of the objects.
    pub(crate) ty: Arc<Type>,
    pub(crate) limit: Option<usize>,
}

impl<L: ListResource> DynListResource<L::Context> for L {
    fn query_schema(&self) -> Schema {
        ListResource::query_schema(self)
    }

    fn check_query_value(&self, query: &Value, provider: &ProviderBlock) -> Result<Diagnostics> {
        check_as(query, |query| self.check_query(query, provider))
    }

    fn list_value<'a>(
        &'a self,
        call: &'a mut Call<L::Context>,
        query: Value,
        taking: Taking,
    ) -> Pending<'a, ()> {
        Box::pin(async move {
            let finds = Finds::new(taking.taker, taking.ty, taking.limit);
            self.list(call, read(&query)?, &finds).await
        })
    }
}
