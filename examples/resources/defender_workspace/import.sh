# The id is the one that Azure and azurerm use; letter case does not matter.
terraform import defender_workspace.central /subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Security/workspaceSettings/default
