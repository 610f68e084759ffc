//! Whether a struct and a schema say the same, for the tests of whoever writes both.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{from_value, ser};
use crate::path::{AttributePath, Step};
use crate::schema::{Attribute, Block, BlockNesting, Nesting, Shape, Signature};
use crate::value::Dynamic;
use crate::{Schema, Type, Value};

/// Where the struct `T` and a schema do not fit together, a sentence each; empty where they do. Looks at every
/// attribute, nested ones included, by means of a value that conforms to the schema: with every attribute set,
/// one element in every collection, and an allowed text wherever the schema lists them.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use tfplugin_protocol::schema::Attribute;
/// use tfplugin_protocol::{Attr, Schema, model};
///
/// #[derive(Serialize, Deserialize)]
/// struct Disk {
///     name: Attr<String>,
///     sise: Attr<i64>,
/// }
///
/// let schema = Schema::new("A disk.")
///     .attribute("name", Attribute::string().required())
///     .attribute("size", Attribute::integer().optional());
/// let found = model::misfits::<Disk>(&schema);
/// assert_eq!(found, ["missing field `sise`"]);
/// ```
pub fn misfits<T: Serialize + DeserializeOwned>(schema: &Schema) -> Vec<String> {
    let sample = block_sample(&schema.block);
    let written = from_value::<T>(&sample).and_then(|model| model.serialize(ser::ValueWriter));
    match written {
        Err(error) => vec![error.to_string()],
        Ok(written) => {
            let mut misfits = Vec::new();
            compare(&sample, &written, &AttributePath::default(), &mut misfits);
            misfits
        }
    }
}

/// Where the arguments `T` of a function and its signature do not fit together; empty where they do. Looks at
/// one argument for every parameter, the variadic one included, each of them set.
pub fn argument_misfits<T: DeserializeOwned>(signature: &Signature) -> Vec<String> {
    let parameters = signature.parameters.iter().chain(&signature.variadic);
    let arguments = signature.gather(parameters.map(|parameter| plain_sample(&parameter.ty)).collect());
    from_value::<T>(&arguments).err().map(|error| error.to_string()).into_iter().collect()
}

/// Compares what was read with what is written back, by the names of attributes and keys.
fn compare(sample: &Value, written: &Value, path: &AttributePath, misfits: &mut Vec<String>) {
    match (sample, written) {
        (Value::Map(sample), Value::Map(written)) => {
            for (name, sample) in sample {
                let path = path.then(Step::Attribute(name.clone()));
                match written.get(name) {
                    Some(written) => compare(sample, written, &path, misfits),
                    None => misfits.push(format!("{path}: the schema has it and the struct has not")),
                }
            }
            for name in written.keys().filter(|name| !sample.contains_key(*name)) {
                let path = path.then(Step::Attribute(name.clone()));
                misfits.push(format!("{path}: the struct has it and the schema has not"));
            }
        }
        (Value::List(sample) | Value::Set(sample), Value::List(written)) => {
            for (index, (sample, written)) in sample.iter().zip(written).enumerate() {
                compare(sample, written, &path.index(index), misfits);
            }
        }
        (Value::Dynamic(_), Value::Dynamic(_)) => {}
        (Value::Dynamic(_), _) => {
            misfits
                .push(format!("{path}: the schema has any value and the struct has one of a certain type"));
        }
        _ => {}
    }
}

fn block_sample(block: &Block) -> Value {
    let attributes = block.attributes.iter().map(|(name, attribute)| (name.clone(), sample(attribute)));
    let blocks = block.blocks.iter().map(|(name, nested)| {
        let one = block_sample(&nested.block);
        let value = match nested.nesting {
            BlockNesting::Single => one,
            BlockNesting::List => Value::List(vec![one]),
            BlockNesting::Set => Value::Set(vec![one]),
        };
        (name.clone(), value)
    });
    attributes.chain(blocks).collect()
}

fn sample(attribute: &Attribute) -> Value {
    match (&attribute.shape, attribute.allowed.first()) {
        (Shape::Type(Type::String), Some(allowed)) => Value::from(allowed.as_str()),
        (Shape::Type(ty), _) => plain_sample(ty),
        (Shape::Nested(nested), _) => {
            let one = nested.attributes.iter().map(|(name, attribute)| (name.clone(), sample(attribute)));
            let one: Value = one.collect();
            match nested.nesting {
                Nesting::Single => one,
                Nesting::List => Value::List(vec![one]),
                Nesting::Set => Value::Set(vec![one]),
                Nesting::Map => Value::from_iter([("k", one)]),
            }
        }
    }
}

