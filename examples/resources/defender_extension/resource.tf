# Guest Configuration on one virtual machine: publisher, type and version follow from the component and from the machine.
resource "defender_extension" "guest_configuration" {
  target_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/app/providers/Microsoft.Compute/virtualMachines/web"
  component = "guest_configuration"
}

# Any other extension, by publisher and type. Nobody sees protected settings; a change of their version sends them again.
resource "defender_extension" "script" {
  target_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/app/providers/Microsoft.HybridCompute/machines/branch"
  publisher = "Microsoft.Azure.Extensions"
  type      = "CustomScript"

  type_handler_version       = "2.1"
  settings                   = { timestamp = 1 }
  protected_settings         = { commandToExecute = "echo hello" }
  protected_settings_version = "1"
}
