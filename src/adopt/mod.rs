//! What Azure has, as a configuration: reads subscriptions and management groups, and writes the resources and the imports
//! with which a plan is empty.
//!
//! [`read`] asks Azure and makes a plain [`Estate`]; [`written`] makes texts of it and asks nobody. Plans are written from what
//! Azure says; all other kinds as `terraform query` finds them and an import reads them, so that what is written is what the
//! state will be.

mod assignments;
mod estate;
mod files;
mod hcl;
mod kinds;
mod names;
mod objects;
mod plans;
mod reading;

pub use estate::{Estate, Failed, Holding};
pub use files::{File, Format, written};
pub use hcl::quoted;
pub use kinds::Kind;
pub use reading::{Wish, read};
