# The contacts of all subscriptions below a management group.
list "defender_security_contact" "all" {
  provider = defender

  config {
    scope = "/providers/Microsoft.Management/managementGroups/contoso"
  }
}
