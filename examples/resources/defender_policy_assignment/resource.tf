# The Defender sensor on all AKS clusters of the provider's subscription, also on those that are there already.
resource "defender_policy_assignment" "sensor" {
  policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/64def556-fbad-4622-930e-72d1d5589bf5"
  display_name         = "Defender sensor on AKS"
  location             = "westeurope"

  remediation = {
    parallel_deployments = 5
  }
}

# The name decides on the id; without one it is made from scope and definition. This one only reports for now.
resource "defender_policy_assignment" "subplan" {
  name                 = "key-vault-plan"
  policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/1f725891-01c0-420a-9059-4fa46cb770b7"
  location             = "westeurope"
  enforcement_mode     = "DoNotEnforce"

  parameters = {
    subPlan = "PerKeyVault"
  }

  non_compliance_messages = [
    { message = "Defender for Key Vault is off. Ask the platform team." },
  ]
}
