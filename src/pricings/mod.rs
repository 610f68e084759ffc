//! `Microsoft.Security/pricings`, which is what Azure calls Defender plans: typed bodies over the ARM client.
//!
//! Knows no Terraform. Two rules of Azure are kept here and nowhere else: all plans of a scope come in one list,
//! so it is asked for once and shared; and a subscription takes one write at a time, so writes queue up while
//! those of other subscriptions go ahead. API version 2024-01-01, and 2026-07-01 for lists.
//! <https://learn.microsoft.com/rest/api/defenderforcloud/pricings?view=rest-defenderforcloud-2024-01-01>

mod plans;
mod property;
mod scopes;
mod wire;

use std::sync::Arc;

pub use plans::{Plans, Unreadable};
pub use property::same_value;
use scopes::Scopes;
pub use wire::{Extension, Pricing, Setting, Tier, Wanted, by_name, plan_named};

use crate::arm::{Call, Client, Error, ErrorKind, Request, Scope, Versions};

/// The resource type, as it stands in ids.
pub const RESOURCE_TYPE: &str = "Microsoft.Security/pricings";
const API_VERSION: &str = "2024-01-01";
/// The version of lists: the first stable one that says who manages a plan. A cloud that does not have it yet is asked in
/// [`API_VERSION`]. <https://github.com/Azure/azure-rest-api-specs/tree/main/specification/security/resource-manager/Microsoft.Security/Security/PricingsAPI>
const LIST_VERSION: &str = "2026-07-01";
const LISTING: &str = "listing the Defender plans";

/// Defender plans over HTTP.
#[derive(Debug)]
pub struct Pricings {
    client: Client,
    scopes: Scopes,
    lists: Versions,
}

impl Pricings {
    /// Plans by way of `client`. Nothing is sent yet.
    pub fn new(client: Client) -> Self {
        Self { client, scopes: Scopes::default(), lists: Versions::new(LIST_VERSION, API_VERSION) }
    }

    /// The id of a plan.
    pub fn id(scope: &Scope, name: &str) -> String {
        format!("{}/providers/{RESOURCE_TYPE}/{name}", scope.as_str())
    }

    /// All plans of a scope, as they are now: asked for once, and again only after a write to the scope.
    ///
    /// # Errors
    ///
    /// Why the list could not be had; everybody who waits for the same list gets the same error.
    pub async fn list(&self, scope: &Scope, call: &Call) -> Result<Arc<Plans>, Error> {
        self.list_by(&self.client, scope, call).await
    }

    /// The same for those who only look at what they do not manage: the subscription is not registered for Defender for
    /// Cloud where it is not.
    ///
    /// # Errors
    ///
    /// As [`Pricings::list`]; [`ErrorKind::NotRegistered`] where it is not registered.
    pub async fn look(&self, scope: &Scope, call: &Call) -> Result<Arc<Plans>, Error> {
        self.list_by(&self.client.without_registering(), scope, call).await
    }

    async fn list_by(&self, client: &Client, scope: &Scope, call: &Call) -> Result<Arc<Plans>, Error> {
        let listed = self.scopes.of(scope).list(call, || self.fetch(client, scope, call)).await;
        listed.map_err(|error| named(error, scope))
    }

    /// All plans of a scope, where they were listed in this process and nothing was written since. Asks for nothing.
    pub fn seen(&self, scope: &Scope) -> Option<Arc<Plans>> {
        self.scopes.of(scope).seen()
    }

    /// A plan as it was before this process wrote to it for the first time, or as this process left it.
    ///
    /// # Errors
    ///
    /// Why the list could not be had, or what in it cannot be read of the plan: what is not understood is not overwritten.
    pub async fn before(&self, scope: &Scope, name: &str, call: &Call) -> Result<Option<Pricing>, Error> {
        let before = self.scopes.of(scope).before(name, call, || self.fetch(&self.client, scope, call)).await;
        before.map_err(|error| named(error, scope))
    }

    /// A plan as it is now, without regard to what was read before.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn read(&self, scope: &Scope, name: &str, call: &Call) -> Result<Pricing, Error> {
        let act = format!("reading the Defender plan {name}");
        self.send(Request::get(Self::id(scope, name), API_VERSION).act(act.as_str()), &act, call).await
    }

    /// Sets a plan, and returns what Azure made of it, with the outcome of each extension that changed.
    ///
    /// # Errors
    ///
    /// Why it could not be set, or that it is not known whether it was.
    pub async fn put(
        &self,
        scope: &Scope,
        name: &str,
        wanted: &Wanted,
        call: &Call,
    ) -> Result<Pricing, Error> {
        let act = format!("setting the Defender plan {name}");
        let turn = self.scopes.turn(scope, call, &act).await?;
        let request = Request::put(Self::id(scope, name), API_VERSION, wanted.to_body()).act(act.as_str());
        let answer = self.send(request, &act, call).await;
        self.scopes.of(scope).written(name, answer.as_ref().ok());
        drop(turn);
        answer
    }

    /// Removes what a resource says of a plan, so that it inherits again. Azure refuses this for subscriptions.
    ///
    /// # Errors
    ///
    /// Why it could not be removed; it is no error if there was nothing to remove.
    pub async fn delete(&self, scope: &Scope, name: &str, call: &Call) -> Result<(), Error> {
        let act = format!("removing the Defender plan {name}");
        let turn = self.scopes.turn(scope, call, &act).await?;
        let answer =
            self.client.send(Request::delete(Self::id(scope, name), API_VERSION).act(act), call).await;
        self.scopes.of(scope).written(name, None);
        drop(turn);
        match answer {
            Ok(_) => Ok(()),
            Err(error) if *error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn send(&self, request: Request, act: &str, call: &Call) -> Result<Pricing, Error> {
        let id = request.path().to_owned();
        let response = self.client.send(request, call).await?;
        Pricing::from_body(&response.body)
            .map_err(|problem| Error::unreadable(act, &id, &format!("the answer is no plan: {problem}")))
    }

    async fn fetch(&self, client: &Client, scope: &Scope, call: &Call) -> Result<Plans, Error> {
        let path = format!("{}/providers/{RESOURCE_TYPE}", scope.as_str());
        let list = |version| client.list(Request::get(path.as_str(), version).act(LISTING), call);
        Ok(Plans::read(&self.lists.with(list).await?))
    }
}

/// Names the act in the error of somebody who only waited for another's list.
fn named(error: Error, scope: &Scope) -> Error {
    if error.act().is_empty() {
        Error::not_sent(error.kind().clone(), LISTING, scope.as_str(), error.message())
    } else {
        error
    }
}
