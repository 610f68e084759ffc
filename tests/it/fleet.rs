//! Many subscriptions at a time: the layer below the data sources, against the emulator.

use std::sync::Arc;
use std::time::Duration;

use arm_emulator::{Emulator, Fault, Options};
use defender::arm::{Call, Client, CloudSource, Credentials, ErrorKind, Host, Secret, Settings};
use defender::fleet::{Fleet, Reach, Survey};
use defender::pricings::Pricings;
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
        register_provider: true,
        user_agent: "test".to_owned(),
        host: Host::of_process(),
    };
    let client = Client::new(settings).unwrap();
    Fleet::new(client.clone(), Arc::new(Pricings::new(client)))
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
    azure.clear_requests();
    let survey = fleet.survey(below, false, &call()).await.unwrap();
    assert!(survey.refused.is_none());
    assert_eq!(in_words(&survey), [(1, "not registered"), (2, "AuthorizationFailed")]);
    assert_eq!(azure.requests().len(), queries + 2, "those without rows say themselves why");
}

/// The numbers of the subscriptions whose plans cannot be had, with the reason.
fn in_words(survey: &Survey) -> Vec<(usize, &str)> {
    let failed = survey.rows.iter().filter_map(|row| Some((row, row.plans.as_ref().err()?)));
    let told = failed.map(|(row, error)| {
        let number = row.subscription.scope.as_str().rsplit('-').next().unwrap().parse().unwrap();
        let unregistered = matches!(error.kind(), ErrorKind::NotRegistered { .. });
        (number, if unregistered { "not registered" } else { error.code().unwrap_or_default() })
    });
    told.collect()
}

/// A refused, and a broken, Graph: each subscription is asked, and none is registered for that.
#[tokio::test(flavor = "multi_thread")]
async fn without_graph_each_subscription_is_asked() {
    for (status, code) in [(403, "AuthorizationFailed"), (400, "BadRequest")] {
        let azure = azure(12);
        let path = Some("Microsoft.ResourceGraph".to_owned());
        let body = Some(json!({ "error": { "code": code, "message": "Not here" } }));
        azure.add_fault(Fault { path, status: Some(status), body, ..Fault::default() });
        let fleet = fleet(&azure);
        let group = "/providers/Microsoft.Management/managementGroups/outer".parse().unwrap();
        let below = fleet.subscriptions(&Reach::Below(group), &call()).await.unwrap();
        let survey = fleet.survey(below.clone(), false, &call()).await.unwrap();
        assert_eq!(survey.refused.as_ref().and_then(|error| error.code()), Some(code));
        assert_eq!(in_words(&survey), [(1, "not registered"), (2, "AuthorizationFailed")]);
        let order = survey.rows.iter().map(|row| &row.subscription);
        assert!(order.eq(&below), "in the order of the question");
        let plans: Vec<usize> =
            survey.rows.iter().filter_map(|row| Some(row.plans.as_ref().ok()?.len())).collect();
        assert_eq!(plans, [18; 10]);
        let registration =
            azure.resource(&format!("/subscriptions/{}/providers/Microsoft.Security", id(1))).unwrap();
        assert_eq!(registration["registrationState"], "NotRegistered", "looking changes nothing");
    }
}

/// What Azure Resource Graph does not know yet is read where it is exact, and only there.
#[tokio::test(flavor = "multi_thread")]
async fn graph_lags_behind_and_the_subscription_does_not() {
    let azure = azure(4);
    let fleet = fleet(&azure);
    azure.set_graph_delay(Duration::from_secs(600));
    let arm = format!("/subscriptions/{}/providers/Microsoft.Security/pricings/Arm", id(4));
    let mut document = azure.resource(&arm).unwrap();
    document["properties"]["pricingTier"] = json!("Standard");
    azure.put_resource(&arm, document);
    let subscriptions = fleet.subscriptions(&Reach::All, &call()).await.unwrap();
    let tier = async |exact: bool| {
        let survey = fleet.survey(subscriptions.clone(), exact, &call()).await.unwrap();
        let plans = survey.rows.last().unwrap().plans.clone().unwrap();
        plans.iter().find(|plan| plan.name == "Arm").unwrap().tier.as_str()
    };
    assert_eq!((tier(false).await, tier(true).await), ("Free", "Standard"));
    azure.advance(Duration::from_secs(600));
    assert_eq!(tier(false).await, "Standard");
}

/// Azure takes 15 queries in five seconds; the sixteenth waits for the next five, and is not refused.
#[tokio::test(flavor = "multi_thread")]
async fn queries_are_paced_ahead_of_the_quota() {
    let azure = azure(4);
    let fleet = fleet(&azure);
    let found = fleet.subscriptions(&Reach::All, &call()).await.unwrap();
    azure.clear_requests();
    for _ in 0..16 {
        fleet.plans(&found, &call()).await.unwrap();
    }
    let statuses: Vec<u16> = azure.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [200; 16]);
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
