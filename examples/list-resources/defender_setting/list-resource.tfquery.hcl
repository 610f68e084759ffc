# The integrations that are on in the provider's subscription.
list "defender_setting" "on" {
  provider = defender

  config {
    enabled = true
  }
}
