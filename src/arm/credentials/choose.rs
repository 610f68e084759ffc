//! Which way to sign in: decided from plain data, without I/O.
use crate::arm::error::{Error, ErrorKind};
use crate::arm::{Host, Secret};

use super::Credentials;

/// A chosen way, with everything that it needs.
#[derive(Clone, Debug)]
pub(super) enum Identity {
    ClientSecret {
        app: App,
        secret: Secret,
    },
    Assertion {
        app: App,
        source: AssertionSource,
    },
    /// The managed identity of this machine.
    Machine {
        endpoint: ManagedIdentityEndpoint,
        client_id: Option<String>,
    },
    AzureCli {
        tenant_id: Option<String>,
        subscription_id: Option<String>,
        passed_over: Vec<String>,
    },
}

/// An application in a tenant.
#[derive(Clone, Debug)]
pub(super) struct App {
    pub(super) tenant_id: String,
    pub(super) client_id: String,
}

/// Where the signed statement comes from that stands in for a secret.
#[derive(Clone, Debug)]
pub(super) enum AssertionSource {
    Certificate { path: String, password: Option<Secret> },
    Token(Secret),
    TokenFile(String),
    GitHub { url: String, token: Secret },
    AzurePipelines { url: String, token: Secret, service_connection_id: String },
}

/// The two protocols of managed identities.
#[derive(Clone, Debug)]
pub(super) enum ManagedIdentityEndpoint {
    /// The instance metadata service of a virtual machine, or a given address that speaks like it.
    InstanceMetadata(Option<String>),
    AppService {
        url: String,
        header: Secret,
    },
}

/// Chooses the first way that is configured. `passed_over` of the last way says why each one before was not.
pub(super) fn choose(credentials: &Credentials, host: &Host) -> Result<Identity, Error> {
    let ways: [fn(&Credentials, &Host) -> Way; 5] = [certificate, secret, oidc, managed_identity, azure_cli];
    let mut passed_over = Vec::new();
    for way in ways {
        match way(credentials, host) {
            Way::Chosen(Identity::AzureCli { tenant_id, subscription_id, .. }) => {
                return Ok(Identity::AzureCli { tenant_id, subscription_id, passed_over });
            }
            Way::Chosen(identity) => return Ok(identity),
            Way::Incomplete(problem) => return Err(Error::new(ErrorKind::Credentials, problem)),
            Way::Unused(why) => passed_over.push(why.to_owned()),
        }
    }
    let message = format!("no way to sign in to Azure is configured: {}", passed_over.join("; "));
    Err(Error::new(ErrorKind::Credentials, message))
}

