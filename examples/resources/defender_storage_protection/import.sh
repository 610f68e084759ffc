# The id is the storage account's, as with azurerm; the id of its setting is taken, too.
terraform import defender_storage_protection.uploads /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/uploads
