//! Machines and clusters of whole scopes, by Azure Resource Graph: one query a page, whatever their number.
//! <https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources>

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Extension, Found, Kind, Machines, Target};
use crate::arm::{Call, Error, Scope};

const ACT: &str = "asking Azure Resource Graph for machines and clusters";

/// Machines, clusters and the extensions of machines.
const RESOURCES: &str = "resources | where type in~ ('microsoft.compute/virtualmachines', \
    'microsoft.compute/virtualmachinescalesets', 'microsoft.hybridcompute/machines', \
    'microsoft.containerservice/managedclusters', 'microsoft.kubernetes/connectedclusters', \
    'microsoft.compute/virtualmachines/extensions', 'microsoft.compute/virtualmachinescalesets/extensions', \
    'microsoft.hybridcompute/machines/extensions') \
    | project id, name, type, location, tags, kind, identity, properties | order by id asc";
/// Extensions of clusters are in a table of their own.
const EXTENSIONS: &str = "kubernetesconfigurationresources | where type =~ 'microsoft.kubernetesconfiguration/extensions' \
    | project id, name, type, properties | order by id asc";

/// A machine or cluster with its extensions.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Which it is.
    pub target: Target,
    /// What it is.
    pub found: Found,
    /// What is on it.
    pub installed: Vec<Extension>,
}

impl Machines {
    /// All machines and clusters of a subscription, resource group or management group, sorted by id.
    ///
    /// # Errors
    ///
    /// Why they could not be had.
    pub async fn all(&self, scope: &Scope, call: &Call) -> Result<Vec<Listed>, Error> {
        let scopes = std::slice::from_ref(scope);
        let mut rows = self.client.query(scopes, RESOURCES, ACT, call).await?;
        rows.extend(self.client.query(scopes, EXTENSIONS, ACT, call).await?);
        let mut listed: BTreeMap<String, Listed> = BTreeMap::new();
        let is_within = |id: &str| {
            let (id, scope) = (id.to_ascii_lowercase(), scope.as_str().to_ascii_lowercase());
            scope.starts_with("/providers/") || id.starts_with(&format!("{scope}/"))
        };
        let id_of = |row: &Value| row["id"].as_str().filter(|id| is_within(id)).map(str::to_owned);
        for row in &rows {
            let Some(target) = id_of(row).and_then(|id| Target::parse(&id).ok()) else { continue };
            let found = Found::of_body(target.kind, &with_instance_view(target.kind, row));
            let installed = in_model(&target, row);
            listed.insert(key(&target), Listed { target, found, installed });
        }
        for row in &rows {
            let Some((target, _)) = id_of(row).and_then(|id| Target::of_extension(&id).ok()) else {
                continue;
            };
            if let (Some(listed), Some(extension)) =
                (listed.get_mut(&key(&target)), Extension::of_body(&target, row))
            {
                let is_new =
                    !listed.installed.iter().any(|one| one.name.eq_ignore_ascii_case(&extension.name));
                listed.installed.extend(is_new.then_some(extension));
            }
        }
        Ok(listed.into_values().collect())
    }
}

/// The extensions of a scale set stand in its model.
fn in_model(target: &Target, row: &Value) -> Vec<Extension> {
    let profile = &row["properties"]["virtualMachineProfile"]["extensionProfile"]["extensions"];
    let all = profile.as_array().into_iter().flatten();
    let with_id = all.filter_map(|body| {
        let mut body = body.clone();
        body["id"] = json!(target.extension_id(body["name"].as_str()?));
        Extension::of_body(target, &body)
    });
    with_id.collect()
}

fn key(target: &Target) -> String {
    target.as_str().to_ascii_lowercase()
}

/// Resource Graph has the instance view of virtual machines in another place.
/// <https://learn.microsoft.com/azure/governance/resource-graph/samples/samples-by-category#azure-virtual-machines>
fn with_instance_view(kind: Kind, row: &Value) -> Value {
    let mut row = row.clone();
    if kind == Kind::VirtualMachine {
        let view = &row["properties"]["extended"]["instanceView"];
        let power = view["powerState"]["code"].clone();
        let view = json!({"osName": view["osName"], "statuses": [{"code": power}]});
        row["properties"]["instanceView"] = view;
    }
    row
}
