//! Who may do what: roles, who has them where (`Microsoft.Authorization`), and who there is to have them.
//!
//! `role_assignments` and `roles` answer requests; `directory` knows the principals.

pub(crate) mod directory;
pub(crate) mod role_assignments;
pub(crate) mod roles;

#[cfg(test)]
mod tests;
