//! Microsoft's own list of fourteen plans, taken over by `for_each`, and two subscriptions at once.

use super::story::{in_words, short};
use crate::harness::{NO_PREFLIGHT, ROOT, Scene, terraform};
use crate::shared::process::Failure;
use arm_emulator::{Emulator, Fault, LoggedRequest, Options};
use serde_json::{Value, json};
use std::path::Path;

/// <https://learn.microsoft.com/rest/api/defenderforcloud/pricings/list?view=rest-defenderforcloud-2024-01-01#examples>
const EXAMPLE: &str = "../shared/azure-examples/security-pricings-2024-01-01/ListPricings_example.json";

/// The plans of Microsoft's example: name, whether it is on, sub-plan.
const PLANS: [(&str, bool, Option<&str>); 14] = [
    ("Api", true, Some("P1")),
    ("AppServices", false, None),
    ("Arm", true, Some("PerSubscription")),
    ("CloudPosture", true, None),
    ("ContainerRegistry", false, None),
    ("Containers", true, None),
    ("Dns", true, None),
    ("KeyVaults", true, Some("PerKeyVault")),
    ("KubernetesService", false, None),
    ("OpenSourceRelationalDatabases", true, None),
    ("SqlServerVirtualMachines", true, None),
    ("SqlServers", true, None),
    ("StorageAccounts", true, Some("DefenderForStorageV2")),
    ("VirtualMachines", true, Some("P2")),
];

const SUBSCRIPTIONS: [&str; 2] =
    ["00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"];

/// Every plan as it is, so that the fourteen are adopted and nothing changes.
fn configuration(subscriptions: &[&str]) -> String {
    let tiers: Vec<_> = PLANS
        .iter()
        .map(|(name, on, _)| format!("{name} = \"{}\"", if *on { "Standard" } else { "Free" }))
        .collect();
    format!(
        r#"
locals {{
  tiers = {{ {} }}
  plans = merge([for s in {}: {{ for name, tier in local.tiers : "${{s}}/${{name}}" => {{ s = s, name = name, tier = tier }} }}]...)
}}
resource "defender_plan" "all" {{
  for_each = local.plans
  scope    = "/subscriptions/${{each.value.s}}"
  name     = each.value.name
  tier     = each.value.tier
}}
"#,
        tiers.join(", "),
        json!(subscriptions)
    )
}

/// Microsoft's published list where it lies beside the repository, else plans of the same shape; all of them in
/// each of these subscriptions. In Microsoft's list they are spread over two.
fn seed(subscriptions: &[&str]) -> Value {
    let published = std::fs::read(Path::new(ROOT).join(EXAMPLE)).ok();
    let published = published.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let plans: Vec<Value> = match &published {
        Some(example) => example["responses"]["200"]["body"]["value"].as_array().cloned().unwrap_or_default(),
        None => PLANS.iter().map(|plan| document(*plan)).collect(),
    };
    assert_eq!(plans.len(), PLANS.len(), "Microsoft's example has the plans of the stories");
    let of = |subscription: &&str| {
        let plan = |plan: &Value| {
            let mut plan = plan.clone();
            let name = plan["name"].as_str().unwrap_or_default();
            plan["id"] =
                json!(format!("/subscriptions/{subscription}/providers/Microsoft.Security/pricings/{name}"));
            plan
        };
        plans.iter().map(plan).collect::<Vec<_>>()
    };
    json!({"subscriptions": subscriptions, "resources": subscriptions.iter().flat_map(of).collect::<Vec<_>>()})
}

fn document((name, on, subplan): (&str, bool, Option<&str>)) -> Value {
    let tier = if on { "Standard" } else { "Free" };
    json!({"name": name, "type": "Microsoft.Security/pricings",
        "properties": {"pricingTier": tier, "subPlan": subplan, "enforce": "False"}})
}

fn scene(subscriptions: &[&str]) -> Result<Scene, Failure> {
    let options = Options { seed: Some(seed(subscriptions)), ..Options::default() };
    Scene::with(terraform()?, options, &configuration(subscriptions))
}

