//! What people can ask of the program without Terraform: one module each, listed here and nowhere else.

mod arguments;
mod availability;
mod table;

use tfplugin_protocol::Command;

/// All commands, sorted by name.
pub const ALL: &[Command] = &[Command {
    name: "availability",
    summary: "print where components are available, by cloud and day",
    run: availability::run,
}];
