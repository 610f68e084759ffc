//! What is deployed, and what becomes of what is there. Pure.

use serde_json::{Map, Value};
use tfplugin_protocol::{AnyValue, Attr};

use super::model::{self, Model};
use crate::availability::{
    Action, Agent, AgentKind, Fact, Facts, Outcome, Workspace, outcome as outcome_of_agents,
};
use crate::catalog::model::{Component, Day, Handler, Parameter, Placeholder, Via};
use crate::catalog::read_word;
use crate::inventory;
use crate::machines::{Extension, Found, Target, texts};
use crate::workspaces;

/// The component whose agents are told apart by how they came to a machine.
const AGENT: &str = "log_analytics_agent";

/// What is known when it is decided.
pub(super) struct Known<'a> {
    pub(super) target: &'a Target,
    pub(super) found: &'a Found,
    pub(super) installed: &'a [Extension],
    pub(super) component: Option<&'static Component>,
    pub(super) handler: Option<&'static Handler>,
}

/// What a user wants, and what there was.
#[derive(Clone, Copy)]
pub(super) struct Wish<'a> {
    pub(super) config: &'a Model,
    pub(super) planned: &'a Model,
    pub(super) prior: Option<&'a Model>,
}

/// What is to be an extension: its identity for Azure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) publisher: Option<String>,
    pub(super) kind: String,
    /// Its name where it is not given, and none is there.
    pub(super) usual_name: String,
    pub(super) via: Via,
}

/// The identity of what is deployed; nothing where a component has nothing for the target.
pub(super) fn identity(config: &Model, target: &Target, handler: Option<&Handler>) -> Option<Identity> {
    if let Some(handler) = handler {
        return Some(Identity {
            publisher: handler.publisher.clone(),
            kind: handler.kind.clone(),
            usual_name: handler.name.clone(),
            via: handler.via,
        });
    }
    let kind = config.kind.known()?.clone();
    let via = if target.kind.is_cluster() { Via::ClusterExtension } else { Via::MachineExtension };
    Some(Identity { publisher: config.publisher.known().cloned(), usual_name: kind.clone(), kind, via })
}

