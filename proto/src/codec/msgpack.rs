//! The msgpack form of values, as go-cty writes and reads it.
//! <https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/object-wire-format.md>

#![expect(clippy::wildcard_enum_match_arm, reason = "whatever a type does not ask for is the same error")]

use std::collections::BTreeMap;

use rmp::Marker;
use rmp::encode::{self, buffer::ByteBuf};

use super::{CodecError, DEPTH_LIMIT};
use crate::path::Step;
use crate::value::{Dynamic, Number, Unknown};
use crate::{Type, Value};

/// The extension code of an unknown value with refinements.
const REFINED_UNKNOWN: i8 = 12;
/// What core writes for a plain unknown.
const PLAIN_UNKNOWN: [u8; 3] = [0xd4, 0x00, 0x00];
/// The longest refinements that core reads.
const REFINEMENTS_LIMIT: usize = 1024;

/// Reads a value of type `ty` that fills `bytes` to the end.
///
/// # Errors
///
/// Where the bytes are not msgpack, not of the type, or go on after the value.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let mut reader = Reader { rest: bytes, depth: 0 };
    let value = reader.value(ty)?;
    if reader.rest.is_empty() { Ok(value) } else { Err(CodecError::new("bytes after the end of the value")) }
}

/// Writes a value of type `ty`.
///
/// # Errors
///
/// Where the value does not conform to the type.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, CodecError> {
    let mut out = ByteBuf::new();
    write(&mut out, value, ty)?;
    Ok(out.into_vec())
}

