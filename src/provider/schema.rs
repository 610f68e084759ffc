//! The schema of the provider block.

use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Schema, Type, Value};

use crate::arm::CloudName;

/// The environment variable behind an attribute, as azurerm names it; nothing for attributes without one.
/// The first variable that is set counts.
/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs#argument-reference>
pub(super) fn variables(attribute: &str) -> &'static [&'static str] {
    match attribute {
        "subscription_id" => &["ARM_SUBSCRIPTION_ID"],
        "tenant_id" => &["ARM_TENANT_ID"],
        "client_id" => &["ARM_CLIENT_ID"],
        "client_secret" => &["ARM_CLIENT_SECRET"],
        "client_certificate_path" => &["ARM_CLIENT_CERTIFICATE_PATH"],
        "client_certificate_password" => &["ARM_CLIENT_CERTIFICATE_PASSWORD"],
        "use_oidc" => &["ARM_USE_OIDC"],
        "oidc_token" => &["ARM_OIDC_TOKEN"],
        "oidc_token_file_path" => &["ARM_OIDC_TOKEN_FILE_PATH"],
        "oidc_request_url" => {
            &["ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"]
        }
        "oidc_request_token" => {
            &["ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"]
        }
        "ado_pipeline_service_connection_id" => &[
            "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
            "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
            "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
        ],
        "use_msi" => &["ARM_USE_MSI"],
        "msi_endpoint" => &["ARM_MSI_ENDPOINT"],
        "use_cli" => &["ARM_USE_CLI"],
        "use_aks_workload_identity" => &["ARM_USE_AKS_WORKLOAD_IDENTITY"],
        "environment" => &["ARM_ENVIRONMENT"],
        "metadata_host" => &["ARM_METADATA_HOSTNAME"],
        "auxiliary_tenant_ids" => &["ARM_AUXILIARY_TENANT_IDS"],
        // azurerm has no such thing: a job that only looks for drift must not need another configuration.
        "preflight_permissions" => &["DEFENDER_PREFLIGHT_PERMISSIONS"],
        _ => &[],
    }
}

pub(super) fn schema() -> Schema {
    let schema = Schema::new(
        "Manages Microsoft Defender for Cloud: plans, their sub-plans and extensions, over any number of \
         subscriptions from one provider block.",
    );
    let texts = TEXTS.iter().fold(schema, |schema, (name, sensitive, text)| {
        let attribute = Attribute::string().optional().describe(describe(name, text));
        schema.attribute(name, if *sensitive { attribute.sensitive() } else { attribute })
    });
    let flags = FLAGS.iter().fold(texts, |schema, (name, text)| {
        schema.attribute(name, Attribute::bool().optional().describe(describe(name, text)))
    });
    let tenants = "Further tenants to get tokens for, at most three, for requests that span tenants.";
    let environment = "The cloud: `public`, `usgovernment` or `china`. Default: `public`.";
    flags
        .attribute(
            "auxiliary_tenant_ids",
            Attribute::list(Type::String).optional().describe(describe("auxiliary_tenant_ids", tenants)),
        )
        .attribute(
            "environment",
            Attribute::string()
                .optional()
                .one_of(
                    &[CloudName::Public, CloudName::UsGovernment, CloudName::China].map(CloudName::as_str),
                )
                .describe(describe("environment", environment)),
        )
        .attribute("endpoints", endpoints())
        .attribute(
            "reference_date",
            Attribute::string().optional().describe(
                "The day against which rules with a date are judged, such as `2026-11-22`. Default: today, in UTC.",
            ),
        )
        .attribute(
            "rule_severity",
            Attribute::map(Type::String).optional().describe(
                "How grave rules are, by their ids: `error`, `warning` or `off`. A rule's id stands at the end of what it \
                 says. For when Azure has become different from what this provider knows. For example `{ MDC006 = \
                 \"warning\" }`.",
            ),
        )
}

fn endpoints() -> Attribute {
    let address = |text: &str| Attribute::string().check(is_address).describe(text);
    let endpoints = [
        (
            "resource_manager",
            address("Azure Resource Manager, for example `https://management.azure.com`.").required(),
        ),
        (
            "active_directory_authority",
            address("Where tokens come from, for example `https://login.microsoftonline.com`.").required(),
        ),
        (
            "resource_manager_audience",
            Attribute::string()
                .optional()
                .describe("What tokens are asked for. Default: the address of `resource_manager`."),
        ),
    ];
    Attribute::nested(Nesting::Single, endpoints).optional().describe(
        "Addresses of a private cloud or of an emulator, instead of `environment` and `metadata_host`. Plain \
         http is accepted for loopback hosts only.",
    )
}

fn is_address(value: &Value) -> Result<(), String> {
    match value.as_str().map(url::Url::parse) {
        Some(Err(_)) => {
            Err("That is not an address. Write one such as https://management.azure.com.".to_owned())
        }
        _ => Ok(()),
    }
}

fn describe(attribute: &str, text: &str) -> String {
    let names = variables(attribute).iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
    match names.split_last() {
        None => text.to_owned(),
        Some((last, [])) => format!("{text} Also from the environment variable {last}."),
        Some((last, rest)) => {
            format!("{text} Also from the environment variables {} and {last}.", rest.join(", "))
        }
    }
}

/// Text attributes: name, whether it is secret, meaning.
const TEXTS: &[(&str, bool, &str)] = &[
    (
        "ado_pipeline_service_connection_id",
        false,
        "The Azure DevOps service connection to sign in with through OpenID Connect.",
    ),
    ("client_certificate_password", true, "The password of the client certificate."),
    ("client_certificate_path", false, "The path of a client certificate with its key, as a PFX file."),
    ("client_id", false, "The client id of the service principal or of the user-assigned managed identity."),
    ("client_secret", true, "The secret of the service principal."),
    ("metadata_host", false, "A host that tells the addresses of a cloud, as `host` or `host:port`."),
    (
        "msi_endpoint",
        false,
        "The address of the managed identity service, where it is not the machine's own.",
    ),
    ("oidc_request_token", true, "The bearer token for `oidc_request_url`."),
    (
        "oidc_request_url",
        false,
        "Where an OpenID Connect token can be had, in GitHub Actions and Azure Pipelines.",
    ),
    ("oidc_token", true, "An OpenID Connect token to sign in with."),
    ("oidc_token_file_path", false, "A file with an OpenID Connect token to sign in with."),
    (
        "subscription_id",
        false,
        "The GUID of the subscription that resources without a `scope` apply to. Not needed where every resource names its scope.",
    ),
    ("tenant_id", false, "The GUID of the tenant to sign in to."),
];

/// Flags: name, meaning.
const FLAGS: &[(&str, &str)] = &[
    (
        "preflight_permissions",
        "Compares what the caller may do with what a plan needs, and warns of what seems to be missing: one request for \
         each scope. Default: `true`.",
    ),
    (
        "register_provider",
        "Registers a subscription for `Microsoft.Security` where Azure says that it is not. Default: `false`, which \
         makes that an error.",
    ),
    ("use_aks_workload_identity", "Signs in with the workload identity of the AKS pod. Default: `false`."),
    ("use_cli", "Signs in as the user of the Azure CLI where nothing else is configured. Default: `true`."),
    ("use_msi", "Signs in with the machine's managed identity. Default: `false`."),
    ("use_oidc", "Signs in with an OpenID Connect token. Default: `false`."),
];
