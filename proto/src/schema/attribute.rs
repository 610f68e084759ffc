//! Attributes and what is to happen with them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::{Type, Value};

/// An attribute of a block or of a nested object.
///
/// Built by a type and then words, in the order in which one would say them:
///
/// ```
/// use tfplugin_protocol::schema::Attribute;
///
/// let size = Attribute::string().optional().default("small").one_of(&["small", "large"]).describe("The size.");
/// assert!(size.optional && size.computed);
/// ```
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of Terraform's own schema")]
pub struct Attribute {
    /// The shape of its value.
    pub shape: Shape,
    /// What users read in the registry; Markdown, present tense.
    pub description: String,
    /// Must be set in configuration.
    pub required: bool,
    /// May be set in configuration.
    pub optional: bool,
    /// The provider may set it.
    pub computed: bool,
    /// Hidden in Terraform's output. It is stored in clear all the same.
    pub sensitive: bool,
    /// Never stored; Terraform 1.11 and later.
    pub write_only: bool,
    /// Why it should no longer be used; empty if it should.
    pub deprecation: String,
    /// The value where configuration says nothing.
    pub default: Option<Value>,
    /// Keeps the prior value, instead of "known after apply", where configuration says nothing.
    pub keep: bool,
    /// A change makes Terraform delete the object and create it anew.
    pub replace: bool,
    /// What users may write, for text of a closed list; checked, and named in errors and documentation.
    pub allowed: Vec<String>,
    checks: Vec<Check>,
    pub(crate) same: Option<Same>,
}

/// The shape of an attribute's value.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A value of a plain type.
    Type(Type),
    /// Objects with attributes of their own.
    Nested(Nested),
}

/// Objects in an attribute.
#[derive(Clone, Debug)]
pub struct Nested {
    /// How many objects, and how they are told apart.
    pub nesting: Nesting,
    /// What stands in each.
    pub attributes: BTreeMap<String, Attribute>,
}

/// How objects are nested in an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One object.
    Single,
    /// Objects in order.
    List,
    /// Objects without order.
    Set,
    /// Objects by key.
    Map,
}

type Check = Arc<dyn Fn(&Value) -> Result<(), String> + Send + Sync>;
type Same = Arc<dyn Fn(&Value, &Value) -> bool + Send + Sync>;

impl Attribute {
    /// Text.
    pub fn string() -> Self {
        Self::of(Type::String)
    }

    /// A number.
    pub fn number() -> Self {
        Self::of(Type::Number)
    }

    /// A whole number that fits an `i64`.
    pub fn integer() -> Self {
        Self::number().check(|value| {
            let broken = matches!(value, Value::Number(number) if number.as_i64().is_none());
            if broken { Err("A whole number is required.".to_owned()) } else { Ok(()) }
        })
    }

    /// `true` or `false`.
    pub fn bool() -> Self {
        Self::of(Type::Bool)
    }

    /// A list of plain values.
    pub fn list(element: Type) -> Self {
        Self::of(Type::list(element))
    }

    /// A map of plain values.
    pub fn map(element: Type) -> Self {
        Self::of(Type::map(element))
    }

    /// A value of any plain type.
    pub fn of(ty: Type) -> Self {
        Self::new(Shape::Type(ty))
    }

    /// Objects with attributes of their own.
    pub fn nested<const N: usize>(nesting: Nesting, attributes: [(&str, Self); N]) -> Self {
        let attributes =
            attributes.into_iter().map(|(name, attribute)| (name.to_owned(), attribute)).collect();
        Self::new(Shape::Nested(Nested { nesting, attributes }))
    }

    fn new(shape: Shape) -> Self {
        Self {
            shape,
            description: String::new(),
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            deprecation: String::new(),
            default: None,
            keep: false,
            replace: false,
            allowed: Vec::new(),
            checks: Vec::new(),
            same: None,
        }
    }

    /// Must be set in configuration.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// May be set in configuration.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// The provider sets it, where configuration does not.
    #[must_use]
    pub fn computed(self) -> Self {
        Self { computed: true, ..self }
    }

