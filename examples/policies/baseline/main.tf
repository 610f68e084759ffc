# A subscription that satisfies all controls of these policies.

terraform {
  required_providers {
    defender = {
      source = "defender-tf/defender"
    }
  }
}

resource "defender_plan" "servers" {
  name    = "VirtualMachines"
  subplan = "P2"

  extensions = {
    AgentlessVmScanning     = {}
    FileIntegrityMonitoring = { properties = { DefinedWorkspaceId = var.workspace_id } }
  }
}

resource "defender_plan" "containers" {
  name = "Containers"

  extensions = {
    AgentlessDiscoveryForKubernetes             = {}
    ContainerRegistriesVulnerabilityAssessments = {}
  }
}

resource "defender_plan" "storage" {
  name    = "StorageAccounts"
  subplan = "DefenderForStorageV2"
}

resource "defender_plan" "app_service" {
  name = "AppServices"
}

resource "defender_plan" "cosmos_db" {
  name = "CosmosDbs"
}

resource "defender_plan" "open_source_databases" {
  name = "OpenSourceRelationalDatabases"
}

resource "defender_plan" "sql" {
  name = "SqlServers"
}

resource "defender_plan" "sql_on_machines" {
  name = "SqlServerVirtualMachines"
}

resource "defender_plan" "key_vault" {
  name    = "KeyVaults"
  subplan = "PerKeyVault"
}

resource "defender_plan" "resource_manager" {
  name    = "Arm"
  subplan = "PerSubscription"
}

resource "defender_plan" "posture" {
  name = "CloudPosture"
}

resource "defender_plan" "apis" {
  name    = "Api"
  subplan = "P1"
}

resource "defender_plan" "ai" {
  name = "AI"
}

resource "defender_setting" "endpoint_protection" {
  name    = "WDATP"
  enabled = true
}

resource "defender_setting" "cloud_apps" {
  name    = "MCAS"
  enabled = true
}

resource "defender_vulnerability_assessment" "this" {
}

resource "defender_security_contact" "this" {
  emails = var.emails
  phone  = "+49 30 1234567"

  notifications_by_role     = { roles = ["Owner"] }
  alert_notifications       = { minimal_severity = "High" }
  attack_path_notifications = { minimal_risk_level = "Critical" }
}

variable "emails" {
  description = "Who is written to when something is found."
  type        = set(string)
  default     = ["soc@example.com"]
}

variable "workspace_id" {
  description = "The Log Analytics workspace to which changes of files are written."
  type        = string
  default     = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/central"
}
