//! `extensions`: what can be switched on with a Defender plan.

use tfplugin_protocol::Type;
use tfplugin_protocol::provider::{Function, FunctionError};
use tfplugin_protocol::schema::{Parameter, Signature};

use super::plan;
use crate::availability::no_such;
use crate::catalog::model::{Day, Extension, Plan};
use crate::catalog::{Catalog, nearest};

/// The function.
#[derive(Debug)]
pub(super) struct Extensions;

impl Function for Extensions {
    type Arguments = (String, Option<String>);
    type Output = Vec<String>;

    const NAME: &'static str = "extensions";

    fn signature(&self) -> Signature {
        let subplan = "The sub-plan, such as `P2`; null or empty for whatever any sub-plan has.";
        Signature::new("Lists the extensions of a Defender plan.", Type::list(Type::String))
            .describe(
                "Lists the names of the extensions that a Defender plan has with a sub-plan, without those that were \
                 retired on the day of the provider's rules. Azure may have newer ones, which this list does not know.",
            )
            .parameter(Parameter::new("plan", Type::String, "The plan, such as `VirtualMachines`."))
            .parameter(Parameter::new("subplan", Type::String, subplan).nullable())
    }

    fn call(&self, (name, subplan): (String, Option<String>)) -> Result<Vec<String>, FunctionError> {
        let plan = plan(&name)?;
        let subplan = subplan.filter(|subplan| !subplan.is_empty());
        if let Some(given) = subplan.as_deref().filter(|given| plan.subplan(given).is_none()) {
            return Err(FunctionError::at(1, no_such_subplan(plan, given)));
        }
        let has = |extension: &&Extension| subplan.as_deref().is_none_or(|subplan| extension.is_in(subplan));
        let stays = |extension: &&Extension| !is_retired(extension, Catalog::get().as_of);
        Ok(plan.extensions.iter().filter(has).filter(stays).map(|extension| extension.name.clone()).collect())
    }
}

fn is_retired(extension: &Extension, date: Day) -> bool {
    let retired_on = extension.lifecycle.as_ref().and_then(|ending| ending.retired_on);
    retired_on.is_some_and(|day| day <= date)
}

fn no_such_subplan(plan: &Plan, given: &str) -> String {
    if plan.subplans.is_empty() {
        return format!("the plan {} has no sub-plans; give null", plan.name);
    }
    let names = || plan.subplans.iter().map(|subplan| subplan.name.as_str());
    let guess = nearest(given, names().map(|name| (name, name)));
    no_such(&format!("a sub-plan of {}", plan.name), given, guess, names())
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::argument_misfits;

    use super::*;

    fn call(plan: &str, subplan: Option<&str>) -> Result<String, FunctionError> {
        let output = Extensions.call((plan.to_owned(), subplan.map(str::to_owned)));
        output.map(|names| names.join(" "))
    }

    #[test]
    fn arguments_fit_the_signature() {
        let misfits = argument_misfits::<<Extensions as Function>::Arguments>(&Extensions.signature());
        assert_eq!(misfits, Vec::<String>::new());
    }

    #[test]
    fn a_sub_plan_has_some_of_them_and_none_that_is_retired() {
        let all = "MdeDesignatedSubscription AgentlessVmScanning FileIntegrityMonitoring";
        for (plan, subplan, expected) in [
            ("VirtualMachines", None, all),
            ("virtualmachines", Some("p2"), all),
            ("VirtualMachines", Some(""), all),
            ("VirtualMachines", Some("P1"), "MdeDesignatedSubscription"),
            ("Dns", None, ""),
        ] {
            assert_eq!(call(plan, subplan).as_deref(), Ok(expected), "{plan} {subplan:?}");
        }
        assert!(!call("CloudPosture", None).unwrap().contains("EntraPermissionsManagement"));
    }

    #[test]
    fn errors_are_at_their_arguments() {
        for (plan, subplan, argument, text) in [
            ("VirtualMachine", None, 0, "did you mean \"VirtualMachines\"?"),
            ("VirtualMachines", Some("P3"), 1, "is not a sub-plan of VirtualMachines"),
            ("KeyVaults", Some("PerVault"), 1, "did you mean \"PerKeyVault\"?"),
            ("Dns", Some("P1"), 1, "the plan Dns has no sub-plans; give null"),
        ] {
            let error = call(plan, subplan).unwrap_err();
            assert_eq!(error.argument, Some(argument), "{error}");
            assert!(error.text.contains(text) && !error.text.ends_with('.'), "{error}");
        }
    }
}
