locals {
  plan = provider::defender::parse_id(
    "/subscriptions/00000000-0000-0000-0000-000000000001/providers/microsoft.security/pricings/virtualmachines"
  )
}

# The id as Azure spells it, for comparisons, and the plan's name: "VirtualMachines".
output "id" {
  value = local.plan.id
}

output "name" {
  value = local.plan.name
}

# Where the plan is set: a subscription here, and a machine elsewhere.
output "scope" {
  value = local.plan.scope
}
