# Scope and component.
terraform import defender_autoprovisioning.endpoint '/subscriptions/00000000-0000-0000-0000-000000000001|defender_for_endpoint'
