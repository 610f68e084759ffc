//! `parse_id`: the parts of an id of Azure.

use serde::Serialize;
use tfplugin_protocol::Type;
use tfplugin_protocol::provider::{Function, FunctionError};
use tfplugin_protocol::schema::{Parameter, Signature};

use crate::arm::{IdError, ResourceId, Scope, ScopeKind};
use crate::catalog::Catalog;

/// The function.
#[derive(Debug)]
pub(super) struct ParseId;

/// The parts.
#[derive(Debug, Serialize)]
pub(super) struct Output {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    namespace: String,
    name: String,
    parent_id: Option<String>,
    scope: Option<String>,
    subscription_id: Option<String>,
    management_group: Option<String>,
    resource_group: Option<String>,
}

/// Types that are spelt as Azure does, with the types above them; the letter case of all others stays as it is given.
/// <https://learn.microsoft.com/azure/templates>
const SPELLINGS: [&str; 22] = [
    PLANS,
    "Microsoft.Authorization/policyAssignments",
    "Microsoft.Authorization/policyDefinitions",
    "Microsoft.Authorization/policySetDefinitions",
    "Microsoft.Authorization/roleAssignments",
    "Microsoft.Authorization/roleDefinitions",
    "Microsoft.Compute/virtualMachineScaleSets/extensions",
    "Microsoft.Compute/virtualMachines/extensions",
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.HybridCompute/machines/extensions",
    "Microsoft.Kubernetes/connectedClusters",
    "Microsoft.KubernetesConfiguration/extensions",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    MANAGEMENT_GROUPS,
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.PolicyInsights/remediations",
    "Microsoft.Security/defenderForStorageSettings",
    "Microsoft.Security/securityContacts",
    "Microsoft.Security/serverVulnerabilityAssessmentsSettings",
    "Microsoft.Security/settings",
    "Microsoft.Security/workspaceSettings",
    "Microsoft.Storage/storageAccounts",
];
const PLANS: &str = "Microsoft.Security/pricings";
const MANAGEMENT_GROUPS: &str = "Microsoft.Management/managementGroups";

impl Function for ParseId {
    type Arguments = (String,);
    type Output = Output;

    const NAME: &'static str = "parse_id";

    fn signature(&self) -> Signature {
        let fields = [
            "id",
            "type",
            "namespace",
            "name",
            "parent_id",
            "scope",
            "subscription_id",
            "management_group",
            "resource_group",
        ];
        Signature::new("Splits an id of Azure into its parts.", Type::object(fields.map(|name| (name, Type::String))))
            .describe(
                "Splits an id of Azure, in any letter case, into its parts. `id` is the same id with fixed words, the types that \
                 this provider manages and the names of plans in Azure's letter case, and the subscription in lower case. \
                 `type` is the resource type, such as `Microsoft.Security/pricings`, and `namespace` what stands before its \
                 slash; `name` is the last part. `parent_id` is what the object lies in: the machine of an extension. \
                 `scope` is what the object's own `/providers/` part hangs on: the subscription of a plan, the resource group \
                 of a machine and of its extensions. `subscription_id` is the GUID; `management_group` and \
                 `resource_group` are names. What an id does not have is null.",
            )
            .parameter(Parameter::new("id", Type::String, "The id, such as that of a subscription, a plan or a machine."))
    }

    fn call(&self, (text,): (String,)) -> Result<Output, FunctionError> {
        let given: ResourceId =
            text.parse().map_err(|error| FunctionError::at(0, not_an_id(&text, &error)))?;
        let id: ResourceId = spelt(&given).parse().unwrap_or(given);
        let is_group = matches!(Scope::from(id.clone()), Scope::ResourceGroup(_));
        let untyped = if is_group { "resourceGroups" } else { "subscriptions" };
        let kind = id.resource_type().map(|kind| kind.to_string());
        let kind = kind.unwrap_or_else(|| format!("Microsoft.Resources/{untyped}"));
        let above: Vec<Scope> =
            std::iter::successors(Some(id.clone()), ResourceId::parent).map(Scope::from).collect();
        let name_of = |kind: ScopeKind| {
            above.iter().find(|scope| scope.kind() == kind).map(|scope| scope.id().name().to_owned())
        };
        Ok(Output {
            namespace: kind.split('/').next().unwrap_or_default().to_owned(),
            kind,
            name: id.name().to_owned(),
            parent_id: id.parent().map(|parent| parent.to_string()),
            scope: id.scope().map(|scope| scope.to_string()),
            subscription_id: id.subscription_id().map(str::to_owned),
            management_group: name_of(ScopeKind::ManagementGroup),
            resource_group: name_of(ScopeKind::ResourceGroup),
            id: id.to_string(),
        })
    }
}

