//! The words of an enum, taken from what serde reads and writes, so that they stand in one place.

use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer as _, Visitor};
use serde::{Serialize, forward_to_deserialize_any};

/// The word for a value; empty for what is no word.
pub fn word(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).ok();
    json.and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The value that a word stands for.
pub fn read_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    let word: StrDeserializer<'_, Error> = word.into_deserializer();
    T::deserialize(word).ok()
}

/// All words of an enum, in the order in which it declares them; none of another type.
pub fn words<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut words: &'static [&'static str] = &[];
    // It never becomes a value: the names are all that is asked for.
    T::deserialize(Names(&mut words)).err();
    words
}

/// Notes which names an enum would take.
struct Names<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("not an enum"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = variants;
        Err(Error::custom("no value"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::model::{Cloud, Os};

    #[test]
    fn words_are_read_as_they_are_written() {
        assert_eq!(words::<Os>(), ["any", "linux", "windows"]);
        assert_eq!(words::<Cloud>(), Cloud::ALL.map(Cloud::as_str));
        assert_eq!(words::<String>(), [""; 0]);
        for text in words::<Os>() {
            assert_eq!(read_word::<Os>(text).map(|os| word(&os)).as_deref(), Some(*text));
        }
        assert_eq!(read_word::<Os>("Linux"), None);
        assert_eq!(word(&3), "");
    }
}
