//! The real host, where it is installed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;

use crate::host::{command, example, within};

#[tokio::test]
async fn terraform_reads_the_schema_and_sees_no_crash() {
    for tls in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        symlink(example("bare"), directory.path().join("terraform-provider-bare")).unwrap();
        let path = directory.path().display();
        let settings = format!(
            "provider_installation {{\n dev_overrides {{\n \"example/bare\" = \"{path}\"\n }}\n direct {{}}\n}}\n"
        );
        fs::write(directory.path().join("terraform.rc"), settings).unwrap();
        let main = "terraform {\n required_providers {\n bare = { source = \"example/bare\" }\n }\n}\n";
        fs::write(directory.path().join("main.tf"), main).unwrap();

        let mut terraform = command(Path::new("terraform"));
        terraform
            .args(["providers", "schema", "-json"])
            .current_dir(directory.path())
            .env("TF_CLI_CONFIG_FILE", directory.path().join("terraform.rc"))
            .env("TF_LOG", "TRACE")
            .env("CHECKPOINT_DISABLE", "1");
        if !tls {
            terraform.env("TF_DISABLE_PLUGIN_TLS", "1");
        }
        let output = match within(terraform.output()).await {
            Ok(output) => output,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                eprintln!("terraform is not installed; this test has shown nothing");
                return;
            }
            Err(error) => panic!("terraform cannot be started: {error}"),
        };
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{log}");
        let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(
            schema["provider_schemas"]["registry.terraform.io/example/bare"]["provider"].is_object(),
            "{schema}"
        );
        for complaint in
            ["unexpected data", "plugin failed to exit gracefully", "error reading", "transport is closing"]
        {
            assert!(!log.contains(complaint), "{complaint}: {log}");
        }
    }
}
