//! `data.defender_availability`.

use crate::harness::Scene;
use crate::shared::process::{Failure, Output};
use crate::shared::workspace::PROVIDER_FILE;
use crate::state::instance;
use serde_json::{Value, json};

/// What the data source has after an apply with such a body, which asks nothing of Azure.
fn read(scene: &Scene, body: &str) -> Result<Value, Failure> {
    let configuration = format!("data \"defender_availability\" \"it\" {{\n{body}\n}}\n");
    scene.workspace.write("main.tf", &configuration)?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.plan()?.require(0)?;
    assert!(scene.azure.requests().is_empty(), "{body}");
    let stored = instance(scene, "defender_availability.it")?.unwrap_or_default();
    Ok(stored["attributes"].clone())
}

/// Component, target, operating system and availability of each row.
fn short(read: &Value) -> Vec<String> {
    let rows = read["rows"].as_array().into_iter().flatten();
    let word = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.map(|row| ["component", "target", "os", "availability"].map(|name| word(row, name)).join(" "))
        .collect()
}

fn require_texts(output: Output, texts: &[&str]) -> Result<Output, Failure> {
    texts.iter().try_fold(output, |output, text| output.require_text(text))
}

#[test]
fn rows_of_two_days() -> Result<(), Failure> {
    let scene = Scene::new("")?;
    let body = |date: &str| {
        format!(
            "component = \"log_analytics_agent\"\ntarget = \"azure_vm\"\ncloud = \"public\"\ndate = \"{date}\""
        )
    };
    let before = read(&scene, &body("2024-11-29"))?;
    assert_eq!(short(&before), ["log_analytics_agent azure_vm any yes"]);
    let after = read(&scene, &body("2024-11-30"))?;
    assert_eq!(short(&after), ["log_analytics_agent azure_vm any retired"]);
    let row = &after["rows"][0];
    assert_eq!((&row["retired_on"], &row["number"]), (&json!("2024-11-30"), &json!("M03")));
    assert_eq!(
        (&row["mechanism"], &row["policy_based"], &row["note"]),
        (&json!("setting"), &json!("no"), &Value::Null)
    );
    assert_eq!(
        row["milestones"][1],
        json!({"on": "2024-09-30", "applies_to": "new_enablement", "effect": "api_rejects", "code": "Deprecated"})
    );
    assert_eq!(
        row["roles"],
        json!([{"action": "enable", "scope": "subscription",
            "any_of": [{"id": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "name": "Owner"}]}])
    );
    assert_eq!(row["sources"][0]["id"], "seed");
    assert_eq!(row["sources"][0]["read"], "2024-08-11");
    Ok(())
}

#[test]
fn each_filter() -> Result<(), Failure> {
    let scene = Scene::new("")?;
    for (filter, contains, lacks) in [
        ("component = \"defender_sensor\"", "defender_sensor aks_cluster any yes", "gated_deployment"),
        ("plan = \"containers\"", "gated_deployment aks_cluster any yes", "defender_for_endpoint"),
        ("target = \"aks_cluster\"", "defender_sensor aks_cluster any yes", "azure_vm"),
        ("os = \"linux\"", "defender_for_endpoint arc_machine linux yes", "windows"),
        ("cloud = \"usgovernment\"", "gated_deployment aks_cluster any no", "never"),
        ("date = \"2020-01-01\"", "log_analytics_agent azure_vm any yes", "retired"),
    ] {
        let rows = short(&read(&scene, filter)?);
        assert!(rows.iter().any(|row| row == contains), "{filter}: {rows:#?}");
        assert!(!rows.iter().any(|row| row.contains(lacks)), "{filter}: {rows:#?}");
    }
    Ok(())
}

