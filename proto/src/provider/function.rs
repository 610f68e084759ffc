//! Functions of the provider's own (Terraform 1.8 and later): `provider::name::function(…)` in a configuration.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::schema::Signature;

/// A pure function that configurations may call. It runs in processes that are not configured, and must give
/// the same answer for the same arguments, because Terraform compares what it says while planning and while
/// applying.
pub trait Function: Send + Sync + 'static {
    /// The arguments in the order of the signature, as a tuple or a tuple struct of at least two fields; variadic
    /// ones are one list at the end: `(String, Option<i64>, Vec<String>)`. One argument is `(String,)`, and none
    /// is `()`. They are known, and null only where the signature says so by
    /// [`nullable`](crate::schema::Parameter::nullable). Tests hold them to the signature by
    /// [`argument_misfits`](crate::model::argument_misfits).
    type Arguments: DeserializeOwned;
    /// What it returns, written as the type that the signature declares.
    type Output: Serialize;

    /// The function's name, without the provider's.
    const NAME: &'static str;

    /// What it takes and returns.
    fn signature(&self) -> Signature;

    /// Computes. No I/O.
    ///
    /// # Errors
    ///
    /// What is wrong with the arguments.
    fn call(&self, arguments: Self::Arguments) -> Result<Self::Output, FunctionError>;
}

/// Why a function has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// What is wrong, without a full stop, for Terraform ends a sentence with it: `Invalid value for "size"
    /// parameter: …`.
    pub text: String,
    /// The argument that it is about, from 0, each of the variadic ones counted; the whole call if absent.
    pub argument: Option<usize>,
}

impl FunctionError {
    /// An error of the whole call.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), argument: None }
    }

    /// An error of one argument, from 0, each of the variadic ones counted.
    pub fn at(argument: usize, text: impl Into<String>) -> Self {
        Self { text: text.into(), argument: Some(argument) }
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.argument {
            Some(argument) => write!(f, "argument {argument}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

impl std::error::Error for FunctionError {}
