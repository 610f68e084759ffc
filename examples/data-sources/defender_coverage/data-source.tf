# What all subscriptions that the account sees should have.
data "defender_coverage" "all" {
  expected = {
    CloudPosture    = { extensions = { AgentlessVmScanning = true } }
    KeyVaults       = {}
    VirtualMachines = { subplan = "P2" }
  }
}

# Warns in every plan, and in HCP Terraform's health assessments, of what is not so, and of whom it is from.
check "coverage" {
  assert {
    condition = length(data.defender_coverage.all.differences) == 0
    error_message = join("\n", [
      for one in data.defender_coverage.all.differences :
      "${one.subscription}: ${one.plan}, ${one.path} is ${coalesce(one.actual, "nothing")} and not ${one.expected} (${one.cause})"
    ])
  }

  assert {
    condition     = data.defender_coverage.all.summary.unread == 0
    error_message = "${data.defender_coverage.all.summary.unread} subscriptions could not be read."
  }
}

# Of a few subscriptions, exactly as they are at this moment: what costs money and nobody has asked for.
data "defender_coverage" "exact" {
  scopes   = ["/subscriptions/00000000-0000-0000-0000-000000000001"]
  exact    = true
  expected = { VirtualMachines = {} }
}

output "unmanaged" {
  value = { for one in data.defender_coverage.exact.subscriptions : one.name => one.unmanaged_plans }
}

output "plans_on" {
  value = { for name, count in data.defender_coverage.all.summary.plans : name => count.on if count.on > 0 }
}
