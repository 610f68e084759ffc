//! Writes the pages of `docs/` that are made from the catalogue.
//!
//! `cargo run --example docs`

use std::fs;
use std::io;
use std::path::Path;

use defender::catalog::Catalog;
use defender::guide;

fn main() -> io::Result<()> {
    for (path, make) in guide::PAGES {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if let Some(folder) = page.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(page, make(Catalog::get()))?;
    }
    Ok(())
}
