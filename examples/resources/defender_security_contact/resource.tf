# Two addresses and everybody who owns the subscription hear of grave alerts and of critical attack paths.
resource "defender_security_contact" "this" {
  emails = ["soc@example.com", "cloud@example.com"]
  phone  = "+49 30 1234567"

  notifications_by_role     = { roles = ["Owner"] }
  alert_notifications       = { minimal_severity = "High" }
  attack_path_notifications = { minimal_risk_level = "Critical" }
}

# Another subscription, whose contact is removed with this resource.
resource "defender_security_contact" "other" {
  scope               = "/subscriptions/00000000-0000-0000-0000-000000000002"
  emails              = ["soc@example.com"]
  alert_notifications = { enabled = false }
  on_destroy          = "delete"
}