    /// What users read in the registry; Markdown, present tense, allowed values and default at the end.
    #[must_use]
    pub fn describe(self, description: impl Into<String>) -> Self {
        Self { description: description.into(), ..self }
    }

    /// Hidden in Terraform's output.
    #[must_use]
    pub fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// Never stored; `create` and `update` find it in [`Call::config`](crate::provider::Call::config).
    #[must_use]
    pub fn write_only(self) -> Self {
        Self { write_only: true, ..self }
    }

    /// Why it should no longer be used.
    #[must_use]
    pub fn deprecated(self, message: impl Into<String>) -> Self {
        Self { deprecation: message.into(), ..self }
    }

    /// The value where configuration says nothing; implies computed.
    #[must_use]
    pub fn default(self, value: impl Into<Value>) -> Self {
        Self { default: Some(value.into()), computed: true, ..self }
    }

    /// Keeps the prior value where configuration says nothing: for what does not change when others change.
    #[must_use]
    pub fn keep(self) -> Self {
        Self { keep: true, ..self }
    }

    /// A change makes Terraform delete the object and create it anew. For top-level attributes; where it depends,
    /// there is [`Call::replace`](crate::provider::Call::replace).
    #[must_use]
    pub fn replace(self) -> Self {
        Self { replace: true, ..self }
    }

    /// Text of a closed list, letter case included.
    #[must_use]
    pub fn one_of(self, allowed: &[&str]) -> Self {
        Self { allowed: allowed.iter().map(|&text| text.to_owned()).collect(), ..self }
    }

    /// A condition on a set and wholly known value; the error is a sentence for the user that must not repeat
    /// the value of a sensitive attribute.
    #[must_use]
    pub fn check(mut self, check: impl Fn(&Value) -> Result<(), String> + Send + Sync + 'static) -> Self {
        self.checks.push(Arc::new(check));
        self
    }

    /// When a prior and a new value mean the same, though they are written differently: the prior one stays.
    #[must_use]
    pub fn same_if(mut self, same: impl Fn(&Value, &Value) -> bool + Send + Sync + 'static) -> Self {
        self.same = Some(Arc::new(same));
        self
    }

    /// What is wrong with a set and wholly known value, a sentence each.
    pub(crate) fn objections(&self, value: &Value) -> Vec<String> {
        let checks = self.checks.iter().filter_map(|check| check(value).err());
        self.outside_the_list(value).into_iter().chain(checks).collect()
    }

    fn outside_the_list(&self, value: &Value) -> Option<String> {
        let text = value.as_str()?;
        if self.allowed.is_empty() || self.allowed.iter().any(|allowed| allowed == text) {
            return None;
        }
        // What got here by mistake may be of any length, and where it is sensitive nobody else may read it.
        let beginning: String = text.chars().take(100).collect();
        let subject = if self.sensitive { "The value".to_owned() } else { format!("{beginning:?}") };
        Some(format!("{subject} is not one of the allowed values: {}.", quoted(&self.allowed)))
    }

    /// The type of its value.
    pub fn ty(&self) -> Type {
        match &self.shape {
            Shape::Type(ty) => ty.clone(),
            Shape::Nested(nested) => nested.ty(),
        }
    }
}

impl Nested {
    /// The type of all objects together.
    pub fn ty(&self) -> Type {
        let one =
            Type::object(self.attributes.iter().map(|(name, attribute)| (name.clone(), attribute.ty())));
        match self.nesting {
            Nesting::Single => one,
            Nesting::List => Type::list(one),
            Nesting::Set => Type::set(one),
            Nesting::Map => Type::map(one),
        }
    }
}

/// Texts as a list in a message: `"a", "b"`.
pub(crate) fn quoted<T: fmt::Debug>(texts: &[T]) -> String {
    texts.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", ")
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attribute").field("shape", &self.shape).finish_non_exhaustive()
    }
}
