# One object per Defender plan; what is left out is Azure's default.
locals {
  plans = {
    Arm       = {}
    KeyVaults = {}

    StorageAccounts = {
      extensions = {
        OnUploadMalwareScanning = {
          enabled    = true
          properties = { CapGBPerMonthPerStorageAccount = "5000" }
        }
      }
    }

    VirtualMachines = {
      subplan = "P2"
      extensions = {
        AgentlessVmScanning = { enabled = true }
      }
    }
  }
}

resource "defender_plan" "this" {
  for_each = local.plans

  name       = each.key
  subplan    = try(each.value.subplan, null)
  extensions = try(each.value.extensions, null)
  on_destroy = "restore" # The default: destroy turns each plan back to what it was before.
}
