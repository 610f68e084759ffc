//! Puts a built provider into the archive that registries and mirrors take, and sums over all archives.
//!
//! `cargo run --release --example package -- --target x86_64-unknown-linux-musl --version 0.1.0 --out dist`

mod release;

use release::{Release, platform};
use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
Puts a built provider into the archive that registries and mirrors take, and writes the manifest and SHA256SUMS over
everything of this version that is in the directory.

usage: cargo run --release --example package -- --version VERSION --out DIR [--target TRIPLE [--binary FILE]]

  --version  the version in Cargo.toml, with or without a v
  --out      the directory; it is made where it is missing
  --target   for which platform, as Rust calls it; without it only the manifest and the sums are written
  --binary   the program to pack; by default the one that `cargo build --release --target TRIPLE` makes
  --help     print this
";

/// What was asked for.
#[derive(Debug, Default)]
struct Order {
    version: Option<String>,
    out: Option<PathBuf>,
    target: Option<String>,
    binary: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = if arguments.iter().any(|argument| argument == "--help") {
        write!(io::stdout(), "{USAGE}").map_err(Into::into)
    } else {
        order(&arguments).map_err(Into::into).and_then(|order| run(&order))
    };
    let said = match &done {
        Ok(()) => Ok(()),
        Err(problem) => writeln!(io::stderr(), "package: {problem}"),
    };
    if done.is_ok() && said.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn order(arguments: &[String]) -> Result<Order, String> {
    let mut order = Order::default();
    for pair in arguments.chunks(2) {
        let [name, value] = pair else {
            return Err(format!("{} needs a value; try --help", pair.concat()));
        };
        match name.as_str() {
            "--version" => order.version = Some(value.clone()),
            "--out" => order.out = Some(value.into()),
            "--target" => order.target = Some(value.clone()),
            "--binary" => order.binary = Some(value.into()),
            _ => return Err(format!("there is no option {name:?}; try --help")),
        }
    }
    Ok(order)
}

fn run(order: &Order) -> Result<(), Box<dyn Error>> {
    let version = order.version.as_deref().ok_or("say which version: --version; try --help")?;
    let out = order.out.as_deref().ok_or("say where to: --out; try --help")?;
    let release = Release::of(version)?;
    fs::create_dir_all(out).map_err(|error| format!("cannot create {}: {error}", out.display()))?;
    if let Some(target) = &order.target {
        let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join(target).join("release");
        let binary = order.binary.clone().unwrap_or_else(|| {
            let ending = if target.contains("windows") { ".exe" } else { "" };
            built.join(format!("terraform-provider-defender{ending}"))
        });
        let archive = release.pack(&binary, &platform(target)?, out)?;
        writeln!(io::stdout(), "{}", archive.display())?;
    }
    release.write_manifest(out)?;
    writeln!(io::stdout(), "{}", release.write_sums(out)?.display())?;
    Ok(())
}