/// The id in Azure's letter case, as far as that is known.
fn spelt(id: &ResourceId) -> String {
    let Some(kind) = id.resource_type() else { return id.to_string() };
    let given: Vec<&str> = kind.as_str().split('/').collect();
    let alike = |one: &[&str]| {
        one.iter().zip(&given).take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count()
    };
    let known = SPELLINGS.map(|known| known.split('/').collect::<Vec<_>>());
    let nearest = known.iter().max_by_key(|known| alike(known));
    let mut types = given.clone();
    if let Some(nearest) = nearest {
        let count = alike(nearest);
        types[..count].copy_from_slice(&nearest[..count]);
    }
    let scope = id.scope();
    let before = scope.as_ref().map_or(0, |scope| scope.segments().count());
    // Behind the scope: `providers`, the namespace, then a type and a name at a time.
    let names = id.segments().skip(before + 3).step_by(2);
    let mut text = scope.map(|scope| spelt(&scope)).unwrap_or_default() + "/providers/" + types[0];
    for (kind, name) in types[1..].iter().zip(names) {
        let plan = Catalog::get().plan(name).filter(|_| types.join("/") == PLANS);
        let name = plan.map_or(name, |plan| plan.name.as_str());
        text = format!("{text}/{kind}/{name}");
    }
    text
}

fn not_an_id(text: &str, error: &IdError) -> String {
    let beginning: String = text.chars().take(300).collect();
    let full = format!("/subscriptions/{beginning}");
    let problem = error.problem();
    let write = if full.parse::<ResourceId>().is_ok() {
        format!("write {full:?}")
    } else {
        "an id looks like \"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/NAME\""
            .to_owned()
    };
    format!("{beginning:?} is not an id of Azure: {problem}; {write}")
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::{argument_misfits, to_value};

    use super::*;

    const GUID: &str = "0a1b2c3d-0000-1111-2222-333344445555";

    fn call(text: &str) -> Result<Output, FunctionError> {
        ParseId.call((text.replace("{s}", &GUID.to_uppercase()),))
    }

    #[test]
    fn arguments_and_output_fit_the_signature() {
        let signature = ParseId.signature();
        assert_eq!(argument_misfits::<(String,)>(&signature), Vec::<String>::new());
        to_value(&call("/subscriptions/{s}").unwrap(), &signature.returns).unwrap();
    }

    /// Id, type, parent and scope.
    fn check(text: &str, expected: [&str; 4]) {
        let Output { id, kind, parent_id, scope, .. } = call(text).unwrap();
        let found = [id, kind, parent_id.unwrap_or_default(), scope.unwrap_or_default()];
        assert_eq!(found, expected.map(|text| text.replace("{s}", GUID)), "{text}");
    }

    #[test]
    fn parts_in_any_letter_case() {
        check("/SUBSCRIPTIONS/{s}", ["/subscriptions/{s}", "Microsoft.Resources/subscriptions", "", ""]);
        check(
            "/subscriptions/{s}/resourcegroups/Rg",
            [
                "/subscriptions/{s}/resourceGroups/Rg",
                "Microsoft.Resources/resourceGroups",
                "/subscriptions/{s}",
                "",
            ],
        );
        let machine = "/subscriptions/{s}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm";
        check(
            "/subscriptions/{s}/resourcegroups/rg/providers/microsoft.compute/VIRTUALMACHINES/vm/Extensions/MDE",
            [
                &format!("{machine}/extensions/MDE"),
                "Microsoft.Compute/virtualMachines/extensions",
                machine,
                "/subscriptions/{s}/resourceGroups/rg",
            ],
        );
        check(
            &format!(
                "{}/providers/MICROSOFT.SECURITY/pricings/virtualmachines",
                machine.to_lowercase().replace("{s}", GUID)
            ),
            [
                &format!("{machine}/providers/Microsoft.Security/pricings/VirtualMachines"),
                PLANS,
                machine,
                machine,
            ],
        );
        let group = "/providers/Microsoft.Management/managementGroups/mg";
        check(&group.to_lowercase(), [group, MANAGEMENT_GROUPS, "", ""]);
        check(
            "/providers/microsoft.compute/Odd/a/b/c",
            [
                "/providers/Microsoft.Compute/Odd/a/b/c",
                "Microsoft.Compute/Odd/b",
                "/providers/Microsoft.Compute/Odd/a",
                "",
            ],
        );
        check(
            "/providers/My.Own/things/Virtualmachines",
            ["/providers/My.Own/things/Virtualmachines", "My.Own/things", "", ""],
        );
    }

    #[test]
    fn names_of_what_it_lies_in() {
        let vm = "/subscriptions/{s}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm/extensions/e";
        for (text, group, resource_group, subscription) in [
            ("/subscriptions/{s}", None, None, Some(GUID)),
            (vm, None, Some("rg"), Some(GUID)),
            (
                "/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/policyAssignments/a",
                Some("mg"),
                None,
                None,
            ),
        ] {
            let found = call(text).unwrap();
            let found = [found.management_group, found.resource_group, found.subscription_id];
            assert_eq!(
                found.each_ref().map(Option::as_deref),
                [group, resource_group, subscription],
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_id_is_an_error_at_the_argument() {
        for (text, part) in [
            (GUID, "write \"/subscriptions/0a1b2c3d-"),
            ("", "does not begin with \"/\"; an id looks like"),
            ("/subscriptions/prod", "\"prod\" is not a subscription id, which is a GUID; "),
            ("/subscriptions/{s}/", "an empty part"),
        ] {
            let error = call(text).unwrap_err();
            assert_eq!(error.argument, Some(0), "{error}");
            assert!(error.text.contains(part) && !error.text.ends_with('.'), "{error}");
        }
    }
}
