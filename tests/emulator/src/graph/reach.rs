//! Which rows a request is about: by the subscriptions or management groups that it names, and for policies by whether they
//! stand there, below or above.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::query::Table;
use super::resources::{bad_option, refused};
use crate::arm::{groups, hierarchy, subscriptions};
use crate::message::Answer;
use crate::store::{Store, key};
use crate::world::World;

/// What a request reaches.
pub(super) struct Reach {
    scopes: Scopes,
    filter: Filter,
}

/// The whole tenant where it names nothing.
enum Scopes {
    Tenant,
    Subscriptions(BTreeSet<String>),
    Groups(Vec<String>, BTreeSet<String>),
}

/// Which policies and roles: those at the scopes, and those that stand above or below. Other rows do not ask it.
/// <https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources#authorizationscopefilter>
#[derive(Clone, Copy)]
struct Filter {
    below: bool,
    above: bool,
}

impl Reach {
    /// Reads where a request looks.
    ///
    /// # Errors
    /// Azure's answer to one that looks nowhere, or by an unknown filter.
    pub(super) fn read(world: &World, body: &Value) -> Result<Self, Answer> {
        Ok(Self {
            scopes: scopes(world, body)?,
            filter: filter(&body["options"]["authorizationScopeFilter"])?,
        })
    }

    /// Whether a row is one of those.
    pub(super) fn holds(&self, world: &World, table: Table, row: &Value) -> bool {
        if table == Table::Policy {
            return self.holds_assignment(&world.store, row);
        }
        let subscription = row["subscriptionId"].as_str().unwrap_or_default().to_ascii_lowercase();
        match &self.scopes {
            Scopes::Tenant => true,
            Scopes::Subscriptions(reached) => reached.contains(&subscription),
            Scopes::Groups(_, below) if !subscription.is_empty() => below.contains(&subscription),
            Scopes::Groups(asked, _) => {
                let id = row["id"].as_str().unwrap_or_default();
                let group = groups::name_in(id).map(|name| groups::id(&name)).unwrap_or_default();
                asked.iter().any(|asked| hierarchy::is_within(&world.store, &group, &groups::id(asked)))
            }
        }
    }

    fn holds_assignment(&self, store: &Store, row: &Value) -> bool {
        let id = key(row["id"].as_str().unwrap_or_default());
        let scope = id.rsplit_once("/providers/").map_or("", |(scope, _)| scope);
        let holds = |asked: &str| {
            key(scope) == key(asked)
                || (self.filter.below && hierarchy::is_within(store, scope, asked))
                || (self.filter.above && hierarchy::is_within(store, asked, scope))
        };
        match &self.scopes {
            Scopes::Tenant => true,
            Scopes::Subscriptions(reached) => reached.iter().any(|id| holds(&format!("/subscriptions/{id}"))),
            Scopes::Groups(asked, _) => asked.iter().any(|group| holds(&groups::id(group))),
        }
    }
}

fn filter(option: &Value) -> Result<Filter, Answer> {
    match option.as_str() {
        None if option.is_null() => Ok(Filter { below: true, above: false }),
        Some("AtScopeAndBelow") => Ok(Filter { below: true, above: false }),
        Some("AtScopeAndAbove") => Ok(Filter { below: false, above: true }),
        Some("AtScopeAboveAndBelow") => Ok(Filter { below: true, above: true }),
        Some("AtScopeExact") => Ok(Filter { below: false, above: false }),
        _ => Err(bad_option("authorizationScopeFilter", "is none of its values")),
    }
}

fn scopes(world: &World, body: &Value) -> Result<Scopes, Answer> {
    let names = |field: &str| -> Option<Vec<&str>> {
        body[field].as_array().map(|names| names.iter().filter_map(Value::as_str).collect())
    };
    let visible = subscriptions::visible(world);
    let ids = visible.iter().filter_map(|document| document["subscriptionId"].as_str());
    let all: BTreeSet<String> = ids.map(str::to_ascii_lowercase).collect();
    if let Some(asked) = names("subscriptions") {
        let wanted: BTreeSet<String> = asked.iter().map(|id| id.to_ascii_lowercase()).collect();
        let found: BTreeSet<String> = all.intersection(&wanted).cloned().collect();
        if found.is_empty() {
            let message = format!(
                "There must be at least one subscription that is eligible to contain resources. Given: '{}'.",
                asked.join(",")
            );
            return Err(refused(&[
                json!({ "code": "NoValidSubscriptionsInQueryRequest", "message": message }),
            ]));
        }
        return Ok(Scopes::Subscriptions(found));
    }
    let Some(asked) = names("managementGroups") else { return Ok(Scopes::Tenant) };
    let below = |id: &String| {
        let scope = format!("/subscriptions/{id}");
        asked.iter().any(|group| hierarchy::is_within(&world.store, &scope, &groups::id(group)))
    };
    let below = all.into_iter().filter(below).collect();
    Ok(Scopes::Groups(asked.into_iter().map(str::to_owned).collect(), below))
}