fn plain_sample(ty: &Type) -> Value {
    match ty {
        Type::String => Value::from(""),
        Type::Number => Value::from(0),
        Type::Bool => Value::from(false),
        Type::Dynamic => Value::Dynamic(Box::new(Dynamic::new(Type::String, Value::from("")))),
        Type::List(element) => Value::List(vec![plain_sample(element)]),
        Type::Set(element) => Value::Set(vec![plain_sample(element)]),
        Type::Map(element) => Value::from_iter([("k", plain_sample(element))]),
        Type::Tuple(elements) => Value::List(elements.iter().map(plain_sample).collect()),
        Type::Object(attributes) => {
            let attributes = attributes.iter().map(|(name, ty)| (name.clone(), plain_sample(ty)));
            Value::Map(attributes.collect::<BTreeMap<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::schema::Parameter;
    use crate::{AnyValue, Attr};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Size {
        Small,
    }

    #[derive(Serialize, Deserialize)]
    struct Part {
        size: Attr<Size>,
        on: bool,
    }

    #[derive(Serialize, Deserialize)]
    struct Model {
        parts: Attr<BTreeMap<String, Attr<Part>>>,
        tags: Attr<Vec<String>>,
        #[serde(default)]
        extra: Attr<String>,
    }

    type Two = (String, Option<i64>);

    #[test]
    fn every_argument_is_looked_at() {
        let parameter = |name: &str, ty: Type| Parameter::new(name, ty, "P.");
        let one = Signature::new("Test.", Type::Bool).parameter(parameter("a", Type::String));
        let two = one.clone().parameter(parameter("b", Type::Number).nullable());
        let many = two.clone().variadic(parameter("c", Type::set(Type::Bool)));
        for (found, expected) in [
            (argument_misfits::<()>(&Signature::new("Test.", Type::Bool)), ""),
            (argument_misfits::<(String,)>(&one), ""),
            (argument_misfits::<(i64,)>(&one), "[0]: a whole number (i64) is required, and not a string"),
            (argument_misfits::<Two>(&one), "invalid length 1, expected a tuple of size 2"),
            (argument_misfits::<Two>(&two), ""),
            (argument_misfits::<(String,)>(&two), "there is room for only 1 of 2 elements"),
            (argument_misfits::<Two>(&many), "there is room for only 2 of 3 elements"),
            (argument_misfits::<(String, Option<i64>, Vec<Vec<bool>>)>(&many), ""),
        ] {
            assert_eq!(found.join("; "), expected);
        }
    }

    #[test]
    fn any_value_fits_where_any_value_may_stand() {
        #[derive(Serialize, Deserialize)]
        struct Any<T> {
            any: Attr<T>,
        }
        let schema = |ty: Type| Schema::new("Test.").attribute("any", Attribute::of(ty).optional());
        for (found, expected) in [
            (misfits::<Any<AnyValue>>(&schema(Type::Dynamic)), ""),
            (
                misfits::<Any<String>>(&schema(Type::Dynamic)),
                "any: the schema has any value and the struct has one of a certain type",
            ),
            (
                misfits::<Any<AnyValue>>(&schema(Type::String)),
                r#"any: the value does not conform to the type "dynamic""#,
            ),
        ] {
            assert_eq!(found.join("; "), expected);
        }
    }

    #[test]
    fn every_attribute_is_looked_at() {
        let schema = |names: &[&str], tags: Type| {
            let size = || Attribute::string().optional().one_of(&["small"]);
            let part = [("size", size()), ("on", Attribute::bool().optional()), ("more", size())];
            let mut part = Attribute::nested(Nesting::Map, part).optional();
            if let Shape::Nested(nested) = &mut part.shape {
                nested.attributes.retain(|name, _| names.contains(&name.as_str()));
            }
            let schema = Schema::new("Test.").attribute("parts", part);
            let schema = schema.attribute("tags", Attribute::of(tags).optional());
            if names.contains(&"extra") { schema.attribute("extra", size()) } else { schema }
        };
        let tags = || Type::set(Type::String);
        for (schema, expected) in [
            (schema(&["size", "on", "extra"], tags()), ""),
            (schema(&["size", "on"], tags()), "extra: the struct has it and the schema has not"),
            (
                schema(&["size", "on", "more", "extra"], tags()),
                "parts.k.more: the schema has it and the struct has not",
            ),
            (schema(&["size", "extra"], tags()), r#"parts["k"]: missing field `on`"#),
            (
                schema(&["size", "on", "extra"], Type::set(Type::Bool)),
                "tags[0]: a string is required, and not a bool",
            ),
        ] {
            assert_eq!(misfits::<Model>(&schema).join("; "), expected);
        }
    }
}
