# Defender for Endpoint on the machines of the provider's subscription, with the unified agent on older Windows servers.
resource "defender_setting" "endpoint" {
  for_each = toset(["WDATP", "WDATP_UNIFIED_SOLUTION"])

  name    = each.key
  enabled = true
}

# Alerts have the same state in Microsoft Sentinel, in two subscriptions.
resource "defender_setting" "sentinel" {
  for_each = toset(["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"])

  scope   = "/subscriptions/${each.key}"
  name    = "Sentinel"
  enabled = true
}
