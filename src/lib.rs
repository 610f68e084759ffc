//! Terraform provider for Microsoft Defender for Cloud.
//!
//! # Code map
//!
//! In reading order, from the outside in. An arrow in "may use" is checked by `tests/it/tidy`.
//!
//! | module | what it is | what it must not know | may use |
//! |---|---|---|---|
//! | `main` | starts the provider | everything else | [`provider`] |
//! | [`provider`] | the provider block and the environment become a [`context`] | plans | [`commands`], [`resources`], [`data_sources`], [`functions`], [`context`], [`availability`], [`arm`] |
//! | [`commands`] | what people ask of the program without Terraform | Terraform, HTTP | [`adopt`], [`drift`], [`context`], [`guide`], [`diagnostics`], [`availability`], [`arm`] |
//! | [`adopt`] | what Azure has, as a configuration with imports | the command line | [`context`], [`pricings`], [`policy`], [`subscriptions`], [`arm`] |
//! | [`drift`] | what a plan file says has drifted, as a report in many formats | the command line, HTTP, the clock | [`catalog`] |
//! | [`resources`], [`data_sources`] | one module per Terraform type | each other | `assignment`, `singleton`, [`inventory`], [`context`], [`pricings`], [`permissions`], [`policy`], [`settings`], [`documents`], [`machines`], [`workspaces`], [`rows`], [`availability`], [`arm`] |
//! | `assignment` | a policy assignment, whole, in Terraform's terms: its roles and remediations with it | single resources | [`context`], [`policy`], [`diagnostics`], [`availability`], [`arm`] |
//! | `singleton` | settings of which there is one in its place: taken over, put back, the same for all | single resources | [`context`], [`documents`], [`diagnostics`], [`availability`], [`arm`] |
//! | [`inventory`] | machines and clusters in the rules' terms: what they are, and which components they have | Terraform, HTTP | [`machines`], [`context`], [`availability`] |
//! | [`functions`] | one module per function, pure | the provider block, HTTP | [`rows`], [`availability`], [`arm`] (ids) |
//! | [`context`] | what they share: the way to Azure, the default scope, what the rules go by, who manages what | single resources | [`fleet`], [`pricings`], [`permissions`], [`policy`], [`settings`], [`documents`], [`machines`], [`subscriptions`], [`workspaces`], [`availability`], [`arm`] |
//! | [`fleet`] | many subscriptions: which there are, and the plans of all of them | Terraform | [`pricings`], [`subscriptions`], [`arm`] |
//! | [`pricings`] | `Microsoft.Security/pricings`: typed bodies, one list a scope, one write a subscription | Terraform | [`arm`] |
//! | [`permissions`] | `Microsoft.Authorization/permissions`: what the caller may do, asked once a scope | Terraform | [`availability`], [`arm`] |
//! | [`policy`] | Azure Policy: definitions, assignments, the roles that they take, remediations | Terraform, Defender | [`arm`] |
//! | [`settings`] | settings of a subscription in `Microsoft.Security` | Terraform | [`documents`], [`arm`] |
//! | [`documents`] | objects that are one small document each, read and written as a whole | Terraform, what stands in them | [`arm`] |
//! | [`machines`] | machines and clusters, and the extensions on them | Terraform, Defender | [`arm`] |
//! | [`subscriptions`] | subscriptions: which there are, also below a management group, their names and states | Terraform, Defender | [`arm`] |
//! | [`workspaces`] | Log Analytics workspaces, as far as policies ask | Terraform, Defender | [`arm`] |
//! | [`diagnostics`] | the one place where a failed request, or a finding, becomes text for a user | single resources | [`availability`], [`arm`] |
//! | [`guide`] | the pages on the rules and on deployments, as Markdown | Terraform's values, HTTP | [`availability`] |
//! | [`rows`] | entries of the matrix in Terraform's terms | single data sources and functions | [`availability`] |
//! | [`availability`] | the rules and the matrix: facts in, findings and entries out, pure | Terraform, HTTP, the clock | [`catalog`] |
//! | [`catalog`] | rows of data on plans, components and roles, each with its source; all but [`arm`] may use it | Terraform, HTTP | |
//! | [`arm`] | Azure Resource Manager over HTTP: ids, sign-in, retries, errors | Terraform, Defender | |
//!
//! Below all of them is the crate `tfplugin_protocol`, which knows Terraform and no Azure. The emulator in
//! `tests/emulator` knows Azure and nothing of this crate.
//!
//! # Invariants
//!
//! - What decides does no I/O and has no clock: schema, checks, plans, and what to ask of Azure are plain functions.
//! - Nothing is sent before an operation needs it; configuring the provider sends nothing.
//! - After every operation, failed or not, the state holds what is true.
//! - A token goes to the host of Azure Resource Manager and to no other; secrets have no `Debug`.

pub mod provider;

pub mod commands;
pub mod data_sources;
pub mod functions;
pub mod resources;

pub mod adopt;
mod assignment;
pub mod drift;
pub mod guide;
pub mod inventory;
pub mod rows;
mod singleton;

pub mod context;
pub mod diagnostics;

pub mod documents;
pub mod fleet;
pub mod machines;
pub mod permissions;
pub mod policy;
pub mod pricings;
pub mod settings;
pub mod subscriptions;
pub mod workspaces;

pub mod availability;
pub mod catalog;

pub mod arm;
