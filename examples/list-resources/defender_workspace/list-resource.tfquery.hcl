# The default workspace of the provider's subscription, if it has one.
list "defender_workspace" "this" {
  provider = defender
}
