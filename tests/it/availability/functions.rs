//! The functions `availability`, `extensions`, `parse_id` and `subplans`.

use crate::harness::Scene;
use crate::shared::process::Failure;
use serde_json::{Value, json};

/// A configuration that puts out what an expression comes to.
fn output(expression: &str) -> String {
    format!(
        r#"
terraform {{
  required_providers {{
    defender = {{ source = "defender-tf/defender" }}
  }}
}}
output "it" {{ value = {expression} }}
"#
    )
}

/// What an expression comes to; nothing is asked of Azure, and nothing has changed in the plan after it.
fn value_of(expression: &str) -> Result<Value, Failure> {
    let scene = Scene::new(&output(expression))?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.plan()?.require(0)?;
    assert!(scene.azure.requests().is_empty(), "{expression}");
    Ok(scene.workspace.show_json()?["values"]["outputs"]["it"]["value"].take())
}

#[test]
fn availability_on_two_days_and_on_that_of_the_rules() -> Result<(), Failure> {
    let call = |rest: &str| {
        format!(
            "provider::defender::availability(\"defender_sensor\", \"aks_cluster\", \"usgovernment\"{rest})[*].availability"
        )
    };
    let value =
        value_of(&format!("[{}, {}, {}]", call(", \"2024-01-01\""), call(", \"2024-02-26\""), call("")))?;
    assert_eq!(value, json!([["no"], ["yes"], ["yes"]]));
    Ok(())
}

#[test]
fn a_row_of_availability_is_an_object() -> Result<(), Failure> {
    let value = value_of(
        "provider::defender::availability(\"defender_for_endpoint\", \"azure_vm\", \"usgovernment\")",
    )?;
    let rows: Vec<_> =
        value.as_array().into_iter().flatten().map(|row| (&row["os"], &row["availability"])).collect();
    assert_eq!(rows, [(&json!("linux"), &json!("disputed")), (&json!("windows"), &json!("yes"))]);
    let row = &value[0];
    assert_eq!(row["roles"][0]["any_of"][0]["name"], "Security Admin");
    assert_eq!((&row["plans"], &row["retired_on"]), (&json!(["VirtualMachines"]), &Value::Null));
    Ok(())
}

#[test]
fn subplans_and_extensions() -> Result<(), Failure> {
    let value = value_of(
        r#"{
    subplans   = provider::defender::subplans("StorageAccounts")
    none       = provider::defender::subplans("AppServices")
    p1         = provider::defender::extensions("VirtualMachines", "P1")
    everything = provider::defender::extensions("virtualmachines", null)
  }"#,
    )?;
    let subplan = |name: &str, default: bool| {
        json!({"name": name, "default": default, "announced_on": null, "closed_on": null, "retired_on": null,
            "replaced_by": []})
    };
    let closed = json!({"name": "PerTransaction", "default": false, "announced_on": "2025-02-05",
        "closed_on": "2025-02-05", "retired_on": null, "replaced_by": ["DefenderForStorageV2"]});
    assert_eq!(
        value["subplans"],
        json!([subplan("DefenderForStorageV2", true), subplan("PerStorageAccount", false), closed])
    );
    assert_eq!((&value["none"], &value["p1"]), (&json!([]), &json!(["MdeDesignatedSubscription"])));
    assert_eq!(
        value["everything"],
        json!(["MdeDesignatedSubscription", "AgentlessVmScanning", "FileIntegrityMonitoring"])
    );
    Ok(())
}

#[test]
fn parts_of_an_id() -> Result<(), Failure> {
    let subscription = "/subscriptions/0a1b2c3d-0000-1111-2222-333344445555";
    let machine = format!("{subscription}/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/Vm");
    let given = format!("{machine}/extensions/MDE.Linux").replace("resourceGroups", "resourcegroups");
    let given = given.replace("Microsoft.Compute/virtualMachines", "MICROSOFT.COMPUTE/virtualmachines");
    let value = value_of(&format!(
        "[provider::defender::parse_id(\"{given}\"), \
         provider::defender::parse_id(upper(\"{subscription}/providers/Microsoft.Security/pricings/Api\")).id]"
    ))?;
    assert_eq!(
        value[0],
        json!({
            "id": format!("{machine}/extensions/MDE.Linux"),
            "type": "Microsoft.Compute/virtualMachines/extensions",
            "namespace": "Microsoft.Compute",
            "name": "MDE.Linux",
            "parent_id": machine,
            "scope": format!("{subscription}/resourceGroups/RG"),
            "subscription_id": "0a1b2c3d-0000-1111-2222-333344445555",
            "management_group": null,
            "resource_group": "RG",
        })
    );
    assert_eq!(value[1], format!("{subscription}/providers/Microsoft.Security/pricings/Api"));
    Ok(())
}

#[test]
fn arguments_that_name_nothing() -> Result<(), Failure> {
    let scene = Scene::new("")?;
    for (expression, texts) in [
        (
            r#"availability("defender_sensors", "aks_cluster", "public")"#,
            ["Invalid value for \"component\" parameter", "did you mean \"defender_sensor\"?"],
        ),
        (
            r#"availability("defender_sensor", "aks", "public")"#,
            ["Invalid value for \"target\" parameter", "did you mean \"aks_cluster\"?"],
        ),
        (
            r#"availability("defender_sensor", "aks_cluster", "germany")"#,
            [
                "Invalid value for \"cloud\" parameter",
                "Allowed are \"public\", \"usgovernment\" and \"china\".",
            ],
        ),
        (
            r#"availability("defender_sensor", "aks_cluster", "public", "today")"#,
            ["Invalid value for \"date\" parameter", "\"today\" is not a day of the calendar"],
        ),
        (
            r#"availability("defender_sensor", "aks_cluster", "public", "2026-01-01", "2026-01-02")"#,
            ["Invalid value for \"date\" parameter", "there is room for one date only"],
        ),
        (
            r#"parse_id("/subscriptions/prod")"#,
            ["Invalid value for \"id\" parameter", "\"prod\" is not a subscription id, which is a GUID"],
        ),
        (
            r#"subplans("VirtualMachine")"#,
            ["Invalid value for \"plan\" parameter", "did you mean \"VirtualMachines\"?"],
        ),
        (
            r#"extensions("VirtualMachines", "P3")"#,
            ["Invalid value for \"subplan\" parameter", "\"P3\" is not a sub-plan of VirtualMachines"],
        ),
    ] {
        scene.workspace.write("main.tf", "")?;
        scene.workspace.write("provider.tf", &output(&format!("provider::defender::{expression}")))?;
        let failed = scene.workspace.plan()?.require(1)?;
        texts.iter().try_fold(failed, |failed, text| failed.require_text(text))?;
    }
    Ok(())
}