impl Known<'_> {
    /// The extension of this publisher and type that is there already.
    pub(super) fn existing(&self, identity: &Identity) -> Option<&Extension> {
        self.installed.iter().find(|one| one.is_of(identity.publisher.as_deref(), &identity.kind))
    }

    /// The agent on the machine: what the user says of it, or the extension that Azure tells of.
    fn agent(
        &self,
        wish: &Wish<'_>,
        identity: Option<&Identity>,
        workspace: Option<&workspaces::Workspace>,
    ) -> Fact<Agent> {
        match &wish.config.existing_agent {
            Attr::Unknown => return Fact::Unknown,
            Attr::Known(written) => {
                let kind = written.kind.known().and_then(|kind| read_word(kind));
                return kind.map_or(Fact::Unknown, |kind| {
                    Fact::Known(Agent {
                        kind,
                        workspaces: written.workspaces.known_items().cloned().collect(),
                        version: written.version.known().copied(),
                        solutions: None,
                    })
                });
            }
            Attr::Null => {}
        }
        if self.component.is_none_or(|component| component.id != AGENT) {
            return Fact::Unknown;
        }
        let Some(extension) = identity.and_then(|identity| self.existing(identity)) else {
            return Fact::Absent;
        };
        // What this resource has put there is no other's agent.
        if wish.prior.is_some_and(|prior| !prior.is_left_alone()) {
            return Fact::Absent;
        }
        // Extensions know their workspace by its GUID.
        let by_id = |guid: String| {
            let is_ours = workspace.is_some_and(|ours| ours.guid.eq_ignore_ascii_case(&guid));
            wish.planned.workspace_id.known().filter(|_| is_ours).cloned().unwrap_or(guid)
        };
        Fact::Known(Agent {
            kind: AgentKind::Extension,
            workspaces: inventory::workspace_of(extension).map(by_id).into_iter().collect(),
            version: None,
            solutions: None,
        })
    }

    /// What the rules are told.
    pub(super) fn facts(
        &self,
        wish: &Wish<'_>,
        identity: Option<&Identity>,
        known: Option<&workspaces::Workspace>,
    ) -> Facts {
        let planned = wish.planned;
        let Self { target, found, component, .. } = *self;
        // One that is not known yet may be the one that is needed.
        let all_known = |texts: &Vec<Attr<String>>| !texts.iter().any(Attr::is_unknown);
        let solutions = planned.workspace_solutions.known().filter(|texts| all_known(texts));
        let workspace = |id: String| Workspace {
            id,
            solutions: solutions.map(|_| planned.workspace_solutions.known_items().cloned().collect()),
            ..Workspace::default()
        };
        Facts {
            component: component.map_or(Fact::Unknown, |component| Fact::Known(component.id.clone())),
            agent: self.agent(wish, identity, known),
            workspace: match &planned.workspace_id {
                Attr::Null => Fact::Absent,
                Attr::Unknown => Fact::Unknown,
                Attr::Known(id) => Fact::Known(workspace(id.clone())),
            },
            onboarded_on: planned
                .onboarded_on
                .known()
                .and_then(|text| Day::parse(text))
                .map_or(Fact::Unknown, Fact::Known),
            accept_preview: planned.accept_preview.known().map_or(Fact::Unknown, |yes| Fact::Known(*yes)),
            ..inventory::facts(target, found)
        }
    }

    /// Whether what happens depends on something that is not known yet.
    pub(super) fn is_open(&self, config: &Model, planned: &Model) -> bool {
        let later = match &config.existing_agent {
            Attr::Unknown => true,
            Attr::Null => false,
            Attr::Known(model::Agent { kind, version, workspaces }) => {
                let unknown = |texts: &Vec<Attr<String>>| texts.iter().any(Attr::is_unknown);
                kind.is_unknown()
                    || version.is_unknown()
                    || workspaces.is_unknown()
                    || workspaces.known().is_some_and(unknown)
            }
        };
        let is_agent = self.component.is_some_and(|component| component.id == AGENT);
        is_agent && (later || planned.onboarded_on.is_unknown())
    }

    /// What happens, and where the machine reports to afterwards.
    pub(super) fn outcome(&self, facts: &Facts, identity: &Identity) -> (&'static str, Vec<String>) {
        let own: Vec<String> =
            facts.workspace.known().map(|workspace| workspace.id.clone()).into_iter().collect();
        let of_agents = self.component.filter(|component| component.id == AGENT);
        if let Some(Outcome { action, reports_to }) = of_agents.and_then(|_| outcome_of_agents(facts)) {
            // An agent that is an extension and serves is the one that this resource is about.
            return match action {
                Action::Deploy if self.existing(identity).is_some() => ("adopt", reports_to),
                Action::Deploy | Action::Keep | Action::Skip | Action::SideBySide => {
                    (action.as_str(), reports_to)
                }
            };
        }
        let is_there = self.existing(identity).is_some()
            || inventory::part_is_on(self.found, identity.via, &identity.kind);
        (if is_there { "adopt" } else { "deploy" }, own)
    }
}

/// All settings: those that are taken over, over them those of the component, and over them the user's. Unknown where something is not known yet.
pub(super) fn settings(
    planned: &Model,
    handler: Option<&Handler>,
    base: Map<String, Value>,
    value: impl Fn(Placeholder) -> Attr<String>,
) -> Attr<Map<String, Value>> {
    let mut all = base;
    for (name, parameter) in handler.into_iter().flat_map(|handler| &handler.settings) {
        match parameter {
            Parameter::Fixed(fixed) => drop(all.insert(name.clone(), fixed.clone())),
            Parameter::Placeholder(placeholder) => match value(*placeholder) {
                Attr::Known(text) => drop(all.insert(name.clone(), Value::String(text))),
                Attr::Unknown => return Attr::Unknown,
                Attr::Null => {}
            },
        }
    }
    match &planned.settings {
        Attr::Unknown => return Attr::Unknown,
        Attr::Null => {}
        Attr::Known(any) => match any.to_json() {
            Some(Value::Object(own)) => all.extend(own.into_iter().filter(|(_, value)| !value.is_null())),
            Some(_) => {}
            None => return Attr::Unknown,
        },
    }
    Attr::Known(all)
}

/// Settings as the target takes them: clusters know texts only.
pub(super) fn as_taken(target: &Target, settings: Map<String, Value>) -> Map<String, Value> {
    if target.kind.is_cluster() { texts(&settings) } else { settings }
}

/// Settings as the state has them.
pub(super) fn text(settings: &Map<String, Value>) -> String {
    Value::Object(settings.clone()).to_string()
}

/// Settings as the state had them.
pub(super) fn parsed(text: Option<&String>) -> Map<String, Value> {
    let value = text.and_then(|text| serde_json::from_str(text).ok());
    value.unwrap_or_default()
}

/// Whether two settings mean the same.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    AnyValue::from_json(a).means(&AnyValue::from_json(b))
}
