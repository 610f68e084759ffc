//! Schemas as Terraform reads them.

use super::{Attribute, Block, BlockNesting, NestedBlock, Nesting, Schema, Shape};
use crate::wire::tfplugin6::schema as pb;
use crate::wire::tfplugin6::{Schema as WireSchema, StringKind};

impl Schema {
    pub(crate) fn to_wire(&self) -> WireSchema {
        WireSchema { version: self.version, block: Some(self.block.to_wire(self.version)) }
    }
}

impl Block {
    fn to_wire(&self, version: i64) -> pb::Block {
        pb::Block {
            version,
            attributes: self.attributes.iter().map(|(name, attribute)| attribute.to_wire(name)).collect(),
            block_types: self.blocks.iter().map(|(name, nested)| nested.to_wire(name)).collect(),
            description: self.description.clone(),
            description_kind: StringKind::Markdown.into(),
            deprecated: !self.deprecation.is_empty(),
            deprecation_message: self.deprecation.clone(),
            computed: false,
        }
    }
}

impl NestedBlock {
    fn to_wire(&self, name: &str) -> pb::NestedBlock {
        use pb::nested_block::NestingMode;
        let nesting = match self.nesting {
            BlockNesting::Single => NestingMode::Single,
            BlockNesting::List => NestingMode::List,
            BlockNesting::Set => NestingMode::Set,
        };
        pb::NestedBlock {
            type_name: name.to_owned(),
            block: Some(self.block.to_wire(0)),
            nesting: nesting.into(),
            min_items: 0,
            max_items: 0,
        }
    }
}

impl Attribute {
    fn to_wire(&self, name: &str) -> pb::Attribute {
        let (ty, nested_type) = match &self.shape {
            Shape::Type(ty) => (ty.to_json().into_bytes(), None),
            Shape::Nested(nested) => {
                let attributes =
                    nested.attributes.iter().map(|(name, attribute)| attribute.to_wire(name)).collect();
                let nesting = wire_nesting(nested.nesting).into();
                (Vec::new(), Some(pb::Object { attributes, nesting, ..Default::default() }))
            }
        };
        pb::Attribute {
            name: name.to_owned(),
            r#type: ty,
            nested_type,
            description: self.description.clone(),
            required: self.required,
            optional: self.optional,
            computed: self.computed,
            sensitive: self.sensitive,
            description_kind: StringKind::Markdown.into(),
            deprecated: !self.deprecation.is_empty(),
            write_only: self.write_only,
            deprecation_message: self.deprecation.clone(),
        }
    }
}

fn wire_nesting(nesting: Nesting) -> pb::object::NestingMode {
    match nesting {
        Nesting::Single => pb::object::NestingMode::Single,
        Nesting::List => pb::object::NestingMode::List,
        Nesting::Set => pb::object::NestingMode::Set,
        Nesting::Map => pb::object::NestingMode::Map,
    }
}
