# The assignments of one policy in the provider's subscription: the Defender sensor on AKS clusters.
list "defender_policy_assignment" "sensor" {
  provider = defender

  config {
    definition = "64def556-fbad-4622-930e-72d1d5589bf5"
  }
}

# Those of a subscription whose names begin alike.
list "defender_policy_assignment" "key_vault" {
  provider = defender

  config {
    scope       = "/subscriptions/00000000-0000-0000-0000-000000000001"
    name_prefix = "key-vault-"
  }
}
