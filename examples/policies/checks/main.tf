# Warns in every plan, and in a drift check, of what is not on in any of the subscriptions, whoever manages them. A `check`
# never stops a plan; HCP Terraform's health assessments show it, too.

terraform {
  required_providers {
    defender = {
      source = "defender-tf/defender"
    }
  }
}

locals {
  # The plans of the CIS Microsoft Azure Foundations Benchmark 5.0.0, section 8.1.
  benchmark = [
    "Api", "AppServices", "Arm", "CloudPosture", "Containers", "CosmosDbs", "KeyVaults",
    "OpenSourceRelationalDatabases", "SqlServerVirtualMachines", "SqlServers", "StorageAccounts",
  ]
}

data "defender_coverage" "all" {
  expected = merge(
    { for plan in local.benchmark : plan => {} },
    { VirtualMachines = { subplan = "P2", extensions = { AgentlessVmScanning = true } } },
  )
}

check "plans_are_on" {
  assert {
    condition = length(data.defender_coverage.all.differences) == 0
    error_message = join("\n", [
      for one in data.defender_coverage.all.differences :
      "${one.subscription}: ${one.plan}, ${one.path} is ${coalesce(one.actual, "nothing")} and not ${one.expected} (${one.cause})"
    ])
  }
}

check "everything_was_read" {
  assert {
    condition     = data.defender_coverage.all.summary.unread == 0
    error_message = "${data.defender_coverage.all.summary.unread} subscriptions could not be read."
  }
}
