//! What the client takes from the process around it: clock, chance, and the variables that Azure's own hosts set.
//! One value, made once, so that nothing below reads the environment and a test can set all of it.
use std::ffi::OsString;

use time::OffsetDateTime;

use super::Secret;

/// The surroundings of the process.
#[derive(Clone, Debug)]
pub struct Host {
    /// The wall clock, UTC.
    pub clock: fn() -> OffsetDateTime,
    /// Chance for waiting times: uniform in 0.0 to 1.0.
    pub random: fn() -> f64,
    /// `IDENTITY_ENDPOINT`: the managed identity endpoint of App Service, Functions and Container Apps.
    /// <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>
    pub identity_endpoint: Option<String>,
    /// `IDENTITY_HEADER`: what that endpoint wants to see.
    pub identity_header: Option<Secret>,
    /// `AZURE_FEDERATED_TOKEN_FILE`, `AZURE_CLIENT_ID` and `AZURE_TENANT_ID`, which the webhook of AKS workload
    /// identity sets. <https://learn.microsoft.com/azure/aks/workload-identity-overview>
    pub federated_token_file: Option<String>,
    /// See [`Self::federated_token_file`].
    pub workload_client_id: Option<String>,
    /// See [`Self::federated_token_file`].
    pub workload_tenant_id: Option<String>,
    /// Whether this is Azure Cloud Shell, whose CLI accepts no `--tenant`.
    pub cloud_shell: bool,
    /// `PATH`, where the Azure CLI is looked for. `None` inherits the process's.
    pub search_path: Option<OsString>,
}

impl Host {
    /// Reads the environment of this process. Empty variables count as absent.
    pub fn of_process() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        Self {
            identity_endpoint: variable("IDENTITY_ENDPOINT"),
            identity_header: variable("IDENTITY_HEADER").map(Secret::from),
            federated_token_file: variable("AZURE_FEDERATED_TOKEN_FILE"),
            workload_client_id: variable("AZURE_CLIENT_ID"),
            workload_tenant_id: variable("AZURE_TENANT_ID"),
            cloud_shell: variable("AZUREPS_HOST_ENVIRONMENT")
                .is_some_and(|value| value.starts_with("cloud-shell/")),
            ..Self::bare()
        }
    }

    /// Clock and chance only: a machine that is not Azure's.
    pub fn bare() -> Self {
        Self {
            clock: OffsetDateTime::now_utc,
            random: fastrand::f64,
            identity_endpoint: None,
            identity_header: None,
            federated_token_file: None,
            workload_client_id: None,
            workload_tenant_id: None,
            cloud_shell: false,
            search_path: None,
        }
    }
}
