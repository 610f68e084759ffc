# Tests of a configuration against the subscription that it is for: `terraform test` with the credentials of a reader. Nothing
# is applied.

run "plans_are_on" {
  command = plan

  assert {
    condition = alltrue([
      for plan in [defender_plan.servers, defender_plan.containers, defender_plan.storage, defender_plan.key_vault] :
      plan.tier == "Standard"
    ])
    error_message = "A plan that the baseline relies on is off."
  }

  assert {
    condition     = defender_plan.servers.subplan == "P2"
    error_message = "Agentless scanning and file integrity monitoring need sub-plan P2."
  }

  assert {
    condition     = alltrue([for extension in values(defender_plan.containers.extensions) : extension.enabled])
    error_message = "An extension of Defender for Containers is off."
  }
}

# Azure's rules are a part of the plan: what it would refuse is found before anything is sent.
run "somebody_is_told" {
  command = plan

  variables {
    emails = ["soc@example.com", "cloud@example.com"]
  }

  assert {
    condition     = defender_security_contact.this.emails == toset(["soc@example.com", "cloud@example.com"])
    error_message = "The contact is not who was asked for."
  }

  assert {
    condition     = defender_security_contact.this.alert_notifications.minimal_severity == "High"
    error_message = "Grave alerts must be told."
  }
}
