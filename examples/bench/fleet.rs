//! A fleet of subscriptions with fourteen plans each, refreshed through the real Terraform, beside as many
//! `terraform_data`.
//!
//! Creating thousands of resources would mostly measure how Terraform writes its state, so one subscription is
//! created and the state and Azure's documents of all others are copies of it.

use crate::Size;
use crate::plans::PLANS;
use crate::report::{Report, median, milliseconds};
use crate::shared::process::Failure;
use crate::shared::requests;
use crate::shared::terraform::Terraform;
use crate::shared::workspace::Workspace;
use arm_emulator::{Emulator, Options};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// One block for each subscription, as with a module for each: Terraform evaluates the whole `for_each` again for
/// each instance, so that one block for 2,800 instances takes minutes with any provider.
const DEFENDER: &str = r#"
resource "defender_plan" "s00000000-0000-0000-0000-000000000001" {
  for_each = local.plans
  scope    = "/subscriptions/00000000-0000-0000-0000-000000000001"
  name     = each.key
  subplan  = each.key == "Api" ? "P1" : null
}
"#;

const TERRAFORM_DATA: &str = r#"
resource "terraform_data" "s00000000-0000-0000-0000-000000000001" {
  for_each = local.plans
  input    = "00000000-0000-0000-0000-000000000001/${each.key}"
}
"#;

/// How many resources Terraform works on at once unless told otherwise.
/// <https://developer.hashicorp.com/terraform/cli/commands/plan#parallelism-n>
const TERRAFORM_PARALLELISM: u32 = 10;

/// Milliseconds that each answer of Azure takes, and resources at once. The plans of a subscription wait for one
/// list, so that ten at once are hardly more than one subscription at once.
const CASES: [(u64, u32); 3] = [(0, TERRAFORM_PARALLELISM), (100, TERRAFORM_PARALLELISM), (100, 100)];

/// The one that the emulator has without a seed.
const FIRST_SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000001";

const STATE: &str = "terraform.tfstate";

/// Measures and reports.
pub(crate) fn measure(
    terraform: &Terraform,
    provider: &Path,
    size: Size,
    report: &mut Report,
) -> Result<(), Failure> {
    let azure = Emulator::start(Options::default()).map_err(Failure::of("start the emulator"))?;
    let defender = fleet(terraform, provider, &azure, size, DEFENDER)?;
    let data = fleet(terraform, provider, &azure, size, TERRAFORM_DATA)?;
    copy_documents(&azure, size);
    let theirs = refresh(&data, TERRAFORM_PARALLELISM, size)?;
    for (latency, parallelism) in CASES {
        azure.set_latency(Duration::from_millis(latency));
        azure.clear_requests();
        let ours = refresh(&defender, parallelism, size)?;
        let name = format!(
            "{} subscriptions x 14 plans: refresh at {latency} ms, {parallelism} at once",
            size.subscriptions
        );
        let note = format!("{}; in {} runs", requests::in_words(&azure.requests()), size.runs);
        report.add(&name, (ours, "ms"), None, note)?;
        let note = format!("they take {theirs:.0} ms");
        report.add(format!("{name}, beside terraform_data"), (ours / theirs, "x"), Some(1.3), note)?;
    }
    Ok(())
}

/// The median time of plans that find nothing to do.
fn refresh(workspace: &Workspace, parallelism: u32, size: Size) -> Result<f64, Failure> {
    let parallelism = format!("-parallelism={parallelism}");
    let plan = || workspace.run(["plan", "-detailed-exitcode", &parallelism])?.require(0);
    let times = (0..size.runs).map(|_| Ok(milliseconds(plan()?.took)));
    times.collect::<Result<Vec<_>, _>>().map(median)
}

/// Applies the configuration to the first subscription and lets the state say that it was applied to all.
fn fleet(
    terraform: &Terraform,
    provider: &Path,
    azure: &Emulator,
    size: Size,
    resource: &str,
) -> Result<Workspace, Failure> {
    let mut workspace = Workspace::new(terraform, provider)?;
    workspace.use_emulator(azure.ready());
    if resource == DEFENDER {
        workspace.write_provider(azure.ready(), "")?;
    }
    workspace.write("main.tf", &format!("{PLANS}{resource}"))?;
    workspace.apply()?.require(0)?;
    let blocks = (1..=size.subscriptions).map(|number| in_subscription(resource, number));
    workspace.write("main.tf", &format!("{PLANS}{}", blocks.collect::<String>()))?;
    let path = workspace.path().join(STATE);
    let text = fs::read_to_string(path).map_err(Failure::of("read the state"))?;
    let mut state: Value = serde_json::from_str(&text).map_err(Failure::of("read the state"))?;
    let first = state["resources"][0].clone();
    state["resources"] = (1..=size.subscriptions).map(|number| moved(&first, number)).collect();
    workspace.write(STATE, &state.to_string())?;
    Ok(workspace)
}

/// Gives every subscription the documents of the first.
fn copy_documents(azure: &Emulator, size: Size) {
    let documents = azure.resources().into_iter().map(|(_, document)| document);
    let plans: Vec<Value> = documents.filter(|one| one["type"] == "Microsoft.Security/pricings").collect();
    for number in 2..=size.subscriptions {
        for plan in &plans {
            let plan = moved(plan, number);
            azure.put_resource(plan["id"].as_str().unwrap_or_default(), plan.clone());
        }
    }
}

/// The same of another subscription: its id stands only where the first one's stood.
fn moved(value: &Value, number: usize) -> Value {
    match value {
        Value::String(text) => in_subscription(text, number).into(),
        Value::Array(items) => items.iter().map(|item| moved(item, number)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, field)| (name.clone(), moved(field, number))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn in_subscription(text: &str, number: usize) -> String {
    text.replace(FIRST_SUBSCRIPTION, &format!("00000000-0000-0000-0000-{number:012}"))
}
