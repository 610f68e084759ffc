//! Debug mode: a person starts the plugin and attaches Terraform to it.

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::host::{command, connect, example, within};

#[tokio::test]
async fn a_person_is_told_how_to_attach_and_stops_the_plugin() {
    for (argument, signal) in [("--debug", Signal::INT), ("-debug", Signal::TERM)] {
        let mut child = command(&example("bare")).arg(argument).spawn().unwrap();
        let process = child.id().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let variable = loop {
            let line = within(lines.next_line()).await.unwrap().expect("the plugin says how to attach");
            if let Some(value) = line.trim().strip_prefix("TF_REATTACH_PROVIDERS=") {
                break value.trim_matches('\'').to_owned();
            }
        };
        let reattach: Value = serde_json::from_str(&variable).unwrap();
        let provider = &reattach["registry.terraform.io/example/bare"];
        let socket = provider["Addr"]["String"].as_str().unwrap();
        let expected = json!({
            "Protocol": "grpc", "ProtocolVersion": 6, "Pid": process, "Test": true,
            "Addr": { "Network": "unix", "String": socket },
        });
        assert_eq!(*provider, expected);
        // Terraform probes with a connection of its own before it works with a second one.
        for _ in 0..2 {
            drop(within(connect(socket.as_ref(), None)).await.unwrap());
        }
        let pid = rustix::process::Pid::from_raw(process.cast_signed()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
        assert!(within(child.wait()).await.unwrap().success(), "{argument}");
        assert!(!std::path::Path::new(socket).exists(), "{argument}");
    }
}
