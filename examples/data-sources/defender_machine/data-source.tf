# What is on one machine, and what is not.
data "defender_machine" "web" {
  target_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/app/providers/Microsoft.Compute/virtualMachines/web"
}

output "not_covered" {
  value = [for id, one in data.defender_machine.web.coverage : id if one.state == "not_covered"]
}
