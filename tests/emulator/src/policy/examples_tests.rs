//! Microsoft's published bodies, where they lie next to the repository: the rows of the table against the built-in
//! policies, and assignments and remediations as the service answers them.

use hyper::Method;
use serde_json::{Map, Value, json};

use super::builtin::{self, Known};
use crate::Cloud;
use crate::conversation::{azure, examples, send};
use crate::store::key;

/// Parameters without the sentences for people.
fn bare(parameters: &Value) -> Map<String, Value> {
    let mut bare = parameters.as_object().cloned().unwrap_or_default();
    for parameter in bare.values_mut() {
        let metadata = parameter["metadata"].as_object().cloned().unwrap_or_default();
        let kept = metadata
            .into_iter()
            .filter(|(name, _)| ["strongType", "assignPermissions"].contains(&name.as_str()));
        parameter["metadata"] = Value::Object(kept.collect());
    }
    bare
}

#[test]
fn the_rows_are_microsofts_policies() {
    for (folder, find) in [
        ("policy/definitions", builtin::definition as fn(Cloud, &str) -> Known),
        ("policy/initiatives", builtin::set),
    ] {
        for (file, published) in examples(folder) {
            let Known::Here(row) = find(Cloud::Public, published["name"].as_str().unwrap()) else {
                panic!("{file} has no row")
            };
            for field in ["id", "name"] {
                assert_eq!(row[field], published[field], "{file} {field}");
            }
            let (row, published) = (&row["properties"], &published["properties"]);
            for field in ["displayName", "policyType", "mode", "version", "metadata"] {
                assert_eq!(row[field], published[field], "{file} {field}");
            }
            assert_eq!(row["versions"][0], published["versions"][0], "{file}");
            assert_eq!(bare(&row["parameters"]), bare(&published["parameters"]), "{file}");
            let (ours, theirs) = (&row["policyRule"]["then"], &published["policyRule"]["then"]);
            assert_eq!(ours["effect"], theirs["effect"], "{file}");
            for field in ["type", "roleDefinitionIds"] {
                assert_eq!(ours["details"][field], theirs["details"][field], "{file} {field}");
            }
            let members = |properties: &Value| {
                let mut members = properties["policyDefinitions"].as_array().cloned().unwrap_or_default();
                for member in &mut members {
                    let parameters = member["parameters"].as_object().cloned().unwrap_or_default();
                    member["parameters"] = Value::Object(parameters);
                }
                members
            };
            assert_eq!(members(row), members(published), "{file}");
        }
    }
}

/// A definition, or an initiative, to which the published assignment fits.
fn made_for(assignment: &Value) -> Vec<Value> {
    let properties = &assignment["properties"];
    let id = properties["policyDefinitionId"].as_str().unwrap();
    let name = id.rsplit('/').next().unwrap();
    let parameters = properties["parameters"].as_object().into_iter().flatten();
    let declared: Map<String, Value> =
        parameters.map(|(name, _)| (name.clone(), json!({ "type": "String" }))).collect();
    let messages = properties["nonComplianceMessages"].as_array().into_iter().flatten();
    let references = messages.filter_map(|message| message["policyDefinitionReferenceId"].as_str());
    let members: Vec<Value> = references
        .map(|reference| json!({ "policyDefinitionId": "x", "policyDefinitionReferenceId": reference }))
        .collect();
    let rule = json!({ "then": { "effect": "deny" } });
    vec![
        json!({ "id": id.split("/providers/").next() }),
        json!({ "id": id, "name": name, "properties": { "parameters": declared, "policyDefinitions": members, "policyRule": rule } }),
    ]
}

/// But for who made it, and for an identity's ids.
fn compare(file: &str, shown: &Value, published: &Value) {
    for field in ["id", "name", "type", "location"] {
        let same = field == "location" && file.contains("Get") || shown[field] == published[field];
        assert!(same, "{file} {field}: {} {}", shown[field], published[field]);
    }
    for (field, value) in published["properties"].as_object().unwrap() {
        if field != "metadata" {
            assert_eq!(&shown["properties"][field], value, "{file} {field}");
        }
    }
    assert_eq!(shown["identity"]["type"], published["identity"]["type"], "{file}");
}

