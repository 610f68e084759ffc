//! `defender_extension`: a component of Defender for Cloud, or any other extension, on one machine or cluster.
//!
//! The catalogue says what puts a component on a target, and the rules what becomes of an agent that is there already;
//! [`deciding`] puts that together.

mod apply;
mod check;
mod completing;
mod deciding;
mod listing;
mod model;
mod moving;
mod place;
mod planning;
mod record;
mod schema;

use serde_json::Value as Json;
use tfplugin_protocol::provider::{
    Call, DynListResource, IdentityAttribute, ImportTarget, MoveSource, Moved, Planning, ProviderBlock,
    Resource, Timeouts,
};
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result, Schema, Value};

use crate::assignment::claims;
use crate::catalog::Catalog;
use crate::catalog::model::{Component, Handler, Via};
use crate::context::{Context, patience, static_settings};
use crate::machines::{Extension, Found};
use model::Model;
use place::Place;

/// The resource.
#[derive(Debug)]
pub(super) struct MachineExtension;

impl Resource for MachineExtension {
    type Context = Context;
    type Model = Model;

    const NAME: &'static str = "defender_extension";
    /// As azurerm: agents take long to install.
    const TIMEOUTS: Timeouts = Timeouts::minutes(30, 5, 30, 30);

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn identity_schema(&self) -> &'static [IdentityAttribute] {
        const ATTRIBUTES: &[IdentityAttribute] =
            &[IdentityAttribute { name: "id", description: "The extension's id.", required: true }];
        ATTRIBUTES
    }

    fn identity(&self, state: &Model) -> Option<Value> {
        Some(Value::from_iter([("id", Value::from(state.id.known()?.as_str()))]))
    }

    fn check(&self, config: &Model, provider: &ProviderBlock) -> Diagnostics {
        check::check(config, &static_settings(provider))
    }

    async fn plan(&self, call: &mut Call<Context>, planning: Planning<Model>) -> Result<Model> {
        planning::plan(call, planning).await
    }

    async fn plan_delete(&self, call: &mut Call<Context>, prior: &Model) -> Result<()> {
        claims::give_up(call, &prior.id);
        Ok(())
    }

    async fn create(&self, call: &mut Call<Context>, planned: Model) -> Result<Model> {
        apply::create(call, planned).await
    }

    async fn read(&self, call: &mut Call<Context>, state: Model) -> Result<Option<Model>> {
        if state.is_skipped() {
            return Ok(Some(state));
        }
        let place = Place::parse(state.id.known().map_or("", String::as_str))?;
        let (context, patience) = (call.context()?, patience(call));
        let machines = context.machines()?;
        context.note_private_data(&place.id(), call.private.clone());
        match place.via {
            Via::MachineExtension | Via::ClusterExtension => {
                let found = machines.extension(&place.target, &place.name, &patience).await?;
                let wanted = record::Record::of(&call.private).wanted;
                Ok(found.map(|found| refresh(state, &place, &found, wanted.as_ref())))
            }
            Via::DefenderProfile | Via::Addon => {
                let found = machines.found(&place.target, &patience).await?;
                Ok(found.and_then(|found| refresh_part(state, &place, &found)))
            }
        }
    }

    async fn update(&self, call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
        apply::update(call, prior, planned).await
    }

    async fn delete(&self, call: &mut Call<Context>, prior: Model) -> Result<()> {
        apply::delete(call, prior).await
    }

    fn move_from(&self, source: &MoveSource<'_>) -> Result<Moved<Model>> {
        moving::move_from(source)
    }

    fn import(&self, _call: &mut Call<Context>, target: ImportTarget<'_>) -> Result<Model> {
        let id = match target {
            ImportTarget::Id(id) => id.to_owned(),
            ImportTarget::Identity(identity) => identity.get("id").as_str().unwrap_or_default().to_owned(),
        };
        let place = Place::parse(&id)?;
        if place.via == Via::Addon && !place.name.eq_ignore_ascii_case("azurepolicy") {
            let detail = format!(
                "{} is no add-on of Defender for Cloud; this resource is for azurepolicy.",
                place.name
            );
            return Err(Diagnostic::error("Not an add-on of Defender for Cloud", detail).into());
        }
        Ok(Model::at(&place))
    }

    fn listing(&self) -> Option<&dyn DynListResource<Context>> {
        Some(self)
    }
}