enum Way {
    Chosen(Identity),
    /// Configured in part: the user meant it, so going on to another way would hide a mistake.
    Incomplete(String),
    Unused(&'static str),
}

fn certificate(credentials: &Credentials, _: &Host) -> Way {
    let Some(path) = given(credentials.client_certificate_path.as_ref()) else {
        return Way::Unused("client certificate: client_certificate_path is not set");
    };
    let password = credentials.client_certificate_password.clone();
    match app(
        "client_certificate_path is set",
        credentials.client_id.as_ref(),
        credentials.tenant_id.as_ref(),
    ) {
        Ok(app) => {
            Way::Chosen(Identity::Assertion { app, source: AssertionSource::Certificate { path, password } })
        }
        Err(problem) => Way::Incomplete(problem),
    }
}

fn secret(credentials: &Credentials, _: &Host) -> Way {
    let Some(secret) = given_secret(credentials.client_secret.as_ref()) else {
        return Way::Unused("client secret: client_secret is not set");
    };
    match app("client_secret is set", credentials.client_id.as_ref(), credentials.tenant_id.as_ref()) {
        Ok(app) => Way::Chosen(Identity::ClientSecret { app, secret }),
        Err(problem) => Way::Incomplete(problem),
    }
}

fn oidc(credentials: &Credentials, host: &Host) -> Way {
    let on_aks = credentials.use_aks_workload_identity;
    if !credentials.use_oidc && !on_aks {
        return Way::Unused("OIDC: use_oidc and use_aks_workload_identity are false");
    }
    let from_aks = |value: &Option<String>| value.clone().filter(|_| on_aks);
    let client_id = credentials.client_id.clone().or_else(|| from_aks(&host.workload_client_id));
    let tenant_id = credentials.tenant_id.clone().or_else(|| from_aks(&host.workload_tenant_id));
    let cause = if credentials.use_oidc { "use_oidc is true" } else { "use_aks_workload_identity is true" };
    let source = match assertion_source(credentials, from_aks(&host.federated_token_file)) {
        Ok(source) => source,
        Err(missing) => return Way::Incomplete(format!("{cause}, but {missing}")),
    };
    match app(cause, client_id.as_ref(), tenant_id.as_ref()) {
        Ok(app) => Way::Chosen(Identity::Assertion { app, source }),
        Err(problem) => Way::Incomplete(problem),
    }
}

fn assertion_source(
    credentials: &Credentials,
    aks_file: Option<String>,
) -> Result<AssertionSource, &'static str> {
    if let Some(token) = given_secret(credentials.oidc_token.as_ref()) {
        return Ok(AssertionSource::Token(token));
    }
    if let Some(path) = given(credentials.oidc_token_file_path.as_ref()).or(aks_file) {
        return Ok(AssertionSource::TokenFile(path));
    }
    let url = given(credentials.oidc_request_url.as_ref());
    let token = given_secret(credentials.oidc_request_token.as_ref());
    match (given(credentials.ado_pipeline_service_connection_id.as_ref()), url, token) {
        (None, Some(url), Some(token)) => Ok(AssertionSource::GitHub { url, token }),
        (Some(service_connection_id), Some(url), Some(token)) => {
            Ok(AssertionSource::AzurePipelines { url, token, service_connection_id })
        }
        (Some(_), None, _) => Err(
            "ado_pipeline_service_connection_id needs oidc_request_url (SYSTEM_OIDCREQUESTURI), which is not set",
        ),
        (_, Some(_), None) => Err("oidc_request_url needs oidc_request_token, which is not set"),
        (None, None, Some(_)) => Err("oidc_request_token needs oidc_request_url, which is not set"),
        (None, None, None) if credentials.use_oidc => {
            Err("none of oidc_token, oidc_token_file_path and oidc_request_url is set")
        }
        (None, None, None) => {
            Err("AZURE_FEDERATED_TOKEN_FILE is not set: is the pod labelled for workload identity?")
        }
    }
}

fn managed_identity(credentials: &Credentials, host: &Host) -> Way {
    if !credentials.use_msi {
        return Way::Unused("managed identity: use_msi is false");
    }
    let given_endpoint = given(credentials.msi_endpoint.as_ref());
    let endpoint = match (&host.identity_endpoint, &host.identity_header) {
        (Some(url), Some(header)) if given_endpoint.as_ref().is_none_or(|given| given == url) => {
            ManagedIdentityEndpoint::AppService { url: url.clone(), header: header.clone() }
        }
        _ => ManagedIdentityEndpoint::InstanceMetadata(given_endpoint),
    };
    Way::Chosen(Identity::Machine { endpoint, client_id: given(credentials.client_id.as_ref()) })
}

fn azure_cli(credentials: &Credentials, host: &Host) -> Way {
    if !credentials.use_cli {
        return Way::Unused("Azure CLI: use_cli is false");
    }
    Way::Chosen(Identity::AzureCli {
        tenant_id: given(credentials.tenant_id.as_ref()).filter(|_| !host.cloud_shell),
        subscription_id: given(credentials.subscription_id.as_ref()),
        passed_over: Vec::new(),
    })
}

fn app(cause: &str, client_id: Option<&String>, tenant_id: Option<&String>) -> Result<App, String> {
    match (given(client_id), given(tenant_id)) {
        (Some(client_id), Some(tenant_id)) => Ok(App { tenant_id, client_id }),
        (None, Some(_)) => Err(format!("{cause}, but client_id is not set")),
        (Some(_), None) => Err(format!("{cause}, but tenant_id is not set")),
        (None, None) => Err(format!("{cause}, but client_id and tenant_id are not set")),
    }
}

fn given(value: Option<&String>) -> Option<String> {
    value.filter(|value| !value.trim().is_empty()).cloned()
}

