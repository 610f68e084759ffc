# The same without Azure: the provider is mocked, so only what the configuration itself says is tested. Needs Terraform 1.7.

mock_provider "defender" {}

run "apply" {
  assert {
    condition     = defender_plan.servers.subplan == "P2"
    error_message = "Agentless scanning and file integrity monitoring need sub-plan P2."
  }

  assert {
    condition     = contains(keys(defender_plan.containers.extensions), "AgentlessDiscoveryForKubernetes")
    error_message = "Clusters are to be discovered."
  }

  assert {
    condition     = defender_setting.endpoint_protection.enabled
    error_message = "The integration with Defender for Endpoint must be on."
  }

  assert {
    condition     = length(defender_security_contact.this.emails) > 0
    error_message = "Nobody is told."
  }
}
