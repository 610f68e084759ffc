//! `availability`: whether a component is available on a target in a cloud.

use tfplugin_protocol::Type;
use tfplugin_protocol::provider::{Function, FunctionError};
use tfplugin_protocol::schema::{Parameter, Signature};

use crate::availability::view::{Entry, entries};
use crate::availability::{Field, Query};
use crate::catalog::Catalog;
use crate::rows::rows_type;

/// The function.
#[derive(Debug)]
pub(super) struct Availability;

/// What the arguments are for, in order.
const ARGUMENTS: [Field; 4] = [Field::Component, Field::Target, Field::Cloud, Field::Date];

impl Function for Availability {
    type Arguments = (String, String, String, Vec<String>);
    type Output = Vec<Entry>;

    const NAME: &'static str = "availability";

    fn signature(&self) -> Signature {
        let text = |field: Field, text: &str| Parameter::new(field.as_str(), Type::String, text);
        Signature::new("Tells where a component of Defender for Cloud is available.", rows_type())
            .describe(
                "Tells whether a monitoring component is available on a target in a cloud: a row for each operating \
                 system for which that differs, with state, roles, sources and dates of retirement, as the data \
                 source `defender_availability` has them. The list is empty where the component does not go on the \
                 target. Without a date, the day of the provider's rules counts and not today, so that a plan and its \
                 apply see the same.",
            )
            .parameter(text(Field::Component, "The component, such as `defender_sensor`."))
            .parameter(text(Field::Target, "What it goes on, such as `aks_cluster`."))
            .parameter(text(Field::Cloud, "The cloud: `public`, `usgovernment` or `china`."))
            .variadic(text(Field::Date, "At most one: the day, such as `2026-11-22`."))
    }

    fn call(&self, (component, target, cloud, date): Self::Arguments) -> Result<Vec<Entry>, FunctionError> {
        if date.len() > 1 {
            return Err(FunctionError::at(ARGUMENTS.len(), "there is room for one date only"));
        }
        let catalog = Catalog::get();
        let mut query = Query::default();
        let texts = [component, target, cloud].into_iter().chain(date);
        for (place, (field, text)) in ARGUMENTS.into_iter().zip(texts).enumerate() {
            let set = query.set(catalog, field, &text);
            set.map_err(|wrong| FunctionError::at(place, wrong.to_string()))?;
        }
        let date = query.date.unwrap_or(catalog.as_of);
        Ok(entries(catalog, query.filter, query.cloud.as_slice(), date))
    }
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::argument_misfits;

    use super::*;

    fn call(texts: &[&str]) -> Result<Vec<Entry>, FunctionError> {
        let [component, target, cloud, date @ ..] = texts else { panic!("three arguments at least") };
        let date = date.iter().map(|date| (*date).to_owned()).collect();
        Availability.call(((*component).to_owned(), (*target).to_owned(), (*cloud).to_owned(), date))
    }

    #[test]
    fn arguments_fit_the_signature() {
        let misfits = argument_misfits::<<Availability as Function>::Arguments>(&Availability.signature());
        assert_eq!(misfits, Vec::<String>::new());
    }

    #[test]
    fn a_row_for_each_operating_system_and_none_for_another_target() {
        let rows = |target: &str| call(&["defender_for_endpoint", target, "public"]).unwrap().len();
        assert_eq!((rows("azure_vm"), rows("aks_cluster")), (2, 0));
    }

    #[test]
    fn errors_are_at_their_arguments() {
        for (texts, argument) in [
            (["defender_sensors", "aks_cluster", "public", "2026-01-01"].as_slice(), 0),
            (&["defender_sensor", "aks", "public"], 1),
            (&["defender_sensor", "aks_cluster", "germany"], 2),
            (&["defender_sensor", "aks_cluster", "public", "tomorrow"], 3),
            (&["defender_sensor", "aks_cluster", "public", "2026-01-01", "2026-01-02"], 4),
        ] {
            assert_eq!(call(texts).unwrap_err().argument, Some(argument), "{texts:?}");
        }
    }
}
