# Policies for Conftest, or any OPA, over the plan of a configuration that uses this provider:
#
#   terraform plan -out=tfplan && terraform show -json tfplan > plan.json
#   conftest test --policy examples/policies/conftest plan.json
#
# `deny` speaks of what a configuration sets against a control, or leaves open; `warn` of what it does not manage at all, and
# of exceptions. What is known only after apply is not known to be good.
package main

import rego.v1

# A plan of a subscription that is not on.
deny contains message if {
	some id, control in controls
	some resource in subscription_plans
	is_about(control, resource.after.name)
	not is_on(resource)
	message := text(id, resource, sprintf("plan %s is not on; write tier = \"Standard\"", [resource.after.name]))
}

# An extension that a plan is to have: Azure's default is nobody's decision.
deny contains message if {
	some id, control in controls
	some resource in subscription_plans
	control.extension
	control.plan == resource.after.name
	is_on(resource)
	not resource.after.extensions[control.extension].enabled == true
	message := text(id, resource, sprintf("extension %s of plan %s is not on; write it in extensions", [control.extension, control.plan]))
}

# A setting that is off.
deny contains message if {
	some id, control in controls
	some resource in of_type("defender_setting")
	upper(resource.after.name) == control.setting
	not resource.after.enabled == true
	message := text(id, resource, sprintf("setting %s is off; write enabled = true", [control.setting]))
}

# A contact that is not told.
deny contains message if {
	some id, control in controls
	some resource in of_type("defender_security_contact")
	control.contact
	not tells(control.contact, resource.after)
	message := text(id, resource, sprintf("%s does not reach anybody; set it", [control.contact]))
}

# What is not managed in a subscription whose plans are.
warn contains message if {
	some id, control in controls
	some scope in subscriptions
	not control.extension
	not control.any_plan
	not managed(control, scope)
	message := sprintf("%s: nothing in this configuration answers for it in %s", [named(id), scope])
}

# A single machine that is left out.
warn contains message if {
	some resource in of_type("defender_plan")
	not is_subscription(resource.after.scope)
	not is_on(resource)
	message := sprintf("%s: plan %s is off for %s alone", [resource.address, resource.after.name, resource.after.scope])
}

# A plan that this configuration lets go of: what becomes of it is for on_destroy to say.
warn contains message if {
	some change in input.resource_changes
	change.type == "defender_plan"
	change.change.actions == ["delete"]
	change.change.before.tier == "Standard"
	message := sprintf("%s: plan %s is no longer managed (on_destroy = %s)", [change.address, change.change.before.name, change.change.before.on_destroy])
}

# Plans whose place others took: they may be off.
replaced := {"ContainerRegistry", "Dns", "KubernetesService"}

# Whether a control is about a plan as a whole. What has a control of its own is not looked at twice.
is_about(control, name) if {
	control.plan == name
	not control.extension
}

is_about(control, name) if {
	control.any_plan
	not name in {other.plan | some other in controls}
	not name in replaced
}

is_on(resource) if resource.after.tier == "Standard"

is_subscription(scope) if count(split(trim_prefix(scope, "/"), "/")) == 2

tells("emails", contact) if {
	contact.enabled == true
	count(contact.emails) > 0
}

tells("phone", contact) if {
	is_string(contact.phone)
	contact.phone != ""
}

tells("notifications_by_role", contact) if {
	contact.enabled == true
	contact.notifications_by_role.enabled == true
	"Owner" in contact.notifications_by_role.roles
}

tells(kind, contact) if {
	kind in {"alert_notifications", "attack_path_notifications"}
	contact.enabled == true
	contact[kind].enabled == true
}

managed(control, scope) if {
	some resource in subscription_plans
	resource.after.scope == scope
	resource.after.name == control.plan
}

managed(control, scope) if {
	some resource in of_type("defender_setting")
	resource.after.scope == scope
	upper(resource.after.name) == control.setting
}

managed(control, scope) if {
	some resource in of_type(control.resource)
	resource.after.scope == scope
}

managed(control, scope) if {
	control.contact
	some resource in of_type("defender_security_contact")
	resource.after.scope == scope
}

subscription_plans contains resource if {
	some resource in of_type("defender_plan")
	is_subscription(resource.after.scope)
}

subscriptions contains resource.after.scope if some resource in subscription_plans

# What there will be of a type, in all modules.
of_type(type) := {{"address": change.address, "after": change.change.after} |
	some change in input.resource_changes
	change.mode == "managed"
	change.type == type
	change.change.after != null
}

text(id, resource, what) := sprintf("%s: %s: %s", [named(id), resource.address, what])

# The id of a control with all its other names.
named(id) := sprintf("%s (%s)", [id, concat(", ", numbers)]) if {
	control := controls[id]
	cis := [sprintf("CIS %s %s", [pair[1], control[pair[0]]]) |
		some pair in [["cis_5_0", "5.0"], ["cis_3_0", "3.0"]]
		control[pair[0]]
	]
	numbers := array.concat(cis, object.get(control, "azurerm", []))
}
