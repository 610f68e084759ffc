//! Where a module lies in the repository, as far as a plan tells.

use std::collections::BTreeMap;

/// Sources by the address of a module without indexes, as the calls name them.
pub type Modules = BTreeMap<String, String>;

/// The directory of a module, from that of the root module; nothing where a source on the way leads out of the repository.
pub(super) fn directory(sources: &Modules, module: &str) -> Option<String> {
    let module = without_indexes(module);
    let mut directory = String::new();
    // Names of modules have no dots.
    let ends = module.match_indices(".module.").map(|(end, _)| end);
    for end in ends.chain((!module.is_empty()).then_some(module.len())) {
        let source = sources.get(module.get(..end)?)?;
        let local = source.starts_with("./") || source.starts_with("../");
        directory = joined(&directory, source).filter(|_| local)?;
    }
    Some(directory)
}

/// A path below the root, with its ups and downs resolved; nothing where it leads out.
fn joined(parent: &str, source: &str) -> Option<String> {
    let mut steps: Vec<&str> = Vec::new();
    for step in parent.split('/').chain(source.split('/')).filter(|step| !["", "."].contains(step)) {
        if step == ".." {
            steps.pop()?;
        } else {
            steps.push(step);
        }
    }
    Some(steps.join("/"))
}

/// The address of a module without the keys of its instances.
fn without_indexes(address: &str) -> String {
    let (mut kept, mut inside, mut quoted, mut escaped) = (String::new(), false, false, false);
    for character in address.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if inside => quoted = !quoted,
            '[' if !quoted => inside = true,
            ']' if !quoted => inside = false,
            other if !inside => kept.push(other),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_stay_below_the_root() {
        let sources = [
            ("module.a", "./modules/a"),
            ("module.a.module.b", "../b/./c"),
            ("module.out", "../elsewhere"),
            ("module.registry", "hashicorp/consul/aws"),
            ("module.registry.module.inner", "./inner"),
        ];
        let sources = sources.map(|(module, source)| (module.to_owned(), source.to_owned())).into();
        for (module, expected) in [
            ("", Some("")),
            ("module.a", Some("modules/a")),
            ("module.a[\"x.module.y\"].module.b[0]", Some("modules/b/c")),
            (r#"module.a["]\"["]"#, Some("modules/a")),
            ("module.out", None),
            ("module.registry.module.inner", None),
            ("module.unknown", None),
        ] {
            assert_eq!(directory(&sources, module).as_deref(), expected, "{module}");
        }
    }
}
