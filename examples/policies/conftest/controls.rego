# The controls of the CIS Microsoft Azure Foundations Benchmark that this provider's resources can satisfy, by the ids that
# the Checkov policies beside these use, too.
#
# `cis_5_0` and `cis_3_0` are the numbers in the benchmark's versions 5.0.0 and 3.0.0, as in
# https://github.com/turbot/steampipe-mod-azure-compliance (cis_v500/section_8.pp, cis_v300/section_3.pp).
# `azurerm` are Checkov's checks of azurerm's types: https://www.checkov.io/5.Policy%20Index/terraform.html
package main

import rego.v1

controls := {
	# Plans that are on.
	"CKV2_DEFENDER_APIS": {"plan": "Api", "cis_5_0": "8.1.2.1"},
	"CKV2_DEFENDER_APP_SERVICE": {"plan": "AppServices", "cis_5_0": "8.1.6.1", "cis_3_0": "3.1.6.1", "azurerm": ["CKV_AZURE_61"]},
	"CKV2_DEFENDER_CONTAINERS": {"plan": "Containers", "cis_5_0": "8.1.4.1", "cis_3_0": "3.1.4.1", "azurerm": ["CKV_AZURE_85", "CKV_AZURE_86"]},
	"CKV2_DEFENDER_COSMOS_DB": {"plan": "CosmosDbs", "cis_5_0": "8.1.7.1", "cis_3_0": "3.1.7.1"},
	"CKV2_DEFENDER_KEY_VAULT": {"plan": "KeyVaults", "cis_5_0": "8.1.8.1", "cis_3_0": "3.1.8.1", "azurerm": ["CKV_AZURE_87"]},
	"CKV2_DEFENDER_OPEN_SOURCE_DATABASES": {"plan": "OpenSourceRelationalDatabases", "cis_5_0": "8.1.7.2", "cis_3_0": "3.1.7.2"},
	"CKV2_DEFENDER_POSTURE": {"plan": "CloudPosture", "cis_5_0": "8.1.1.1"},
	"CKV2_DEFENDER_RESOURCE_MANAGER": {"plan": "Arm", "cis_5_0": "8.1.9.1", "cis_3_0": "3.1.9.1", "azurerm": ["CKV_AZURE_234"]},
	"CKV2_DEFENDER_SERVERS": {"plan": "VirtualMachines", "cis_5_0": "8.1.3.1", "cis_3_0": "3.1.3.1", "azurerm": ["CKV_AZURE_55"]},
	"CKV2_DEFENDER_SQL": {"plan": "SqlServers", "cis_5_0": "8.1.7.3", "cis_3_0": "3.1.7.3", "azurerm": ["CKV_AZURE_69"]},
	"CKV2_DEFENDER_SQL_ON_MACHINES": {"plan": "SqlServerVirtualMachines", "cis_5_0": "8.1.7.4", "cis_3_0": "3.1.7.4", "azurerm": ["CKV_AZURE_79"]},
	"CKV2_DEFENDER_STORAGE": {"plan": "StorageAccounts", "cis_5_0": "8.1.5.1", "cis_3_0": "3.1.5.1", "azurerm": ["CKV_AZURE_84"]},

	# All other plans that a configuration names.
	"CKV2_DEFENDER_ANY_PLAN": {"any_plan": true, "azurerm": ["CKV_AZURE_19"]},

	# Extensions of plans that are on.
	"CKV2_DEFENDER_AGENTLESS_SCANNING": {"plan": "VirtualMachines", "extension": "AgentlessVmScanning", "cis_5_0": "8.1.3.4", "cis_3_0": "3.1.3.4"},
	"CKV2_DEFENDER_CONTAINER_VULNERABILITIES": {"plan": "Containers", "extension": "ContainerRegistriesVulnerabilityAssessments", "cis_3_0": "3.1.4.3"},
	"CKV2_DEFENDER_FILE_INTEGRITY": {"plan": "VirtualMachines", "extension": "FileIntegrityMonitoring", "cis_5_0": "8.1.3.5", "cis_3_0": "3.1.3.5"},
	"CKV2_DEFENDER_KUBERNETES_DISCOVERY": {"plan": "Containers", "extension": "AgentlessDiscoveryForKubernetes", "cis_3_0": "3.1.4.2"},

	# Settings of the subscription.
	"CKV2_DEFENDER_CLOUD_APPS": {"setting": "MCAS", "cis_3_0": "3.1.1.2"},
	"CKV2_DEFENDER_ENDPOINT_PROTECTION": {"setting": "WDATP", "cis_5_0": "8.1.3.3", "cis_3_0": "3.1.3.3"},
	"CKV2_DEFENDER_VULNERABILITY_ASSESSMENT": {"resource": "defender_vulnerability_assessment", "cis_5_0": "8.1.3.2", "cis_3_0": "3.1.3.2"},

	# The security contact.
	"CKV2_DEFENDER_CONTACT_ALERTS": {"contact": "alert_notifications", "cis_5_0": "8.1.14", "cis_3_0": "3.1.14", "azurerm": ["CKV_AZURE_21"]},
	"CKV2_DEFENDER_CONTACT_ATTACK_PATHS": {"contact": "attack_path_notifications", "cis_5_0": "8.1.15"},
	"CKV2_DEFENDER_CONTACT_EMAILS": {"contact": "emails", "cis_5_0": "8.1.13", "cis_3_0": "3.1.13", "azurerm": ["CKV_AZURE_131"]},
	"CKV2_DEFENDER_CONTACT_OWNERS": {"contact": "notifications_by_role", "cis_5_0": "8.1.12", "cis_3_0": "3.1.12", "azurerm": ["CKV_AZURE_22"]},
	"CKV2_DEFENDER_CONTACT_PHONE": {"contact": "phone", "azurerm": ["CKV_AZURE_20"]},
}
