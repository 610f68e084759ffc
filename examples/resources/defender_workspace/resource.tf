# The default workspace of the provider's subscription. It must be there.
resource "defender_workspace" "central" {
  workspace_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/central"
}
