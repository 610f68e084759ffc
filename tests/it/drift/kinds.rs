//! The report knows every resource that the provider has.

use defender::drift::KINDS;
use std::collections::BTreeSet;

#[test]
fn every_resource_has_its_row() {
    let registered: BTreeSet<&str> =
        defender::resources::ALL.iter().map(|resource| resource.name()).collect();
    let known: BTreeSet<&str> = KINDS.iter().map(|kind| kind.name).collect();
    assert_eq!(known, registered);
}
