# The id of the assignment in Azure Resource Manager; letter case does not matter.
terraform import defender_policy_assignment.subplan /subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/policyAssignments/key-vault-plan
