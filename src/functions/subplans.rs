//! `subplans`: the variants of a Defender plan.

use serde::Serialize;
use tfplugin_protocol::Type;
use tfplugin_protocol::provider::{Function, FunctionError};
use tfplugin_protocol::schema::{Parameter, Signature};

use super::plan;
use crate::catalog::model::{Day, Lifecycle, Subplan};

/// The function.
#[derive(Debug)]
pub(super) struct Subplans;

/// A sub-plan, and how its end comes.
#[derive(Debug, Serialize)]
pub(super) struct Output {
    name: String,
    default: bool,
    announced_on: Option<Day>,
    closed_on: Option<Day>,
    retired_on: Option<Day>,
    replaced_by: Vec<String>,
}

impl Function for Subplans {
    type Arguments = (String,);
    type Output = Vec<Output>;

    const NAME: &'static str = "subplans";

    fn signature(&self) -> Signature {
        let object = Type::object([
            ("name", Type::String),
            ("default", Type::Bool),
            ("announced_on", Type::String),
            ("closed_on", Type::String),
            ("retired_on", Type::String),
            ("replaced_by", Type::list(Type::String)),
        ]);
        Signature::new("Lists the sub-plans of a Defender plan.", Type::list(object))
            .describe(
                "Lists the sub-plans of a Defender plan, those that stay first; the list is empty where the plan has \
                 none. Of each: `name`; `default`, whether Azure takes it where a request names none; `announced_on`, \
                 the day on which its end was announced; `closed_on`, the day from which Azure takes nobody who does \
                 not have it; `retired_on`, the day of its end; `replaced_by`. Days are null where there is no such \
                 day.",
            )
            .parameter(Parameter::new("plan", Type::String, "The plan, such as `VirtualMachines`."))
    }

    fn call(&self, (name,): (String,)) -> Result<Vec<Output>, FunctionError> {
        let mut subplans: Vec<&Subplan> = plan(&name)?.subplans.iter().collect();
        subplans.sort_by_key(|subplan| subplan.lifecycle.is_some());
        Ok(subplans.into_iter().map(Output::from).collect())
    }
}

impl From<&Subplan> for Output {
    fn from(subplan: &Subplan) -> Self {
        let ending = subplan.lifecycle.as_ref();
        Self {
            name: subplan.name.clone(),
            default: subplan.default,
            announced_on: ending.and_then(|ending| ending.announced_on),
            closed_on: ending.and_then(Lifecycle::closed_on),
            retired_on: ending.and_then(|ending| ending.retired_on),
            replaced_by: ending.map(|ending| ending.replaced_by.clone()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::{argument_misfits, to_value};

    use super::*;

    #[test]
    fn arguments_and_output_fit_the_signature() {
        let signature = Subplans.signature();
        assert_eq!(argument_misfits::<(String,)>(&signature), Vec::<String>::new());
        let output = Subplans.call(("storageaccounts".to_owned(),)).unwrap();
        to_value(&output, &signature.returns).unwrap();
    }

    #[test]
    fn what_stays_comes_first() {
        let output = Subplans.call(("Arm".to_owned(),)).unwrap();
        let names: Vec<_> = output
            .iter()
            .map(|subplan| (subplan.name.as_str(), subplan.default, subplan.closed_on))
            .collect();
        assert_eq!(names, [("PerSubscription", true, None), ("PerApiCall", false, Day::new(2026, 7, 5))]);
        assert!(Subplans.call(("Dns".to_owned(),)).unwrap().is_empty());
    }
}
