//! `data.defender_coverage`: a fleet of subscriptions, which plans they have, who has set them, and what differs from what is
//! expected.

mod causes;
mod expected;
mod model;
mod rows;
mod schema;

use tfplugin_protocol::provider::{Call, DataSource, ProviderBlock, Timeouts};
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result, Schema};

use super::reach::{self, Arguments};
use crate::arm::Scope;
use crate::context::{Context, patience};
use crate::fleet::{Reach, Survey};
use causes::Policies;
use expected::wishes;
use model::Model;
use rows::{Judge, listed, summary};

/// The data source.
#[derive(Debug)]
pub(super) struct Coverage;

impl DataSource for Coverage {
    type Context = Context;
    type Model = Model;

    const NAME: &'static str = "defender_coverage";
    const TIMEOUTS: Timeouts = Timeouts::minutes(20, 20, 20, 20);

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn check(&self, config: &Model, _: &ProviderBlock) -> Diagnostics {
        let mut problems = arguments(config).check();
        problems.extend(expected::check(&config.expected));
        problems
    }

    async fn read(&self, call: &mut Call<Context>, config: Model) -> Result<Model> {
        let reach = arguments(&config).reach()?.unwrap_or(Reach::All);
        let exact = config.exact.known().copied().unwrap_or(false);
        let survey = reach::survey(call, &reach, exact).await?;
        let policies = policies(call, &survey).await?;
        let wishes = wishes(&config.expected);
        let context = call.context()?;
        let judge = Judge {
            policies: &policies,
            wishes: (!config.expected.is_null()).then_some(&*wishes),
            cloud: context.cloud.known().copied(),
            date: context.rules.date.known().copied(),
            listed: listed(&survey.rows),
        };
        let (subscriptions, found): (Vec<_>, Vec<_>) = survey.rows.iter().map(|row| judge.row(row)).unzip();
        let differences: Vec<_> = found.into_iter().flatten().collect();
        Ok(Model {
            id: reach::id(&reach).into(),
            summary: Attr::Known(summary(&subscriptions, differences.len())),
            subscriptions: Attr::Known(subscriptions),
            differences: Attr::Known(differences),
            ..config
        })
    }
}

fn arguments(config: &Model) -> Arguments<'_> {
    Arguments { scopes: &config.scopes, management_group: &config.management_group }
}

/// The policies that set plans on what could be read. Without them a cause is not known, and that is said.
async fn policies(call: &mut Call<Context>, survey: &Survey) -> Result<Policies> {
    let readable = survey.rows.iter().filter(|row| row.plans.is_ok());
    let scopes: Vec<Scope> = readable.map(|row| row.subscription.scope.clone()).collect();
    let (context, patience) = (call.context()?, patience(call));
    match Policies::read(&context, &scopes, &patience).await? {
        Ok(policies) => Ok(policies),
        Err(error) => {
            let detail = format!(
                "Azure Resource Graph did not tell which policies are assigned, so no plan has the cause `policy`; all else \
                 is as it should be. What was said: {}.",
                reach::in_words(&error)
            );
            call.warn(Diagnostic::warning("Policies could not be read", detail));
            Ok(Policies::default())
        }
    }
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::misfits;

    use super::*;

    #[test]
    fn schema_and_model_have_the_same_attributes() {
        assert_eq!(misfits::<Model>(&Coverage.schema()), Vec::<String>::new());
    }
}
