//! The built-in definitions and initiatives that Defender for Cloud uses, as rows in `data`: ids, names, versions,
//! parameters and roles from <https://github.com/Azure/azure-policy>.
//!
//! A row has no description and of its rule only what deployment needs; a version of Azure Government is known, its
//! differences from the public one are not.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Cloud;

const FILES: [&str; 9] = [
    include_str!("data/assessment_and_guest.toml"),
    include_str!("data/change_tracking.toml"),
    include_str!("data/containers_and_log_analytics.toml"),
    include_str!("data/defender_for_sql.toml"),
    include_str!("data/endpoint.toml"),
    include_str!("data/monitor_agent.toml"),
    include_str!("data/monitor_agent_sets.toml"),
    include_str!("data/plans.toml"),
    include_str!("data/regions.toml"),
];

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    read(&FILES).unwrap_or_else(|error| {
        crate::report(&format!("the table of built-in policies: {error}"));
        Table::default()
    })
});

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Table {
    definition: Vec<Definition>,
    set: Vec<Set>,
    lists: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    id: String,
    name: String,
    category: String,
    mode: String,
    version: String,
    shown_version: Option<String>,
    /// The version in Azure Government; none: it is not known there.
    government: Option<String>,
    /// Mostly a flag; one definition has a text.
    preview: Option<Value>,
    deprecated: Option<Value>,
    /// The effect where it is not a parameter.
    fixed_effect: Option<String>,
    /// The type of what it deploys.
    deploys: Option<String>,
    roles: Vec<String>,
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    id: String,
    name: String,
    category: String,
    version: String,
    shown_version: Option<String>,
    government: Option<String>,
    /// Mostly a flag; one definition has a text.
    preview: Option<Value>,
    deprecated: Option<Value>,
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
    members: Vec<Member>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameter {
    #[serde(rename = "type")]
    kind: String,
    default: Option<Value>,
    /// The name of a list that is the default.
    default_list: Option<String>,
    allowed: Option<Value>,
    allowed_list: Option<String>,
    strong_type: Option<String>,
    assign_permissions: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    reference: String,
    definition: String,
    version: String,
    /// Parameters that get the initiative's parameter of the same name.
    #[serde(default)]
    passed: Vec<String>,
    /// Parameters that get something else.
    #[serde(default)]
    parameters: BTreeMap<String, Value>,
}

/// What the table says of an id.
#[derive(Debug, PartialEq)]
pub(crate) enum Known {
    /// The document as Azure shows it.
    Here(Value),
    /// Azure has it, since an initiative contains it; the table does not.
    Elsewhere,
    /// Azure does not have it in this cloud.
    Nowhere,
}

/// The built-in definition with this id.
pub(crate) fn definition(cloud: Cloud, id: &str) -> Known {
    let row = TABLE.definition.iter().find(|row| row.id.eq_ignore_ascii_case(id));
    match row {
        Some(row) if row.is_in(cloud) => Known::Here(row.document(cloud)),
        None if is_member(cloud, id) => Known::Elsewhere,
        Some(_) | None => Known::Nowhere,
    }
}

/// The built-in initiative with this id.
pub(crate) fn set(cloud: Cloud, id: &str) -> Known {
    let row = TABLE.set.iter().find(|row| row.id.eq_ignore_ascii_case(id) && row.is_in(cloud));
    row.map_or(Known::Nowhere, |row| Known::Here(row.document(cloud)))
}

/// All built-in definitions of a cloud.
pub(crate) fn definitions(cloud: Cloud) -> impl Iterator<Item = Value> {
    TABLE.definition.iter().filter(move |row| row.is_in(cloud)).map(move |row| row.document(cloud))
}

/// All built-in initiatives of a cloud.
pub(crate) fn sets(cloud: Cloud) -> impl Iterator<Item = Value> {
    TABLE.set.iter().filter(move |row| row.is_in(cloud)).map(move |row| row.document(cloud))
}

fn is_member(cloud: Cloud, definition: &str) -> bool {
    let sets = TABLE.set.iter().filter(|set| set.is_in(cloud));
    sets.flat_map(|set| &set.members).any(|member| member.definition.eq_ignore_ascii_case(definition))
}

impl Definition {
    /// Some definitions have no file for Azure Government and are in initiatives that have one.
    fn is_in(&self, cloud: Cloud) -> bool {
        cloud == Cloud::Public || self.government.is_some() || is_member(cloud, &self.id)
    }

    fn document(&self, cloud: Cloud) -> Value {
        let id = format!("/providers/Microsoft.Authorization/policyDefinitions/{}", self.id);
        let effect = self.fixed_effect.as_deref().unwrap_or("[parameters('effect')]");
        let mut details = json!({ "roleDefinitionIds": self.roles });
        if let Some(kind) = &self.deploys {
            details["type"] = json!(kind);
        }
        let versions =
            Versions::of(cloud, &self.version, self.shown_version.as_ref(), self.government.as_ref());
        json!({
            "properties": {
                "displayName": self.name,
                "policyType": "BuiltIn",
                "mode": self.mode,
                "metadata": metadata(&versions.shown, &self.category, self.preview.as_ref(), self.deprecated.as_ref()),
                "version": versions.version,
                "parameters": parameters(&self.parameters),
                "policyRule": { "then": { "effect": effect, "details": details } },
                "versions": [versions.version.to_uppercase()],
            },
            "id": id,
            "type": "Microsoft.Authorization/policyDefinitions",
            "name": self.id,
        })
    }
}

impl Set {
    fn is_in(&self, cloud: Cloud) -> bool {
        cloud == Cloud::Public || self.government.is_some()
    }

    fn document(&self, cloud: Cloud) -> Value {
        let id = format!("/providers/Microsoft.Authorization/policySetDefinitions/{}", self.id);
        let versions =
            Versions::of(cloud, &self.version, self.shown_version.as_ref(), self.government.as_ref());
        let members: Vec<Value> = self.members.iter().map(Member::document).collect();
        json!({
            "properties": {
                "displayName": self.name,
                "policyType": "BuiltIn",
                "metadata": metadata(&versions.shown, &self.category, self.preview.as_ref(), self.deprecated.as_ref()),
                "version": versions.version,
                "parameters": parameters(&self.parameters),
                "policyDefinitions": members,
                "versions": [versions.version.to_uppercase()],
            },
            "id": id,
            "type": "Microsoft.Authorization/policySetDefinitions",
            "name": self.id,
        })
    }
}

impl Member {
    fn document(&self) -> Value {
        let passed = self
            .passed
            .iter()
            .map(|name| (name.clone(), json!({ "value": format!("[parameters('{name}')]") })));
        let other = self.parameters.iter().map(|(name, value)| (name.clone(), json!({ "value": value })));
        let parameters: BTreeMap<String, Value> = passed.chain(other).collect();
        json!({
            "policyDefinitionId": format!("/providers/Microsoft.Authorization/policyDefinitions/{}", self.definition),
            "policyDefinitionReferenceId": self.reference,
            "definitionVersion": self.version,
            "parameters": parameters,
        })
    }
}

/// A version, and how the metadata writes it: `1.1.0` and `1.1.0-deprecated`.
struct Versions {
    version: String,
    shown: String,
}

impl Versions {
    fn of(cloud: Cloud, version: &str, shown: Option<&String>, government: Option<&String>) -> Self {
        match government {
            Some(government) if cloud == Cloud::UsGovernment => {
                let version = government.trim_end_matches("-deprecated").to_owned();
                Self { version, shown: government.clone() }
            }
            _ => Self {
                version: version.to_owned(),
                shown: shown.map_or_else(|| version.to_owned(), Clone::clone),
            },
        }
    }
}

fn metadata(version: &str, category: &str, preview: Option<&Value>, deprecated: Option<&Value>) -> Value {
    let mut metadata = json!({ "version": version, "category": category });
    for (name, note) in [("preview", preview), ("deprecated", deprecated)] {
        if let Some(note) = note {
            metadata[name] = note.clone();
        }
    }
    metadata
}

fn parameters(rows: &BTreeMap<String, Parameter>) -> Value {
    let listed = |value: &Option<Value>, name: &Option<String>| {
        value.clone().or_else(|| TABLE.lists.get(name.as_ref()?).cloned())
    };
    let mut parameters = json!({});
    for (name, row) in rows {
        let fields = [
            ("defaultValue", listed(&row.default, &row.default_list)),
            ("allowedValues", listed(&row.allowed, &row.allowed_list)),
        ];
        let notes = [
            ("strongType", row.strong_type.as_ref().map(|kind| json!(kind))),
            ("assignPermissions", row.assign_permissions.map(|assign| json!(assign))),
        ];
        let mut parameter = json!({ "type": row.kind, "metadata": {} });
        for (field, value) in fields {
            if let Some(value) = value {
                parameter[field] = value;
            }
        }
        for (field, value) in notes {
            if let Some(value) = value {
                parameter["metadata"][field] = value;
            }
        }
        parameters[name] = parameter;
    }
    parameters
}

fn read(files: &[&str]) -> Result<Table, String> {
    let mut table = Table::default();
    for file in files {
        let rows: Table = toml::from_str(file).map_err(|error| error.to_string())?;
        table.definition.extend(rows.definition);
        table.set.extend(rows.set);
        table.lists.extend(rows.lists);
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_can_be_read_and_have_names_of_their_own() {
        let table = read(&FILES).unwrap();
        assert_eq!((table.definition.len(), table.set.len()), (82, 18));
        let ids = table.definition.iter().map(|row| &row.id).chain(table.set.iter().map(|row| &row.id));
        let distinct: std::collections::BTreeSet<&String> = ids.collect();
        assert_eq!(distinct.len(), 100);
        let rows = table.definition.iter().flat_map(|row| row.parameters.values());
        for row in rows.chain(table.set.iter().flat_map(|row| row.parameters.values())) {
            for list in row.default_list.iter().chain(&row.allowed_list) {
                assert!(table.lists.contains_key(list), "{list}");
            }
        }
    }

    #[test]
    fn a_cloud_has_what_it_has() {
        let check = |cloud: Cloud, id: &str, expected: &str| {
            let answer = match definition(cloud, id) {
                Known::Here(document) => document["properties"]["version"].as_str().unwrap().to_owned(),
                nothing @ (Known::Elsewhere | Known::Nowhere) => format!("{nothing:?}"),
            };
            assert_eq!(answer, expected, "{cloud:?} {id}");
        };
        check(Cloud::Public, "64DEF556-fbad-4622-930e-72d1d5589bf5", "4.3.0");
        check(Cloud::UsGovernment, "708b60a6-d253-4fe0-9114-4be4c00f012c", "6.2.0-preview");
        check(Cloud::UsGovernment, "13ce0167-8ca6-4048-8e6b-f996402e3c1b", "Nowhere");
        check(Cloud::UsGovernment, "f91991d1-5383-4c95-8ee5-5ac423dd8bb1", "1.6.0");
        check(Cloud::Public, "eab1f514-22e3-42e3-9a1f-e1dc9199355c", "Elsewhere");
        check(Cloud::Public, "00000000-0000-0000-0000-000000000000", "Nowhere");
        let dns = definition(Cloud::UsGovernment, "2370a3c1-4a25-4283-a91a-c9c1a145fb2f");
        let Known::Here(dns) = dns else { panic!("{dns:?}") };
        assert_eq!(dns["properties"]["metadata"]["version"], "1.1.0-deprecated");
        assert_eq!(dns["properties"]["version"], "1.1.0");
    }
}
