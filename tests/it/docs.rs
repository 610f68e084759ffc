//! The pages that are made from the catalogue are as the catalogue is.

use crate::harness::ROOT;
use defender::catalog::Catalog;
use defender::guide;
use std::fs;
use std::path::Path;

#[test]
fn the_page_on_the_rules_is_fresh() {
    let fresh = guide::availability_rules(Catalog::get());
    let written = fs::read_to_string(Path::new(ROOT).join(guide::AVAILABILITY_RULES)).unwrap_or_default();
    let stale =
        fresh.lines().zip(written.lines().chain(std::iter::repeat(""))).find(|(one, other)| one != other);
    assert!(
        fresh == written,
        "{} is stale: run `cargo run --example docs`. The first difference: {stale:#?}",
        guide::AVAILABILITY_RULES
    );
}
