# The storage accounts of a resource group that do something other than their subscription says.
list "defender_storage_protection" "data" {
  provider = defender

  config {
    scope = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data"
  }
}
