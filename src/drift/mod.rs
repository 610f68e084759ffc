//! Drift: what a Terraform plan says of this provider's resources, for people who decide what to do about it.
//!
//! Pure but for the reader that is handed in: knows neither Terraform's protocol nor Azure, and has no clock. In reading
//! order: [`read()`] takes a plan file in, `change` makes findings of it, by `difference`, `severity` and `cause`;
//! [`Report`] judges them, with a [`Baseline`]; [`Format`] writes them.

mod baseline;
mod cause;
mod change;
mod coverage;
mod difference;
mod finding;
mod formats;
mod kinds;
mod modules;
mod plan;
mod printable;
mod read;
mod report;
mod severity;
#[cfg(test)]
mod tests;

pub use baseline::{Baseline, Told};
pub use cause::Cause;
pub use finding::{Accepted, Finding, Place, Severity, Shown};
pub use formats::Format;
pub use kinds::{KINDS, Kind};
pub use modules::Modules;
pub use plan::{Plan, Watched};
pub use read::read;
pub use report::{Outcome, Report};
