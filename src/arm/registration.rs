//! Registering a subscription for a resource provider, when an answer says that it is not.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types>
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use tracing::info;

use super::client::Client;
use super::error::{Error, ErrorKind};
use super::request::{Call, Request};
use super::single_flight::SingleFlight;
use super::wait::{Stop, wait_until};

const API_VERSION: &str = "2021-04-01";
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// A subscription's GUID and a provider namespace, in lower case.
type Key = (String, String);

/// The registrations of this client, each made at most once.
#[derive(Debug, Default)]
pub(super) struct Registrations(Mutex<HashMap<Key, Arc<SingleFlight<()>>>>);

impl Registrations {
    /// Registers, and waits until Azure says that it is done. Callers that come meanwhile wait for the same one.
    pub(super) async fn register(
        &self,
        client: &Client,
        subscription: &str,
        namespace: &str,
        call: &Call,
    ) -> Result<(), Error> {
        let key = (subscription.to_ascii_lowercase(), namespace.to_ascii_lowercase());
        let registered =
            Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        registered.get(call, |()| true, || register(client, subscription, namespace, call)).await
    }
}

/// The namespace that the subscription of an error is not registered for.
///
/// `MissingSubscriptionRegistration` is ARM's code
/// (<https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider>);
/// Microsoft.Security answers 404 `Subscription Not Registered`, or 400 with the same message
/// (<https://github.com/hashicorp/terraform-provider-azurerm/issues/5073>).
pub(super) fn missing_namespace(error: &Error) -> Option<String> {
    if !matches!(error.status(), Some(400 | 404 | 409)) {
        return None;
    }
    let code: String = error.code().unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    let coded = ["MissingSubscriptionRegistration", "SubscriptionNotRegistered"]
        .iter()
        .any(|known| code.eq_ignore_ascii_case(known));
    let named = named_namespace(error.message());
    match (coded, named) {
        (true, Some(namespace)) => Some(namespace),
        (true, None) => path_namespace(error.id()),
        (false, named) => named.filter(|_| error.message().contains("Please register to ")),
    }
}

/// What to tell the user whose subscription is not registered.
pub(super) fn not_registered(error: &Error, namespace: &str, subscription: &str) -> Error {
    let message = format!(
        "subscription {subscription} is not registered for {namespace}: run `az provider register --namespace \
         {namespace} --subscription {subscription}`, or let the provider do it with `register_provider = true`"
    );
    error.clone().restate(ErrorKind::NotRegistered { namespace: namespace.to_owned() }, message)
}

/// The GUID after `/subscriptions/` in a path that is no resource id, such as a list's.
pub(super) fn subscription_in(path: &str) -> Option<String> {
    let guid = path
        .get("/subscriptions/".len()..)
        .filter(|_| path.to_ascii_lowercase().starts_with("/subscriptions/"))?;
    let guid = guid.split('/').next()?;
    uuid::Uuid::try_parse(guid).ok().map(|_| guid.to_ascii_lowercase())
}

async fn register(client: &Client, subscription: &str, namespace: &str, call: &Call) -> Result<(), Error> {
    let act = format!("registering subscription {subscription} for {namespace}");
    info!(subscription, namespace, "registering a resource provider");
    let path = format!("/subscriptions/{subscription}/providers/{namespace}");
    let register =
        Request::post(format!("{path}/register"), API_VERSION, Value::Null).repeatable().act(act.as_str());
    let mut answer = client.send_as_is(&register, call).await?.response;
    while answer.body["registrationState"].as_str() != Some("Registered") {
        let unfinished = |stop: Stop| stop.unfinished("Azure has not finished the registration");
        let waited = wait_until(Instant::now() + POLL_INTERVAL, call).await;
        waited.map_err(|stop| unfinished(stop).act_on(&act, &path))?;
        let poll = Request::get(path.as_str(), API_VERSION).act(act.as_str());
        answer = client.send_as_is(&poll, call).await?.response;
    }
    Ok(())
}

/// The namespace in a message: `…use namespace 'Microsoft.Security'.`, `Please register to Microsoft.Security in…`.
fn named_namespace(message: &str) -> Option<String> {
    let after = ["namespace '", "register to "]
        .iter()
        .find_map(|lead| message.split_once(lead))
        .map(|(_, rest)| rest)?;
    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '.')).unwrap_or(after.len());
    let namespace = after[..end].trim_end_matches('.');
    namespace.contains('.').then(|| namespace.to_owned())
}

fn path_namespace(path: &str) -> Option<String> {
    let at = path.to_ascii_lowercase().rfind("/providers/")? + "/providers/".len();
    path[at..].split('/').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, code: &str, message: &str, expected: Option<&str>) {
        let error = Error::new(ErrorKind::NotFound, message)
            .answered(status, Some(code.to_owned()), None)
            .act_on("reading", "/subscriptions/s/providers/Microsoft.Security/pricings");
        assert_eq!(missing_namespace(&error).as_deref(), expected, "{status} {code} {message}");
    }

    #[test]
    fn answers_that_mean_not_registered() {
        let please = "Please register to Microsoft.Security in order to view your security status";
        check(404, "Subscription Not Registered", please, Some("Microsoft.Security"));
        check(404, "Subscription Not Registered", "", Some("Microsoft.Security"));
        check(400, "Error", please, Some("Microsoft.Security"));
        let arm = "The subscription is not registered to use namespace 'Microsoft.PolicyInsights'. See https://aka.ms/rps";
        check(409, "MissingSubscriptionRegistration", arm, Some("Microsoft.PolicyInsights"));
        check(404, "ResourceNotFound", "The Resource was not found", None);
        check(403, "Subscription Not Registered", please, None);
        check(400, "BadRequest", "namespace 'Microsoft.X' is odd", None);
    }

    #[test]
    fn subscription_of_a_list() {
        let guid = "0a1b2c3d-0000-1111-2222-333344445555";
        let path = format!("/Subscriptions/{}/providers/Microsoft.Security/pricings", guid.to_uppercase());
        assert_eq!(subscription_in(&path).as_deref(), Some(guid));
        assert_eq!(subscription_in("/providers/Microsoft.Management/managementGroups/a"), None);
    }
}