/// Where nothing is said of them, cloud and day are the provider's; nobody signs in.
#[test]
fn cloud_and_day_are_those_of_the_provider() -> Result<(), Failure> {
    let mut scene = Scene::new("")?;
    scene.workspace.set("ARM_CLIENT_SECRET", "");
    scene.workspace.set("ARM_METADATA_HOSTNAME", "");
    let provider = |body: &str| {
        let source = "terraform {\n  required_providers {\n    defender = { source = \"defender-tf/defender\" }\n  }\n}\n";
        scene.workspace.write(PROVIDER_FILE, &format!("{source}provider \"defender\" {{\n{body}\n}}\n"))
    };
    provider("environment = \"usgovernment\"\nreference_date = \"2024-01-01\"")?;
    let found = read(&scene, "component = \"gated_deployment\"")?;
    assert_eq!((&found["cloud"], &found["date"]), (&json!("usgovernment"), &json!("2024-01-01")));
    assert_eq!(found["rows"][0]["cloud"], "usgovernment");
    provider("")?;
    assert_eq!(read(&scene, "date = \"2026-01-01\"")?["cloud"], "public");
    Ok(())
}

/// What is written wrong is said by `validate` already, all of it at once.
#[test]
fn values_that_name_nothing() -> Result<(), Failure> {
    let configuration = r#"
data "defender_availability" "it" {
  component = "defender_sensors"
  plan      = "VirtualMachine"
  target    = "aks"
  os        = "Windows"
  cloud     = "AzureUSGovernment"
  date      = "22.11.2026"
}
"#;
    let scene = Scene::new(configuration)?;
    let texts = [
        "Error: Not a component",
        "on main.tf line 3",
        "\"defender_sensors\" is not a component; did you mean \"defender_sensor\"? Allowed are \"adaptive_application_controls\",",
        "did you mean \"VirtualMachines\"?",
        "did you mean \"aks_cluster\"?",
        "did you mean \"windows\"? Allowed are \"linux\" and \"windows\".",
        "Error: Not a cloud",
        "did you mean \"usgovernment\"?",
        "\"22.11.2026\" is not a day of the calendar; write it as in \"2026-11-22\".",
    ];
    require_texts(scene.workspace.run(["validate"])?.require(1)?, &texts)?;
    require_texts(scene.workspace.plan()?.require(1)?, &texts)?;
    assert!(scene.azure.requests().is_empty());
    Ok(())
}

/// A value that is not known before apply is no error, and is looked at when it is known.
#[test]
fn values_that_are_not_known_yet() -> Result<(), Failure> {
    let scene = Scene::new(
        r#"
resource "terraform_data" "component" { input = "teleporter" }
data "defender_availability" "it" { component = terraform_data.component.output }
"#,
    )?;
    scene.workspace.plan()?.require(2)?;
    require_texts(scene.workspace.apply()?.require(1)?, &["\"teleporter\" is not a component. Allowed are"])?;
    assert!(scene.azure.requests().is_empty());
    Ok(())
}

/// Which cloud and which day it is, is not guessed.
#[test]
fn a_provider_that_is_not_known_yet() -> Result<(), Failure> {
    let scene = Scene::new("")?;
    let configuration = |cloud: &str, date: &str| {
        format!(
            r#"
resource "terraform_data" "it" {{ input = timestamp() }}
terraform {{
  required_providers {{
    defender = {{ source = "defender-tf/defender" }}
  }}
}}
provider "defender" {{
  environment    = terraform_data.it.output
  reference_date = terraform_data.it.output
}}
data "defender_availability" "it" {{
{cloud}
{date}
}}
"#
        )
    };
    scene.workspace.write(PROVIDER_FILE, "")?;
    for (cloud, date, code, text) in [
        ("", "date = \"2026-01-01\"", 1, "are not known before apply, so neither is its cloud"),
        ("cloud = \"public\"", "", 1, "The provider's reference_date is not known before apply."),
        ("cloud = \"public\"", "date = \"2026-01-01\"", 2, "Plan: 1 to add"),
    ] {
        scene.workspace.write("main.tf", &configuration(cloud, date))?;
        require_texts(scene.workspace.plan()?.require(code)?, &[text])?;
    }
    Ok(())
}
