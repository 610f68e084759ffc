//! Structs to values, through serde.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;
use serde::ser::{
    Error, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer,
};

use super::{any, attr};
use crate::codec::CodecError;
use crate::path::Step;
use crate::value::Number;
use crate::{Type, Value};

impl Error for CodecError {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

/// Gives a value that serde wrote the shape of `ty`.
pub(super) fn conform(value: Value, ty: &Type) -> Result<Value, CodecError> {
    let items = |items: Vec<Value>, element: &Type| {
        let item = |(index, item)| conform(item, element).map_err(|error| error.inside(Step::Index(index)));
        items.into_iter().enumerate().map(item).collect::<Result<Vec<_>, _>>()
    };
    match (value, ty) {
        (Value::List(values), Type::List(element)) => items(values, element).map(Value::List),
        (Value::List(values) | Value::Set(values), Type::Set(element)) => {
            items(values, element).map(Value::Set)
        }
        (Value::Map(entries), Type::Map(element)) => {
            let entry = |(key, value): (String, Value)| {
                let value = conform(value, element).map_err(|error| error.inside(Step::Key(key.clone())))?;
                Ok((key, value))
            };
            entries.into_iter().map(entry).collect::<Result<_, _>>().map(Value::Map)
        }
        (Value::Map(mut entries), Type::Object(types)) => {
            let attribute = |(name, ty): (&String, &Type)| {
                let value = entries.remove(name).unwrap_or(Value::Null);
                let value =
                    conform(value, ty).map_err(|error| error.inside(Step::Attribute(name.clone())))?;
                Ok((name.clone(), value))
            };
            let object = types.iter().map(attribute).collect::<Result<_, CodecError>>()?;
            match entries.keys().next() {
                None => Ok(Value::Map(object)),
                Some(name) => Err(CodecError::new(format!("the schema has no attribute {name:?}"))),
            }
        }
        (value, _) => Ok(value),
    }
}

/// Builds a value from what serde tells of a struct.
pub(super) struct ValueWriter;

/// A sequence on its way.
pub(super) struct Items(Vec<Value>);

/// A map or struct on its way.
pub(super) struct Entries {
    entries: BTreeMap<String, Value>,
    key: Option<String>,
}

type Never = Impossible<Value, CodecError>;

impl Serializer for ValueWriter {
    type Ok = Value;
    type Error = CodecError;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Never;

    fn serialize_bool(self, value: bool) -> Result<Value, CodecError> {
        Ok(Value::Bool(value))
    }

    fn serialize_i8(self, value: i8) -> Result<Value, CodecError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<Value, CodecError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<Value, CodecError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<Value, CodecError> {
        Ok(Value::from(value))
    }

    fn serialize_u8(self, value: u8) -> Result<Value, CodecError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<Value, CodecError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<Value, CodecError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<Value, CodecError> {
        Ok(Value::Number(i64::try_from(value).map_or(Number::Uint(value), Number::Int)))
    }

    fn serialize_f32(self, value: f32) -> Result<Value, CodecError> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Value, CodecError> {
        Ok(Value::Number(Number::Float(value)))
    }

    fn serialize_char(self, value: char) -> Result<Value, CodecError> {
        Ok(Value::String(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result<Value, CodecError> {
        Ok(Value::from(value))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, CodecError> {
        Err(CodecError::new("bytes, for which Terraform has no type"))
    }

    fn serialize_none(self) -> Result<Value, CodecError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, CodecError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, CodecError> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, CodecError> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<Value, CodecError> {
        Ok(match index {
            0 if name == attr::NAME => Value::Null,
            _ if name == attr::NAME => Value::UNKNOWN,
            _ => Value::from(variant),
        })
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value, CodecError> {
        let value = value.serialize(self)?;
        if name == any::NAME { any::from_text(value.as_str().unwrap_or_default()) } else { Ok(value) }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<Value, CodecError> {
        if name == attr::NAME { value.serialize(self) } else { Err(no_variants()) }
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items, CodecError> {
        Ok(Items(Vec::with_capacity(length.unwrap_or(0))))
    }

    fn serialize_tuple(self, length: usize) -> Result<Items, CodecError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never, CodecError> {
        Err(no_variants())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, CodecError> {
        Err(no_variants())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, CodecError> {
        Ok(Entries { entries: BTreeMap::new(), key: None })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries, CodecError> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, CodecError> {
        Err(no_variants())
    }
}

fn no_variants() -> CodecError {
    CodecError::new("an enum or struct with unnamed fields, for which Terraform has no type")
}

impl SerializeSeq for Items {
    type Ok = Value;
    type Error = CodecError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), CodecError> {
        let index = self.0.len();
        self.0.push(item.serialize(ValueWriter).map_err(|error| error.inside(Step::Index(index)))?);
        Ok(())
    }

    fn end(self) -> Result<Value, CodecError> {
        Ok(Value::List(self.0))
    }
}

impl SerializeTuple for Items {
    type Ok = Value;
    type Error = CodecError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), CodecError> {
        SerializeSeq::serialize_element(self, item)
    }

    fn end(self) -> Result<Value, CodecError> {
        SerializeSeq::end(self)
    }
}

impl SerializeMap for Entries {
    type Ok = Value;
    type Error = CodecError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), CodecError> {
        let key = key.serialize(ValueWriter)?;
        self.key = Some(key.as_str().ok_or_else(|| CodecError::new("a map key that is no text"))?.to_owned());
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CodecError> {
        let key = self.key.take().unwrap_or_default();
        let value = value.serialize(ValueWriter).map_err(|error| error.inside(Step::Key(key.clone())))?;
        self.entries.insert(key, value);
        Ok(())
    }

    fn end(self) -> Result<Value, CodecError> {
        Ok(Value::Map(self.entries))
    }
}

impl SerializeStruct for Entries {
    type Ok = Value;
    type Error = CodecError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), CodecError> {
        let value =
            value.serialize(ValueWriter).map_err(|error| error.inside(Step::Attribute(name.to_owned())))?;
        self.entries.insert(name.to_owned(), value);
        Ok(())
    }

    fn end(self) -> Result<Value, CodecError> {
        Ok(Value::Map(self.entries))
    }
}
