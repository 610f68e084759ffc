//! Terraform plugin protocol 6.
pub mod codec;
pub mod diagnostic;
pub mod path;
pub mod value;
pub mod wire;

mod ty;

pub use diagnostic::{Diagnostic, Diagnostics, Result, Severity};
pub use path::AttributePath;
pub use ty::Type;
pub use value::Value;
