//! What the author of a provider writes: a [`Provider`], its [`Resource`]s, [`DataSource`]s and
//! [`Function`]s.
//!
//! Authors work with their own structs ([`crate::model`]); the adapters in this module turn them into values,
//! and [`crate::rpc`] turns values into messages. Nothing here knows the wire.

mod adapter;
mod block;
mod call;
mod data_source;
mod function;
pub(crate) mod identity;
mod list;
mod moving;
mod private;
mod resource;
mod survey;
mod timeouts;

use serde::de::DeserializeOwned;

pub(crate) use adapter::{Change, Taking, check_as, unfit_output};
pub use adapter::{DynDataSource, DynFunction, DynListResource, DynResource};
pub use block::ProviderBlock;
pub use call::Call;
pub use data_source::DataSource;
pub use function::{Function, FunctionError};
pub use identity::{IdentityAttribute, ImportTarget};
pub(crate) use list::Find;
pub use list::{Finds, ListResource};
pub use moving::{MoveSource, Moved};
pub use private::Private;
pub use resource::{Planning, Resource};
pub use survey::{Found, Object, Survey, Surveyor, survey};
pub use timeouts::Timeouts;
pub(crate) use timeouts::{Operation, TIMEOUTS};

use crate::{Diagnostics, Result, Schema};

/// A provider: a configuration block, and the resources, data sources and functions that it offers.
///
/// Terraform starts a process for each step (schema, validation, plan, apply) and configures only some of
/// them, so nothing may rely on an earlier call in the same process.
pub trait Provider: Send + Sync + 'static {
    /// What [`configure`](Self::configure) makes of the provider block, shared by all resources: clients,
    /// settings, caches.
    type Context: Send + Sync + 'static;
    /// The provider block. Any attribute may be unknown during plan, so its fields are [`Attr`](crate::Attr)s.
    type Config: DeserializeOwned + Send;

    /// The schema of the provider block.
    fn schema(&self) -> Schema;

    /// What is wrong with the provider block, beyond what the schema says. No I/O.
    fn check(&self, _config: &Self::Config) -> Diagnostics {
        Diagnostics::default()
    }

    /// Turns the provider block into what resources use. No I/O: connections and tokens wait until they are
    /// needed. May be called again in the same process, when Terraform attaches to a running provider.
    ///
    /// What goes into `warnings` is told to the user, whether this succeeds or not.
    ///
    /// # Errors
    ///
    /// Where the block contradicts itself. Never because a value is not known yet: that is for the operation
    /// that needs the value to say.
    fn configure(
        &self,
        config: Self::Config,
        terraform_version: &str,
        warnings: &mut Diagnostics,
    ) -> Result<Self::Context>;

    /// The resources, sorted by name. Those that can be listed say so by themselves.
    fn resources(&self) -> &'static [&'static dyn DynResource<Self::Context>];

    /// The data sources, sorted by name.
    fn data_sources(&self) -> &'static [&'static dyn DynDataSource<Self::Context>];

    /// The functions, sorted by name; none by default.
    fn functions(&self) -> &'static [&'static dyn DynFunction] {
        &[]
    }
}