fn given_secret(value: Option<&Secret>) -> Option<Secret> {
    value.filter(|value| !value.expose().trim().is_empty()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: impl FnOnce(&mut Credentials, &mut Host), expected: &str) {
        let (mut credentials, mut host) = (Credentials::default(), Host::bare());
        given(&mut credentials, &mut host);
        let found = match choose(&credentials, &host) {
            Ok(identity) => format!("{identity:?}"),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "expected {expected}\n   found {found}");
    }

    fn app_of(credentials: &mut Credentials) {
        credentials.tenant_id = Some("t".to_owned());
        credentials.client_id = Some("c".to_owned());
    }

    #[test]
    fn the_order_is_azurerm_s() {
        check(
            |c, _| {
                app_of(c);
                c.client_certificate_path = Some("a.pfx".to_owned());
                c.client_secret = Some(Secret::new("s"));
                (c.use_oidc, c.use_msi, c.use_cli) = (true, true, true);
            },
            "Certificate { path: \"a.pfx\"",
        );
        check(
            |c, _| {
                app_of(c);
                c.client_secret = Some(Secret::new("s"));
                (c.use_oidc, c.use_msi) = (true, true);
            },
            "ClientSecret { app: App { tenant_id: \"t\", client_id: \"c\" }, secret: *** }",
        );
        check(
            |c, _| {
                app_of(c);
                c.oidc_token = Some(Secret::new("jwt"));
                c.oidc_token_file_path = Some("/f".to_owned());
                (c.use_oidc, c.use_msi) = (true, true);
            },
            "source: Token(***)",
        );
        check(
            |c, _| {
                app_of(c);
                c.oidc_request_url = Some("https://u".to_owned());
                c.oidc_request_token = Some(Secret::new("b"));
                c.use_oidc = true;
            },
            "GitHub { url: \"https://u\", token: *** }",
        );
        check(
            |c, _| {
                app_of(c);
                c.oidc_request_url = Some("https://u".to_owned());
                c.oidc_request_token = Some(Secret::new("b"));
                c.ado_pipeline_service_connection_id = Some("k".to_owned());
                c.use_oidc = true;
            },
            "AzurePipelines { url: \"https://u\", token: ***, service_connection_id: \"k\" }",
        );
        check(|c, _| (c.use_msi, c.use_cli) = (true, true), "InstanceMetadata(None)");
        check(|c, _| c.use_cli = true, "AzureCli { tenant_id: None");
    }

    #[test]
    fn what_the_host_says() {
        check(
            |c, h| {
                c.use_aks_workload_identity = true;
                h.federated_token_file = Some("/var/token".to_owned());
                h.workload_client_id = Some("wc".to_owned());
                h.workload_tenant_id = Some("wt".to_owned());
            },
            "Assertion { app: App { tenant_id: \"wt\", client_id: \"wc\" }, source: TokenFile(\"/var/token\") }",
        );
        check(
            |c, h| {
                c.use_msi = true;
                h.identity_endpoint = Some("http://127.0.0.1/msi".to_owned());
                h.identity_header = Some(Secret::new("x"));
            },
            "AppService { url: \"http://127.0.0.1/msi\", header: *** }",
        );
        check(
            |c, h| {
                c.use_cli = true;
                c.tenant_id = Some("t".to_owned());
                h.cloud_shell = true;
            },
            "AzureCli { tenant_id: None",
        );
    }

    #[test]
    fn a_way_that_is_configured_in_part_is_an_error() {
        check(
            |c, _| c.client_secret = Some(Secret::new("s")),
            "client_secret is set, but client_id and tenant_id are not set",
        );
        check(
            |c, _| {
                c.client_certificate_path = Some("a.pfx".to_owned());
                c.client_id = Some("c".to_owned());
            },
            "client_certificate_path is set, but tenant_id is not set",
        );
        check(
            |c, _| {
                app_of(c);
                c.use_oidc = true;
            },
            "use_oidc is true, but none of oidc_token, oidc_token_file_path and oidc_request_url is set",
        );
        check(
            |c, _| {
                c.use_oidc = true;
                c.oidc_request_url = Some("https://u".to_owned());
            },
            "oidc_request_url needs oidc_request_token",
        );
        check(
            |c, _| {
                c.use_oidc = true;
                c.ado_pipeline_service_connection_id = Some("k".to_owned());
            },
            "ado_pipeline_service_connection_id needs oidc_request_url (SYSTEM_OIDCREQUESTURI)",
        );
        check(|c, _| c.use_aks_workload_identity = true, "AZURE_FEDERATED_TOKEN_FILE is not set");
    }

    #[test]
    fn nothing_configured_lists_every_way() {
        check(
            |c, _| c.client_secret = Some(Secret::new(" ")),
            "no way to sign in to Azure is configured: client certificate: client_certificate_path is not set; client \
             secret: client_secret is not set; OIDC: use_oidc and use_aks_workload_identity are false; managed identity: \
             use_msi is false; Azure CLI: use_cli is false",
        );
    }
}
