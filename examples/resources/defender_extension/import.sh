# The extension's id in Azure Resource Manager; letter case does not matter.
terraform import defender_extension.guest_configuration /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/app/providers/Microsoft.Compute/virtualMachines/web/extensions/AzurePolicyforLinux
