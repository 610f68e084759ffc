//! Machines and clusters in the rules' terms: what they are, which components they have, and which they cannot have.

use serde_json::Value;

use crate::availability::{Fact, Facts, Finding, Image, Severity, Subject};
use crate::catalog::Catalog;
use crate::catalog::model::{Component, Handler, Os, Via};
use crate::context::RuleSettings;
use crate::machines::{Extension, Found, Kind, Target};

/// Whether a machine or cluster has a component.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The component.
    pub component: &'static Component,
    /// How it is.
    pub state: State,
    /// The rule that speaks against it, where one does.
    pub finding: Option<Finding>,
}

/// How it is with a component on a machine or cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is there, and well.
    Covered,
    /// It is there, and Azure says that it has failed.
    Failed,
    /// It is not there, and could be.
    NotCovered,
    /// It cannot be there, or is of no use any more.
    Unsupported,
}

impl State {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Failed => "failed",
            Self::NotCovered => "not_covered",
            Self::Unsupported => "unsupported",
        }
    }
}

/// What puts a component on a target with this operating system.
pub fn handler(component: &'static Component, kind: Kind, os: Option<Os>) -> Option<&'static Handler> {
    let fits = |handler: &&Handler| {
        let right_os = os.is_some_and(|os| handler.holds.covers(kind.target(), os))
            || (os.is_none() && handler.holds.os == Os::Any);
        right_os && handler.holds.targets.iter().any(|target| target == kind.target())
    };
    component.deploy.handlers.iter().find(fits)
}

/// What the rules are told of a machine or cluster.
pub fn facts(target: &Target, found: &Found) -> Facts {
    let fact = |text: Option<String>| text.map_or(Fact::Unknown, Fact::Known);
    let image = |(publisher, offer, sku): (String, String, String)| Image {
        publisher,
        offer,
        sku,
        generalized: false,
    };
    Facts {
        target: Fact::Known(target.kind.target().to_owned()),
        os: found.os.map_or(Fact::Unknown, Fact::Known),
        os_name: fact(found.os_name.as_deref().map(snake)),
        image: found.image.clone().map(image).map_or(Fact::Unknown, Fact::Known),
        identity: found.identity.map_or(Fact::Unknown, Fact::Known),
        tags: Fact::Known(found.tags.clone()),
        kubernetes_rbac: found.rbac.map_or(Fact::Unknown, Fact::Known),
        distribution: fact(found.distribution.clone()),
        kubernetes_version: found.version.map_or(Fact::Unknown, Fact::Known),
        arm64_nodes: found.arm64.map_or(Fact::Unknown, Fact::Known),
        enabled: Fact::Known(true),
        ..Facts::default()
    }
}

/// Whether a part of a cluster that has no resource of its own is on.
pub fn part_is_on(found: &Found, via: Via, name: &str) -> bool {
    match via {
        Via::DefenderProfile => found.defender_profile.as_ref().is_some_and(|(on, _)| *on),
        Via::Addon => found.addons.get(&name.to_ascii_lowercase()).copied().unwrap_or_default(),
        Via::MachineExtension | Via::ClusterExtension => false,
    }
}

/// How it is with each component that could be on a target of this kind by an extension or a part of it.
pub fn coverage(
    rules: &RuleSettings,
    base: &Facts,
    target: &Target,
    found: &Found,
    installed: &[Extension],
) -> Vec<Coverage> {
    let components = Catalog::get().components.iter();
    let all = components.filter_map(|component| {
        let handler = handler(component, target.kind, found.os)?;
        let there = installed.iter().find(|one| one.is_of(handler.publisher.as_deref(), &handler.kind));
        let is_there = there.is_some() || part_is_on(found, handler.via, &handler.kind);
        let facts = Facts {
            component: Fact::Known(component.id.clone()),
            // Whether it may be there is asked as of something new.
            deployed: Fact::Known(false),
            accept_preview: Fact::Known(true),
            ..base.clone()
        };
        let speaks_against =
            |finding: &Finding| finding.severity == Severity::Error && finding.subject != Subject::Cloud;
        let against = rules.judge(&facts).into_iter().find(speaks_against);
        let has_failed = there.is_some_and(|one| one.state.eq_ignore_ascii_case("Failed"));
        let state = match (is_there, &against) {
            (true, _) if has_failed => State::Failed,
            (true, None) => State::Covered,
            (_, Some(_)) => State::Unsupported,
            (false, None) => State::NotCovered,
        };
        Some(Coverage { component, state, finding: against })
    });
    all.collect()
}

/// The workspaces that a machine or cluster reports to, as far as its extensions say: ids or GUIDs.
pub fn reports_to(found: &Found, installed: &[Extension]) -> Vec<String> {
    const NAMES: [&str; 2] = ["workspaceId", "logAnalyticsWorkspaceResourceID"];
    let of_extension = |one: &Extension| {
        let mut settings = one.settings.iter();
        let workspace = settings.find(|(name, _)| NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)));
        workspace.and_then(|(_, value)| value.as_str()).map(str::to_owned)
    };
    let profile =
        found.defender_profile.iter().filter(|(on, _)| *on).filter_map(|(_, workspace)| workspace.clone());
    let mut all: Vec<String> = installed.iter().filter_map(of_extension).chain(profile).collect();
    all.dedup();
    all
}

/// The workspace of an agent that is an extension.
pub fn workspace_of(extension: &Extension) -> Option<String> {
    extension.settings.get("workspaceId").and_then(Value::as_str).map(str::to_owned)
}

/// `Windows Server 2019 Datacenter` is `windows_server_2019_datacenter`.
fn snake(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_")
}