struct Reader<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, ty: &Type) -> Result<Value, CodecError> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(CodecError::new("nested too deeply"));
        }
        let marker = Marker::from_u8(self.byte()?);
        let value = match marker {
            Marker::Null => Value::Null,
            Marker::FixExt1 | Marker::FixExt2 | Marker::FixExt4 | Marker::FixExt8 | Marker::FixExt16 => {
                self.unknown(fixed_length(marker))?
            }
            Marker::Ext8 | Marker::Ext16 | Marker::Ext32 => {
                let length = self.length(marker)?;
                self.unknown(length)?
            }
            _ => self.known(marker, ty)?,
        };
        self.depth -= 1;
        Ok(value)
    }

    fn known(&mut self, marker: Marker, ty: &Type) -> Result<Value, CodecError> {
        match ty {
            Type::String => self.text(marker).map(Value::String),
            Type::Number => self.number(marker).map(Value::Number),
            Type::Bool => match marker {
                Marker::True => Ok(Value::Bool(true)),
                Marker::False => Ok(Value::Bool(false)),
                _ => Err(CodecError::new("a bool is required")),
            },
            Type::Dynamic => self.dynamic(marker),
            Type::List(element) => self.elements(marker, |_| Some(element)).map(Value::List),
            Type::Set(element) => self.elements(marker, |_| Some(element)).map(Value::Set),
            Type::Tuple(types) => {
                let items = self.elements(marker, |index| types.get(index))?;
                if items.len() == types.len() {
                    return Ok(Value::List(items));
                }
                Err(CodecError::new(format!("{} elements are required ({} given)", types.len(), items.len())))
            }
            Type::Map(element) => {
                self.entries(marker, |key| Some((element, Step::Key(key.to_owned())))).map(Value::Map)
            }
            Type::Object(types) => self.object(marker, types),
        }
    }

    fn object(&mut self, marker: Marker, types: &BTreeMap<String, Type>) -> Result<Value, CodecError> {
        let entries =
            self.entries(marker, |name| Some((types.get(name)?, Step::Attribute(name.to_owned()))))?;
        match types.keys().find(|name| !entries.contains_key(*name)) {
            None => Ok(Value::Map(entries)),
            Some(name) => Err(CodecError::new(format!(
                "an object with {} attributes is required ({} given): {name:?} is missing",
                types.len(),
                entries.len()
            ))),
        }
    }

    fn elements<'t>(
        &mut self,
        marker: Marker,
        ty: impl Fn(usize) -> Option<&'t Type>,
    ) -> Result<Vec<Value>, CodecError> {
        let (Marker::FixArray(_) | Marker::Array16 | Marker::Array32) = marker else {
            return Err(CodecError::new("a list, set or tuple is required"));
        };
        let length = self.length(marker)?;
        // A length is only a claim: what can really follow bounds what is set aside for it.
        let mut items = Vec::with_capacity(length.min(self.rest.len()));
        for index in 0..length {
            let ty = ty(index).ok_or_else(|| CodecError::new("too many elements"))?;
            items.push(self.value(ty).map_err(|error| error.inside(Step::Index(index)))?);
        }
        Ok(items)
    }

    fn entries<'t>(
        &mut self,
        marker: Marker,
        ty: impl Fn(&str) -> Option<(&'t Type, Step)>,
    ) -> Result<BTreeMap<String, Value>, CodecError> {
        let (Marker::FixMap(_) | Marker::Map16 | Marker::Map32) = marker else {
            return Err(CodecError::new("a map or an object is required"));
        };
        let mut entries = BTreeMap::new();
        for _ in 0..self.length(marker)? {
            let marker = Marker::from_u8(self.byte()?);
            let key = self.text(marker)?;
            let (ty, step) =
                ty(&key).ok_or_else(|| CodecError::new(format!("unexpected attribute {key:?}")))?;
            let value = self.value(ty).map_err(|error| error.inside(step))?;
            entries.insert(key, value);
        }
        Ok(entries)
    }

    fn dynamic(&mut self, marker: Marker) -> Result<Value, CodecError> {
        if marker != Marker::FixArray(2) {
            return Err(CodecError::new("a type and a value are required"));
        }
        let marker = Marker::from_u8(self.byte()?);
        let type_json = self.text(marker)?;
        let ty = Type::from_json(&type_json).map_err(CodecError::new)?;
        let value = self.value(&ty)?;
        Ok(Value::Dynamic(Box::new(Dynamic { type_json, ty, value })))
    }

    fn text(&mut self, marker: Marker) -> Result<String, CodecError> {
        let length = match marker {
            Marker::FixStr(_)
            | Marker::Str8
            | Marker::Str16
            | Marker::Str32
            | Marker::Bin8
            | Marker::Bin16
            | Marker::Bin32 => self.length(marker)?,
            _ => return Err(CodecError::new("a string is required")),
        };
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| CodecError::new("text that is not UTF-8"))
    }

    fn number(&mut self, marker: Marker) -> Result<Number, CodecError> {
        Ok(match marker {
            Marker::FixPos(int) => Number::Int(int.into()),
            Marker::FixNeg(int) => Number::Int(int.into()),
            Marker::U8 => Number::Int(self.byte()?.into()),
            Marker::U16 => Number::Int(u16::from_be_bytes(self.array()?).into()),
            Marker::U32 => Number::Int(u32::from_be_bytes(self.array()?).into()),
            Marker::U64 => {
                let int = u64::from_be_bytes(self.array()?);
                i64::try_from(int).map_or(Number::Uint(int), Number::Int)
            }
            Marker::I8 => Number::Int(i8::from_be_bytes(self.array()?).into()),
            Marker::I16 => Number::Int(i16::from_be_bytes(self.array()?).into()),
            Marker::I32 => Number::Int(i32::from_be_bytes(self.array()?).into()),
            Marker::I64 => Number::Int(i64::from_be_bytes(self.array()?)),
            Marker::F32 => float(f32::from_be_bytes(self.array()?).into())?,
            Marker::F64 => float(f64::from_be_bytes(self.array()?))?,
            _ => {
                let text = self.text(marker).map_err(|_| CodecError::new("a number is required"))?;
                // The text is kept as it is, an integer too: core chose text because nothing else was exact.
                Number::parse(&text).ok_or_else(|| CodecError::new("a number is required"))?;
                Number::Decimal(text.into())
            }
        })
    }

    fn unknown(&mut self, length: usize) -> Result<Value, CodecError> {
        let code = i8::from_be_bytes(self.array()?);
        let body = self.take(length)?;
        match length {
            0 | 1 => Ok(Value::UNKNOWN),
            2..=REFINEMENTS_LIMIT if code == REFINED_UNKNOWN => Ok(Value::Unknown(Unknown::refined(body))),
            _ => Err(CodecError::new("an extension that is no unknown value")),
        }
    }

    fn length(&mut self, marker: Marker) -> Result<usize, CodecError> {
        Ok(match marker {
            Marker::FixStr(length) | Marker::FixArray(length) | Marker::FixMap(length) => length.into(),
            Marker::Str8 | Marker::Bin8 | Marker::Ext8 => self.byte()?.into(),
            Marker::Str16 | Marker::Bin16 | Marker::Ext16 | Marker::Array16 | Marker::Map16 => {
                u16::from_be_bytes(self.array()?).into()
            }
            _ => usize::try_from(u32::from_be_bytes(self.array()?)).unwrap_or(usize::MAX),
        })
    }

    fn byte(&mut self) -> Result<u8, CodecError> {
        self.array().map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (head, rest) = self.rest.split_first_chunk().ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(*head)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], CodecError> {
        let (head, rest) = self.rest.split_at_checked(length).ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(head)
    }
}

fn float(float: f64) -> Result<Number, CodecError> {
    if float.is_nan() { Err(CodecError::new("a number is required")) } else { Ok(Number::Float(float)) }
}

