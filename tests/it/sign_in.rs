//! Every way to sign in that needs no foreign service, from the environment to the first answer.

use crate::harness::{Scene, terraform};
use crate::requests::in_order;
use crate::shared::process::Failure;
use arm_emulator::Options;

/// A statement as an issuer of OIDC tokens would sign it, for whoever does not look at signatures.
pub(crate) const ASSERTION: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyZXBvOm9yZy9yZXBvIn0.bm8tc2lnbmF0dXJl";

/// Where the token of [`ASSERTION`] is found, below the workspace.
const TOKEN_FILE: &str = "oidc-token";

const DATA_SOURCE: &str = r#"
data "defender_plans" "all" {}

output "plans" {
  value = length(data.defender_plans.all.plans)
}
"#;

/// How the provider gets to know the addresses.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Addresses {
    /// The provider block says them.
    Endpoints,
    /// The provider block is empty, and the metadata host tells.
    MetadataHost,
}

#[test]
fn client_secret() -> Result<(), Failure> {
    check(Options::default(), Addresses::Endpoints, |_| Vec::new(), "POST token 200")?;
    check(Options::default(), Addresses::MetadataHost, |_| Vec::new(), "POST token 200")
}

#[test]
fn oidc_token() -> Result<(), Failure> {
    let variables =
        |_: &Scene| vec![no_secret(), on("ARM_USE_OIDC"), ("ARM_OIDC_TOKEN", ASSERTION.to_owned())];
    check(Options::default(), Addresses::Endpoints, variables, "POST token 200")
}

#[test]
fn oidc_token_from_a_file() -> Result<(), Failure> {
    let variables = |scene: &Scene| {
        let path = scene.workspace.path().join(TOKEN_FILE).display().to_string();
        vec![no_secret(), on("ARM_USE_OIDC"), ("ARM_OIDC_TOKEN_FILE_PATH", path)]
    };
    check(Options::default(), Addresses::MetadataHost, variables, "POST token 200")
}

/// The instance metadata service speaks plain http, so the whole emulator does here.
#[test]
fn managed_identity() -> Result<(), Failure> {
    let variables = |scene: &Scene| {
        let host = scene.azure.ready().resource_manager.clone();
        let endpoint = format!("{host}/metadata/identity/oauth2/token");
        vec![no_secret(), on("ARM_USE_MSI"), ("ARM_MSI_ENDPOINT", endpoint), ("ARM_METADATA_HOSTNAME", host)]
    };
    let http = || Options { http: true, ..Options::default() };
    check(http(), Addresses::Endpoints, variables, "GET token 200")?;
    check(http(), Addresses::MetadataHost, variables, "GET token 200")
}

/// Plans a data source with these variables beside the emulator's own, and counts what that took.
fn check(
    azure: Options,
    addresses: Addresses,
    variables: impl FnOnce(&Scene) -> Vec<(&'static str, String)>,
    sign_in: &str,
) -> Result<(), Failure> {
    let block = match addresses {
        Addresses::Endpoints => "",
        Addresses::MetadataHost => {
            "terraform {\n  required_providers {\n    defender = { source = \"defender-tf/defender\" }\n  }\n}\n"
        }
    };
    let mut scene = Scene::with(terraform()?, azure, &format!("{block}{DATA_SOURCE}"))?;
    scene.workspace.write(TOKEN_FILE, &format!("{ASSERTION}\n"))?;
    for (name, value) in variables(&scene) {
        scene.workspace.set(name, value);
    }
    scene.workspace.plan()?.require(2)?;
    let mut expected = vec![sign_in, "GET list 200"];
    if addresses == Addresses::MetadataHost {
        expected.insert(0, "GET metadata 200");
    }
    assert_eq!(in_order(&scene.azure), expected);
    Ok(())
}

fn no_secret() -> (&'static str, String) {
    ("ARM_CLIENT_SECRET", String::new())
}

fn on(variable: &'static str) -> (&'static str, String) {
    (variable, "true".to_owned())
}
