# Whether the Defender sensor can go on AKS in Azure Government: "yes" on the day of the provider's rules.
output "sensor" {
  value = provider::defender::availability("defender_sensor", "aks_cluster", "usgovernment")[*].availability
}

# The same on another day: "no".
output "sensor_in_2023" {
  value = provider::defender::availability("defender_sensor", "aks_cluster", "usgovernment", "2023-12-31")[*].availability
}