#[test]
fn microsofts_assignments_are_answered_as_published() {
    for (file, example) in examples("authorization-policy-2024-05-01") {
        let published = ["201", "200"].iter().find_map(|status| example["responses"][status].get("body"));
        let Some(published) = published.filter(|_| !file.starts_with("getBuilt")) else { continue };
        let text = |field: &str| example["parameters"][field].as_str().unwrap_or_default();
        let scope = if text("scope").is_empty() {
            format!("subscriptions/{}", text("subscriptionId"))
        } else {
            text("scope").to_owned()
        };
        let target = format!(
            "/{scope}/providers/Microsoft.Authorization/policyAssignments/{}?api-version=2024-05-01",
            text("policyAssignmentName")
        )
        .replace("/?", "?");
        let one = published["value"].get(0).unwrap_or(published);
        let wish = &example["parameters"]["parameters"];
        let mut seed = made_for(one);
        if !file.starts_with("create") {
            seed.push(published.clone());
        }
        let mut world = azure(Cloud::Public, &json!(seed));
        let (method, expected) = match &file {
            file if file.starts_with("create") => (Method::PUT, 201),
            file if file.starts_with("update") => (Method::PATCH, 200),
            file if file.starts_with("delete") => (Method::DELETE, 200),
            _ => (Method::GET, 200),
        };
        let (status, answer) = send(&mut world, method, &target, wish);
        assert_eq!(status, expected, "{file}: {answer}");
        compare(&file, answer["value"].get(0).unwrap_or(&answer), one);
    }
}

/// But for times, who asked, and counts: the published ones are of resources that nobody seeds.
#[test]
fn microsofts_remediations_are_answered_as_published() {
    for (file, example) in examples("policyinsights-2024-10-01") {
        if !file.starts_with("Remediations_") || file.contains("ListDeployments") {
            continue;
        }
        let published = ["201", "200"].iter().find_map(|status| example["responses"][status].get("body"));
        let published = published.unwrap();
        let text = |field: &str| example["parameters"][field].as_str().unwrap_or_default();
        let action = if file.contains("Cancel") { "/cancel" } else { "" };
        let subscription = format!("/subscriptions/{}", text("subscriptionId"));
        let target = format!(
            "{subscription}/providers/Microsoft.PolicyInsights/remediations/{}{action}?api-version=2024-10-01",
            text("remediationName")
        )
        .replace("/?", "?");
        let wish = &example["parameters"]["parameters"];
        let one = published["value"].get(0).unwrap_or(published);
        let policy =
            "/providers/Microsoft.Authorization/policyDefinitions/a8eff44f-8c92-45c3-a3fb-9880802d67a7";
        let set = format!("{subscription}/providers/Microsoft.Authorization/policySetDefinitions/s");
        let reference = &one["properties"]["policyDefinitionReferenceId"];
        let assigned = if reference.is_null() { policy } else { set.as_str() };
        let mut seed = vec![
            json!({ "id": set, "properties": { "policyDefinitions": [{ "policyDefinitionId": policy, "policyDefinitionReferenceId": reference }] } }),
            json!({ "id": one["properties"]["policyAssignmentId"], "properties": { "policyDefinitionId": assigned } }),
        ];
        if !wish.is_object() {
            let mut there = published.clone();
            if file.contains("Cancel") {
                there["properties"]["provisioningState"] = json!("Accepted");
            }
            seed.push(there);
        }
        let mut world = azure(Cloud::Public, &json!(seed));
        // What has no beginning began long ago: longer steps keep it where it is.
        world.delays.remediation_step =
            if file.contains("Cancel") { std::time::Duration::MAX } else { std::time::Duration::ZERO };
        let (method, expected) = match &file {
            _ if wish.is_object() => (Method::PUT, 201),
            file if file.contains("Cancel") => (Method::POST, 200),
            file if file.contains("Delete") => (Method::DELETE, 200),
            _ => (Method::GET, 200),
        };
        let (status, answer) = send(&mut world, method, &target, wish);
        assert_eq!(status, expected, "{file}: {answer}");
        let shown = answer["value"].get(0).unwrap_or(&answer);
        assert_eq!(shown["id"], key(one["id"].as_str().unwrap()), "{file}");
        let skipped = ["deploymentStatus", "statusMessage", "correlationId", "createdOn", "lastUpdatedOn"];
        for (field, value) in one["properties"].as_object().unwrap() {
            let lowered = key(&value.to_string()) == key(&shown["properties"][field].to_string());
            let same = lowered
                || wish.is_object()
                    && wish["properties"].get(field).is_none()
                    && shown["properties"][field].is_null();
            assert!(
                same || skipped.contains(&field.as_str()),
                "{file} {field}: {value} {}",
                shown["properties"][field]
            );
        }
    }
}
