//! Microsoft Defender for Cloud (`Microsoft.Security`): the plans, called pricings in its API.
//!
//! `pricings` answers requests, `desired` reads what a client wants, `change` decides what becomes of it, `view`
//! shows a document as an api-version has it, `facts` is the table of plans. Only `pricings` touches the store.

mod change;
mod desired;
mod facts;
pub(crate) mod pricings;
mod view;

#[cfg(test)]
mod tests;
