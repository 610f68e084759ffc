//! Writes the pages of `docs/`: those of all that is registered, and those that are made from the catalogue.
//!
//! `cargo run --example docs`

mod pages;

use std::fs;
use std::io;
use std::path::Path;

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fresh = pages::all(root)?;
    for path in pages::made(root)?.into_iter().filter(|path| !fresh.contains_key(path)) {
        fs::remove_file(root.join(path))?;
    }
    for (path, text) in fresh {
        let page = root.join(path);
        if let Some(folder) = page.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(page, text)?;
    }
    Ok(())
}
