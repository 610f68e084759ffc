terraform {
  required_providers {
    defender = {
      source  = "defender-tf/defender"
      version = "~> 0.1"
    }
  }
}

# Reads ARM_SUBSCRIPTION_ID, ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET like azurerm does, and falls
# back to the account that `az login` chose.
provider "defender" {
  register_provider = true # Registers Microsoft.Security in subscriptions where that was never done.
}

data "defender_plans" "current" {}
