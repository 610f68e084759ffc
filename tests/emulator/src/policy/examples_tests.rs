//! The rows of the table against Microsoft's built-in policies, where these lie next to the repository.

use serde_json::{Map, Value};

use super::builtin::{self, Known};
use crate::Cloud;
use crate::conversation::examples;

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
