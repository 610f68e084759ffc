//! `defender_workspace`: the Log Analytics workspace that Defender for Cloud uses for a subscription.
//!
//! <https://learn.microsoft.com/rest/api/defenderforcloud/workspace-settings>

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tfplugin_protocol::provider::{Call, IdentityAttribute, ImportTarget, Timeouts};
use tfplugin_protocol::schema::Attribute;
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result, Schema, Value};

use crate::arm::{self, Error, ErrorKind, IdError, ResourceId};
use crate::context::{Context, patience};
use crate::diagnostics::explain;
use crate::documents::{Document, Documents};
use crate::singleton::{
    self, DefaultScope, Failures, Kind, Listing, Place, Singleton, at_subscription, framed, imported_only,
    subscription_identity,
};
use crate::workspaces::RESOURCE_TYPE;

/// The resource.
pub(super) const RESOURCE: Singleton<WorkspaceSetting> = Singleton::new();

/// The only name.
const NAME: &str = "default";
/// How long to wait before looking again whether Azure shows the workspace.
const PAUSE: Duration = Duration::from_secs(5);

/// The kind of setting.
#[derive(Debug)]
pub(super) struct WorkspaceSetting;

/// Configuration, plan and state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Model {
    id: Attr<String>,
    scope: Attr<String>,
    workspace_id: Attr<String>,
    covered_scope: Attr<String>,
    on_destroy: Attr<String>,
}
framed!(Model, scope);

/// What Azure has. The workspace is missing for a while after it was written.
#[derive(Clone, Debug)]
pub(super) struct Live {
    workspace: Option<String>,
    scope: String,
}

/// Azure answers with ids in a letter case of its own.
impl PartialEq for Live {
    fn eq(&self, other: &Self) -> bool {
        let workspaces = [self, other].map(|one| one.workspace.as_deref().map(str::to_ascii_lowercase));
        workspaces[0] == workspaces[1] && self.scope.eq_ignore_ascii_case(&other.scope)
    }
}

impl Kind for WorkspaceSetting {
    type Model = Model;
    type Live = Live;

    const NAME: &'static str = "defender_workspace";
    const TYPE: &'static str = "Microsoft.Security/workspaceSettings";
    const VERSION: &'static str = "2017-08-01-preview";
    /// As azurerm: Azure shows what was written only after a while.
    const TIMEOUTS: Timeouts = Timeouts::minutes(60, 5, 60, 60);
    const AZURERM: &'static [&'static str] = &["azurerm_security_center_workspace"];
    const IDENTITY: &'static [IdentityAttribute] = &[singleton::SUBSCRIPTION];
    const LISTING: Listing = Listing {
        finds: "Lists the workspace settings of subscriptions: each has one or none.",
        what: "the workspace settings",
        in_groups: false,
        enabled: None,
    };

    fn schema() -> Schema {
        let text = Attribute::string;
        Schema::new(
            "The Log Analytics workspace that Microsoft Defender for Cloud uses by default for a subscription. It was made \
             for the Log Analytics agent (MMA), which is retired; what is left of it is where security data goes that names \
             no workspace of its own. What is set already is taken over, and destroying puts back what was there before.",
        )
        .attribute("id", singleton::id())
        .attribute("scope", singleton::scope())
        .attribute(
            "workspace_id",
            text().required().same_if(Value::same_text).describe("The id of the Log Analytics workspace. It must be there."),
        )
        .attribute(
            "covered_scope",
            text().optional().computed().keep().same_if(Value::same_text).describe(
                "What the workspace is for, by its id; Azure's `scope`. Default: the whole subscription.",
            ),
        )
        .attribute("on_destroy", singleton::on_destroy("delete", "no workspace is set any more"))
    }

    fn identity(state: &Model) -> Option<Value> {
        subscription_identity(&state.scope)
    }

    fn check(config: &Model) -> Diagnostics {
        let workspace = config.workspace_id.known().and_then(|id| not_a_workspace(id));
        let covered = config.covered_scope.known().and_then(|id| {
            let error = id.parse::<ResourceId>().err()?;
            Some(Diagnostic::error("Not an id", error.to_string()).at("covered_scope"))
        });
        workspace.into_iter().chain(covered).collect()
    }

    fn place(model: &Model) -> Result<Option<Place>> {
        at_subscription::<Self>(model, NAME, "the workspace setting")
    }

    fn complete(config: &Model, planned: &mut Model) {
        if config.covered_scope.is_null() && planned.covered_scope.is_unknown() {
            planned.covered_scope = planned.scope.clone();
        }
    }

    async fn judge(call: &mut Call<Context>, prior: Option<&Model>, planned: &Model) -> Result<()> {
        call.warn(retired());
        let Some(context) = call.context_if_configured().filter(|context| !context.is_applying()) else {
            return Ok(());
        };
        let (Some(id), Ok(workspaces)) = (planned.workspace_id.known(), context.workspaces()) else {
            return Ok(());
        };
        if prior.is_some_and(|prior| prior.workspace_id == planned.workspace_id) {
            return Ok(());
        }
        match workspaces.read(id, &patience(call)).await {
            Ok(_) => Ok(()),
            Err(error) if *error.kind() == ErrorKind::NotFound => Err(not_there(id, &error).into()),
            Err(error) => Err(explain(&error).at("workspace_id").into()),
        }
    }

    fn live(body: &Json) -> Result<Live, String> {
        let text = |field: &str| body["properties"][field].as_str().filter(|text| !text.is_empty());
        let scope = text("scope").ok_or("the answer has no scope")?;
        Ok(Live { workspace: text("workspaceId").map(str::to_owned), scope: scope.to_owned() })
    }

    fn body(live: &Live) -> Json {
        json!({"properties": {"workspaceId": live.workspace, "scope": live.scope}})
    }

    /// Azure shows no workspace for a while after somebody has set one, and takes no setting without.
    async fn before(_: &Context, _: &Place, found: &Live, _: &arm::Call) -> Result<Option<Json>> {
        Ok(found.workspace.is_some().then(|| Self::body(found)))
    }

    fn wanted(planned: &Model, _found: Option<&Live>) -> Live {
        let scope = planned.covered_scope.known().or(planned.scope.known());
        Live {
            workspace: planned.workspace_id.known().cloned(),
            scope: scope.map_or("", String::as_str).to_owned(),
        }
    }

    fn refresh(state: Model, live: &Live, _failures: &Failures) -> Model {
        let workspace = live.workspace.as_deref().map_or(state.workspace_id, Into::into);
        Model { workspace_id: workspace, covered_scope: live.scope.as_str().into(), ..state }
    }

    /// After a write Azure shows no workspace for a while, and sometimes it answers with an error though it has written.
    /// <https://github.com/Azure/azure-rest-api-specs/issues/14138>, <https://github.com/Azure/azure-rest-api-specs/issues/21287>
    async fn settle(
        documents: &Documents,
        document: &Document,
        wanted: &Live,
        outcome: Result<Json, Error>,
        call: &arm::Call,
    ) -> Result<Json, Error> {
        let act = format!("setting {}", document.what);
        loop {
            let found = match (documents.read(document, call).await, &outcome) {
                (Ok(found), _) => found,
                (Err(_), Err(error)) => return Err(error.clone()),
                (Err(error), Ok(_)) => return Err(error),
            };
            let shows = |body: &Json| Self::live(body).is_ok_and(|live| live == *wanted);
            match (found, &outcome) {
                (Some(body), _) if shows(&body) => return Ok(body),
                (_, Err(error)) => return Err(error.clone()),
                (_, Ok(_)) => {
                    call.pause(PAUSE, &act, &document.id, "Azure does not show the workspace").await?;
                }
            }
        }
    }

    /// Azure shows no workspace for a while after a write; without one there is no configuration.
    fn is_there(live: &Live) -> bool {
        live.workspace.is_some()
    }

    fn import(target: ImportTarget<'_>, default_scope: &DefaultScope<'_>) -> Result<Model> {
        imported_only::<Self>(target, default_scope, "a workspace setting", NAME, |_| false)
    }
}

