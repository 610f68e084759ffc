//! Schemas and signatures as Terraform reads them.

use super::{Attribute, Block, BlockNesting, NestedBlock, Nesting, Parameter, Schema, Shape, Signature};
use crate::wire::tfplugin6::schema as pb;
use crate::wire::tfplugin6::{Function as WireFunction, Schema as WireSchema, StringKind, function};

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

impl Signature {
    pub(crate) fn to_wire(&self) -> WireFunction {
        WireFunction {
            parameters: self.parameters.iter().map(Parameter::to_wire).collect(),
            variadic_parameter: self.variadic.as_ref().map(Parameter::to_wire),
            r#return: Some(function::Return { r#type: self.returns.to_json().into_bytes() }),
            summary: self.summary.clone(),
            description: self.description.clone(),
            description_kind: StringKind::Markdown.into(),
            deprecation_message: String::new(),
        }
    }
}

impl Parameter {
    fn to_wire(&self) -> function::Parameter {
        function::Parameter {
            name: self.name.clone(),
            r#type: self.ty.to_json().into_bytes(),
            allow_null_value: self.nullable,
            allow_unknown_values: false,
            description: self.description.clone(),
            description_kind: StringKind::Markdown.into(),
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
