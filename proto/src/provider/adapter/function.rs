//! From typed functions to values.

use crate::codec::CodecError;
use crate::path::Step;
use crate::provider::{Function, FunctionError};
use crate::schema::Signature;
use crate::{Value, model};

const OTHER_ARGUMENTS: &str = "the function takes other arguments than its signature says";
const OTHER_OUTPUT: &str = "the function returned what does not fit its signature";
/// Without a full stop, which Terraform adds.
const BUG: &str = "This is a bug in the provider; please report it";

/// Any [`Function`]; implemented for all of them, and only by this crate.
pub trait DynFunction: Send + Sync {
    #[doc(hidden)]
    fn name(&self) -> &'static str;
    #[doc(hidden)]
    fn declared(&self) -> Signature;
    #[doc(hidden)]
    fn call_value(&self, signature: &Signature, arguments: Vec<Value>) -> Result<Value, FunctionError>;
}

impl<F: Function> DynFunction for F {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn declared(&self) -> Signature {
        self.signature()
    }

    fn call_value(&self, signature: &Signature, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let arguments = signature.gather(arguments);
        let arguments = model::from_value(&arguments).map_err(|error| unfit_argument(signature, &error))?;
        let output = self.call(arguments)?;
        model::to_value(&output, &signature.returns).map_err(|error| unfit_output(&error))
    }
}

/// The author's type is narrower than the signature, and what the user wrote falls in between.
fn unfit_argument(signature: &Signature, error: &CodecError) -> FunctionError {
    let fixed = signature.parameters.len();
    let (argument, inside) = match error.path.steps() {
        [Step::Index(list), Step::Index(index), inside @ ..] if *list == fixed => (list + index, inside),
        [Step::Index(index), inside @ ..] => (*index, inside),
        _ => return FunctionError::new(format!("{OTHER_ARGUMENTS}: {error}. {BUG}")),
    };
    let problem = inside.iter().rev().fold(CodecError::new(&error.problem), |e, step| e.inside(step.clone()));
    FunctionError::at(argument, problem.to_string())
}

/// What a function returned is none of its declared type.
pub(crate) fn unfit_output(error: &CodecError) -> FunctionError {
    FunctionError::new(format!("{OTHER_OUTPUT}: {error}. {BUG}"))
}
