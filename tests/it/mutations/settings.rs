//! Settings of which there is one in its place.

use super::field::{Field, field, gone, noise};
use super::{Subject, check};
use crate::shared::process::Failure;
use serde_json::json;

const LOCAL: &[&str] = &["id", "scope", "on_destroy"];
const WORKSPACES: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces";
const ACCOUNT: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/uploads";

pub(super) fn subjects() -> Vec<Subject> {
    let mut subjects = vec![setting(), workspace(), assessment()];
    subjects.extend([contact(CONTACT), contact(""), storage(STORAGE), storage("")]);
    subjects
}

fn subject(resource: &'static str, arguments: String, document: &'static str, fields: Vec<Field>) -> Subject {
    Subject { resource, arguments, beside: "", document, fields, local: LOCAL }
}

fn setting() -> Subject {
    let fields = vec![field("/properties/enabled", false, "enabled"), noise("/kind", "dataexportsettings")];
    let arguments = "name = \"WDATP\"\nenabled = true".to_owned();
    let local = &["id", "scope", "name", "on_destroy"];
    Subject { local, ..subject("defender_setting", arguments, "/settings/WDATP", fields) }
}

fn workspace() -> Subject {
    let subscription = "/subscriptions/00000000-0000-0000-0000-000000000001";
    let arguments = format!("workspace_id = \"{WORKSPACES}/central\"\ncovered_scope = \"{subscription}\"");
    let fields = vec![
        field("/properties/workspaceId", format!("{WORKSPACES}/another"), "workspace_id"),
        noise("/properties/workspaceId", format!("{WORKSPACES}/CENTRAL").replace("/logs/", "/LOGS/")),
        field("/properties/scope", format!("{subscription}/resourceGroups/app"), "covered_scope"),
    ];
    subject("defender_workspace", arguments, "/workspaceSettings/default", fields)
}

fn assessment() -> Subject {
    let fields = vec![
        field("/properties/selectedProvider", "Another", "selected_provider"),
        noise("/kind", "azureserverssetting"),
    ];
    let document = "/serverVulnerabilityAssessmentsSettings/azureServersSetting";
    subject("defender_vulnerability_assessment", String::new(), document, fields)
}

const CONTACT: &str = r#"
  emails                    = ["soc@example.com", "cloud@example.com"]
  phone                     = "+49 30 1234567"
  notifications_by_role     = { roles = ["Owner"] }
  alert_notifications       = { minimal_severity = "High" }
  attack_path_notifications = { minimal_risk_level = "Critical" }
"#;

fn contact(arguments: &str) -> Subject {
    let by_role = "/properties/notificationsByRole";
    let sources = "/properties/notificationsSources";
    let all = |severity: &str, level: &str| json!([{"sourceType": "Alert", "minimalSeverity": severity}, {"sourceType": "AttackPath", "minimalRiskLevel": level}]);
    let reversed = json!([{"sourceType": "AttackPath", "minimalRiskLevel": "Critical"},
        {"sourceType": "Alert", "minimalSeverity": "High"}, {"sourceType": "Newer", "level": 7}]);
    let mut fields = vec![
        field("/properties/emails", "someone@example.com", "emails"),
        field("/properties/phone", "110", "phone"),
        field("/properties/isEnabled", false, "enabled"),
        field(by_role, json!({"state": "Off", "roles": ["Owner"]}), "notifications_by_role.enabled"),
        field(by_role, json!({"state": "On", "roles": ["Contributor"]}), "notifications_by_role.roles"),
        field(
            sources,
            json!([{"sourceType": "AttackPath", "minimalRiskLevel": "Critical"}]),
            "alert_notifications.enabled",
        ),
        field(sources, all("Low", "Critical"), "alert_notifications.minimal_severity"),
        field(
            sources,
            json!([{"sourceType": "Alert", "minimalSeverity": "High"}]),
            "attack_path_notifications.enabled",
        ),
        field(sources, all("High", "Low"), "attack_path_notifications.minimal_risk_level"),
        noise("/location", "westeurope"),
    ];
    if !arguments.is_empty() {
        fields.push(noise("/properties/emails", "SOC@example.com; cloud@example.com"));
        fields.push(noise(sources, reversed));
    }
    subject("defender_security_contact", arguments.to_owned(), "/securityContacts/default", fields)
}

const STORAGE: &str = r#"
  enabled                        = true
  override_subscription_settings = true

  malware_scanning = {
    blob_scan_results_options        = "blobIndexTags"
    scan_results_event_grid_topic_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data/providers/Microsoft.EventGrid/topics/scans"
    on_upload = {
      cap_gb_per_month = 500
      filters = {
        exclude_blobs_with_prefix = ["logs/"]
        exclude_blobs_with_suffix = [".mp4"]
        exclude_blobs_larger_than = 1073741824
      }
    }
  }

  sensitive_data_discovery = { enabled = false }
"#;

fn storage(further: &str) -> Subject {
    let has = !further.is_empty();
    let mut fields = vec![
        field("/properties/isEnabled", false, "enabled"),
        field("/properties/overrideSubscriptionLevelSettings", !has, "override_subscription_settings"),
        noise("/properties/malwareScanning/operationStatus", json!({"code": "Succeeded"})),
        noise("/properties/sensitiveDataDiscovery/operationStatus", json!({"code": "Succeeded"})),
    ];
    if has {
        let upload = "malware_scanning.on_upload";
        let filters = "malware_scanning.on_upload.filters";
        let path = |end: &str, of: &str| -> &'static str { format!("{of}.{end}").leak() };
        fields.extend([
            field("/properties/sensitiveDataDiscovery/isEnabled", true, "sensitive_data_discovery.enabled"),
            field("/properties/malwareScanning/onUpload/isEnabled", false, path("enabled", upload)),
            field("/properties/malwareScanning/onUpload/capGBPerMonth", 7, path("cap_gb_per_month", upload)),
            field(
                "/properties/malwareScanning/onUpload/filters/excludeBlobsWithPrefix",
                json!(["logs/", "secret/"]),
                path("exclude_blobs_with_prefix", filters),
            ),
            gone(
                "/properties/malwareScanning/onUpload/filters/excludeBlobsWithSuffix",
                path("exclude_blobs_with_suffix", filters),
            ),
            field(
                "/properties/malwareScanning/onUpload/filters/excludeBlobsLargerThan",
                1,
                path("exclude_blobs_larger_than", filters),
            ),
            gone(
                "/properties/malwareScanning/scanResultsEventGridTopicResourceId",
                "malware_scanning.scan_results_event_grid_topic_id",
            ),
            field(
                "/properties/malwareScanning/blobScanResultsOptions",
                "None",
                "malware_scanning.blob_scan_results_options",
            ),
        ]);
    }
    let arguments = format!("storage_account_id = \"{ACCOUNT}\"\n{further}");
    let local = &["id", "storage_account_id", "on_destroy"];
    let document = "/defenderForStorageSettings/current";
    Subject { local, ..subject("defender_storage_protection", arguments, document, fields) }
}

#[test]
fn settings() -> Result<(), Failure> {
    check(&subjects())
}
