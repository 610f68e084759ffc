# The plans that are on in the provider's subscription.
list "defender_plan" "on" {
  provider = defender

  config {
    tier = "Standard"
  }
}
