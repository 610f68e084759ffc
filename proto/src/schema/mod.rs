//! Schemas: what a resource, data source or provider block takes and returns; and signatures of functions.
//!
//! A schema is built by a function, read by people (it becomes the registry's documentation), by Terraform, and
//! by the [plan pipeline](crate::plan), which needs more than Terraform knows: defaults, what forces a
//! replacement, what is kept from the prior state, when two values mean the same. All of that stands at the
//! attribute, as one small closure each.

mod attribute;
mod check;
mod signature;
mod wire;

use std::collections::BTreeMap;

pub(crate) use attribute::quoted;
pub use attribute::{Attribute, Nested, Nesting, Shape};
pub use check::{problems, signature_problems};
pub use signature::{Parameter, Signature};

use crate::Type;

/// The schema of a resource, data source or provider block.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// The version of the shape of stored state, from 0. What was stored in another one goes through
    /// [`Resource::upgrade`](crate::provider::Resource::upgrade).
    pub version: i64,
    /// What stands directly in the block.
    pub block: Block,
}

/// Attributes and nested blocks.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// What users read in the registry; Markdown.
    pub description: String,
    /// Why the whole block should no longer be used; empty if it should.
    pub deprecation: String,
    /// Attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// Nested blocks by name.
    pub blocks: BTreeMap<String, NestedBlock>,
}

/// A block inside a block. Attributes with nested objects ([`Attribute::nested`]) are to be preferred for
/// anything new; blocks are for shapes that users know as blocks, such as `timeouts`.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// How often the block stands, and how its instances are told apart.
    pub nesting: BlockNesting,
    /// What stands in it.
    pub block: Block,
}

/// How often a nested block may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockNesting {
    /// At most once.
    Single,
    /// In order, any number of times.
    List,
    /// Without order, any number of times.
    Set,
}

impl Schema {
    /// An empty schema of version 0 with a description for the registry, in Markdown.
    pub fn new(description: impl Into<String>) -> Self {
        let block = Block { description: description.into(), ..Block::default() };
        Self { version: 0, block }
    }

    /// The same schema with one more attribute.
    #[must_use]
    pub fn attribute(mut self, name: &str, attribute: Attribute) -> Self {
        self.block.attributes.insert(name.to_owned(), attribute);
        self
    }

    /// The same schema with one more nested block.
    #[must_use]
    pub fn block(mut self, name: &str, nesting: BlockNesting, block: Block) -> Self {
        self.block.blocks.insert(name.to_owned(), NestedBlock { nesting, block });
        self
    }

    /// The type of a value of this schema.
    pub fn ty(&self) -> Type {
        self.block.ty()
    }
}

impl Block {
    /// The type of a value of this block.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter().map(|(name, attribute)| (name.clone(), attribute.ty()));
        let blocks = self.blocks.iter().map(|(name, nested)| (name.clone(), nested.ty()));
        Type::object(attributes.chain(blocks))
    }
}

impl NestedBlock {
    /// The type of all instances of this block together.
    pub fn ty(&self) -> Type {
        let one = self.block.ty();
        match self.nesting {
            BlockNesting::Single => one,
            BlockNesting::List => Type::list(one),
            BlockNesting::Set => Type::set(one),
        }
    }
}
