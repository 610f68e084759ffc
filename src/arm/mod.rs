//! Azure Resource Manager over HTTP: ids, requests, sign-in, retries. Knows no Terraform and no Defender.
//!
//! A request passes these stages, outermost first; each is one file:
//!
//! 1. `registration`: registers the subscription for a provider when an answer says that it is not, then sends again.
//! 2. `tries`: sends until it works, within the caller's deadline. `retry` is the table of what is worth another try,
//!    `delay` says how long to wait, `wait` does it, `budget` holds back when Azure says that few requests are left.
//! 3. `credentials`: adds the token, and a fresh one after a 401. Tokens go to Azure Resource Manager's host only.
//! 4. `correlation`: adds request ids and writes one log event.
//! 5. `transport`: one HTTP exchange over TLS.
//!
//! `operation` waits for what an answer only says has begun.
//!
//! Start reading at [`Client::send`].
mod answer;
mod budget;
mod client;
mod cloud;
mod correlation;
mod credentials;
mod delay;
mod error;
mod graph;
mod host;
mod id;
mod operation;
mod registration;
mod request;
mod retry;
mod scope;
mod secret;
mod single_flight;
mod transport;
mod tries;
mod turns;
mod versions;
mod wait;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use client::{Client, Settings};
pub use cloud::{CloudName, CloudNameError, CloudSource};
pub use credentials::Credentials;
pub use error::{Error, ErrorKind};
pub use host::Host;
pub use id::{IdError, ResourceId, ResourceType};
pub use request::{Call, Request, Response};
pub use scope::{Scope, ScopeKind};
pub use secret::Secret;
pub use single_flight::SingleFlight;
pub use turns::Turns;
pub use versions::Versions;
