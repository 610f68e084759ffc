//! Debug mode: a person starts the plugin and attaches Terraform to it.

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

use crate::host::{command, connect, example, send, within};

/// Starts an example in debug mode, and answers the value of `TF_REATTACH_PROVIDERS` that it prints.
pub(crate) async fn start(name: &str, argument: &str) -> (Child, String) {
    let mut child = command(&example(name)).arg(argument).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    loop {
        let line = within(lines.next_line()).await.unwrap().expect("the plugin says how to attach");
        if let Some(value) = line.trim().strip_prefix("TF_REATTACH_PROVIDERS=") {
            return (child, value.trim_matches('\'').to_owned());
        }
    }
}

#[tokio::test]
async fn a_person_is_told_how_to_attach_and_stops_the_plugin() {
    for (argument, signal) in [("--debug", Signal::INT), ("-debug", Signal::TERM)] {
        let (mut child, variable) = start("bare", argument).await;
        let reattach: Value = serde_json::from_str(&variable).unwrap();
        let provider = &reattach["registry.terraform.io/example/bare"];
        let socket = provider["Addr"]["String"].as_str().unwrap();
        let expected = json!({
            "Protocol": "grpc", "ProtocolVersion": 6, "Pid": child.id(), "Test": true,
            "Addr": { "Network": "unix", "String": socket },
        });
        assert_eq!(*provider, expected);
        // Terraform probes with a connection of its own before it works with a second one.
        for _ in 0..2 {
            drop(within(connect(socket.as_ref(), None)).await.unwrap());
        }
        send(signal, &child);
        assert!(within(child.wait()).await.unwrap().success(), "{argument}");
        assert!(!std::path::Path::new(socket).exists(), "{argument}");
    }
}
