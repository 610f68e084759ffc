//! What functions take and return.

use crate::{Type, Value};

/// The signature of a function: its parameters in order, and what it returns.
///
/// ```
/// use tfplugin_protocol::Type;
/// use tfplugin_protocol::schema::{Parameter, Signature};
///
/// let join = Signature::new("Joins words.", Type::String)
///     .describe("Joins any number of words to one text.")
///     .parameter(Parameter::new("separator", Type::String, "What stands between two words."))
///     .variadic(Parameter::new("words", Type::String, "The words."));
/// assert!(join.variadic.is_some());
/// ```
#[derive(Clone, Debug)]
pub struct Signature {
    /// One line.
    pub summary: String,
    /// What users read in the registry; Markdown.
    pub description: String,
    /// The parameters that every call gives an argument for.
    pub parameters: Vec<Parameter>,
    /// What any number of further arguments are for.
    pub variadic: Option<Parameter>,
    /// The type of what it returns.
    pub returns: Type,
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name, for messages and documentation.
    pub name: String,
    /// The type to which Terraform converts what is given.
    pub ty: Type,
    /// What users read in the registry; Markdown.
    pub description: String,
    /// Whether null may be given; otherwise Terraform refuses it.
    pub nullable: bool,
}

impl Signature {
    /// A function without parameters, with a summary of one line.
    pub fn new(summary: impl Into<String>, returns: Type) -> Self {
        let (parameters, variadic) = (Vec::new(), None);
        Self { summary: summary.into(), description: String::new(), parameters, variadic, returns }
    }

    /// What users read in the registry; Markdown, present tense.
    #[must_use]
    pub fn describe(self, description: impl Into<String>) -> Self {
        Self { description: description.into(), ..self }
    }

    /// The same signature with one more parameter.
    #[must_use]
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// The same signature with any number of arguments behind the others.
    #[must_use]
    pub fn variadic(self, parameter: Parameter) -> Self {
        Self { variadic: Some(parameter), ..self }
    }

    /// The arguments of a call as one value: a list, in which the variadic ones are a list; null where there are
    /// no parameters at all.
    pub(crate) fn gather(&self, mut arguments: Vec<Value>) -> Value {
        if self.variadic.is_some() {
            let rest = arguments.split_off(self.parameters.len().min(arguments.len()));
            arguments.push(Value::List(rest));
        }
        if arguments.is_empty() { Value::Null } else { Value::List(arguments) }
    }
}

impl Parameter {
    /// A parameter that is never null.
    pub fn new(name: impl Into<String>, ty: Type, description: impl Into<String>) -> Self {
        Self { name: name.into(), ty, description: description.into(), nullable: false }
    }

    /// Null may be given.
    #[must_use]
    pub fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }
}
