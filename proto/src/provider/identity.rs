//! Resource identity (Terraform 1.12 and later) and what an import starts from.

use crate::{Type, Value};

/// An attribute of a resource's identity.
#[derive(Clone, Debug)]
pub struct IdentityAttribute {
    /// Its name.
    pub name: &'static str,
    /// What users read.
    pub description: &'static str,
    /// Whether an import by identity must give it; it may leave out the others.
    pub required: bool,
}

/// What an import starts from.
#[derive(Clone, Copy, Debug)]
pub enum ImportTarget<'a> {
    /// The text of `terraform import` or `import { id = … }`.
    Id(&'a str),
    /// The object of `import { identity = … }`; attributes that may be left out may be null.
    Identity(&'a Value),
}

/// The type of an identity: all of its attributes are text.
pub(crate) fn ty(attributes: &[IdentityAttribute]) -> Type {
    Type::object(attributes.iter().map(|attribute| (attribute.name, Type::String)))
}