/// A state with what Azure has now. Where Azure only writes it in another way, the known spelling stays.
fn refresh(state: Model, place: &Place, found: &Extension, wanted: Option<&String>) -> Model {
    let spelt = |known: &Attr<String>, found: Option<&str>| match (known, found) {
        (Attr::Known(known), Some(found)) if known.eq_ignore_ascii_case(found) => known.as_str().into(),
        (_, found) => found.map_or(Attr::Null, Into::into),
    };
    let is_imported = state.kind.is_null();
    let component = if is_imported { component(place, found).into() } else { state.component.clone() };
    // A version that nobody has pinned may change, and one that is pinned to its first parts in the others.
    let version = match (&state.type_handler_version, found.version.as_deref()) {
        (Attr::Null, _) => None,
        (Attr::Known(pinned), Some(now)) if is_of_version(now, pinned) => Some(pinned.as_str()),
        (_, now) => now,
    };
    let upgrades = state.automatic_upgrade_enabled;
    Model {
        component,
        publisher: spelt(&state.publisher, found.publisher.as_deref()),
        kind: spelt(&state.kind, Some(&found.kind)),
        name: spelt(&state.name, Some(&found.name)),
        type_handler_version: version.map_or(Attr::Null, Into::into),
        auto_upgrade_minor_version: Attr::Known(found.auto_upgrade_minor_version.unwrap_or(true)),
        automatic_upgrade_enabled: match upgrades {
            Attr::Null => Attr::Null,
            Attr::Known(_) | Attr::Unknown => Attr::Known(found.automatic_upgrade.unwrap_or_default()),
        },
        all_settings: settings(&state, place, found, wanted).into(),
        outcome: if is_imported { "deploy".into() } else { state.outcome.clone() },
        reports_to: if is_imported { model::texts([]) } else { state.reports_to.clone() },
        current_version: found.current().map_or(Attr::Null, Into::into),
        ..state
    }
}

/// Whether `2.1.0.0` is of the version `2.1`.
fn is_of_version(now: &str, pinned: &str) -> bool {
    now.strip_prefix(pinned).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Settings as they are: all of a machine's extension, which writes replace as a whole; of a cluster, which adds some of its
/// own, those that were asked for.
fn settings(state: &Model, place: &Place, found: &Extension, wanted: Option<&String>) -> String {
    let known = state.all_settings.known();
    let asked = deciding::parsed(wanted.or(known));
    let now = if place.via == Via::ClusterExtension && known.is_some() {
        let asked = asked.keys().filter_map(|name| Some((name.clone(), found.settings.get(name)?.clone())));
        asked.collect()
    } else {
        found.settings.clone()
    };
    let means = |text: &&String| {
        deciding::same(&Json::Object(deciding::parsed(Some(text))), &Json::Object(now.clone()))
    };
    known.filter(means).cloned().unwrap_or_else(|| deciding::text(&now))
}

/// The component that this extension is.
fn component(place: &Place, found: &Extension) -> Option<String> {
    handler(place, found).map(|(component, _)| component.id.clone())
}

/// The component that this extension is, and what puts it there.
fn handler(place: &Place, found: &Extension) -> Option<(&'static Component, &'static Handler)> {
    let is_it = |handler: &&Handler| {
        found.is_of(handler.publisher.as_deref(), &handler.kind)
            && handler.holds.targets.iter().any(|target| target == place.target.kind.target())
    };
    let of = |component: &'static Component| {
        component.deploy.handlers.iter().find(is_it).map(|handler| (component, handler))
    };
    Catalog::get().components.iter().find_map(of)
}

/// A part of an AKS cluster as it is now; nothing where it is off.
fn refresh_part(state: Model, place: &Place, found: &Found) -> Option<Model> {
    let is_imported = state.kind.is_null();
    let (component, kind) = place.part()?;
    let settings = match place.via {
        Via::DefenderProfile => {
            let (on, workspace) = found.defender_profile.as_ref()?;
            if !on {
                return None;
            }
            let settings = workspace
                .as_ref()
                .map(|id| ("logAnalyticsWorkspaceResourceId".to_owned(), Json::from(id.as_str())));
            settings.into_iter().collect::<serde_json::Map<_, _>>()
        }
        Via::Addon => {
            found.addons.get(&place.name.to_ascii_lowercase()).filter(|on| **on)?;
            serde_json::Map::new()
        }
        Via::MachineExtension | Via::ClusterExtension => return Some(state),
    };
    let now = deciding::text(&settings);
    let same = |known: &String| known.eq_ignore_ascii_case(&now);
    let all_settings = state.all_settings.known().filter(|known| same(known)).cloned().unwrap_or(now);
    if !is_imported {
        return Some(Model { all_settings: all_settings.into(), ..state });
    }
    let workspace = settings.values().next().and_then(Json::as_str);
    Some(Model {
        component: component.into(),
        kind: kind.into(),
        auto_upgrade_minor_version: Attr::Known(true),
        workspace_id: workspace.map_or(Attr::Null, Into::into),
        all_settings: all_settings.into(),
        outcome: "deploy".into(),
        reports_to: model::texts(workspace.map(str::to_owned)),
        current_version: Attr::Null,
        ..state
    })
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::misfits;

    use super::*;

    #[test]
    fn schema_and_model_have_the_same_attributes() {
        assert_eq!(misfits::<Model>(&schema::schema()), Vec::<String>::new());
    }
}
