data "defender_plans" "current" {}

output "plans" {
  value = data.defender_plans.current.plans
}
