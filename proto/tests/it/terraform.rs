//! The real host, where it is installed: it must get what it asks for and find nothing to complain about.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;

use crate::host::{command, example, send, within};

/// What Terraform's log says when a plugin misbehaves.
const COMPLAINTS: [&str; 4] =
    ["unexpected data", "plugin failed to exit gracefully", "error reading", "transport is closing"];

#[tokio::test]
async fn terraform_starts_the_plugin_with_and_without_tls() {
    for variables in [&[][..], &[("TF_DISABLE_PLUGIN_TLS", "1")]] {
        terraform_reads_the_schema(variables).await;
    }
}

#[tokio::test]
async fn terraform_attaches_to_a_plugin_in_debug_mode_again_and_again() {
    let (mut plugin, variable) = crate::debug_mode::start("bare", "-debug").await;
    for _ in 0..2 {
        terraform_reads_the_schema(&[("TF_REATTACH_PROVIDERS", &variable)]).await;
    }
    send(Signal::INT, &plugin);
    assert!(within(plugin.wait()).await.unwrap().success());
}

/// Runs `terraform providers schema` in a new directory.
#[expect(clippy::print_stderr, reason = "whoever runs the tests must see that one showed nothing")]
async fn terraform_reads_the_schema(variables: &[(&str, &str)]) {
    let directory = tempfile::tempdir().unwrap();
    symlink(example("bare"), directory.path().join("terraform-provider-bare")).unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    file("main.tf", "terraform {\n required_providers {\n bare = { source = \"example/bare\" }\n }\n}\n");
    let path = directory.path().display();
    let overrides = format!("dev_overrides {{\n \"example/bare\" = \"{path}\"\n }}\n direct {{}}\n");
    let settings = file("terraform.rc", &format!("provider_installation {{\n {overrides}}}\n"));

    let mut terraform = command(Path::new("terraform"));
    terraform
        .args(["providers", "schema", "-json"])
        .current_dir(directory.path())
        .envs([("TF_LOG", "TRACE"), ("CHECKPOINT_DISABLE", "1")])
        .env("TF_CLI_CONFIG_FILE", settings)
        .envs(variables.iter().copied());
    let output = match within(terraform.output()).await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return eprintln!("terraform is not installed; this test has shown nothing");
        }
        outcome => outcome.unwrap(),
    };
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{variables:?}: {log}");
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let provider = &schema["provider_schemas"]["registry.terraform.io/example/bare"]["provider"];
    assert!(provider.is_object(), "{variables:?}: {schema}");
    // Terraform closes the connection right after it has asked for the stop; which of its own tasks notices first is
    // a race on its side, and it notes the loser's error at DEBUG.
    let stopped = |line: &&str| line.contains("[DEBUG] provider.stdio: received EOF, stopping recv loop");
    for line in log.lines().filter(|line| !stopped(line)) {
        let complaint = COMPLAINTS.iter().find(|complaint| line.contains(**complaint));
        assert_eq!(complaint, None, "{variables:?}: {line}");
    }
}
