//! `data.defender_machines`: all machines and clusters of a scope, by Azure Resource Graph.

use serde::{Deserialize, Serialize};
use tfplugin_protocol::provider::{Call, DataSource, ProviderBlock, Timeouts};
use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result, Schema};

use super::machine::{Described, describe, described};
use crate::arm::{IdError, Scope, ScopeKind};
use crate::context::{Context, patience};

/// The data source.
#[derive(Debug)]
pub(super) struct Machines;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Model {
    id: Attr<String>,
    scope: Attr<String>,
    machines: Attr<Vec<Described>>,
}

impl DataSource for Machines {
    type Context = Context;
    type Model = Model;

    const NAME: &'static str = "defender_machines";
    const TIMEOUTS: Timeouts = Timeouts::minutes(10, 10, 10, 10);

    fn schema(&self) -> Schema {
        let scope = "The id of the subscription, resource group or management group. Default: the provider's subscription.";
        let machines = Attribute::nested(Nesting::List, described());
        Schema::new(
            "All machines and clusters of a scope, with their extensions and what they are covered by. Azure Resource Graph is \
             asked, a page of a thousand at a time; it lags some minutes behind.",
        )
        .attribute("scope", Attribute::string().optional().computed().describe(scope))
        .attribute("id", Attribute::string().computed().describe("The scope."))
        .attribute("machines", machines.computed().describe("The machines and clusters, sorted by id."))
    }

    fn check(&self, config: &Model, _: &ProviderBlock) -> Diagnostics {
        config.scope.known().and_then(|text| scope(text).err()).into_iter().collect()
    }

    async fn read(&self, call: &mut Call<Context>, config: Model) -> Result<Model> {
        let context = call.context()?;
        let scope = match &config.scope {
            Attr::Known(text) => scope(text)?,
            Attr::Null | Attr::Unknown => context.scope_by_default()?,
        };
        let listed = context.machines()?.all(&scope, &patience(call)).await?;
        let machines = listed.iter().map(|one| describe(&context, &one.target, &one.found, &one.installed));
        Ok(Model {
            id: scope.as_str().into(),
            scope: Attr::Known(config.scope.into_known().unwrap_or_else(|| scope.as_str().to_owned())),
            machines: Attr::Known(machines.collect()),
        })
    }
}

fn scope(text: &str) -> Result<Scope, Diagnostic> {
    let wrong = |problem: &str| {
        let beginning: String = text.chars().take(300).collect();
        let detail = format!(
            "{beginning:?} {problem}. Write \"/subscriptions/00000000-0000-0000-0000-000000000000\", with a resource group after \
             it, or \"/providers/Microsoft.Management/managementGroups/NAME\"."
        );
        Diagnostic::error("Not a scope of machines", detail).at("scope")
    };
    let scope: Scope =
        text.parse().map_err(|error: IdError| wrong(&format!("is not an id: {}", error.problem())))?;
    match scope.kind() {
        ScopeKind::Subscription | ScopeKind::ManagementGroup | ScopeKind::ResourceGroup => Ok(scope),
        ScopeKind::VirtualMachine
        | ScopeKind::VirtualMachineScaleSet
        | ScopeKind::ArcMachine
        | ScopeKind::OtherResource => Err(wrong("is a single resource")),
    }
}
