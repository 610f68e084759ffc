# Everything that is on one machine.
list "defender_extension" "branch" {
  provider = defender

  config {
    scope = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/app/providers/Microsoft.HybridCompute/machines/branch"
  }
}

# One component, on all machines of the provider's subscription.
list "defender_extension" "guest_configuration" {
  provider = defender

  config {
    component = "guest_configuration"
  }
}
