# What is deployed by itself in the provider's subscription.
list "defender_autoprovisioning" "all" {
  provider = defender
}
