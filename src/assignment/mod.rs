//! A policy assignment, whole: with the roles of its identity and the remediation of what is there already. It may be all
//! that a resource manages, or one of several.
//!
//! What Azure's portal does in one step is four kinds of requests, and each of them can fail by itself. A [journal](notes)
//! hears after each what there is; names are made from what they stand for, so that a run that was killed can be run
//! again.

pub(crate) mod against;
pub(crate) mod checking;
pub(crate) mod claims;
pub(crate) mod completing;
pub(crate) mod judging;
pub(crate) mod making;
pub(crate) mod model;
pub(crate) mod notes;
pub(crate) mod reading;
mod remediating;
pub(crate) mod roles;
pub(crate) mod schema;
pub(crate) mod wire;
