//! An attribute of a struct: null, unknown or known.

use serde::{Deserialize, Serialize};

/// The name under which the (de)serialisers of this module recognise an [`Attr`].
pub(super) const NAME: &str = "\0tfplugin_protocol::Attr";
/// The names of its variants, in order.
pub(super) const VARIANTS: [&str; 3] = ["Null", "Unknown", "Known"];

/// What an attribute holds. Three cases, because "not set" and "not known before apply" are not the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "\0tfplugin_protocol::Attr")]
pub enum Attr<T> {
    /// Not set.
    #[default]
    Null,
    /// Not known before apply.
    Unknown,
    /// Set and known.
    Known(T),
}

impl<T> Attr<T> {
    /// The value, if it is set and known.
    pub fn known(&self) -> Option<&T> {
        if let Self::Known(value) = self { Some(value) } else { None }
    }

    /// The value, if it is set and known, by value.
    pub fn into_known(self) -> Option<T> {
        if let Self::Known(value) = self { Some(value) } else { None }
    }

    /// Whether it is not set.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is not known before apply.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The same case, with a known value converted.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Attr<U> {
        match self {
            Self::Null => Attr::Null,
            Self::Unknown => Attr::Unknown,
            Self::Known(value) => Attr::Known(convert(value)),
        }
    }

    /// The same case, by reference.
    pub fn as_ref(&self) -> Attr<&T> {
        match self {
            Self::Null => Attr::Null,
            Self::Unknown => Attr::Unknown,
            Self::Known(value) => Attr::Known(value),
        }
    }
}

impl<T> Attr<Vec<Attr<T>>> {
    /// The items that are set and known.
    pub fn known_items(&self) -> impl Iterator<Item = &T> {
        self.known().into_iter().flatten().filter_map(Attr::known)
    }
}

impl<T> From<Option<T>> for Attr<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}

impl From<String> for Attr<String> {
    fn from(text: String) -> Self {
        Self::Known(text)
    }
}

impl From<&str> for Attr<String> {
    fn from(value: &str) -> Self {
        Self::Known(value.to_owned())
    }
}
