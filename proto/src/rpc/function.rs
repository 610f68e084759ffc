//! `CallFunction`.

use super::Server;
use super::registry::OfferedFunction;
use super::unoffered;
use crate::codec::{self, CodecError};
use crate::provider::{FunctionError, Provider, unfit_output};
use crate::schema::{Parameter, Signature};
use crate::wire::tfplugin6::{self as pb, call_function as rpc};
use crate::{Result, Value};

impl<P: Provider> Server<P> {
    pub(crate) fn call_function(&self, request: &rpc::Request) -> Result<rpc::Response> {
        let Some(offer) = self.offers().functions.get(request.name.as_str()) else {
            return Err(unoffered::diagnostics("function", &request.name));
        };
        Ok(match call(offer, &request.arguments) {
            Ok(result) => rpc::Response { result: Some(result), error: None },
            Err(error) => rpc::Response { result: None, error: Some(to_wire(error)) },
        })
    }
}

fn call(offer: &OfferedFunction, given: &[pb::DynamicValue]) -> Result<pb::DynamicValue, FunctionError> {
    let arguments = arguments(offer, given)?;
    let result = offer.item.call_value(&offer.signature, arguments)?;
    if !result.is_wholly_known() {
        return Err(unfit_output(&CodecError::not_known()));
    }
    codec::encode(&result, &offer.signature.returns).map_err(|error| unfit_output(&error))
}

/// Core counts as well, but not everybody who calls is core.
fn arguments(offer: &OfferedFunction, given: &[pb::DynamicValue]) -> Result<Vec<Value>, FunctionError> {
    let Signature { parameters, variadic, .. } = &offer.signature;
    let (fixed, count) = (parameters.len(), given.len());
    if count < fixed || (count > fixed && variadic.is_none()) {
        let (name, least) = (offer.item.name(), if variadic.is_some() { "at least " } else { "" });
        let text = format!("{name}() has a wrong number of arguments: {count} instead of {least}{fixed}");
        return Err(FunctionError::new(text));
    }
    let parameters = parameters.iter().chain(variadic.iter().cycle());
    let argument = |(index, (value, parameter)): (usize, (&pb::DynamicValue, &Parameter))| {
        let read = codec::decode(Some(value), &parameter.ty);
        read.map_err(|error| FunctionError::at(index, error.to_string()))
    };
    given.iter().zip(parameters).enumerate().map(argument).collect()
}

