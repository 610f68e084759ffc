//! The rows of the catalogue. The build script reads the same types, so a row that does not fit stops the build.
//!
//! What a row says, it says with its source and for a day. A row keeps what it was written with; what changed later
//! stands in its overrides, so that the past can still be asked for.

mod component;
mod day;
mod deployment;
mod handler;
mod lifecycle;
mod parameter;
mod plan;
mod reference;
mod region;
mod rule;

use serde::{Deserialize, Serialize};

pub use component::{
    Answer, Component, Confidence, Dispute, Mechanism, Os, Override, RoleNeed, RoleScope, Row, State, Variant,
};
pub use day::Day;
pub use deployment::{
    Assignment, Call, Deployments, Holding, Nothing, PlanExtension, Setting, SettingValue, WorkspaceKind,
};
pub use handler::{Handler, Via};
pub use lifecycle::{Effect, Lifecycle, Milestone, Reach};
pub use parameter::{Input, Parameter, Placeholder};
pub use plan::{Extension, Plan, PlanOverride, Property, PropertyKind, Subplan};
pub use reference::{Citation, Cloud, CloudRow, Page, Role, Source, Target, TargetFamily};
pub use region::RegionMap;
pub use rule::{Basis, Rule};

/// Everything that is known, packed by the build script.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// The day up to which the rows were compared with their sources.
    pub as_of: Day,
    /// Microsoft's clouds.
    pub clouds: Vec<CloudRow>,
    /// What components can be deployed on.
    pub targets: Vec<Target>,
    /// Built-in roles of Azure.
    pub roles: Vec<Role>,
    /// Where facts stand.
    pub sources: Vec<Source>,
    /// Pages that diagnostics may link: those that were alive when somebody last looked.
    pub pages: Vec<Page>,
    /// Rules, sorted by id.
    pub rules: Vec<Rule>,
    /// Defender plans, sorted by name.
    pub plans: Vec<Plan>,
    /// Monitoring components, sorted by id.
    pub components: Vec<Component>,
    /// Regions in which policies find or make a default workspace, by family of policies.
    pub region_maps: Vec<RegionMap>,
}
