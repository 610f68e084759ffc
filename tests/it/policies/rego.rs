//! The Rego policies, run by an interpreter of OPA's language.

use super::{Value, planned, text, texts};
use crate::harness::{SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use regorus::Engine;
use serde_json::json;

/// The policies, read.
pub(super) struct Pack(Engine);

/// What they say of a plan, sorted.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Findings {
    pub(super) deny: Vec<String>,
    pub(super) warn: Vec<String>,
}

impl Pack {
    pub(super) fn read() -> Result<Self, Failure> {
        let mut engine = Engine::new();
        for (name, text) in texts("conftest")? {
            engine.add_policy(name.clone(), text).map_err(Failure::of(format!("read {name}")))?;
        }
        Ok(Self(engine))
    }

    pub(super) fn judge(&self, plan: &Value) -> Result<Findings, Failure> {
        let mut engine = self.0.clone();
        let input = regorus::Value::from_json_str(&plan.to_string()).map_err(Failure::of("read the plan"))?;
        engine.set_input(input);
        let mut texts = |rule: &str| {
            let said = ask(&mut engine, rule)?;
            let texts = said.as_array().into_iter().flatten();
            Ok::<_, Failure>(texts.filter_map(|text| Some(text.as_str()?.to_owned())).collect())
        };
        Ok(Findings { deny: texts("deny")?, warn: texts("warn")? })
    }

    /// The ids of the controls, sorted, with their other names.
    pub(super) fn controls(&self) -> Result<Vec<(String, String)>, Failure> {
        let controls = ask(&mut self.0.clone(), "controls")?;
        let numbers = |control: &Value| {
            let cis = [("cis_5_0", "CIS 5.0"), ("cis_3_0", "CIS 3.0")];
            let cis = cis.iter().filter_map(|(key, name)| Some(format!("{name} {}", control[key].as_str()?)));
            let azurerm = control["azurerm"].as_array().into_iter().flatten();
            cis.chain(azurerm.filter_map(|id| Some(id.as_str()?.to_owned()))).collect::<Vec<_>>().join(", ")
        };
        let rows = controls.as_object().into_iter().flatten();
        Ok(rows.map(|(id, control)| (id.clone(), numbers(control))).collect())
    }
}

fn ask(engine: &mut Engine, rule: &str) -> Result<Value, Failure> {
    let value = engine.eval_rule(format!("data.main.{rule}")).map_err(Failure::of(format!("ask {rule}")))?;
    let text = value.to_json_str().map_err(Failure::of(format!("write {rule}")))?;
    serde_json::from_str(&text).map_err(Failure::of(format!("read {rule}")))
}

/// Whether one text is said, and begins so.
fn assert_said(said: &[String], start: &str) {
    assert!(said.len() == 1 && said[0].starts_with(start), "{start}: {said:?}");
}

/// Single machines are exceptions, and no plans of the subscription.
#[test]
fn a_machine_that_is_left_out_is_told() -> Result<(), Failure> {
    let machine = format!("{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm1");
    let one = format!(
        "{}\nresource \"defender_plan\" \"vm\" {{\n  scope = \"{machine}\"\n  name = \"VirtualMachines\"\n  tier = \"Free\"\n}}\n",
        text("baseline/main.tf")?
    );
    let scene = Scene::new(&one)?;
    let Findings { deny, warn } = Pack::read()?.judge(&planned(&scene, &one)?)?;
    assert_eq!(deny, Vec::<String>::new());
    assert_said(&warn, "defender_plan.vm: plan VirtualMachines is off for /subscriptions/");
    Ok(())
}

/// Of a subscription with one plan, all else is missing; what is known only after apply is not known to be good.
#[test]
fn what_is_missing_or_open_is_told() -> Result<(), Failure> {
    let one = r#"
resource "terraform_data" "tier" {
  input = "Standard"
}

resource "defender_plan" "key_vault" {
  name = "KeyVaults"
  tier = terraform_data.tier.output
}
"#;
    let scene = Scene::new(one)?;
    let pack = Pack::read()?;
    let Findings { deny, warn } = pack.judge(&planned(&scene, one)?)?;
    assert_said(
        &deny,
        "CKV2_DEFENDER_KEY_VAULT (CIS 5.0 8.1.8.1, CIS 3.0 3.1.8.1, CKV_AZURE_87): defender_plan.key_vault",
    );
    // All but that one, the four extensions, and the control of plans that have none of their own.
    assert_eq!(warn.len(), pack.controls()?.len() - 6, "{warn:#?}");
    assert!(warn.iter().all(|text| text.ends_with(SUBSCRIPTION)), "{warn:#?}");
    scene.workspace.apply()?.require(0)?;
    assert_eq!(pack.judge(&planned(&scene, one)?)?.deny, Vec::<String>::new(), "it is known now");
    let Findings { deny, warn } = pack.judge(&planned(&scene, "")?)?;
    assert_eq!(deny, Vec::<String>::new());
    assert_said(&warn, "defender_plan.key_vault: plan KeyVaults is no longer managed (on_destroy = restore)");
    Ok(())
}

#[test]
fn the_plan_of_something_else_is_fine() -> Result<(), Failure> {
    let other = json!({"resource_changes": [{
        "address": "terraform_data.x", "mode": "managed", "type": "terraform_data",
        "change": {"actions": ["create"], "before": null, "after": {"input": 1}},
    }]});
    for plan in [other, json!({"format_version": "1.2"})] {
        assert_eq!(Pack::read()?.judge(&plan)?, Findings::default(), "{plan}");
    }
    Ok(())
}
