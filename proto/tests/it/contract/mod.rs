//! What Terraform core asserts of a provider, seen from core's side: the real Terraform runs the example `echo`.
//!
//! The rules are core's own; where they are written down, and which test stands for each:
//!
//! | rule | tests |
//! |---|---|
//! | handshake, TLS, exit | the modules beside this one |
//! | schema: present, well-formed types, nesting, versions | every test here: Terraform refuses others |
//! | provider block: unknown values are no error; warnings; configured where it must be; seen by checks | `validation` |
//! | validation: never an error because something is unknown; no configuration needed | `values::unknowns`, `validation` |
//! | upgrade: same value in today's shape, wrong types refused, no configuration needed | `stored` |
//! | read: wholly known, null where it is gone, private data kept, spelling kept | `stored`, `plans`, `failures` |
//! | plan: config, prior or computed; no change is no change; replacement; determinism | `plans`, `values` |
//! | one process and context for each configuration of the provider; ignored changes | `plans` |
//! | apply: every planned value kept, unknowns filled in | `values`, `failures::broken_promises` |
//! | apply: failure saves what was reached, a panic too; a failed deletion keeps the object | `failures` |
//! | values of any type: kept as written, type included; another type is a change | `anything` |
//! | write-only attributes: never stored, refused where core would store them | `validation`, `versions::terraform_1_6` |
//! | an interrupted apply stores what it did, however Terraform and the provider were told to stop | `signals` |
//! | private data goes round | `stored::private_data_survives` |
//! | import by id and by identity | `stored`, `versions` |
//! | functions: pure, no configuration needed, answers of the declared type, errors at their argument | `functions` |
//! | move: from another provider, which must be installed, unconfigured, private data with it; others refused | `moves` |
//! | list: identity and name of each, whole objects if asked, limit, a client that goes away, failures | `lists` |
//! | ephemeral resources, actions, state stores, and what else is not there: a clear answer | `unoffered` |
//! | diagnostics: severity, path, summary | `validation`, `failures` |
//! | oldest and newest Terraform | `versions` |
//!
//! <https://github.com/hashicorp/terraform/blob/main/docs/resource-instance-change-lifecycle.md>

mod anything;
mod failures;
mod functions;
mod lists;
mod moves;
mod plans;
mod scene;
mod signals;
mod stored;
mod unoffered;
mod validation;
mod values;
mod versions;
