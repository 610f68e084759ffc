//! Machines: operating systems, images, identities.

use super::super::facts::Image;
use super::super::finding::Subject;
use super::{Case, Rule, Said, say};
use crate::catalog::model::Day;

pub(super) const ALL: &[Rule] = &[
    needs_identity,
    not_listed_for_agent,
    desktop_edition,
    generalized_image,
    licensed_as_desktop,
    appliance,
];

const DEFENDER_FOR_ENDPOINT: &str = "defender_for_endpoint";

/// Since this day multi-session editions are licensed as desktops.
/// <https://learn.microsoft.com/azure/defender-for-cloud/release-notes>
const LICENSED_AS_DESKTOP_SINCE: Option<Day> = Day::new(2026, 11, 1);

/// Who publishes Windows for desktops. <https://github.com/Azure/azure-policy/tree/master/built-in-policies/policyDefinitions/Security%20Center>
const DESKTOP_PUBLISHER: &str = "MicrosoftWindowsDesktop";

/// Publishers of images that the built-in policies leave out, in lower case.
/// <https://github.com/Azure/azure-policy/blob/master/built-in-policies/policyDefinitions/Security%20Center/ASC_MicrosoftDefenderForEndpoint_LinuxAgent_VM_DINE.json>
const APPLIANCES: [&str; 20] = [
    "5nine-software-inc",
    "azuredatabricks",
    "azureopenshift",
    "barracudanetworks",
    "brocade_communications",
    "checkpoint",
    "cisco",
    "esdenera",
    "f5-networks",
    "forcepoint-llc",
    "fortinet",
    "hillstone-networks",
    "imperva",
    "juniper-networks",
    "microsoft-aks",
    "netgate",
    "paloaltonetworks",
    "qualysguard",
    "rohdeschwarzcybersecuritysas",
    "sonicwall-inc",
];

/// MDC014
fn needs_identity(case: &Case<'_>) -> Vec<Said> {
    let on_machine = case.facts.target.known().is_some_and(|target| target == "azure_vm");
    if !case.is_component("guest_configuration") || !on_machine || !case.facts.identity.is(&false) {
        return Vec::new();
    }
    let detail = "Guest Configuration signs in with the machine's system-assigned identity, and the machine has none. Give it \
                  one: identity { type = \"SystemAssigned\" } in azurerm_linux_virtual_machine or azurerm_windows_virtual_machine.";
    vec![say("MDC014", Subject::Target, "The machine has no identity", detail)]
}

/// MDC021
fn not_listed_for_agent(case: &Case<'_>) -> Vec<Said> {
    let Some(name) = case.facts.os_name.known().filter(|_| case.is_component("log_analytics_agent")) else {
        return Vec::new();
    };
    let old = ["windows_server_2003", "windows_xp", "windows_vista"].contains(&name.as_str());
    if !old && !is_desktop(name) {
        return Vec::new();
    }
    let detail = format!(
        "The list of operating systems that Defender for Cloud supports for the agent is for servers, and {name:?} is not on \
         it. Data may arrive and not be used."
    );
    vec![say("MDC021", Subject::Target, "The operating system is not on the agent's list", detail)]
}

/// MDC022
fn desktop_edition(case: &Case<'_>) -> Vec<Said> {
    let target = case.facts.target.known().map(String::as_str);
    if !case.is_component(DEFENDER_FOR_ENDPOINT) || target != Some("azure_vm") || !case.is_wanted() {
        return Vec::new();
    }
    let image = case.facts.image.known();
    if image.is_some_and(|image| is_desktop_image(image) && is_multi_session(image)) {
        return Vec::new();
    }
    let image = image.filter(|image| is_desktop_image(image));
    let named = case.facts.os_name.known().filter(|name| is_desktop(name));
    let edition = match (image, named) {
        (Some(image), _) => format!("{} {}", image.publisher, image.sku),
        (None, Some(name)) => name.clone(),
        (None, None) => return Vec::new(),
    };
    let detail = format!(
        "Defender for Servers onboards Windows Server and multi-session editions; {edition:?} is a desktop edition, which Defender \
         for Endpoint protects by its own licence. Leave the machine out here."
    );
    let summary = "Desktop editions of Windows are not for Defender for Servers";
    let said = say("MDC022", Subject::Target, summary, detail);
    vec![said.of(case.standing())]
}

/// MDC024
fn generalized_image(case: &Case<'_>) -> Vec<Said> {
    let generalized = case.facts.image.known().is_some_and(|image| image.generalized);
    if !case.is_component(DEFENDER_FOR_ENDPOINT) || !generalized || !case.is_wanted() {
        return Vec::new();
    }
    let detail = "The setting of Defender for Cloud does not reach machines that were made from a generalized image. Install the \
                  extension on them, or take Defender for Endpoint into the image.";
    let summary = "Machines of generalized images are not onboarded automatically";
    vec![say("MDC024", Subject::Target, summary, detail)]
}

/// MDC025
fn licensed_as_desktop(case: &Case<'_>) -> Vec<Said> {
    let image = case.facts.image.known().filter(|image| is_desktop_image(image) && is_multi_session(image));
    let since = case.date.is_some_and(|date| Some(date) >= LICENSED_AS_DESKTOP_SINCE);
    let Some(image) = image.filter(|_| since && case.is_component(DEFENDER_FOR_ENDPOINT) && case.is_wanted())
    else {
        return Vec::new();
    };
    let detail = format!(
        "Since 2026-11-01 multi-session editions such as {:?} count as desktops: they take a licence of Defender for Endpoint, and \
         plan P1 of Defender for Servers does not bill them. The support matrix no longer names them.",
        image.sku
    );
    let summary = "Multi-session editions of Windows are licensed as desktops";
    vec![say("MDC025", Subject::Target, summary, detail)]
}

/// MDC026
fn appliance(case: &Case<'_>) -> Vec<Said> {
    let image =
        case.facts.image.known().filter(|_| case.is_component(DEFENDER_FOR_ENDPOINT) && case.is_wanted());
    let Some(image) = image.filter(|image| is_appliance(image)) else { return Vec::new() };
    let detail = format!(
        "Images of {:?} are appliances, or belong to a service of Azure that looks after them. The built-in policies leave them \
         out, and their makers do not support another agent on them.",
        image.publisher
    );
    vec![say("MDC026", Subject::Target, "Appliances are left out by the built-in policies", detail)]
}

fn is_appliance(image: &Image) -> bool {
    let publisher = image.publisher.to_ascii_lowercase();
    APPLIANCES.contains(&publisher.as_str()) || image.offer.to_ascii_lowercase().contains("firewall")
}

fn is_desktop_image(image: &Image) -> bool {
    image.publisher.eq_ignore_ascii_case(DESKTOP_PUBLISHER)
}

/// Older names of multi-session editions contain `evd`, newer ones end in `avd`; the built-in policies know the older
/// ones only.
fn is_multi_session(image: &Image) -> bool {
    let sku = image.sku.to_ascii_lowercase();
    sku.contains("evd") || sku.contains("avd")
}

fn is_desktop(name: &str) -> bool {
    let desktop = ["windows_7", "windows_8", "windows_10", "windows_11"];
    desktop.iter().any(|edition| name.starts_with(edition))
        && !name.contains("multi_session")
        && !name.contains("virtual_desktop")
}
