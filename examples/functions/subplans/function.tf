# The sub-plans of Defender for Storage that are still open to everybody.
output "storage" {
  value = [
    for subplan in provider::defender::subplans("StorageAccounts") : subplan.name
    if subplan.closed_on == null
  ]
}
