//! `data.defender_machine`: a machine or cluster, what is on it, and what is not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin_protocol::provider::{Call, DataSource, ProviderBlock, Timeouts};
use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result, Schema, Type};

use crate::availability::Facts;
use crate::catalog::word;
use crate::context::{Context, patience};
use crate::inventory::{Coverage, coverage, facts, reports_to};
use crate::machines::{Extension, Found, Kind, Target};

/// The data source.
#[derive(Debug)]
pub(super) struct Machine;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Model {
    id: Attr<String>,
    target_id: Attr<String>,
    target: Attr<String>,
    location: Attr<String>,
    os: Attr<String>,
    os_name: Attr<String>,
    state: Attr<String>,
    extensions: Attr<Vec<ExtensionModel>>,
    coverage: Attr<BTreeMap<String, CoverageModel>>,
    reports_to: Attr<Vec<String>>,
}

/// An extension that is there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ExtensionModel {
    id: String,
    name: String,
    publisher: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    version: Option<String>,
    state: String,
    message: Option<String>,
}

/// How it is with a component.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CoverageModel {
    state: String,
    rule: Option<String>,
    reason: Option<String>,
}

/// What is said of a machine or cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Described {
    pub(super) id: String,
    pub(super) target: String,
    pub(super) location: String,
    pub(super) os: Option<String>,
    pub(super) os_name: Option<String>,
    pub(super) state: Option<String>,
    pub(super) extensions: Vec<ExtensionModel>,
    pub(super) coverage: BTreeMap<String, CoverageModel>,
    pub(super) reports_to: Vec<String>,
}

impl DataSource for Machine {
    type Context = Context;
    type Model = Model;

    const NAME: &'static str = "defender_machine";
    const TIMEOUTS: Timeouts = Timeouts::minutes(5, 5, 5, 5);

    fn schema(&self) -> Schema {
        let id = "The id of the virtual machine, scale set, Arc machine, AKS cluster or Arc-enabled Kubernetes cluster.";
        let schema = Schema::new(
            "A machine or cluster as Azure has it: its extensions, and for each component of Defender for Cloud whether it is \
             there, could be, or cannot.",
        );
        let schema = schema.attribute("target_id", Attribute::string().required().describe(id));
        described().into_iter().fold(schema, |schema, (name, attribute)| schema.attribute(name, attribute))
    }

    fn check(&self, config: &Model, _: &ProviderBlock) -> Diagnostics {
        config.target_id.known().and_then(|id| target(id).err()).into_iter().collect()
    }

    async fn read(&self, call: &mut Call<Context>, config: Model) -> Result<Model> {
        let context = call.context()?;
        let target = target(config.target_id.known().map_or("", String::as_str))?;
        let (machines, patience) = (context.machines()?, patience(call));
        let Some(found) = machines.found(&target, &patience).await? else {
            let detail =
                format!("There is no {}, or the account that is signed in cannot see it.", target.as_str());
            return Err(Diagnostic::error("The machine or cluster is not there", detail)
                .at("target_id")
                .into());
        };
        let installed = machines.extensions(&target, &patience).await?;
        let Described { id, target, location, os, os_name, state, extensions, coverage, reports_to } =
            describe(&context, &target, &found, &installed);
        let optional = |text: Option<String>| text.map_or(Attr::Null, Attr::Known);
        Ok(Model {
            id: id.into(),
            target_id: config.target_id,
            target: target.into(),
            location: location.into(),
            os: optional(os),
            os_name: optional(os_name),
            state: optional(state),
            extensions: Attr::Known(extensions),
            coverage: Attr::Known(coverage),
            reports_to: Attr::Known(reports_to),
        })
    }
}

/// What is said of a machine or cluster.
pub(super) fn describe(
    context: &Context,
    target: &Target,
    found: &Found,
    installed: &[Extension],
) -> Described {
    let base = Facts { cloud: context.cloud, ..facts(target, found) };
    let covered = coverage(&context.rules, &base, target, found, installed);
    let extension = |one: &Extension| ExtensionModel {
        id: one.id.clone(),
        name: one.name.clone(),
        publisher: one.publisher.clone(),
        kind: one.kind.clone(),
        version: one.current().map(str::to_owned),
        state: one.state.clone(),
        message: one.message.clone(),
    };
    let component = |one: Coverage| {
        let finding = one.finding.as_ref();
        let model = CoverageModel {
            state: one.state.as_str().to_owned(),
            rule: finding.map(|finding| finding.rule.id.clone()),
            reason: finding.map(|finding| finding.summary.clone()),
        };
        (one.component.id.clone(), model)
    };
    Described {
        id: target.as_str().to_owned(),
        target: target.kind.target().to_owned(),
        location: found.location.clone(),
        os: found.os.as_ref().map(word),
        os_name: found.os_name.clone(),
        state: found.power.clone(),
        extensions: installed.iter().map(extension).collect(),
        coverage: covered.into_iter().map(component).collect(),
        reports_to: reports_to(found, installed),
    }
}

/// The attributes of what is said.
pub(super) fn described() -> [(&'static str, Attribute); 9] {
    let text = |description: &str| Attribute::string().computed().describe(description);
    let extension = [
        ("id", text("Its id.")),
        ("name", text("Its name.")),
        ("publisher", text("Who publishes it; nothing on clusters.")),
        ("type", text("Its type.")),
        ("version", text("The version that is there, as far as Azure says.")),
        ("state", text("Azure's word for how it is: `Succeeded`, `Failed` and so on.")),
        (
            "message",
            text("What the extension itself says, where Azure says it in lists: not of virtual machines."),
        ),
    ];
    let component = [
        (
            "state",
            text("`covered`; `failed`, it is there and Azure says that it has failed; `not_covered`; `unsupported`.")
                .one_of(&["covered", "failed", "not_covered", "unsupported"]),
        ),
        ("rule", text("The rule that speaks against it.")),
        ("reason", text("What that rule says.")),
    ];
    [
        ("id", text("The id.")),
        ("target", text("What it is to the rules, for example `azure_vm`.")),
        ("location", text("Its region.")),
        ("os", text("The operating system of a machine: `windows` or `linux`.")),
        ("os_name", text("The name of the operating system, as the machine says it.")),
        ("state", text("Whether it runs or is connected, in Azure's words.")),
        (
            "extensions",
            Attribute::nested(Nesting::List, extension).computed().describe("The extensions on it."),
        ),
        (
            "coverage",
            Attribute::nested(Nesting::Map, component).computed().describe(
                "How it is with each component that gets there by an extension, by the component's id.",
            ),
        ),
        (
            "reports_to",
            Attribute::list(Type::String)
                .computed()
                .describe("The workspaces that it reports to, as ids or GUIDs."),
        ),
    ]
}

fn target(id: &str) -> Result<Target, Diagnostic> {
    Target::parse(id).map_err(|problem| {
        let beginning: String = id.chars().take(300).collect();
        let types: Vec<&str> = Kind::ALL.into_iter().map(Kind::resource_type).collect();
        let detail = format!(
            "{beginning:?} is not the id of a machine or cluster: {problem}. It has one of these types: {}.",
            types.join(", ")
        );
        Diagnostic::error("Not a machine or cluster", detail).at("target_id")
    })
}
