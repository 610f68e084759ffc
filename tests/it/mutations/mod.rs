//! Every field of what Azure has for every resource, changed one at a time behind Terraform's back: what the schema says
//! that a resource decides on comes back with the next apply, and all else is no difference.
//!
//! A [`Subject`] names the fields of a resource's documents and the attributes that show them. What must happen is not
//! written down: it follows from the schema and the configuration (see [`expectation`]). No field of a document and no
//! attribute of a schema may be left out.

mod assignments;
mod expectation;
mod extensions;
mod field;
mod noise;
mod plans;
mod settings;

use crate::harness::{NO_PREFLIGHT, ROOT, Scene, terraform};
use crate::shared::process::Failure;
use arm_emulator::Options;
use expectation::Declared;
use field::{Field, common, leaves};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// A resource `this`, and where it shows what Azure has.
struct Subject {
    /// The resource's type.
    resource: &'static str,
    /// Its arguments.
    arguments: String,
    /// What must be there for it: further blocks of the configuration.
    beside: &'static str,
    /// Its document's id, or as much of the end of it as tells it from others.
    document: &'static str,
    /// What stands in it.
    fields: Vec<Field>,
    /// Attributes that Azure does not have: they decide where the object is, or what Terraform does.
    local: &'static [&'static str],
}

impl Subject {
    /// Applies it to an Azure in which machines, clusters, workspaces and storage accounts are.
    fn applied(&self) -> Result<Applied, Failure> {
        let resource = self.resource;
        let configuration =
            format!("resource \"{resource}\" \"this\" {{\n{}\n}}\n{}", self.arguments, self.beside);
        let scene = scene(&configuration)?;
        scene.workspace.apply()?.require(0)?;
        scene.workspace.plan()?.require(0)?;
        let ids: Vec<String> = scene.azure.resources().into_iter().map(|(id, _)| id).collect();
        let id = ids.into_iter().find(|id| id.ends_with(&self.document.to_lowercase()));
        let id = id.ok_or_else(|| Failure::new(format!("{resource} has no document {}", self.document)))?;
        let document = scene.azure.resource(&id).unwrap_or_default();
        Ok(Applied { scene, id, document })
    }

    /// Every field changes alone, and comes back or is no difference; then all that are none change together.
    fn check(&self) -> Result<(), Failure> {
        let applied = self.applied()?;
        let declared = Declared::of(self.resource, &applied.scene)?;
        let (back, noise): (Vec<&Field>, Vec<&Field>) =
            self.fields.iter().partition(|field| declared.comes_back(field));
        let mut failures: Vec<Failure> =
            back.into_iter().filter_map(|field| applied.comes_back(field).err()).collect();
        failures.extend(applied.are_none(noise.into_iter().chain(&common(&applied.document))));
        let texts: Vec<String> = failures.iter().map(Failure::to_string).collect();
        if texts.is_empty() { Ok(()) } else { Err(Failure::new(texts.join("\n\n"))) }
    }
}

/// Fields of the documents of a type, and attributes of its schema, of which nothing is said.
fn left_out(resource: &str) -> Result<Vec<String>, Failure> {
    let subjects: Vec<Subject> = subjects().into_iter().filter(|one| one.resource == resource).collect();
    let fields = || subjects.iter().flat_map(|subject| &subject.fields);
    let mut left_out = Vec::new();
    for subject in &subjects {
        let Applied { document, .. } = subject.applied()?;
        let known = common(&document);
        let unknown = leaves(&document).into_iter().filter(|leaf| {
            !subjects.iter().flat_map(|one| &one.fields).chain(&known).any(|field| field.covers(leaf))
        });
        left_out.extend(unknown);
    }
    let shown = |path: &str| fields().any(|field| field.shows == path);
    let local = |path: &str| {
        let is = |local: &&str| {
            path == *local || path.strip_prefix(*local).is_some_and(|rest| rest.starts_with('.'))
        };
        subjects.iter().flat_map(|subject| subject.local).any(is)
    };
    left_out
        .extend(expectation::attributes(resource)?.into_iter().filter(|path| !shown(path) && !local(path)));
    Ok(left_out)
}

