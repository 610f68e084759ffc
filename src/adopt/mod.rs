//! What Azure has, as a configuration: reads the plans of subscriptions, and writes the resources and the imports with
//! which a plan is empty.
//!
//! [`read`] asks Azure and makes a plain [`Estate`]; [`written`] makes texts of it and asks nobody.

mod files;
mod hcl;
mod names;
mod reading;

pub use files::{File, Format, written};
pub use reading::{Failed, read};

use crate::arm::Scope;
use crate::pricings::Pricing;

/// What was found.
#[derive(Debug, Default)]
pub struct Estate {
    /// Subscriptions in the order in which they are written.
    pub holdings: Vec<Holding>,
    /// What could not be read.
    pub failures: Vec<Failed>,
}

/// A subscription and its plans.
#[derive(Debug)]
pub struct Holding {
    scope: Scope,
    name: Option<String>,
    /// Plans to write, by name.
    plans: Vec<Pricing>,
    /// Names of plans that are off and not written.
    off: Vec<String>,
}

impl Estate {
    /// How many plans are written.
    pub fn plans(&self) -> usize {
        self.holdings.iter().map(|holding| holding.plans.len()).sum()
    }
}