/// Requests as `(sign-ins, lists, everything else)`, the last sorted.
fn sent(azure: &Emulator) -> (usize, usize, Vec<String>) {
    let requests = azure.requests();
    azure.clear_requests();
    let is_sign_in = |request: &&LoggedRequest| request.path.contains("/oauth2/");
    let is_list = |line: &String| line.starts_with("GET ") && line.ends_with("/*");
    let sign_ins = requests.iter().filter(is_sign_in).count();
    let lines = requests.iter().filter(|request| !is_sign_in(request)).map(short);
    let (lists, mut others): (Vec<_>, Vec<_>) = lines.partition(is_list);
    others.sort();
    (sign_ins, lists.len(), others)
}

fn puts(subscriptions: &[&str]) -> Vec<String> {
    let put = |subscription: &&str| PLANS.map(|(name, ..)| format!("PUT {subscription}/{name}"));
    subscriptions.iter().flat_map(put).collect()
}

/// All plans in words. Azure answers numbers as text and lists extensions in an order of its own, which is no
/// difference here.
fn plans(azure: &Emulator) -> Vec<String> {
    let plans = azure.resources().into_iter().filter(|(id, _)| id.contains("/pricings/"));
    let words = |(id, document): (String, Value)| {
        let text = in_words(&id, &document);
        let mut words: Vec<_> = text.split(' ').collect();
        words.sort_unstable();
        words.join(" ")
    };
    plans.map(words).collect()
}

#[test]
fn one_subscription() -> Result<(), Failure> {
    let subscription = &SUBSCRIPTIONS[..1];
    let scene = scene(subscription)?;
    scene.configure(NO_PREFLIGHT)?;
    let before = plans(&scene.azure);
    scene.workspace.run(["plan", "-out=plan"])?.require(0)?;
    assert_eq!(sent(&scene.azure), (1, 1, vec![]), "whether Dns is on, which is closed to others");
    scene.workspace.run(["apply", "plan"])?.require(0)?.require_text("14 added")?;
    assert_eq!(sent(&scene.azure), (1, 1, puts(subscription)), "taking over");
    scene.workspace.plan()?.require(0)?.require_text("No changes.")?;
    assert_eq!(sent(&scene.azure), (1, 1, vec![]), "refreshing");
    scene.workspace.destroy()?.require(0)?.require_text("14 destroyed")?;
    assert_eq!(
        sent(&scene.azure),
        (2, 1, puts(subscription)),
        "giving back, after a refresh in another process"
    );
    assert_eq!(plans(&scene.azure), before);
    Ok(())
}

/// Azure answers 409 to a second write to a subscription while one is under way; other subscriptions need not
/// wait. The first write to one is held up here, which must not hold up the other.
#[test]
fn two_subscriptions() -> Result<(), Failure> {
    let scene = scene(&SUBSCRIPTIONS)?;
    scene.configure(NO_PREFLIGHT)?;
    scene.azure.add_fault(Fault {
        method: Some("PUT".to_owned()),
        path: Some(SUBSCRIPTIONS[0].to_owned()),
        delay_ms: 4_000,
        ..Fault::default()
    });
    let apply = ["apply", "-auto-approve", "-parallelism=40"];
    scene.workspace.run(apply)?.require(0)?.require_text("28 added")?;
    let requests = scene.azure.requests();
    let is_put = |request: &&LoggedRequest, to: &str| request.method == "PUT" && request.path.contains(to);
    let held_up = requests.iter().take_while(|request| !is_put(request, SUBSCRIPTIONS[0]));
    let meanwhile = held_up.filter(|request| is_put(request, SUBSCRIPTIONS[1])).count();
    assert!(meanwhile >= PLANS.len() / 2, "{meanwhile} writes to the other subscription did not wait");
    let sent_by_both = sent(&scene.azure);
    assert_eq!(
        sent_by_both,
        (2, 4, puts(&SUBSCRIPTIONS)),
        "planned and applied, each write at the first try"
    );
    scene.workspace.plan()?.require(0)?;
    assert_eq!(sent(&scene.azure), (1, 2, vec![]), "refreshing");
    Ok(())
}