fn to_wire(error: FunctionError) -> pb::FunctionError {
    let function_argument = error.argument.and_then(|index| i64::try_from(index).ok());
    pb::FunctionError { text: error.text, function_argument }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::provider::{DynDataSource, DynFunction, DynResource, Function};
    use crate::rpc::answer::{Subject, answer};
    use crate::{Attr, Diagnostics, Schema, Type};

    /// A provider of these functions only.
    struct Calculator(&'static [&'static dyn DynFunction]);

    #[derive(Deserialize)]
    struct Nothing {}

    impl Provider for Calculator {
        type Context = ();
        type Config = Nothing;

        fn schema(&self) -> Schema {
            Schema::new("For tests.")
        }

        fn configure(&self, _: Nothing, _: &str, _: &mut Diagnostics) -> Result<()> {
            Ok(())
        }

        fn resources(&self) -> &'static [&'static dyn DynResource<()>] {
            &[]
        }

        fn data_sources(&self) -> &'static [&'static dyn DynDataSource<()>] {
            &[]
        }

        fn functions(&self) -> &'static [&'static dyn DynFunction] {
            self.0
        }
    }

    /// Adds whole numbers, at least one.
    struct Add;

    #[derive(Deserialize)]
    struct Summands(i64, Vec<i64>);

    impl Function for Add {
        type Arguments = Summands;
        type Output = i64;

        const NAME: &'static str = "add";

        fn signature(&self) -> Signature {
            Signature::new("Adds.", Type::Number)
                .describe("Adds.")
                .parameter(Parameter::new("first", Type::Number, "A number."))
                .variadic(Parameter::new("more", Type::Number, "Other numbers."))
        }

        fn call(&self, Summands(first, more): Summands) -> Result<i64, FunctionError> {
            match more.iter().position(|number| *number < 0) {
                Some(place) => Err(FunctionError::at(1 + place, "below zero")),
                None => Ok(first + more.iter().sum::<i64>()),
            }
        }
    }

    /// Takes nothing.
    struct Answer;

    impl Function for Answer {
        type Arguments = ();
        type Output = i64;

        const NAME: &'static str = "answer";

        fn signature(&self) -> Signature {
            Signature::new("Answers.", Type::Number).describe("Answers.")
        }

        fn call(&self, (): ()) -> Result<i64, FunctionError> {
            Ok(42)
        }
    }

    /// Does what it is told, right or wrong.
    struct Careless;

    impl Function for Careless {
        type Arguments = (Option<String>,);
        type Output = Vec<Attr<String>>;

        const NAME: &'static str = "careless";

        fn signature(&self) -> Signature {
            Signature::new("Fails.", Type::set(Type::String))
                .describe("Fails.")
                .parameter(Parameter::new("how", Type::String, "How.").nullable())
        }

        fn call(&self, (how,): (Option<String>,)) -> Result<Vec<Attr<String>>, FunctionError> {
            match how.as_deref() {
                None => Err(FunctionError::new("told to")),
                Some("panic") => panic!("told to"),
                Some("unknown") => Ok(vec![Attr::Unknown]),
                Some(text) => Ok(vec![text.into()]),
            }
        }
    }

    /// Has a signature that says too little.
    #[cfg(debug_assertions)]
    struct Silent;

    #[cfg(debug_assertions)]
    impl Function for Silent {
        type Arguments = ();
        type Output = bool;

        const NAME: &'static str = "silent";

        fn signature(&self) -> Signature {
            Signature::new("Says nothing.", Type::Bool)
        }

        fn call(&self, (): ()) -> Result<bool, FunctionError> {
            Ok(true)
        }
    }

    #[cfg(debug_assertions)]
    #[test]
    fn bad_signatures_are_refused_before_core_sees_them() {
        let server = Server::new(Calculator(&[&Answer, &Silent]));
        let functions = server.get_functions(&pb::get_functions::Request {}).map(drop);
        let schema = server.get_provider_schema(&pb::get_provider_schema::Request {}).map(drop);
        for refused in [functions, schema] {
            let said = refused.unwrap_err().to_string();
            assert_eq!(said, "The provider's schema is not valid: silent(): no description");
        }
    }

    async fn called(name: &str, arguments: &[Value]) -> rpc::Response {
        let server = Server::new(Calculator(&[&Add, &Answer, &Careless]));
        let dynamic = |value: &Value| {
            let ty = if matches!(value, Value::Number(_)) { Type::Number } else { Type::String };
            codec::encode(value, &ty).unwrap()
        };
        let request =
            rpc::Request { name: name.to_owned(), arguments: arguments.iter().map(dynamic).collect() };
        answer("call_function", Subject::Provider, async move { server.call_function(&request) }).await
    }

    #[tokio::test]
    async fn arguments_reach_the_function_and_its_answer_the_caller() {
        let number = |number: i64| Value::from(number);
        let set = |text: &str| Value::Set(vec![text.into()]);
        for (name, arguments, ty, expected) in [
            ("add", &[number(1)][..], Type::Number, number(1)),
            ("add", &[number(1), number(2), number(3)], Type::Number, number(6)),
            ("answer", &[], Type::Number, number(42)),
            ("careless", &["text".into()], Type::set(Type::String), set("text")),
        ] {
            let answer = called(name, arguments).await;
            assert_eq!(answer.error, None, "{name}");
            assert_eq!(codec::decode(answer.result.as_ref(), &ty), Ok(expected), "{name}");
        }
    }

    #[tokio::test]
    async fn errors_stand_at_their_argument() {
        let number = |number: i64| Value::from(number);
        let half = Value::Number(crate::value::Number::Float(0.5));
        for (name, arguments, argument, expected) in [
            ("add", &[number(1), number(2), number(-1)][..], Some(2), "below zero"),
            ("add", &[number(1), number(2), half.clone()], Some(2), "a whole number (i64) is required"),
            ("add", &[half], Some(0), "a whole number (i64) is required"),
            ("add", &["one".into()], Some(0), "a number is required"),
            ("add", &[Value::Null], Some(0), "a whole number (i64) is required, and not null"),
            ("add", &[], None, "add() has a wrong number of arguments: 0 instead of at least 1"),
            ("answer", &[number(1)], None, "answer() has a wrong number of arguments: 1 instead of 0"),
            ("careless", &[Value::Null], None, "told to"),
            ("careless", &["panic".into()], None, "The provider panicked: told to"),
            ("careless", &["unknown".into()], None, "its signature: a value that is not known yet"),
            ("subtract", &[], None, "This provider has no function \"subtract\""),
        ] {
            let answer = called(name, arguments).await;
            let error = answer.error.unwrap();
            assert!(error.text.contains(expected), "{name}: {error:?}");
            assert_eq!(error.function_argument, argument, "{name}: {error:?}");
            assert_eq!(answer.result, None, "{name}");
        }
    }
}
