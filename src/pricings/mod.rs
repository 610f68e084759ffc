//! `Microsoft.Security/pricings`, which is what Azure calls Defender plans: typed bodies over the ARM client.
//!
//! Knows no Terraform. Two rules of Azure are kept here and nowhere else: all plans of a scope come in one list,
//! so it is asked for once and shared; and a subscription takes one write at a time, so writes queue up while
//! those of other subscriptions go ahead. API version 2024-01-01.
//! <https://learn.microsoft.com/rest/api/defenderforcloud/pricings?view=rest-defenderforcloud-2024-01-01>

mod property;
mod scopes;
mod wire;

use std::sync::Arc;

pub use property::same_value;
use scopes::Scopes;
pub use wire::{Extension, Pricing, Setting, Tier, Wanted};

use crate::arm::{Call, Client, Error, ErrorKind, Request, Scope};

/// The resource type, as it stands in ids.
pub const RESOURCE_TYPE: &str = "Microsoft.Security/pricings";
const API_VERSION: &str = "2024-01-01";

/// Defender plans over HTTP.
#[derive(Debug)]
pub struct Pricings {
    client: Client,
    scopes: Scopes,
}

impl Pricings {
    /// Plans by way of `client`. Nothing is sent yet.
    pub fn new(client: Client) -> Self {
        Self { client, scopes: Scopes::default() }
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
    pub async fn list(&self, scope: &Scope, call: &Call) -> Result<Arc<Vec<Pricing>>, Error> {
        self.scopes.of(scope).list(|| self.fetch(scope, call)).await
    }

    /// A plan as it was before this process wrote to it for the first time, or as this process left it.
    ///
    /// # Errors
    ///
    /// Why the list could not be had.
    pub async fn before(&self, scope: &Scope, name: &str, call: &Call) -> Result<Option<Pricing>, Error> {
        self.scopes.of(scope).before(name, || self.fetch(scope, call)).await
    }

    /// A plan as it is now, without regard to what was read before.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn read(&self, scope: &Scope, name: &str, call: &Call) -> Result<Pricing, Error> {
        let act = format!("reading the Defender plan {name}");
        let response =
            self.client.send(Request::get(Self::id(scope, name), API_VERSION).act(act), call).await?;
        Ok(Pricing::from_body(&response.body))
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
        let turn = self.scopes.turn(scope, call, &format!("setting the Defender plan {name}")).await?;
        let act = format!("setting the Defender plan {name}");
        let request = Request::put(Self::id(scope, name), API_VERSION, wanted.to_body()).act(act);
        let answer = self.client.send(request, call).await.map(|response| Pricing::from_body(&response.body));
        self.scopes.of(scope).written(name, answer.as_ref().ok()).await;
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
        let request = Request::delete(Self::id(scope, name), API_VERSION).act(act);
        let answer = self.client.send(request, call).await;
        self.scopes.of(scope).written(name, None).await;
        drop(turn);
        match answer {
            Ok(_) => Ok(()),
            Err(error) if *error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn fetch(&self, scope: &Scope, call: &Call) -> Result<Vec<Pricing>, Error> {
        let path = format!("{}/providers/{RESOURCE_TYPE}", scope.as_str());
        let request = Request::get(path, API_VERSION).act("listing the Defender plans");
        let plans = self.client.list(request, call).await?;
        Ok(plans.iter().map(Pricing::from_body).collect())
    }
}
