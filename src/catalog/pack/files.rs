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

/// Declares the files that hold one list each: the name of the list, and of the file without its ending.
macro_rules! lists {
    ($($name:ident: $row:ty;)*) => {
        $(
            #[allow(non_camel_case_types, reason = "named after its only field")]
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct $name {
                $name: Vec<$row>,
            }
        )*

        /// Reads a file with a list; nothing if it is none of them.
        fn read_list(stem: &str, file: &File, catalog: &mut Catalog) -> Result<bool, Problem> {
            match stem {
                $(stringify!($name) => catalog.$name = read::<$name>(file)?.$name,)*
                _ => return Ok(false),
            }
            Ok(true)
        }
    };
}

lists! {
    clouds: CloudRow;
    targets: Target;
    roles: Role;
    sources: Source;
    pages: Page;
    region_maps: RegionMap;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    as_of: Day,
    rules: Vec<Rule>,
}

pub(super) fn parse(files: &[File]) -> Result<Parsed<'_>, Problem> {
    let (plans, components, cases) = (Vec::new(), Vec::new(), Vec::new());
    let mut parsed = Parsed { plans, components, cases, lists: Catalog::default(), files };
    for file in files {
        match (file.folder(), file.stem()) {
            ("plans", _) => parsed.plans.push((file, read(file)?)),
            ("components", _) => parsed.components.push((file, read(file)?)),
            ("cases", _) => {
                parsed.cases.extend(read::<Cases>(file)?.cases.into_iter().map(|case| (file, case)));
            }
            (_, "rules") => {
                let Rules { as_of, rules } = read(file)?;
                (parsed.lists.as_of, parsed.lists.rules) = (as_of, rules);
            }
            (_, stem) => {
                if !read_list(stem, file, &mut parsed.lists)? {
                    return Err(Problem::at(file, "", "no such file belongs to the catalogue"));
                }
            }
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
