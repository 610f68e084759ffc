//! A tour in one command: the real Terraform plans, applies, repairs and destroys Defender plans through this
//! provider, against an Azure that runs inside this program.
//!
//! `cargo run --example quickstart [-- --keep]`

mod azure;
mod console;
#[expect(dead_code, reason = "the tour needs only a part of what the examples share")]
#[path = "../shared/mod.rs"]
mod shared;
mod tour;

use console::{Console, without_color};
use shared::process::Failure;
use shared::terraform::Terraform;
use shared::{provider_binary, workspace::Workspace};
use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Instant;
use tour::Tour;

const USAGE: &str = "\
Shows Terraform at work with Defender plans, against an Azure that runs inside this program.

usage: cargo run --example quickstart [-- --keep]

  --keep  leave the working directory behind
  --help  print this

Needs Terraform or OpenTofu (TERRAFORM_BIN, `terraform` or `tofu`), or Python 3 to install Terraform with.
No Azure subscription is used. NO_COLOR turns colours off.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => run(false),
        ["--keep"] => run(true),
        ["--help" | "-h"] => write!(io::stdout(), "{USAGE}").map_err(Failure::of("print the usage")),
        _ => Err(Failure::new(USAGE)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = without_color(&failure.to_string());
            // The exit code says the same to whoever closed standard error.
            writeln!(io::stderr(), "\n{text}").map_or(ExitCode::FAILURE, |()| ExitCode::FAILURE)
        }
    }
}

fn run(keep: bool) -> Result<(), Failure> {
    let console = Console::new();
    console.heading("Setting up")?;
    let terraform = Terraform::find()?;
    let version = shared::process::run(
        terraform.command().arg("version").env("CHECKPOINT_DISABLE", "1"),
        std::time::Duration::from_secs(60),
    )?;
    let version = version.require(0)?.stdout.lines().next().unwrap_or_default().to_owned();
    let start = Instant::now();
    let provider = provider_binary::build(Some("quickstart"))?;
    let built = start.elapsed();
    let azure = azure::start()?;
    let mut workspace = Workspace::new(&terraform, &provider)?;
    workspace.use_emulator(azure.ready());
    workspace.use_color();
    console.say(&format!("Core       {version} ({})", terraform.origin()))?;
    console.say(&format!("Provider   {} (built in {:.1} s)", provider.display(), built.as_secs_f64()))?;
    console
        .say(&format!("Azure      {} (an emulator inside this program)", azure.ready().resource_manager))?;
    console.say(&format!("Directory  {}", workspace.path().display()))?;
    let mut tour = Tour::new(console, azure, workspace);
    let result = tour.walk();
    tour.leave(keep || result.is_err())?;
    result
}
