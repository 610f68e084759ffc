# The id is the one that Azure and azurerm use; letter case does not matter, and names such as default1 mean default.
terraform import defender_security_contact.this /subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Security/securityContacts/default
