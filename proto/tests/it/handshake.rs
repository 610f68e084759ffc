//! The line, and who gets one.

use std::os::unix::fs::PermissionsExt as _;

use crate::host::{COOKIE, Host, command, example, within};

#[tokio::test]
async fn without_the_cookie_a_person_gets_an_explanation() {
    for cookie in [None, Some("another"), Some("")] {
        let mut command = command(&example("bare"));
        if let Some(cookie) = cookie {
            command.env("TF_PLUGIN_MAGIC_COOKIE", cookie);
        }
        let output = within(command.output()).await.unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]), "{text}");
        for word in [
            "Terraform or OpenTofu",
            "registry.terraform.io/example/bare",
            env!("CARGO_PKG_VERSION"),
            "--debug",
        ] {
            assert!(text.contains(word), "{word} is missing in: {text}");
        }
    }
}

#[tokio::test]
async fn people_may_ask_for_version_and_help() {
    for (argument, code, word) in [("--version", 0, "bare 0."), ("--help", 0, "--debug"), ("--oops", 1, "")] {
        let output = within(command(&example("bare")).arg(argument).output()).await.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{argument}");
        assert!(text.contains(word), "{argument}: {text}");
    }
}

/// Whatever the host's variables say: a command's streams and exit code are its own.
#[tokio::test]
async fn people_may_run_the_provider_s_own_commands() {
    for (arguments, code, printed, error) in [
        (&["say", "one", "--two"][..], 0, "one\n--two\n", ""),
        (&["say"], 3, "", "there is nothing to say\n"),
        (&["sya"], 1, "", "echo: there is no argument sya; the only command is say; try --help\n"),
    ] {
        for cookie in ["", COOKIE] {
            let mut command = command(&example("echo"));
            command.args(arguments).env("TF_PLUGIN_MAGIC_COOKIE", cookie).env("TF_LOG", "TRACE");
            let output = within(command.output()).await.unwrap();
            let streams = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(output.status.code(), Some(code), "{arguments:?}");
            assert_eq!(streams, [printed, error], "{arguments:?}");
        }
    }
    let help = within(command(&example("echo")).arg("--help").output()).await.unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.ends_with("  say        print the arguments, a line each\n"), "{help}");
}

#[tokio::test]
async fn what_the_host_asks_wrongly_is_an_error_before_the_line() {
    for (variable, value) in
        [("PLUGIN_CLIENT_CERT", "junk"), ("PLUGIN_MIN_PORT", "x"), ("PLUGIN_UNIX_SOCKET_DIR", "/nowhere")]
    {
        let mut command = command(&example("bare"));
        command.env("TF_PLUGIN_MAGIC_COOKIE", COOKIE).env(variable, value);
        let output = within(command.output()).await.unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]), "{variable}");
        assert!(!output.stderr.is_empty(), "{variable}");
    }
}

#[tokio::test]
async fn the_line_has_the_fields_that_the_host_counts() {
    for (name, variable, count) in [
        ("as Terraform does it", ("TF_LOG", ""), 6),
        ("multiplexing", ("PLUGIN_MULTIPLEX_GRPC", "true"), 7),
        ("no common version", ("PLUGIN_PROTOCOL_VERSIONS", "4,5"), 6),
    ] {
        let host = Host::start_with("bare", &[variable]).await;
        let fields = &host.line.fields;
        assert_eq!(fields.len(), count, "{name}: {fields:?}");
        assert_eq!(
            (fields[0].as_str(), fields[1].as_str(), fields[2].as_str()),
            ("1", "6", "unix"),
            "{name}"
        );
        assert_eq!(fields[4], "grpc", "{name}");
        assert!(host.line.certificate().is_some(), "{name}");
        assert_eq!(fields.get(6).map_or("false", String::as_str), "false", "{name}");
        // Verifies that the certificate is for localhost, and that the handshake works.
        host.ping(host.connect().await).await.unwrap();
    }
}

#[tokio::test]
async fn without_a_client_certificate_the_plugin_speaks_plain_http() {
    let host = Host::start_with("bare", &[("PLUGIN_CLIENT_CERT", "")]).await;
    assert_eq!(host.line.fields[5], "");
    host.ping(host.connect().await).await.unwrap();
}

#[tokio::test]
async fn the_socket_is_where_the_host_wants_it_and_private() {
    let directory = tempfile::tempdir().unwrap();
    let group = rustix::process::getgid().to_string();
    for (group, modes) in [("", (0o700, None)), (&group, (0o710, Some(0o660)))] {
        let place = directory.path().to_str().unwrap();
        let variables = [("PLUGIN_UNIX_SOCKET_DIR", place), ("PLUGIN_UNIX_SOCKET_GROUP", group)];
        let host = Host::start_with("bare", &variables).await;
        let socket = host.line.socket();
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert!(socket.starts_with(directory.path()), "{socket:?}");
        assert_eq!(mode(socket.parent().unwrap()), modes.0, "{group:?}");
        if let Some(expected) = modes.1 {
            assert_eq!(mode(socket), expected, "{group:?}");
        }
    }
}
