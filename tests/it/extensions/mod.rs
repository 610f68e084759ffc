//! `defender_extension` through the real Terraform.

mod agents;
mod beside;
mod data_sources;
mod failures;
mod kinds;
mod rules;
mod settings;

use crate::harness::{NO_PREFLIGHT, SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use crate::state::instance;
use arm_emulator::LoggedRequest;
use serde_json::{Value, json};

/// The resource group of all machines.
fn group() -> String {
    format!("{SUBSCRIPTION}/resourceGroups/app/providers")
}

/// One extension, with further lines.
fn extension(target: &str, further: &str) -> String {
    format!("resource \"defender_extension\" \"this\" {{\ntarget_id = \"{target}\"\n{further}\n}}\n")
}

/// A scene on a day, without a look at permissions.
fn on(date: &str) -> Result<Scene, Failure> {
    let scene = Scene::new("")?;
    scene.configure(&format!("{NO_PREFLIGHT}  reference_date = \"{date}\"\n"))?;
    Ok(scene)
}

/// A virtual machine that runs; returns its id.
fn machine(scene: &Scene, os: &str, image: (&str, &str, &str)) -> String {
    let id = format!("{}/Microsoft.Compute/virtualMachines/web", group());
    let (publisher, offer, sku) = image;
    let body = json!({"id": id, "name": "web", "type": "Microsoft.Compute/virtualMachines", "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {"provisioningState": "Succeeded", "storageProfile": {
            "osDisk": {"osType": os}, "imageReference": {"publisher": publisher, "offer": offer, "sku": sku}}}});
    scene.azure.put_resource(&id, body);
    id
}

/// A Windows server.
fn windows(scene: &Scene) -> String {
    machine(scene, "Windows", ("MicrosoftWindowsServer", "WindowsServer", "2019-datacenter"))
}

/// A Linux server.
fn linux(scene: &Scene) -> String {
    machine(scene, "Linux", ("Canonical", "ubuntu-24_04-lts", "server"))
}

/// A scale set; returns its id.
fn scale_set(scene: &Scene) -> String {
    let id = format!("{}/Microsoft.Compute/virtualMachineScaleSets/pool", group());
    let body = json!({"id": id, "name": "pool", "type": "Microsoft.Compute/virtualMachineScaleSets", "location": "westeurope",
        "properties": {"provisioningState": "Succeeded", "virtualMachineProfile": {"storageProfile": {"osDisk": {"osType": "Linux"}}}}});
    scene.azure.put_resource(&id, body);
    id
}

/// An Arc machine that is connected; returns its id.
fn arc_machine(scene: &Scene) -> String {
    let id = format!("{}/Microsoft.HybridCompute/machines/branch", group());
    let body = json!({"id": id, "name": "branch", "type": "Microsoft.HybridCompute/machines", "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {"provisioningState": "Succeeded", "osType": "linux", "osName": "linux", "osSku": "Ubuntu 24.04",
            "status": "Connected"}});
    scene.azure.put_resource(&id, body);
    id
}

/// An Arc cluster; returns its id.
fn arc_cluster(scene: &Scene, distribution: &str) -> String {
    let id = format!("{}/Microsoft.Kubernetes/connectedClusters/edge", group());
    let body = json!({"id": id, "name": "edge", "type": "Microsoft.Kubernetes/connectedClusters", "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {"provisioningState": "Succeeded", "connectivityStatus": "Connected",
            "distribution": distribution, "kubernetesVersion": "1.30.2"}});
    scene.azure.put_resource(&id, body);
    id
}

/// An AKS cluster; returns its id.
fn aks(scene: &Scene, properties: &Value, tags: &Value) -> String {
    let id = format!("{}/Microsoft.ContainerService/managedClusters/prod", group());
    let mut body = json!({"id": id, "name": "prod", "type": "Microsoft.ContainerService/managedClusters", "location": "westeurope",
        "tags": tags, "identity": {"type": "SystemAssigned"},
        "properties": {"provisioningState": "Succeeded", "powerState": {"code": "Running"}, "dnsPrefix": "prod",
            "enableRBAC": true, "currentKubernetesVersion": "1.30.2",
            "agentPoolProfiles": [{"name": "system", "vmSize": "Standard_D4s_v5", "count": 3}]}});
    for (name, value) in properties.as_object().into_iter().flatten() {
        body["properties"][name] = value.clone();
    }
    scene.azure.put_resource(&id, body);
    id
}

/// A workspace that is there; returns its id.
fn workspace(scene: &Scene) -> String {
    let id = format!("{}/Microsoft.OperationalInsights/workspaces/central", group());
    let body = json!({"id": id, "name": "central", "location": "westeurope",
        "properties": {"customerId": "0c0ffee0-0000-4000-8000-000000000001"}});
    scene.azure.put_resource(&id, body);
    id
}

/// What the state has of the resource.
fn attributes(scene: &Scene) -> Result<Value, Failure> {
    Ok(instance(scene, "defender_extension.this")?.unwrap_or_default()["attributes"].clone())
}

/// The plan is empty.
fn settled(scene: &Scene) -> Result<(), Failure> {
    scene.workspace.plan()?.require(0)?;
    Ok(())
}

/// Requests that change something.
fn writes(scene: &Scene) -> Vec<String> {
    let line = |request: &LoggedRequest| {
        let path = request.path.split('?').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        (request.method != "GET" && request.method != "POST").then(|| format!("{} {name}", request.method))
    };
    let lines = scene.azure.requests().iter().filter_map(line).collect();
    scene.azure.clear_requests();
    lines
}
