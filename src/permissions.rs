//! `Microsoft.Authorization/permissions`: what the caller may do at a scope, asked for once and shared.
//!
//! Knows no Terraform. Deny assignments and policies are not in it, and roles that become active later are not either, so
//! it is good for a warning and for nothing more. API version 2022-04-01, documented for resource groups and resources, and
//! answered for subscriptions as well. <https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group>

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::arm::{Call, Client, Error, Request, Scope, SingleFlight};
use crate::availability::Grant;

const API_VERSION: &str = "2022-04-01";

/// What the roles of the caller at one scope allow.
type Grants = Arc<Vec<Grant>>;

/// The caller's permissions over HTTP.
#[derive(Debug)]
pub struct Permissions {
    client: Client,
    scopes: Mutex<HashMap<Scope, Arc<SingleFlight<Grants>>>>,
}

impl Permissions {
    /// Permissions by way of `client`. Nothing is sent yet.
    pub fn new(client: Client) -> Self {
        Self { client, scopes: Mutex::default() }
    }

    /// What the caller may do at a scope, an entry for each role.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn at(&self, scope: &Scope, call: &Call) -> Result<Grants, Error> {
        let flight = Arc::clone(
            self.scopes.lock().unwrap_or_else(PoisonError::into_inner).entry(scope.clone()).or_default(),
        );
        flight.get(call, |_| true, || self.fetch(scope, call)).await
    }

    async fn fetch(&self, scope: &Scope, call: &Call) -> Result<Grants, Error> {
        let path = format!("{}/providers/Microsoft.Authorization/permissions", scope.as_str());
        let request = Request::get(path, API_VERSION).act("reading the caller's permissions");
        Ok(Arc::new(self.client.list(request, call).await?.iter().map(grant).collect()))
    }
}

fn grant(body: &Value) -> Grant {
    let texts = |field: &str| {
        let texts = body[field].as_array().into_iter().flatten();
        texts.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    Grant { actions: texts("actions"), not_actions: texts("notActions") }
}
