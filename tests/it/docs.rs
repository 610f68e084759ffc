//! The pages that are made from the catalogue are as the catalogue is.

use crate::harness::ROOT;
use defender::catalog::Catalog;
use defender::guide;
use std::fs;
use std::path::Path;

#[test]
fn the_pages_of_the_catalogue_are_fresh() {
    for (path, make) in guide::PAGES {
        let fresh = make(Catalog::get());
        let written = fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_default();
        let lines = fresh.lines().zip(written.lines().chain(std::iter::repeat("")));
        let stale = lines.into_iter().find(|(one, other)| one != other);
        assert!(
            fresh == written,
            "{path} is stale: run `cargo run --example docs`. The first difference: {stale:#?}"
        );
    }
}
