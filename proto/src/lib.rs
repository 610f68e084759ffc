//! Terraform plugin protocol 6, and go-plugin's side of it: everything that a Terraform or OpenTofu provider
//! needs that is not about its own objects.
//!
//! # Writing a provider
//!
//! Implement [`provider::Provider`], one [`provider::Resource`] or [`provider::DataSource`] per type and one
//! [`provider::Function`] per function, and call [`run`] in `main`. `examples/echo.rs` in this crate is a whole
//! provider.
//!
//! # What happens when Terraform runs it
//!
//! ```text
//! terraform ──starts──▶ process ── serve: handshake line on stdout, mutual TLS, one gRPC connection
//!     GetProviderSchema      offers        schema() of everything
//!     Validate…Config        plan, check   types, allowed values, the resource's own check()
//!     CallFunction           function      call(), in a process of its own
//!     ConfigureProvider      provider      configure() → context
//!     UpgradeResourceState   codec::json   stored state in the shape of today's schema, by upgrade() if need be
//!     MoveResourceState      moving        another type's state as one of this type, by move_from()
//!     ReadResource           read()
//!     PlanResourceChange     plan          defaults → same meaning → unknowns → plan() → replacements
//!     ApplyResourceChange    create() update() delete(), partial state on failure
//!     ListResource           list          list(), and read() where whole objects are wanted
//!     Shutdown               exit within milliseconds; after SIGTERM when nothing is under way any more
//! ```
//!
//! Terraform starts three processes for one plan, and configures only some of them: no function may rely on
//! another one having run in the same process.
//!
//! # Where things are
//!
//! From the outside in: [`serve`] and the modules beside it speak to the operating system and to go-plugin;
//! `rpc` answers messages; [`provider`] is what authors implement; `plan` and `contract` know Terraform's rules;
//! [`schema`], [`model`], [`codec`], [`value`] and [`Type`] are the data that all of them share. Only `rpc`,
//! `wire` and the `to_wire` functions know protobuf.
//!
//! # Building
//!
//! Set `AWS_LC_SYS_NO_JITTER_ENTROPY=1` in the build (`[env]` in `.cargo/config.toml`): otherwise the TLS
//! library spends 30 to 40 ms of CPU at every start on seeding its random generator.

pub mod codec;
pub mod diagnostic;
pub mod log;
pub mod model;
pub mod path;
pub mod provider;
pub mod reference;
pub mod schema;
pub mod serve;
pub mod value;
pub mod wire;

mod arguments;
mod connections;
mod contract;
mod debug;
mod handshake;
mod listen;
mod live;
mod mtls;
mod plan;
mod plugin;
#[expect(
    clippy::unnecessary_wraps,
    clippy::trivially_copy_pass_by_ref,
    reason = "all RPCs are answered by functions of one form"
)]
mod rpc;
mod shutdown;
mod stdout;
mod ty;
mod walk;

use std::process::ExitCode;

pub use diagnostic::{Diagnostic, Diagnostics, Result, Severity};
pub use model::{AnyValue, Attr};
pub use path::AttributePath;
pub use schema::Schema;
pub use serve::{Command, Options};
pub use ty::Type;
pub use value::Value;

/// Runs a provider until Terraform ends it, and says how the process should exit. See [`serve::run`].
pub fn run<P: provider::Provider>(provider: P, options: &Options) -> ExitCode {
    serve::run(rpc::Service::new(provider), options)
}
