# The Defender sensor on all Kubernetes clusters of the provider's subscription: two policy assignments, each with an
# identity, its roles, and a remediation for the clusters that are there already.
resource "defender_autoprovisioning" "sensor" {
  component      = "defender_sensor"
  targets        = ["aks_cluster", "arc_k8s_cluster"]
  location       = "westeurope"
  accept_preview = true

  depends_on = [defender_plan.containers]
}

resource "defender_plan" "containers" {
  name = "Containers"
}

# Defender for Endpoint is switched by settings of the subscription; destroying puts back what was before.
resource "defender_autoprovisioning" "endpoint" {
  component = "defender_for_endpoint"

  depends_on = [defender_plan.servers]
}

resource "defender_plan" "servers" {
  name    = "VirtualMachines"
  subplan = "P2"
}