fn not_a_workspace(id: &str) -> Option<Diagnostic> {
    let problem = match id.parse::<ResourceId>() {
        Err(error) => IdError::problem(&error).to_owned(),
        Ok(id) if id.resource_type().is_some_and(|found| found == RESOURCE_TYPE) => return None,
        Ok(_) => format!("it is not that of a {RESOURCE_TYPE}"),
    };
    let beginning: String = id.chars().take(300).collect();
    let detail = format!(
        "{beginning:?} is not the id of a Log Analytics workspace: {problem}. Such an id looks like \
         /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/logs/providers/{RESOURCE_TYPE}/central."
    );
    Some(Diagnostic::error("Not the id of a workspace", detail).at("workspace_id"))
}

fn not_there(id: &str, error: &Error) -> Diagnostic {
    let detail = format!(
        "There is no workspace {id}, or the account that is signed in cannot see it. If it is made by this configuration, \
         refer to its id here instead of writing it.\n\n{error}."
    );
    Diagnostic::error("The workspace is not there", detail).at("workspace_id")
}

/// <https://learn.microsoft.com/azure/defender-for-cloud/prepare-deprecation-log-analytics-mma-agent>
fn retired() -> Diagnostic {
    let detail = "This setting told the Log Analytics agent (MMA) where to send its data, and the agent was retired in November \
                  2024. It is still the default workspace for the 500 MB a day that Defender for Servers P2 includes, and for \
                  some parts of Defender for Containers. To protect machines, use defender_plan with agentless scanning, and \
                  defender_autoprovisioning with component = \"defender_for_endpoint\"; to collect data, the Azure Monitor \
                  agent with data collection rules.\n\n\
                  https://learn.microsoft.com/azure/defender-for-cloud/prepare-deprecation-log-analytics-mma-agent";
    Diagnostic::warning("The agent that this is for is retired", detail).at("workspace_id")
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::misfits;

    use super::*;

    #[test]
    fn schema_and_model_have_the_same_attributes() {
        assert_eq!(misfits::<Model>(&WorkspaceSetting::schema()), Vec::<String>::new());
    }
}
