//! Who we are: choosing a way to sign in, and getting tokens with it.
//!
//! The ways, their names and their order are azurerm's, so that a pipeline that works there works here: client
//! certificate, client secret, OIDC token or file, OIDC request (GitHub Actions, Azure Pipelines), managed identity,
//! Azure CLI. <https://github.com/hashicorp/go-azure-sdk/blob/main/sdk/auth/auth.go>
//!
//! Start at [`Credentials`]; `choose` decides without I/O, [`Tokens`] keeps what was got.
mod azure_cli;
mod certificate;
mod choose;
mod entra;
mod managed_identity;
mod tokens;

use super::Secret;
use super::cloud::Endpoints;
use super::request::Call;
use super::tries::Tries;

pub(super) use tokens::Tokens;

/// The sign-in part of the provider block, as it was given: nothing here is checked before the first request.
/// `None` and an empty text both mean "not given".
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are the provider block's switches")]
pub struct Credentials {
    /// Directory (tenant) id.
    pub tenant_id: Option<String>,
    /// Application (client) id; with a managed identity, which of several to use.
    pub client_id: Option<String>,
    /// Client secret.
    pub client_secret: Option<Secret>,
    /// Path of a PKCS#12 file (`.pfx`) with certificate and RSA key.
    pub client_certificate_path: Option<String>,
    /// The password of that file. Default: none.
    pub client_certificate_password: Option<Secret>,
    /// Whether to sign in with an OIDC token of another issuer.
    pub use_oidc: bool,
    /// The OIDC token itself.
    pub oidc_token: Option<Secret>,
    /// A file with the OIDC token, read at each sign-in.
    pub oidc_token_file_path: Option<String>,
    /// Where to ask for an OIDC token: `ACTIONS_ID_TOKEN_REQUEST_URL` or `SYSTEM_OIDCREQUESTURI`.
    pub oidc_request_url: Option<String>,
    /// The bearer token for that request: `ACTIONS_ID_TOKEN_REQUEST_TOKEN` or `SYSTEM_ACCESSTOKEN`.
    pub oidc_request_token: Option<Secret>,
    /// The Azure DevOps service connection, where the OIDC token comes from Azure Pipelines.
    pub ado_pipeline_service_connection_id: Option<String>,
    /// Whether to sign in as the managed identity of this machine.
    pub use_msi: bool,
    /// The managed identity endpoint. Default: that of the virtual machine, or the one that App Service names.
    pub msi_endpoint: Option<String>,
    /// Whether to sign in through the Azure CLI. The provider block's default is true.
    pub use_cli: bool,
    /// Whether to take token file, client and tenant from AKS workload identity.
    pub use_aks_workload_identity: bool,
    /// Further tenants whose tokens go along with each request, at most three.
    /// <https://learn.microsoft.com/azure/azure-resource-manager/management/authenticate-multi-tenant>
    pub auxiliary_tenant_ids: Vec<String>,
    /// The subscription whose account the Azure CLI uses where no tenant is given.
    pub subscription_id: Option<String>,
}

/// What signing in needs for one call: where to, by what, until when.
#[derive(Clone, Copy)]
pub(super) struct SignIn<'a> {
    pub(super) tries: &'a Tries,
    pub(super) endpoints: &'a Endpoints,
    pub(super) call: &'a Call,
}

impl SignIn<'_> {
    /// Seconds since 1970.
    fn now(&self) -> i64 {
        (self.tries.host.clock)().unix_timestamp()
    }
}
