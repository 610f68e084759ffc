# What Azure Government has to do without, on the day of the plan.
data "defender_availability" "government" {
  cloud = "usgovernment"
}

output "not_in_government" {
  value = [
    for row in data.defender_availability.government.rows : "${row.component} on ${row.target}"
    if row.availability == "no"
  ]
}

# Says so as soon as something that is relied on comes to its end.
data "defender_availability" "sql" {
  component = "sql_protection_extension"
  cloud     = "public"
}

check "sql" {
  assert {
    condition     = alltrue([for row in data.defender_availability.sql.rows : row.retired_on == null])
    error_message = "The extension for SQL servers on machines is to be retired."
  }
}
