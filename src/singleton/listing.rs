//! What `terraform query` finds: the settings of a subscription, or of all below a management group.

use serde::Deserialize;
use serde_json::Value as Json;
use tfplugin_protocol::provider::{Call, Finds, ImportTarget, ListResource};
use tfplugin_protocol::schema::Attribute;
use tfplugin_protocol::{Attr, Diagnostic, Result, Schema, Value};

use super::Singleton;
use super::apply::live;
use super::kind::{Kind, Place};
use crate::arm::{Scope, ScopeKind};
use crate::context::{AT_ONCE, Context, listed_scope, patience, subscriptions_at};
use crate::diagnostics::explain;

/// How the settings of a kind are listed.
#[derive(Debug)]
pub(crate) struct Listing {
    /// What is found: the description of the list resource.
    pub(crate) finds: &'static str,
    /// What they are, in the middle of a sentence: `the settings`.
    pub(crate) what: &'static str,
    /// Whether a resource group can have several.
    pub(crate) in_groups: bool,
    /// What the filter `enabled` is about; nothing where there is no such filter.
    pub(crate) enabled: Option<&'static str>,
}

/// The `config` of a list block.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    scope: Attr<String>,
    enabled: Attr<bool>,
}

impl<K: Kind> ListResource for Singleton<K> {
    type Query = Query;

    fn query_schema(&self) -> Schema {
        let also = if K::LISTING.in_groups { " or resource group" } else { "" };
        let scope = format!(
            "The id of the subscription{also}; or of a management group, for all subscriptions below it. Default: the \
             provider's subscription."
        );
        let check = |value: &Value| match value.as_str().map(scope_of::<K>) {
            Some(Err(problem)) => Err(problem.detail),
            _ => Ok(()),
        };
        let schema = Schema::new(K::LISTING.finds)
            .attribute("scope", Attribute::string().optional().check(check).describe(scope));
        match K::LISTING.enabled {
            Some(what) => schema.attribute("enabled", Attribute::bool().optional().describe(what)),
            None => schema,
        }
    }

    async fn list(&self, call: &mut Call<Context>, query: Query, finds: &Finds<K::Model>) -> Result<()> {
        let (context, patience) = (call.context()?, patience(call));
        let scope = match query.scope.known() {
            Some(text) => scope_of::<K>(text)?,
            None => context.scope_by_default()?,
        };
        let at_scope = |error| explain(&error).at("scope");
        let documents = context.documents()?;
        let places = subscriptions_at(context.fleet()?, &scope, &patience).await;
        let (places, mut left_out) = places.map_err(at_scope)?;
        let is_one_of_many = scope.kind() == ScopeKind::ManagementGroup;
        for some in places.chunks(AT_ONCE) {
            let lists = left_out.look_at(some, |place| K::list(documents, place, &patience)).await;
            for (place, bodies) in lists.map_err(at_scope)? {
                for body in bodies {
                    let Some((found, model)) = read::<K>(place, &body, &query, call)? else { continue };
                    let what = found.what.strip_prefix("the ").unwrap_or(&found.what).to_owned();
                    let name = if is_one_of_many { format!("{what} of {}", place.id().name()) } else { what };
                    finds.push(name, &model).await?;
                }
            }
        }
        left_out.warn(call);
        Ok(())
    }
}

fn scope_of<K: Kind>(text: &str) -> Result<Scope, Diagnostic> {
    listed_scope(text, if K::LISTING.in_groups { &[ScopeKind::ResourceGroup] } else { &[] })
}

/// Where a setting is, and as much of it as its id tells; nothing for one that is not wanted. What the resource does not
/// know is named, and left out.
fn read<K: Kind>(
    scope: &Scope,
    body: &Json,
    query: &Query,
    call: &mut Call<Context>,
) -> Result<Option<(Place, K::Model)>> {
    let id = body["id"].as_str().unwrap_or_default();
    // Lists of a subscription have what lies in its resource groups, too.
    if !K::LISTING.in_groups && !is_of(scope, id) {
        return Ok(None);
    }
    let no_default = || Err(Diagnostic::error("The id has no subscription", id).into());
    let model = match K::import(ImportTarget::Id(id), &no_default) {
        Ok(model) => model,
        Err(problems) => {
            call.warn(not_known(id, &problems.to_string()));
            return Ok(None);
        }
    };
    let Some(place) = K::place(&model)? else { return Ok(None) };
    let live = match live::<K>(&place.document::<K>(), body) {
        Ok(live) => live,
        Err(error) => {
            call.warn(not_known(id, &format!("{error}.")));
            return Ok(None);
        }
    };
    let is_wanted = query.enabled.into_known().is_none_or(|wanted| K::is_enabled(&live) == Some(wanted));
    Ok((is_wanted && K::is_there(&live)).then_some((place, model)))
}

fn is_of(scope: &Scope, id: &str) -> bool {
    let (scope, id) = (scope.as_str().to_ascii_lowercase(), id.to_ascii_lowercase());
    id.strip_prefix(&scope).is_some_and(|rest| rest.starts_with("/providers/"))
}

fn not_known(id: &str, problem: &str) -> Diagnostic {
    let detail =
        format!("Azure has {id}, which this resource cannot manage, so it is left out.\n\n{problem}");
    Diagnostic::warning("Not everything is listed", detail)
}
