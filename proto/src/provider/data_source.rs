//! Data sources.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Call, ProviderBlock, Timeouts};
use crate::{Diagnostics, Result, Schema};

/// Something that Terraform only reads.
pub trait DataSource: Send + Sync + 'static {
    /// What the provider's `configure` returns.
    type Context: Send + Sync + 'static;
    /// Configuration and result in one struct. `timeouts` is not part of it.
    type Model: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;

    /// The type name, with the provider's prefix.
    const NAME: &'static str;
    /// How long reading may take unless the `timeouts` block says otherwise.
    const TIMEOUTS: Timeouts = Timeouts::MINUTES_20;

    /// The schema, without `timeouts`.
    fn schema(&self) -> Schema;

    /// What is wrong with a configuration, beyond what the schema says, as far as it is known. Pure; runs in
    /// processes that are not configured, and may never have seen the provider block.
    fn check(&self, _config: &Self::Model, _provider: &ProviderBlock) -> Diagnostics {
        Diagnostics::default()
    }

    /// Reads. What was configured comes back as it was.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    fn read(
        &self,
        call: &mut Call<Self::Context>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send;
}
