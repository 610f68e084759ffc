# Every extension that P2 of Defender for Servers has.
output "servers_p2" {
  value = provider::defender::extensions("VirtualMachines", "P2")
}

# Those of a plan without sub-plans.
output "posture" {
  value = provider::defender::extensions("CloudPosture", null)
}
