//! The availability rules in the hands of the real Terraform: what Azure will refuse stops a plan, at the attribute, with
//! the rule, and before anything is written.

mod clouds;
mod live;
mod permissions;
mod plans;
mod severity;
