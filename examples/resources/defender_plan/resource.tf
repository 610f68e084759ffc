# The provider's subscription, with the variant of the plan and one of its extensions.
resource "defender_plan" "servers" {
  name    = "VirtualMachines"
  subplan = "P2"

  extensions = {
    AgentlessVmScanning = {
      enabled    = true
      properties = { ExclusionTags = jsonencode([{ key = "scan", value = "no" }]) }
    }
  }
}

# Several plans at once; destroy turns each back to what it was before.
resource "defender_plan" "others" {
  for_each = toset(["Arm", "KeyVaults", "StorageAccounts"])

  name = each.key
}

# One provider block is enough for any number of subscriptions, and for single machines.
resource "defender_plan" "posture" {
  for_each = toset(["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"])

  scope = "/subscriptions/${each.key}"
  name  = "CloudPosture"
}
