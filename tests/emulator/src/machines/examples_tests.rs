//! Microsoft's published machines are seeds, and are shown as they were published.

use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{azure, examples, get};

/// Every field of `expected` is in `shown`, with the same value; null and nothing are the same.
fn check(name: &str, shown: &Value, expected: &Value) {
    for (field, value) in expected.as_object().into_iter().flatten() {
        // What is computed: names and types of examples do not always fit their ids, and states are never null.
        if ["id", "name", "type", "resources", "status", "instanceView"].contains(&field.as_str()) {
            continue;
        }
        if value.is_object() {
            check(&format!("{name}/{field}"), &shown[field], value);
        } else {
            assert_eq!(&shown[field], value, "{name}/{field}");
        }
    }
}

#[test]
fn microsofts_machines_are_seeds() {
    let folders = [("compute-2024-07-01", "2024-07-01"), ("hybridcompute-2024-07-10", "2024-07-10")];
    for (folder, version) in folders {
        for (name, example) in examples(folder).iter().filter(|(name, _)| name.contains("_Get.json")) {
            let expected = &example["responses"]["200"]["body"];
            let id = expected["id"].as_str().unwrap();
            let machine = id.to_lowercase().split("/extensions/").next().unwrap().to_owned();
            let parent = json!({ "id": machine, "location": "westeurope" });
            let mut world = azure(Cloud::Public, &json!([parent, example]));
            let shown = get(&mut world, &format!("{id}?api-version={version}"));
            check(name, &shown, expected);
        }
    }
}

#[test]
fn microsofts_instance_view_is_shown_as_it_is() {
    for (name, example) in examples("compute-2024-07-01") {
        if !name.contains("Get_InstanceView") {
            continue;
        }
        let expected = &example["responses"]["200"]["body"];
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
        let machine = json!({ "id": id, "properties": { "instanceView": expected } });
        let mut world = azure(Cloud::Public, &machine);
        assert_eq!(
            &get(&mut world, &format!("{id}/instanceView?api-version=2024-07-01")),
            expected,
            "{name}"
        );
    }
}
