//! The provider block and the environment: names, variables and defaults are those of azurerm, so that a
//! pipeline that works for azurerm works here.
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs#argument-reference>

mod config;
mod schema;

use tfplugin_protocol::provider::{DynDataSource, DynFunction, DynResource, Provider};
use tfplugin_protocol::{Diagnostics, Options, Result, Schema};

pub use config::Config;

use crate::commands::Surroundings;
use crate::context::Context;
use crate::{commands, data_sources, functions, resources};

/// The provider's address and version, and its commands.
pub const OPTIONS: Options =
    Options::new(Defender::ADDRESS, env!("CARGO_PKG_VERSION")).commands(commands::all::<Defender>());

/// The provider.
#[derive(Debug)]
pub struct Defender;

impl Provider for Defender {
    type Context = Context;
    type Config = Config;

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn check(&self, config: &Config) -> Diagnostics {
        config.check()
    }

    fn configure(
        &self,
        config: Config,
        terraform_version: &str,
        warnings: &mut Diagnostics,
    ) -> Result<Context> {
        config.into_context(&variable, terraform_version, warnings)
    }

    fn resources(&self) -> &'static [&'static dyn DynResource<Context>] {
        resources::ALL
    }

    fn data_sources(&self) -> &'static [&'static dyn DynDataSource<Context>] {
        data_sources::ALL
    }

    fn functions(&self) -> &'static [&'static dyn DynFunction] {
        functions::ALL
    }
}

impl Surroundings for Defender {
    const ADDRESS: &'static str = "registry.terraform.io/defender-tf/defender";

    fn resources() -> &'static [&'static dyn DynResource<Context>] {
        resources::ALL
    }

    fn context() -> Result<Context> {
        // What is said of a cloud's end is said again by every plan.
        let mut warnings = Diagnostics::default();
        Config::default().into_context(&variable, "none", &mut warnings)
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
