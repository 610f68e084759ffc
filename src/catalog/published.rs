//! Azure's built-in policies, as they are published, where they lie beside the repository: assignments give what these
//! take, and identities get the roles that these name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Catalog;
use super::model::{Assignment, Parameter};

/// Definitions and set definitions by GUID; none where the folder is absent.
fn published() -> BTreeMap<String, Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/azure-examples/policy");
    let entries =
        |folder: &Path| fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let kinds = ["definitions", "initiatives"].map(|kind| root.join(kind));
    let files =
        kinds.iter().flat_map(|kind| entries(kind)).flat_map(|folder| entries(&folder).collect::<Vec<_>>());
    let bodies = files.map(|file| serde_json::from_slice::<Value>(&fs::read(file).unwrap()).unwrap());
    bodies.map(|body| (body["name"].as_str().unwrap_or_default().to_owned(), body)).collect()
}

/// The roles that an identity needs: those of the definition, or of all members of a set; nothing where one is absent.
fn roles(all: &BTreeMap<String, Value>, id: &str) -> Option<BTreeSet<String>> {
    let guid =
        |id: &Value| id.as_str().and_then(|id| id.rsplit('/').next()).unwrap_or_default().to_lowercase();
    let properties = &all.get(id)?["properties"];
    if let Some(members) = properties["policyDefinitions"].as_array() {
        let of_members = members.iter().map(|member| roles(all, &guid(&member["policyDefinitionId"])));
        return Some(of_members.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect());
    }
    let named = properties["policyRule"]["then"]["details"]["roleDefinitionIds"].as_array();
    Some(named.into_iter().flatten().map(guid).collect())
}

#[test]
fn assignments_are_those_that_the_policies_take() {
    let all = published();
    let mut read = 0;
    let assignments = Catalog::get().components.iter().flat_map(|component| &component.deploy.assignments);
    for one in assignments {
        let Some(body) = all.get(&one.definition) else { continue };
        let id = &one.definition;
        assert_eq!(Some(one.roles.iter().cloned().collect()), roles(&all, id), "the roles of {id}");
        assert_eq!(one.initiative, body["properties"]["policyDefinitions"].is_array(), "the kind of {id}");
        check_parameters(one, &body["properties"]["parameters"]);
        read += 1;
    }
    println!("{read} assignments compared with their policies");
    assert!(all.is_empty() || read > 0, "the folder has none of the policies");
}

fn check_parameters(one: &Assignment, declared: &Value) {
    let id = &one.definition;
    for (name, value) in &one.parameters {
        let parameter = &declared[name];
        assert!(parameter.is_object(), "{id} has no parameter {name}");
        let kind = parameter["type"].as_str().unwrap_or_default().to_lowercase();
        match value {
            Parameter::Placeholder(_) => assert_eq!(kind, "string", "{name} of {id}"),
            Parameter::Fixed(value) => {
                let allowed = parameter["allowedValues"].as_array();
                assert!(allowed.is_none_or(|allowed| allowed.contains(value)), "{value} for {name} of {id}");
            }
        }
    }
    for (name, parameter) in declared.as_object().into_iter().flatten() {
        let has_value = parameter.get("defaultValue").is_some() || one.parameters.contains_key(name);
        assert!(has_value, "{id} cannot be without {name}");
    }
}

/// The policies of a plan are those that write it at a subscription, and the initiatives that have one of these.
#[test]
fn plans_are_switched_on_by_those_policies() {
    let all = published();
    if all.is_empty() {
        return;
    }
    let details = |body: &Value| body["properties"]["policyRule"]["then"]["details"].clone();
    let writes = |body: &Value, plan: &str| {
        let effect = &body["properties"]["parameters"]["effect"]["defaultValue"];
        let is_for_resources =
            body["properties"]["metadata"]["category"].as_str().unwrap_or_default().contains("Granular");
        details(body)["type"] == "Microsoft.Security/pricings"
            && details(body)["name"] == plan
            && effect != "Disabled"
            && !is_for_resources
    };
    for plan in &Catalog::get().plans {
        let own: BTreeSet<&str> =
            all.iter().filter(|(_, body)| writes(body, &plan.name)).map(|(id, _)| id.as_str()).collect();
        let has_one = |body: &&Value| {
            let members = body["properties"]["policyDefinitions"].as_array().into_iter().flatten();
            members
                .filter_map(|member| member["policyDefinitionId"].as_str()?.rsplit('/').next())
                .any(|id| own.contains(id))
        };
        let sets = all.iter().filter(|(_, body)| has_one(body)).map(|(id, _)| id.as_str());
        let expected: BTreeSet<&str> = own.iter().copied().chain(sets).collect();
        assert_eq!(
            plan.policies.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            expected,
            "{}",
            plan.name
        );
    }
}

/// Settings take the values that Azure's own policies write.
#[test]
fn settings_are_those_that_the_policies_write() {
    let all = published();
    let written = |id: &str, pointer: &str| Some(all.get(id)?.pointer(pointer)?.clone());
    let resource = "/properties/policyRule/then/details/deployment/properties/template/resources/0";
    let mut read = 0;
    for (id, name) in [
        ("da56d295-2889-41ce-a4cd-6f50fb93aa68", "WDATP"),
        ("48666c5d-cec1-4043-ab6b-1be05abb24f2", "WDATP_UNIFIED_SOLUTION"),
        ("f9e2bd2f-47c7-4059-8265-c5292aa62c8a", "WDATP_EXCLUDE_LINUX_PUBLIC_PREVIEW"),
    ] {
        let Some(body) = written(id, resource) else { continue };
        let component = Catalog::get().component("defender_for_endpoint").unwrap();
        let setting = component.deploy.settings.iter().find(|setting| setting.name == name).unwrap();
        assert_eq!(body["name"], name);
        assert_eq!(body["kind"].as_str(), setting.kind.as_deref(), "{name}");
        let on = serde_json::to_value(&setting.on).unwrap().to_string();
        assert_eq!(body["properties"]["enabled"].as_str(), Some(on.as_str()), "{name}");
        read += 1;
    }
    println!("{read} settings compared with their policies");
    assert!(all.is_empty() || read == 3, "{read}");
}
