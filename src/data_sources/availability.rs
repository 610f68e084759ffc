//! `data.defender_availability`: where components are available, on a day. Asks nothing of Azure.

use serde::{Deserialize, Serialize};
use tfplugin_protocol::provider::{Call, DataSource, ProviderBlock};
use tfplugin_protocol::schema::Attribute;
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result, Schema};

use crate::availability::view::{Entry, entries};
use crate::availability::{Fact, Field, Query, Wrong};
use crate::catalog::Catalog;
use crate::catalog::model::{Cloud, Day};
use crate::context::Context;
use crate::rows::rows;

/// The data source.
#[derive(Debug)]
pub(super) struct Availability;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Model {
    component: Attr<String>,
    plan: Attr<String>,
    target: Attr<String>,
    os: Attr<String>,
    cloud: Attr<String>,
    date: Attr<String>,
    rows: Attr<Vec<Entry>>,
}

impl Model {
    fn filter(&self, field: Field) -> &Attr<String> {
        match field {
            Field::Component => &self.component,
            Field::Plan => &self.plan,
            Field::Target => &self.target,
            Field::Os => &self.os,
            Field::Cloud => &self.cloud,
            Field::Date => &self.date,
        }
    }

    /// What is asked for, as far as it is known, and everything that is wrong with it.
    fn query(&self) -> (Query<'static>, Diagnostics) {
        let mut query = Query::default();
        let known = Field::ALL.into_iter().filter_map(|field| Some((field, self.filter(field).known()?)));
        let wrong = known
            .filter_map(|(field, text)| query.set(Catalog::get(), field, text).err())
            .map(|wrong| at(&wrong));
        let wrong = wrong.collect();
        (query, wrong)
    }
}

impl DataSource for Availability {
    type Context = Context;
    type Model = Model;

    const NAME: &'static str = "defender_availability";

    fn schema(&self) -> Schema {
        let filter = |text: &str| Attribute::string().optional().describe(text);
        let day = "The day, such as `2026-11-22`. Default: the provider's `reference_date`. What happened before a source \
                   was written is known only as far as the source tells it.";
        let cloud =
            "The cloud: `public`, `usgovernment` or `china`. Default: the provider's cloud, else `public`.";
        let os = "Rows for `linux` or `windows`; rows for any operating system are among them.";
        Schema::new(
            "Where the monitoring components of Microsoft Defender for Cloud are available: by target, operating \
             system, cloud and day, each row with its source. Asks nothing of Azure and needs no credentials.",
        )
        .attribute("component", filter("Rows of this component, such as `defender_sensor`."))
        .attribute("plan", filter("Rows of components that this plan is for, such as `VirtualMachines`."))
        .attribute("target", filter("Rows for this target, such as `aks_cluster`."))
        .attribute("os", filter(os))
        .attribute("cloud", filter(cloud).computed())
        .attribute("date", filter(day).computed())
        .attribute("rows", rows())
    }

    fn check(&self, config: &Model, _: &ProviderBlock) -> Diagnostics {
        config.query().1
    }

    async fn read(&self, call: &mut Call<Context>, config: Model) -> Result<Model> {
        let context = call.context()?;
        let (query, wrong) = config.query();
        wrong.into_result()?;
        let cloud = query.cloud.map_or_else(|| default_cloud(&context), Ok)?;
        let date = query.date.map_or_else(|| default_date(&context), Ok)?;
        Ok(Model {
            cloud: cloud.as_str().into(),
            date: Attr::Known(date.to_string()),
            rows: Attr::Known(entries(Catalog::get(), query.filter, &[cloud], date)),
            ..config
        })
    }
}

/// The provider's cloud. Where only addresses are given, nobody knows which it is, and the public one is taken.
fn default_cloud(context: &Context) -> Result<Cloud> {
    match context.cloud {
        Fact::Known(cloud) => Ok(cloud),
        Fact::Absent => Ok(Cloud::Public),
        Fact::Unknown => {
            let detail = "The provider's environment, metadata_host or endpoints are not known before apply, so neither is its \
                          cloud. Set cloud = \"public\", or another one, here.";
            Err(Diagnostic::error("The cloud is not known yet", detail).at(Field::Cloud.as_str()).into())
        }
    }
}

fn default_date(context: &Context) -> Result<Day> {
    context.rules.date.known().copied().ok_or_else(|| {
        let detail = "The provider's reference_date is not known before apply. Set date = \"2026-11-22\", or another \
                      day, here.";
        Diagnostic::error("The day is not known yet", detail).at(Field::Date.as_str()).into()
    })
}

fn at(wrong: &Wrong) -> Diagnostic {
    let summary = format!("Not {}", wrong.field.noun());
    Diagnostic::error(summary, format!("{wrong}.")).at(wrong.field.as_str())
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::misfits;

    use super::*;

    #[test]
    fn schema_and_model_have_the_same_attributes() {
        assert_eq!(misfits::<Model>(&Availability.schema()), Vec::<String>::new());
    }
}
