//! Many subscriptions at a time: the layer below the data sources, against the emulator.

use std::time::Duration;

use arm_emulator::{Emulator, Fault, Options};
use defender::arm::{Call, Client, CloudSource, Credentials, Host, Secret, Settings};
use defender::fleet::{Fleet, Reach};
use serde_json::json;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

fn id(number: usize) -> String {
    format!("00000000-0000-0000-0000-{number:012}")
}

/// This many subscriptions: half in a group, half in one within it; one that is not registered, one that may not be read,
/// one that is disabled.
fn azure(count: usize) -> Emulator {
    let ids: Vec<String> = (1..=count).map(id).collect();
    let (outer, inner) = ids.split_at(count / 2);
    let groups = json!([
        { "name": "outer", "subscriptions": outer },
        { "name": "inner", "parent": "outer", "subscriptions": inner },
    ]);
    let at = |number: usize, rest: &str| format!("/subscriptions/{}{rest}", id(number));
    let resources = json!([
        { "id": at(1, "/providers/Microsoft.Security"), "registrationState": "NotRegistered" },
        { "id": at(2, "/providers/Microsoft.Authorization/permissions"), "value": [] },
        { "id": at(3, ""), "state": "Disabled" },
    ]);
    let seed = json!([{ "management_groups": groups, "subscriptions": [id(0)] }, resources]);
    Emulator::start(Options { http: true, seed: Some(seed), ..Options::default() }).unwrap()
}

fn fleet(azure: &Emulator) -> Fleet {
    let ready = azure.ready();
    let cloud = CloudSource::Endpoints {
        resource_manager: ready.resource_manager.parse().unwrap(),
        authority: ready.authority.parse().unwrap(),
        audience: None,
    };
    let credentials = Credentials {
        tenant_id: Some(ready.tenant_id.clone()),
        client_id: Some(ready.client_id.clone()),
        client_secret: Some(Secret::from(ready.client_secret.clone())),
        ..Credentials::default()
    };
    let settings = Settings {
        cloud,
        credentials,
        register_provider: false,
        user_agent: "test".to_owned(),
        host: Host::of_process(),
    };
    Fleet::new(Client::new(settings).unwrap())
}

fn call() -> Call {
    Call { deadline: Instant::now() + Duration::from_secs(60), cancel: CancellationToken::new() }
}

async fn check(count: usize, queries: usize) {
    let azure = azure(count);
    let fleet = fleet(&azure);
    let group = "/providers/Microsoft.Management/managementGroups/outer".parse().unwrap();
    let below = fleet.subscriptions(&Reach::Below(group), &call()).await.unwrap();
    assert_eq!(below.len(), count);
    let unread = below.iter().find(|one| one.scope.as_str().ends_with("002")).unwrap();
    assert_eq!((unread.state.as_deref(), unread.is_usable()), (None, false));
    assert!(
        unread.name.as_deref().is_some_and(|name| name.starts_with("Emulated subscription")),
        "{unread:?}"
    );
    assert_eq!(below.iter().filter(|one| one.is_usable()).count(), count - 2);
    assert_eq!(fleet.subscriptions(&Reach::All, &call()).await.unwrap().len(), count);
    azure.clear_requests();
    let plans = fleet.plans(&below, &call()).await.unwrap();
    assert_eq!((plans.len(), plans[&id(4)].len()), (count - 2, 18));
    assert_eq!((plans.get(&id(1)), plans.get(&id(0))), (None, None), "unregistered, and elsewhere");
    assert_eq!(azure.requests().len(), queries);
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_subscriptions_take_one_query() {
    check(30, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_subscriptions_take_nine_pages() {
    check(500, 9).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_query_is_sent_again() {
    let azure = azure(4);
    let headers = [("retry-after".to_owned(), "1".to_owned())].into();
    let body = Some(json!({ "error": { "code": "RateLimiting", "message": "Too many" } }));
    let path = Some("Microsoft.ResourceGraph".to_owned());
    azure.add_fault(Fault { path, status: Some(429), headers, body, ..Fault::default() });
    let named: Vec<_> = [4, 9].map(|number| format!("/subscriptions/{}", id(number)).parse().unwrap()).into();
    let fleet = fleet(&azure);
    let found = fleet.subscriptions(&Reach::Named(named), &call()).await.unwrap();
    assert_eq!(found.iter().map(|one| one.state.is_some()).collect::<Vec<_>>(), [true, false]);
    assert_eq!(fleet.plans(&found, &call()).await.unwrap()[&id(4)].len(), 18);
    assert_eq!(azure.waiting_faults(), 0);
}
