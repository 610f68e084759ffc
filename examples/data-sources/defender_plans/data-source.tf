data "defender_plans" "current" {}

output "plans" {
  value = data.defender_plans.current.plans
}

# Those of many subscriptions have their ids for keys.
data "defender_plans" "many" {
  scopes = [
    "/subscriptions/00000000-0000-0000-0000-000000000001",
    "/subscriptions/00000000-0000-0000-0000-000000000002",
  ]
}

output "on" {
  value = [for id, plan in data.defender_plans.many.plans : id if plan.tier == "Standard"]
}
