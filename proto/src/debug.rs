//! Debug mode: the provider is started by a person, in a debugger, and Terraform is told where it listens.
//!
//! <https://developer.hashicorp.com/terraform/plugin/debugging#terraform-debug-mode>

use serde_json::json;

use crate::handshake::PROTOCOL_VERSION;
use crate::listen::Address;

/// The text that a person needs to attach Terraform or OpenTofu to this process.
pub(crate) fn instructions(provider: &str, process: u32, address: &Address) -> String {
    let reattach = reattach(provider, process, address);
    format!(
        "The provider is running and waits to be attached. Set this in the terminal that runs Terraform or \
         OpenTofu:\n\n\tTF_REATTACH_PROVIDERS='{reattach}'\n\nStop the provider with Ctrl-C.\n"
    )
}

/// The value of `TF_REATTACH_PROVIDERS`. A missing version would count as 5, and `Test` tells the host that it
/// must not stop the process when it is done.
/// <https://github.com/hashicorp/terraform/blob/v1.11.4/main.go>
fn reattach(provider: &str, process: u32, address: &Address) -> String {
    json!({ provider: {
        "Protocol": "grpc",
        "ProtocolVersion": PROTOCOL_VERSION,
        "Pid": process,
        "Test": true,
        "Addr": { "Network": address.network(), "String": address.to_string() },
    } })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instructions_can_be_pasted_into_a_shell() {
        let text = instructions("registry.terraform.io/ns/name", 12, &Address::Unix("/tmp/p/s".to_owned()));
        let line = text.lines().find_map(|line| line.strip_prefix("\tTF_REATTACH_PROVIDERS='")).unwrap();
        let value: serde_json::Value = serde_json::from_str(line.strip_suffix('\'').unwrap()).unwrap();
        let expected = json!({ "registry.terraform.io/ns/name": {
            "Protocol": "grpc", "ProtocolVersion": 6, "Pid": 12, "Test": true,
            "Addr": { "Network": "unix", "String": "/tmp/p/s" },
        } });
        assert_eq!(value, expected);
    }
}