fn cut_short() -> CodecError {
    CodecError::new("the bytes end before the value does")
}

fn fixed_length(marker: Marker) -> usize {
    match marker {
        Marker::FixExt1 => 1,
        Marker::FixExt2 => 2,
        Marker::FixExt4 => 4,
        Marker::FixExt8 => 8,
        _ => 16,
    }
}

fn write(out: &mut ByteBuf, value: &Value, ty: &Type) -> Result<(), CodecError> {
    match (value, ty) {
        (Value::Null, _) => out.as_mut_vec().push(0xc0),
        (Value::Unknown(unknown), _) => write_unknown(out, unknown)?,
        (Value::String(text), Type::String) => encode::write_str(out, text).map_err(unwritten)?,
        (Value::Bool(bool), Type::Bool) => encode::write_bool(out, *bool).map_err(unwritten)?,
        (Value::Number(number), Type::Number) => write_number(out, number)?,
        (Value::List(items), Type::List(element)) | (Value::Set(items), Type::Set(element)) => {
            write_elements(out, items, |_| element)?;
        }
        (Value::List(items), Type::Tuple(types)) if items.len() == types.len() => {
            write_elements(out, items, |index| &types[index])?;
        }
        (Value::Map(entries), Type::Map(element)) => {
            encode::write_map_len(out, size(entries.len())?).map_err(unwritten)?;
            for (key, value) in entries {
                encode::write_str(out, key).map_err(unwritten)?;
                write(out, value, element).map_err(|error| error.inside(Step::Key(key.clone())))?;
            }
        }
        (Value::Map(entries), Type::Object(types)) => write_object(out, entries, types)?,
        (Value::Dynamic(dynamic), Type::Dynamic) => {
            encode::write_array_len(out, 2).map_err(unwritten)?;
            encode::write_bin(out, dynamic.type_json.as_bytes()).map_err(unwritten)?;
            write(out, &dynamic.value, &dynamic.ty)?;
        }
        _ => return Err(CodecError::new(format!("the value does not conform to the type {}", ty.to_json()))),
    }
    Ok(())
}

fn write_elements<'t>(
    out: &mut ByteBuf,
    items: &[Value],
    ty: impl Fn(usize) -> &'t Type,
) -> Result<(), CodecError> {
    encode::write_array_len(out, size(items.len())?).map_err(unwritten)?;
    for (index, item) in items.iter().enumerate() {
        write(out, item, ty(index)).map_err(|error| error.inside(Step::Index(index)))?;
    }
    Ok(())
}

fn write_object(
    out: &mut ByteBuf,
    entries: &BTreeMap<String, Value>,
    types: &BTreeMap<String, Type>,
) -> Result<(), CodecError> {
    if let Some(name) = entries.keys().find(|name| !types.contains_key(*name)) {
        return Err(CodecError::new(format!("unexpected attribute {name:?}")));
    }
    encode::write_map_len(out, size(types.len())?).map_err(unwritten)?;
    for (name, ty) in types {
        let value =
            entries.get(name).ok_or_else(|| CodecError::new(format!("attribute {name:?} is missing")))?;
        encode::write_str(out, name).map_err(unwritten)?;
        write(out, value, ty).map_err(|error| error.inside(Step::Attribute(name.clone())))?;
    }
    Ok(())
}

fn write_number(out: &mut ByteBuf, number: &Number) -> Result<(), CodecError> {
    match number {
        Number::Int(int) => encode::write_sint(out, *int).map(drop).map_err(unwritten),
        Number::Uint(int) => encode::write_uint(out, *int).map(drop).map_err(unwritten),
        // Terraform itself ends when it reads one.
        Number::Float(float) if float.is_nan() => Err(CodecError::new("a number is required")),
        Number::Float(float) => encode::write_f64(out, *float).map_err(unwritten),
        Number::Decimal(text) => encode::write_str(out, text).map_err(unwritten),
    }
}

fn write_unknown(out: &mut ByteBuf, unknown: &Unknown) -> Result<(), CodecError> {
    match unknown.refinements() {
        None => out.as_mut_vec().extend(PLAIN_UNKNOWN),
        Some(body) => {
            encode::write_ext_meta(out, size(body.len())?, REFINED_UNKNOWN).map_err(unwritten)?;
            out.as_mut_vec().extend(body);
        }
    }
    Ok(())
}

fn size(length: usize) -> Result<u32, CodecError> {
    u32::try_from(length).map_err(|_| CodecError::new("more elements than msgpack can count"))
}

fn unwritten(error: impl std::fmt::Display) -> CodecError {
    CodecError::new(format!("cannot be written: {error}"))
}
