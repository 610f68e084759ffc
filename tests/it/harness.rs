//! What every scenario starts from: an emulator of its own, and a workspace that reaches only that.

use crate::shared::process::Failure;
use crate::shared::terraform::Terraform;
use crate::shared::workspace::Workspace;
use arm_emulator::{Emulator, LoggedRequest, Options};
use serde_json::json;
use std::path::Path;
use std::sync::OnceLock;

/// The subscription that an emulator without a seed has.
pub(crate) const SUBSCRIPTION: &str = "/subscriptions/00000000-0000-0000-0000-000000000001";

/// The provider that cargo built for this test binary.
pub(crate) const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-defender");

/// The repository's root.
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What the roles Reader and Security Reader allow; the second one has more of what reads Azure's own tools, and nothing
/// else. <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security#security-reader>
const READERS: [&[&str]; 2] = [
    &["*/read"],
    &[
        "Microsoft.Authorization/*/read",
        "Microsoft.Management/managementGroups/read",
        "Microsoft.Resources/deployments/*/read",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
        "Microsoft.Security/*/read",
        "Microsoft.operationalInsights/workspaces/*/read",
    ],
];

/// For scenes that count requests to plans and nothing else.
pub(crate) const NO_PREFLIGHT: &str = "  preflight_permissions = false\n";

/// One emulator and one Terraform workspace that talks to it.
#[derive(Debug)]
pub(crate) struct Scene {
    /// The Azure of this scene.
    pub(crate) azure: Emulator,
    /// Where Terraform runs.
    pub(crate) workspace: Workspace,
}

impl Scene {
    /// An Azure with one subscription in which nothing was ever changed, and a workspace with this
    /// configuration. Where it has no `required_providers`, they and a provider block are put beside it.
    ///
    /// # Errors
    ///
    /// There is no Terraform, or the emulator or the workspace cannot be set up.
    pub(crate) fn new(configuration: &str) -> Result<Self, Failure> {
        Self::with(terraform()?, Options::default(), configuration)
    }

    /// The same with an Azure, and in a Terraform, of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`Scene::new`].
    pub(crate) fn with(terraform: &Terraform, azure: Options, configuration: &str) -> Result<Self, Failure> {
        let azure = Emulator::start(azure).map_err(Failure::of("start the emulator"))?;
        let mut workspace = Workspace::new(terraform, Path::new(PROVIDER))?;
        workspace.use_emulator(azure.ready());
        if !configuration.contains("required_providers") {
            workspace.write_provider(azure.ready(), "")?;
        }
        workspace.write("main.tf", configuration)?;
        Ok(Self { azure, workspace })
    }

    /// Gives the provider block these attributes, a line each, instead of those it had.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(crate) fn configure(&self, attributes: &str) -> Result<(), Failure> {
        self.workspace.write_provider(self.azure.ready(), attributes)
    }

    /// From now on the caller has the roles Reader and Security Reader on all subscriptions, and no other.
    pub(crate) fn read_only(&self) {
        let roles = READERS.map(|actions| json!({"actions": actions, "notActions": [], "dataActions": []}));
        for subscription in &self.azure.ready().subscriptions {
            let id = format!("/subscriptions/{subscription}/providers/Microsoft.Authorization/permissions");
            self.azure.put_resource(&id, json!({"value": roles}));
        }
    }

    /// Returns the requests since the last call, sorted, as `METHOD path status`; equal ones as `n x …`.
    /// They are sorted because Terraform works on several resources at once.
    pub(crate) fn take_requests(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.azure.requests().iter().map(request_line).collect();
        self.azure.clear_requests();
        lines.sort();
        let groups = lines.chunk_by(|one, other| one == other);
        groups.filter_map(|group| Some((group.first()?, group.len()))).map(counted).collect()
    }
}

/// The Terraform that this machine has; found once per test process.
///
/// # Errors
///
/// There is none, and none can be installed.
pub(crate) fn terraform() -> Result<&'static Terraform, Failure> {
    static FOUND: OnceLock<Result<Terraform, String>> = OnceLock::new();
    let found = FOUND.get_or_init(|| Terraform::find().map_err(|failure| failure.to_string()));
    found.as_ref().map_err(|message| Failure::new(message.as_str()))
}

fn request_line(request: &LoggedRequest) -> String {
    format!("{} {} {}", request.method, request.path, request.status)
}

fn counted((line, times): (&String, usize)) -> String {
    if times == 1 { line.clone() } else { format!("{times} x {line}") }
}
