//! Assignments that reach subscriptions, by Azure Resource Graph: those on them and those above, in one query a page.
//! <https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources#policyresources>

use super::{Assignment, Policy};
use crate::arm::{Call, Error, Scope};

const ASKING: &str = "asking Azure Resource Graph for policy assignments";
const ASSIGNMENTS: &str = "policyresources | where type == 'microsoft.authorization/policyassignments' \
    | project id, name, properties | order by id asc";

impl Policy {
    /// The assignments on these subscriptions and on the management groups above them; those below are not among them.
    ///
    /// # Errors
    ///
    /// Why they could not be had. One that cannot be read is left out: nothing depends on having all of them.
    pub async fn reaching(&self, subscriptions: &[Scope], call: &Call) -> Result<Vec<Assignment>, Error> {
        let rows = self.client.query_above(subscriptions, ASSIGNMENTS, ASKING, call).await?;
        let readable =
            |row| serde_json::from_value(row).inspect_err(|problem| tracing::warn!("{problem}")).ok();
        Ok(rows.into_iter().filter_map(readable).collect())
    }
}
