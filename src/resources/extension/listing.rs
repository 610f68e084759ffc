//! The extensions of a machine or cluster, or of all of a scope, for `terraform query`.

use serde::Deserialize;
use tfplugin_protocol::provider::{Call, Finds, ListResource};
use tfplugin_protocol::schema::Attribute;
use tfplugin_protocol::{Attr, Diagnostic, Result, Schema, Value};

use super::model::Model;
use super::place::Place;
use super::{MachineExtension, component};
use crate::arm::{Scope, ScopeKind};
use crate::catalog::Catalog;
use crate::catalog::model::Via;
use crate::context::{Context, listed_scope, patience};
use crate::diagnostics::explain;
use crate::machines::{Extension, Found, Target};

/// What to list.
#[derive(Debug, Deserialize)]
pub(in crate::resources) struct Query {
    scope: Attr<String>,
    component: Attr<String>,
    publisher: Attr<String>,
    #[serde(rename = "type")]
    kind: Attr<String>,
}

/// Where to look.
enum Where {
    /// On one machine or cluster.
    On(Target),
    /// On all of a scope.
    In(Scope),
}

impl ListResource for MachineExtension {
    type Query = Query;

    fn query_schema(&self) -> Schema {
        let text = || Attribute::string().optional();
        let is_scope = |value: &Value| match value.as_str().map(place_of) {
            Some(Err(problem)) => Err(problem.detail),
            _ => Ok(()),
        };
        Schema::new(
            "Lists the extensions on machines and clusters, with the Defender profile and the policy add-on of AKS clusters. Of \
             more than one target Azure Resource Graph is asked, which lags some minutes behind.",
        )
        .attribute(
            "scope",
            text().check(is_scope).describe(
                "The id of the virtual machine, scale set, Arc machine, AKS cluster or Arc-enabled Kubernetes cluster; or of the \
                 subscription, resource group or management group, for all in it. Default: the provider's subscription.",
            ),
        )
        .attribute(
            "component",
            text().check(is_component).describe(
                "Only extensions that are this component of Defender for Cloud, for example `defender_for_endpoint`.",
            ),
        )
        .attribute("publisher", text().describe("Only extensions of this publisher, in any letter case."))
        .attribute("type", text().describe("Only extensions of this type, in any letter case."))
    }

    async fn list(&self, call: &mut Call<Context>, query: Query, finds: &Finds<Model>) -> Result<()> {
        let (context, patience) = (call.context()?, patience(call));
        let place = match query.scope.known() {
            Some(text) => place_of(text)?,
            None => Where::In(context.scope_by_default()?),
        };
        let machines = context.machines()?;
        match place {
            Where::On(target) => {
                // Parts of an AKS cluster stand in the cluster itself.
                let found = machines.found(&target, &patience).await;
                let found = found.map_err(|error| explain(&error).at("scope"))?;
                let found = found.ok_or_else(|| not_there(&target))?;
                let installed = machines.extensions(&target, &patience).await;
                let installed = installed.map_err(|error| explain(&error).at("scope"))?;
                give(&query, &target, &found, &installed, finds).await
            }
            Where::In(scope) => {
                let listed = machines.all(&scope, &patience).await;
                for one in listed.map_err(|error| explain(&error).at("scope"))? {
                    give(&query, &one.target, &one.found, &one.installed, finds).await?;
                }
                Ok(())
            }
        }
    }
}

/// Gives what is wanted of one machine or cluster.
async fn give(
    query: &Query,
    target: &Target,
    found: &Found,
    installed: &[Extension],
    finds: &Finds<Model>,
) -> Result<()> {
    let place = |name: &str, via| Place { target: target.clone(), name: name.to_owned(), via };
    let via = if target.kind.is_cluster() { Via::ClusterExtension } else { Via::MachineExtension };
    for one in installed {
        let place = place(&one.name, via);
        let component = component(&place, one);
        if query.wants(component.as_ref(), one.publisher.as_deref(), &one.kind) {
            finds.push(format!("{} on {}", one.name, target.name()), &Model::at(&place)).await?;
        }
    }
    let profile = found.defender_profile.as_ref().is_some_and(|(is_on, _)| *is_on);
    let profile = profile.then(|| place("defender", Via::DefenderProfile));
    let policy = found.addons.get("azurepolicy").copied().unwrap_or_default();
    let policy = policy.then(|| place("azurepolicy", Via::Addon));
    for place in profile.iter().chain(&policy) {
        let Some((component, kind)) = place.part() else { continue };
        if query.wants(Some(&component.to_owned()), None, kind) {
            finds.push(format!("{} on {}", place.name, target.name()), &Model::at(place)).await?;
        }
    }
    Ok(())
}

impl Query {
    fn wants(&self, component: Option<&String>, publisher: Option<&str>, kind: &str) -> bool {
        let is_it = |wanted: &String| publisher.is_some_and(|one| one.eq_ignore_ascii_case(wanted));
        self.component.known().is_none_or(|wanted| component == Some(wanted))
            && self.publisher.known().is_none_or(is_it)
            && self.kind.known().is_none_or(|wanted| wanted.eq_ignore_ascii_case(kind))
    }
}

fn place_of(text: &str) -> Result<Where, Diagnostic> {
    if let Ok(target) = Target::parse(text) {
        return Ok(Where::On(target));
    }
    listed_scope(text, &[ScopeKind::ResourceGroup]).map(Where::In).map_err(|mut problem| {
        problem.detail.push_str(" The id of a machine or cluster is one, too.");
        problem
    })
}

fn is_component(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    if Catalog::get().component(text).is_some() {
        return Ok(());
    }
    let beginning: String = text.chars().take(100).collect();
    let guess = Catalog::get().component_like(text);
    let guess = guess.map(|guess| format!(" Did you mean {:?}?", guess.id)).unwrap_or_default();
    Err(format!("There is no component {beginning:?}.{guess}"))
}

fn not_there(target: &Target) -> Diagnostic {
    let detail = format!("There is no {}, or the account that is signed in cannot see it.", target.as_str());
    Diagnostic::error("The machine or cluster is not there", detail).at("scope")
}
