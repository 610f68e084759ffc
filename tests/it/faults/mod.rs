//! What Azure and the network can do to one request, and what must come of it: the right end, a message that says
//! why, a state that is true, and no request more than it takes.
//!
//! [`Case`] is one disturbance of one act, and [`check`] runs it. The plan is always `VirtualMachines`, whose
//! sub-plan tells what was written.

mod reads;
mod redirects;
mod writes;

use crate::harness::{NO_PREFLIGHT, SUBSCRIPTION, Scene};
use crate::requests::in_order;
use crate::shared::process::Failure;
use crate::state::instance;
use arm_emulator::Fault;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What Terraform is asked to do with the disturbed request in it.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Refresh the sub-plan P2 and find that nothing changed.
    Refresh,
    /// Turn the plan on, with the sub-plan P2.
    Create,
    /// Change the sub-plan from P2 to P1.
    Update,
    /// Restore that the plan was off.
    Destroy,
}

/// One disturbance.
#[derive(Debug)]
struct Case {
    act: Act,
    fault: Fault,
    /// The exit code of Terraform.
    exit: i32,
    /// What a reader must be told; nothing to be found where all ends well.
    says: &'static str,
    /// Every request of the act in the order of the answers; see [`in_order`].
    requests: &'static [&'static str],
    /// What the state says afterwards: the sub-plan, with a mark where the object is tainted; empty where the
    /// state has no object.
    stored: &'static str,
    /// The sub-plan that Azure then has; empty where the plan is off.
    azure: &'static str,
}

/// Prepares the act, disturbs it, looks at everything that came of it, and sees that the next apply mends it.
#[track_caller]
fn check(case: &Case) {
    run(case).unwrap_or_else(|failure| panic!("{case:#?}\n{failure}"));
}

fn run(case: &Case) -> Result<(), Failure> {
    let scene = prepared(case.act, "")?;
    scene.azure.add_fault(case.fault.clone());
    let output = match case.act {
        Act::Refresh => scene.workspace.plan()?,
        Act::Create | Act::Update => scene.workspace.apply()?,
        Act::Destroy => scene.workspace.destroy()?,
    };
    output.require(case.exit)?.require_text(case.says)?;
    assert_eq!(in_order(&scene.azure), case.requests, "{case:#?}");
    assert_eq!((stored(&scene)?, azure(&scene)), (case.stored.into(), case.azure.into()), "{case:#?}");
    if case.exit != 0 {
        scene.azure.clear_faults();
        scene.workspace.apply()?.require(0)?;
        let wanted = if matches!(case.act, Act::Update) { "P1" } else { "P2" };
        assert_eq!((stored(&scene)?.as_str(), azure(&scene).as_str()), (wanted, wanted), "{case:#?}");
    }
    Ok(())
}

/// A scene in which the act is the next thing to do; `timeouts` is the content of the block of that name.
fn prepared(act: Act, timeouts: &str) -> Result<Scene, Failure> {
    let scene = Scene::new(&configuration("P2", timeouts))?;
    scene.configure(NO_PREFLIGHT)?;
    if !matches!(act, Act::Create) {
        scene.workspace.apply()?.require(0)?;
    }
    if let Act::Update = act {
        scene.workspace.write("main.tf", &configuration("P1", timeouts))?;
    }
    scene.azure.clear_requests();
    Ok(scene)
}

fn configuration(subplan: &str, timeouts: &str) -> String {
    format!(
        r#"
resource "defender_plan" "this" {{
  name    = "VirtualMachines"
  subplan = "{subplan}"
  timeouts {{
    {timeouts}
  }}
}}
"#
    )
}

fn stored(scene: &Scene) -> Result<String, Failure> {
    let Some(instance) = instance(scene, "defender_plan.this")? else { return Ok(String::new()) };
    let subplan = instance["attributes"]["subplan"].as_str().unwrap_or("off").to_owned();
    Ok(if instance["status"] == "tainted" { format!("{subplan}, tainted") } else { subplan })
}

fn azure(scene: &Scene) -> String {
    let id = format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/VirtualMachines");
    let plan = scene.azure.resource(&id).unwrap_or_default();
    plan["properties"]["subPlan"].as_str().unwrap_or_default().to_owned()
}

/// A fault of the next request with this verb to the plans.
fn on(method: &str) -> Fault {
    Fault { method: Some(method.to_owned()), path: Some("/pricings".to_owned()), ..Fault::default() }
}

/// The same with an answer as Azure Resource Manager words its errors.
fn refused(method: &str, status: u16, code: &str, message: &str) -> Fault {
    let body = json!({ "error": { "code": code, "message": message } });
    Fault { status: Some(status), body: Some(body), ..on(method) }
}

/// The same with this answer, and nothing said of when to come back.
fn answered(method: &str, status: u16, body: impl Into<Value>) -> Fault {
    Fault { status: Some(status), body: Some(body.into()), ..on(method) }
}

fn header(name: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), value.to_owned())])
}