/// What became of a [`Subject`].
struct Applied {
    scene: Scene,
    /// Its document's id.
    id: String,
    /// Its document as apply left it.
    document: Value,
}

impl Applied {
    /// The field changes, the plan says so, and apply puts it back.
    fn comes_back(&self, field: &Field) -> Result<(), Failure> {
        let (azure, workspace) = (&self.scene.azure, &self.scene.workspace);
        let before = azure.resource(&self.id).unwrap_or_default();
        let changed = field.changed(&before);
        assert_ne!(changed, before, "{} changes", field.at);
        azure.put_resource(&self.id, changed);
        let attempt = || {
            let name = field.shows.rsplit('.').next().unwrap_or_default();
            let output = workspace.apply()?.require(0)?.require_text(name)?;
            let after = azure.resource(&self.id).unwrap_or_default();
            if field.same(&before, &after) {
                return workspace.plan()?.require(0).map(drop);
            }
            Err(Failure::new(format!("it is still {after}, and was {before}\n{}", output.stdout)))
        };
        let outcome = attempt();
        if outcome.is_err() {
            // The next one begins with what was there.
            azure.put_resource(&self.id, before.clone());
        }
        outcome.map_err(Failure::of(format!("put {} back, which is {}", field.at, field.shows)))
    }

    /// The fields change, and nothing is to be done: all of them at once, and if that is a difference, each alone.
    fn are_none<'a>(&self, fields: impl Iterator<Item = &'a Field>) -> Vec<Failure> {
        let fields: Vec<&Field> = fields.collect();
        let before = self.scene.azure.resource(&self.id).unwrap_or_default();
        let plan = |document: Value| {
            assert_ne!(document, before, "something changes");
            self.scene.azure.put_resource(&self.id, document);
            self.scene.workspace.plan()?.require(0).map(drop)
        };
        let Err(together) =
            plan(fields.iter().fold(before.clone(), |document, field| field.changed(&document)))
        else {
            return Vec::new();
        };
        let alone = fields.iter().filter_map(|field| {
            let failure = plan(field.changed(&before)).err()?;
            Some(Failure::new(format!("{} must not be a difference: {failure}", field.at)))
        });
        let alone: Vec<Failure> = alone.collect();
        if alone.is_empty() { vec![together] } else { alone }
    }
}

/// An Azure with the machines of the examples, and a configuration.
fn scene(configuration: &str) -> Result<Scene, Failure> {
    let path = Path::new(ROOT).join("tests/it/examples.json");
    let there = fs::read_to_string(&path).map_err(Failure::of(format!("read {}", path.display())))?;
    let mut there: Vec<Value> = serde_json::from_str(&there).map_err(Failure::of("parse the resources"))?;
    there.extend(extensions::clusters());
    let seed = json!({"subscriptions": ["00000000-0000-0000-0000-000000000001"], "resources": there});
    let scene = Scene::with(terraform()?, Options { seed: Some(seed), ..Options::default() }, configuration)?;
    scene.configure(NO_PREFLIGHT)?;
    Ok(scene)
}

/// The whole table.
fn subjects() -> Vec<Subject> {
    [plans::subjects(), settings::subjects(), assignments::subjects(), extensions::subjects()]
        .into_iter()
        .flatten()
        .collect()
}

fn check(subjects: &[Subject]) -> Result<(), Failure> {
    subjects.iter().try_for_each(|subject| {
        subject
            .check()
            .map_err(Failure::of(format!("check {} with\n{}", subject.resource, subject.arguments)))
    })
}

/// A field that Azure has and nobody thought of, or an attribute that nothing shows, fails here.
#[test]
fn nothing_is_left_out() -> Result<(), Failure> {
    for resource in expectation::resources() {
        assert!(subjects().iter().any(|subject| subject.resource == resource), "{resource} has no subject");
        assert_eq!(left_out(resource)?, Vec::<String>::new(), "of {resource}");
    }
    Ok(())
}
