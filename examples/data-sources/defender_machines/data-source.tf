# All machines and clusters of the provider's subscription that lack Defender for Endpoint and could have it.
data "defender_machines" "all" {}

output "without_endpoint" {
  value = [
    for one in data.defender_machines.all.machines : one.id
    if try(one.coverage["defender_for_endpoint"].state, "") == "not_covered"
  ]
}
