//! The files and what each of them holds.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::model::{
    Catalog, CloudRow, Component, Day, Page, Plan, RegionMap, Role, Rule, Source, Target,
};
use super::Problem;

/// A file of the catalogue.
#[derive(Debug)]
pub(crate) struct File {
    /// Its path below the repository's root, with `/` between the parts.
    pub(crate) path: String,
    /// All of its text.
    pub(crate) text: String,
}

/// The rows, not checked yet, with the files that they came from.
pub(super) struct Parsed<'a> {
    pub(super) plans: Vec<(&'a File, Plan)>,
    pub(super) components: Vec<(&'a File, Component)>,
    pub(super) cases: Vec<(&'a File, CaseHead)>,
    /// Everything else.
    pub(super) lists: Catalog,
    files: &'a [File],
}

/// What the build needs to know of a case; the rest is for the test that runs it.
#[derive(Deserialize)]
pub(super) struct CaseHead {
    pub(super) id: String,
    /// The rule that it is a case of.
    pub(super) about: String,
    /// Findings, as `error MDC100`.
    pub(super) expect: Vec<String>,
}

#[derive(Deserialize)]
struct Cases {
    cases: Vec<CaseHead>,
}

/// The files that hold one list each, named after it.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Lists {
    as_of: Option<Day>,
    clouds: Vec<CloudRow>,
    targets: Vec<Target>,
    roles: Vec<Role>,
    sources: Vec<Source>,
    pages: Vec<Page>,
    rules: Vec<Rule>,
    region_maps: Vec<RegionMap>,
}

impl Lists {
    fn add_to(self, catalog: &mut Catalog) {
        catalog.as_of = self.as_of.unwrap_or(catalog.as_of);
        catalog.clouds.extend(self.clouds);
        catalog.targets.extend(self.targets);
        catalog.roles.extend(self.roles);
        catalog.sources.extend(self.sources);
        catalog.pages.extend(self.pages);
        catalog.rules.extend(self.rules);
        catalog.region_maps.extend(self.region_maps);
    }
}

pub(super) fn parse(files: &[File]) -> Result<Parsed<'_>, Problem> {
    let (plans, components, cases) = (Vec::new(), Vec::new(), Vec::new());
    let mut parsed = Parsed { plans, components, cases, lists: Catalog::default(), files };
    for file in files {
        match file.folder() {
            "plans" => parsed.plans.push((file, read(file)?)),
            "components" => parsed.components.push((file, read(file)?)),
            "cases" => {
                parsed.cases.extend(read::<Cases>(file)?.cases.into_iter().map(|case| (file, case)));
            }
            _ => read::<Lists>(file)?.add_to(&mut parsed.lists),
        }
    }
    Ok(parsed)
}

fn read<T: DeserializeOwned>(file: &File) -> Result<T, Problem> {
    toml::from_str(&file.text).map_err(|error| {
        let before = error.span().and_then(|span| file.text.get(..span.start)).unwrap_or_default();
        let text = error.message().replace('\n', " ");
        Problem { path: file.path.clone(), line: before.matches('\n').count() + 1, text }
    })
}

impl File {
    /// The folder that it lies in.
    fn folder(&self) -> &str {
        self.path.rsplit('/').nth(1).unwrap_or_default()
    }

    /// Its name without the ending.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.strip_suffix(".toml").unwrap_or(name)
    }
}

impl Parsed<'_> {
    /// A problem with a row of a list, at the line of `place`.
    pub(super) fn problem(&self, list: &str, place: &str, text: impl Into<String>) -> Problem {
        let file = self.files.iter().find(|file| file.folder() == "data" && file.stem() == list);
        file.map_or_else(
            || Problem { path: format!("data/{list}.toml"), line: 1, text: "the file is missing".to_owned() },
            |file| Problem::at(file, place, text),
        )
    }

    /// All rows in one.
    pub(super) fn into_catalog(self) -> Catalog {
        let mut plans: Vec<Plan> = self.plans.into_iter().map(|(_, plan)| plan).collect();
        let mut components: Vec<Component> = self.components.into_iter().map(|(_, row)| row).collect();
        plans.sort_by(|a, b| a.name.cmp(&b.name));
        components.sort_by(|a, b| a.id.cmp(&b.id));
        Catalog { plans, components, ..self.lists }
    }
}
