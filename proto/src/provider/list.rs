//! List resources: what `terraform query` finds.

use std::future::{self, Future};
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use super::adapter::write;
use super::{Call, ProviderBlock, Resource};
use crate::{Diagnostics, Result, Schema, Type, Value};

/// A resource whose existing objects can be listed (Terraform 1.14 and later). It has an identity, and says by
/// [`Resource::listing`] that it is one of these.
pub trait ListResource: Resource {
    /// The `config` of a list block. Any attribute may be unknown while it is checked, so its fields are
    /// [`Attr`](crate::Attr)s.
    type Query: DeserializeOwned + Send + Sync + 'static;

    /// The schema of `config`.
    fn query_schema(&self) -> Schema;

    /// What is wrong with a query, beyond what the schema says, as far as it is known. Pure; runs in processes that
    /// are not configured, and may never have seen the provider block.
    fn check_query(&self, _query: &Self::Query, _provider: &ProviderBlock) -> Diagnostics {
        Diagnostics::default()
    }

    /// Finds objects and [gives](Finds::push) them to whoever asks, one after the other. Whole objects are nothing to care
    /// about: where Terraform asks for them, [`Resource::read`] is called for each that is given.
    ///
    /// Ends at any `await` once nobody wants more, so it must leave nothing behind.
    ///
    /// # Errors
    ///
    /// Why the rest cannot be listed. What was given until then is shown all the same only by cores that show the
    /// results of a failed query; none does yet. So what is missing for a good reason is a [warning](Call::warn).
    fn list(
        &self,
        call: &mut Call<Self::Context>,
        query: Self::Query,
        finds: &Finds<Self::Model>,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// Takes what a listing finds.
#[derive(Debug)]
pub struct Finds<M> {
    taker: mpsc::Sender<Find>,
    ty: Arc<Type>,
    limit: Option<usize>,
    model: PhantomData<fn(M)>,
}

/// An object that was found: what to call it, and as much state as an import gives.
#[derive(Debug)]
pub(crate) struct Find {
    pub(crate) display_name: String,
    pub(crate) state: Value,
}

impl<M: Serialize> Finds<M> {
    pub(crate) fn new(taker: mpsc::Sender<Find>, ty: Arc<Type>, limit: Option<usize>) -> Self {
        Self { taker, ty, limit, model: PhantomData }
    }

    /// Gives an object: what people call it, and as much state as [`Resource::import`] gives. Waits until it is
    /// taken, and for ever once nobody takes any more: the listing ends there.
    ///
    /// # Errors
    ///
    /// Where the model does not fit the schema.
    pub async fn push(&self, display_name: impl Into<String> + Send, state: &M) -> Result<()>
    where
        M: Sync,
    {
        let find = Find { display_name: display_name.into(), state: write(state, &self.ty, &Value::Null)? };
        if self.taker.send(find).await.is_err() {
            future::pending::<()>().await;
        }
        Ok(())
    }

    /// How many objects are wanted at most, for those who ask for pages; nothing where all are.
    pub fn limit(&self) -> Option<usize> {
        self.limit
    }
}
